/** What kubelets tell of containers and Pods, by their version and that of their runtime. */
import { expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { userOf } from '../../../src/simulator/controllers/kubernetes/container-user.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

function nodeOf(name: string, version: string, controlPlane = false): Node {
  const node = nodeNamed(name, { controlPlane });
  const runtime = { '1.32': '1.7.27-4', '1.33': '1.7.29-4', '1.34': '2.2.1-5' }[version.slice(1, 5)];
  Object.assign(node.status!.nodeInfo!, {
    ...{ kubeletVersion: version, containerRuntimeVersion: `containerd://${runtime}` },
  });
  node.status = { ...node.status, allocatable: { cpu: '4', memory: '8Gi', pods: '110' } };
  return node;
}

interface Pod {
  metadata: { name: string; generation?: number; annotations?: Record<string, string> };
  spec: { containers: { resources?: { requests?: object } }[] };
  status: {
    phase: string;
    observedGeneration?: number;
    conditions: { type: string; observedGeneration?: number }[];
    containerStatuses: { name: string; resources?: object; allocatedResources?: object; user?: object }[];
  };
}

it.each(['v1.32.11-2', 'v1.33.7-2', 'v1.34.5-3'])('as kubelets of its version do: %s', async (version) => {
  const minor = Number(version.split('.')[1]);
  let now = Date.parse('2026-11-21T02:00:00Z');
  const workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.of('prod').load([nodeOf('cp-1', version, true), nodeOf('w-1', version)]);
  const since = '2026-11-21T02:00:10Z';
  const applications = [{ namespace: 'sim-workload', name: 'app-x1', node: 'w-1', since }];
  workloads.settings = () => ({ tokens: [], applications });
  await workloads.serve({ tls: false });
  const { url, token } = workloads.access('prod')!;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (path: string, body?: object) => {
    const sent = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    return (await (await fetch(`${url}${path}`, { headers, ...sent })).json()) as { items: Pod[] } & Pod;
  };
  const requests = { cpu: '100m', memory: '64Mi' };
  const containers = [
    { name: 'web', image: 'nginx:1.27', resources: { requests } },
    { name: 'bare', image: 'redis:7' },
  ];
  await ask('/api/v1/namespaces/default/pods', {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
    spec: { nodeName: 'w-1', securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 }, containers },
  });
  await ask('/api/v1/namespaces/default/pods', {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'far' }, spec: { nodeSelector: { no: 'such' }, containers } },
  });
  for (let second = 0; second < 20; second += 1) {
    now += 1000;
    await workloads.idle('prod');
  }
  const web = await ask('/api/v1/namespaces/default/pods/web');
  const far = await ask('/api/v1/namespaces/default/pods/far');
  await fetch(`${url}/api/v1/namespaces/default/pods/web`, { method: 'DELETE', headers });
  await workloads.idle('prod');
  const going = await ask('/api/v1/namespaces/default/pods/web');
  expect(going.metadata.generation).toBe(minor < 33 ? undefined : 2);
  expect(going.status.observedGeneration).toBe(minor < 34 ? undefined : 2);
  const system = (await ask('/api/v1/namespaces/kube-system/pods')).items;
  const files = system.filter(({ metadata }) => metadata.annotations?.['kubernetes.io/config.source'] === 'file');
  const [drained] = (await ask('/api/v1/namespaces/sim-workload/pods')).items;
  expect(drained!.metadata.generation).toBe(minor < 33 ? undefined : 2);
  const others = [web, drained!, ...system.filter((pod) => !files.includes(pod))];
  await workloads.close();
  expect(web.status.phase).toBe('Running');
  const [first, second] = web.status.containerStatuses;
  expect(files.length).toBeGreaterThan(3);
  for (const { spec, status } of [...others, ...files]) {
    for (const [at, one] of status.containerStatuses.entries()) {
      const asked = spec.containers[at]!.resources;
      expect(one.resources).toEqual(minor < 33 ? undefined : (asked ?? {}));
      expect(one.allocatedResources).toEqual(minor < 33 ? undefined : asked?.requests);
      expect(one.user !== undefined).toBe(minor >= 34);
    }
  }
  if (minor >= 33) expect([first, second]).toMatchObject([{ allocatedResources: requests }, { resources: {} }]);
  if (minor >= 34) expect(first!.user).toEqual({ linux: { gid: 3000, supplementalGroups: [2000, 3000], uid: 1000 } });
  for (const { metadata, status } of others) {
    const seen = minor < 34 ? undefined : metadata.generation;
    expect([metadata.name, status.observedGeneration]).toEqual([metadata.name, seen]);
    // Why a Pod goes the server has written.
    const told = status.conditions.filter(({ type }) => type !== 'DisruptionTarget');
    for (const one of told) expect([one.type, one.observedGeneration]).toEqual([one.type, seen]);
  }
  if (minor >= 34) expect(web.status.observedGeneration).toBe(1);
  // Of a Pod that has no Node its scheduler speaks, and of its status nobody.
  const placed = far.status.conditions.find(({ type }) => type === 'PodScheduled');
  expect([placed?.observedGeneration, far.status.observedGeneration]).toEqual([minor < 34 ? undefined : 1, undefined]);
  // A kubelet knows no generation of what it has from a file.
  for (const { status } of files) expect(status).not.toHaveProperty('observedGeneration');
});

it.each([
  ['nginx:1.27', {}, undefined, { gid: 0, supplementalGroups: [0], uid: 0 }],
  ['busybox', { securityContext: { runAsUser: 5 } }, { fsGroup: 7 }, { gid: 0, supplementalGroups: [0, 7], uid: 5 }],
  ['busybox', {}, undefined, { gid: 0, supplementalGroups: [0, 10], uid: 0 }],
  ['r.example/coredns:v1.12.1', {}, undefined, { gid: 65_532, supplementalGroups: [65_532], uid: 65_532 }],
])('a container runs as its Pod or its image says: %s %o %o', (image, more, ofPod, linux) => {
  expect(userOf({ name: 'c', image, ...more }, ofPod)).toEqual({ linux });
});
