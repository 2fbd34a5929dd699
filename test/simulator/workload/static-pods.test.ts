/** When the Pods that come from files on the Nodes of a control plane were seen, and began. */
import { expect, it } from 'vitest';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const born = '2026-11-01T00:00:00Z';
const nodes = [
  nodeNamed('cp-1', { controlPlane: true, joined: born }),
  nodeNamed('cp-2', { controlPlane: true, joined: '2026-11-01T00:05:00Z' }),
];
const pods = systemObjects({ nodes, version: 'v1.33.7-2', born, renewed: '2026-11-21T01:00:00Z' }).filter(
  ({ kind, metadata }) => kind === 'Pod' && metadata.annotations?.['kubernetes.io/config.source'] === 'file',
);
const second = (text: string) => Math.floor(Date.parse(text) / 1000);

it.each(['cp-1', 'cp-2'])('a kubelet saw a file before it ran what is in it: %s', (node) => {
  const its = pods.filter(({ spec }) => spec?.['nodeName'] === node);
  expect(its).toHaveLength(4);
  for (const { metadata, status } of its) {
    const { startTime, containerStatuses, conditions } = status as {
      startTime: string;
      containerStatuses: {
        state: { running: { startedAt: string } };
        lastState: { terminated?: { startedAt: string } };
      }[];
      conditions: { type: string; lastTransitionTime: string }[];
    };
    const seen = metadata.annotations!['kubernetes.io/config.seen']!;
    const { state, lastState } = containerStatuses[0]!;
    const started = lastState.terminated?.startedAt ?? state.running.startedAt;
    expect(second(seen)).toBeLessThanOrEqual(second(startTime));
    expect(second(startTime)).toBeLessThanOrEqual(second(started));
    const scheduled = conditions.find(({ type }) => type === 'PodScheduled')!;
    expect(scheduled.lastTransitionTime).toBe(startTime);
    // Before there was a server nobody could be told of it.
    if (node === 'cp-1') expect(second(metadata.creationTimestamp!)).toBeGreaterThan(second(started));
    else expect(metadata.creationTimestamp).toBe(startTime);
  }
});

it.each(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])(
  'has what %s mounts in the order of names, as kubeadm does',
  (name) => {
    const { spec } = pods.find(({ metadata }) => metadata.name === `${name}-cp-1`)!;
    const volumes = (spec!['volumes'] as { name: string }[]).map((one) => one.name);
    const [container] = spec!['containers'] as { volumeMounts: { name: string }[] }[];
    expect(volumes).toEqual([...volumes].sort());
    expect(container!.volumeMounts.map((one) => one.name).filter((one) => volumes.includes(one))).toEqual(volumes);
  },
);

it('has the mounts of etcd as kubeadm has written them down, its volumes in the order of their names', () => {
  const { spec } = pods.find(({ metadata }) => metadata.name === 'etcd-cp-1')!;
  const [container] = spec!['containers'] as { volumeMounts: { name: string; mountPath: string }[] }[];
  expect((spec!['volumes'] as { name: string }[]).map(({ name }) => name)).toEqual(['etcd-certs', 'etcd-data']);
  expect(container!.volumeMounts).toEqual([
    { name: 'etcd-data', mountPath: '/var/lib/etcd' },
    { name: 'etcd-certs', mountPath: '/etc/kubernetes/pki/etcd' },
  ]);
});

it.each([
  ['v1.33.7-2', false],
  ['v1.34.5-3', true],
])('of %s name the port of their probes: %s', (version, named) => {
  const node = nodeNamed('cp-1', { controlPlane: true, joined: born });
  node.status!.nodeInfo!.kubeletVersion = version;
  const all = systemObjects({ nodes: [node], version, born, renewed: '2026-11-21T01:00:00Z' });
  const found = all.find(({ metadata }) => metadata.name === 'kube-scheduler-cp-1')!;
  const [container] = found.spec!['containers'] as { ports?: unknown; livenessProbe: { httpGet: { port: unknown } } }[];
  expect(container!.livenessProbe.httpGet.port).toBe(named ? 'probe-port' : 10_259);
  expect(container!.ports).toEqual(
    named ? [{ containerPort: 10_259, hostPort: 10_259, name: 'probe-port', protocol: 'TCP' }] : undefined,
  );
});
