/** Who is told to have written what of a Node: the same of one that joins as of one that was there before anybody looked. */
import { afterEach, expect, it } from 'vitest';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import type { FieldSet, KubeObject } from '../../src/simulator/api/types.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const nodes = async (): Promise<Node[]> => (await transport().json<{ items: Node[] }>({ path: '/api/v1/nodes' })).items;
/** As somebody who looks reads them. */
const transport = () => apiTransport(lab.workload('prod').api, { user: { name: 'admin', groups: ['system:masters'] } });
const isPlane = ({ metadata }: Node) => metadata.labels?.['node-role.kubernetes.io/control-plane'] === '';

/** Every field that somebody owns, with its owner; maps and lists themselves are left out. */
const owned = ({ metadata }: Node): string[] =>
  ((metadata.managedFields ?? []) as NonNullable<KubeObject['metadata']['managedFields']>)
    .flatMap(({ manager, subresource = 'main', operation, fieldsV1 }) =>
      leaves(fieldsV1).map((field) => `${manager} ${operation} ${subresource} ${field}`),
    )
    .filter((line) => !/podCIDRs \S+$/.test(line))
    .sort();
const leaves = (set: FieldSet, at = ''): string[] =>
  Object.entries(set).flatMap(([step, inner]) =>
    step === '.'
      ? []
      : Object.keys(inner).some((key) => key !== '.')
        ? leaves(inner, `${at} ${step}`)
        : `${at} ${step}`,
  );

it('each program owns what it writes on a worker', async () => {
  lab = await openLab();
  const worker = (await nodes()).find((node) => !isPlane(node))!;
  const writers = (worker.metadata.managedFields ?? []).map((one) => {
    const { manager, subresource } = one as { manager: string; subresource?: string };
    return subresource ? `${manager}/${subresource}` : manager;
  });
  expect(writers.sort()).toEqual(['kube-controller-manager', 'kubeadm', 'kubelet', 'kubelet/status', 'manager']);
});

it.each(['prod-workers', 'prod-control-plane'])(
  'a Node of %s that joins is like those that were there',
  async (group) => {
    lab = await openLab();
    const plane = group === 'prod-control-plane';
    const before = (await nodes()).filter((node) => isPlane(node) === plane);
    const known = new Set((await nodes()).map(({ metadata }) => metadata.uid));
    if (plane) {
      const owner = lab.runtime.informer(kinds.KubeadmControlPlane).get(group)!;
      await lab.client.change(kinds.KubeadmControlPlane, owner, (draft) => {
        Object.assign(draft.spec!, { rolloutAfter: lab.runtime.timestamp() });
      });
    } else {
      const owner = lab.runtime.informer(kinds.MachineDeployment).get(group)!;
      await lab.client.change(kinds.MachineDeployment, owner, (draft) => {
        draft.spec!.replicas = owner.spec!.replicas! + 1;
      });
    }
    const informer = (await lab.runtime.nodes('prod')).informer;
    const isNew = ({ metadata, status }: Node) =>
      !known.has(metadata.uid) && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
    await lab.until(() => informer.list().some(isNew), 60 * minute, 'a new Node');
    await lab.run(minute);
    const [joined] = (await nodes()).filter(isNew);
    // Of heartbeats nothing is told here.
    const lines = (node: Node) => owned(node).filter((line) => !line.endsWith('f:lastHeartbeatTime'));
    expect(lines(joined!)).toEqual(lines(before[0]!));
  },
);
