/** What controllers write into the logs of their programs while they work. */
import { afterEach, describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(() => lab.stop());

const lines = (program: string) =>
  lab.runtime.journal.of(program).entries.filter(({ event }) => !event) as {
    at: number;
    message: string;
    about: { kind: string; name: string };
    of: Record<string, string>;
    values: Record<string, unknown>;
  }[];
const plane = 'capi-kubeadm-control-plane-controller-manager';
const capi = 'capi-controller-manager';

describe('the log of a control plane that is upgraded', () => {
  it('says why it rolls each time, what it does after that, and that it scales for the last one alone', async () => {
    lab = await openLab({ hosts: 24, speed: 1, even: true });
    const found = lab.runtime.informer(kinds.KubeadmControlPlane).list()[0]!;
    const { name } = found.metadata;
    const before = found.spec?.version;
    await lab.client.change(kinds.KubeadmControlPlane, found, (draft) => {
      draft.spec!.version = 'v1.33.7-3';
    });
    const updated = () => lab.runtime.informer(kinds.KubeadmControlPlane).get(name)?.status;
    await lab.until(() => updated()?.version === 'v1.33.7-3' && updated()?.readyReplicas === 3, 240 * minute, 'rolled');

    const told = lines(plane).filter(({ about }) => about.name === name);
    const words = told.map(({ message }) => message.replace(/machines: .*/s, 'machines'));
    const steps = words.filter((one, at) => !/^(Reconcile|Waiting)/.test(one) && one !== words[at - 1]);
    const once = (first: string, then: string) => [
      ...[first, 'Deleting Machine (scale down)', 'Removing pre-terminate hook from control plane Machine'],
      ...[then, 'Machine created (scale up)'],
    ];
    const rolling = 'Rolling out Control Plane machines';
    const runs = steps.filter((one, at) => one !== steps[at - 1]);
    expect(runs.filter((one, at) => !(one === rolling && runs[at + 1] === rolling))).toEqual([
      ...once(rolling, rolling),
      ...once(rolling, rolling),
      ...once(rolling, 'Scaling up control plane'),
    ]);
    const first = told.find(({ message }) => message.startsWith(rolling))!;
    expect(first.message).toContain(
      `needs rollout: Machine version "${before}" is not equal to KCP version "v1.33.7-3"`,
    );
    expect(first.values['machinesNeedingRollout']).toHaveLength(3);
    expect(told.find(({ message }) => message.startsWith('Scaling'))!.values).toEqual({ Desired: 3, Existing: 2 });
    // Nobody waits for the Node of a Machine that is not there.
    const made = told.find(({ message }) => message.startsWith('Machine created'))!;
    const waits = told.find(({ values }) => String(values['failures']).includes('corresponding Node'))!;
    expect(told.indexOf(waits)).toBeGreaterThan(told.indexOf(made));
    expect(String(waits.values['failures'])).toContain(String(made.values['Machine']).split('/')[1]);
    const begun = lines('capi-kubeadm-bootstrap-controller-manager').map(({ message }) => message);
    expect(begun).toEqual(Array.from({ length: 3 }, () => 'Creating BootstrapData for the join control plane'));
    const host = lines('elemental-operator').map(({ message }) => message);
    expect(host.slice(-2)).toEqual(['Reconciling machineinventory object', 'Plan successfully applied']);
  });
});

describe('the log of whoever keeps connections to clusters', () => {
  it('says that one is lost when it counts, tries again, and says when it is back', async () => {
    lab = await openLab({ hosts: 24, speed: 1, even: true });
    const cluster = lab.runtime.informer(kinds.Cluster).list()[0]!.metadata.name;
    lab.faults.cluster(cluster, { unreachable: true });
    await lab.run(170_000);
    lab.faults.cluster(cluster, undefined);
    await lab.run(minute);
    for (const program of [capi, plane, 'capi-kubeadm-bootstrap-controller-manager']) {
      const told = lines(program).filter(({ about }) => about.kind === 'Cluster');
      const failed = ['Connect failed', 'Connect failed', 'Connect failed'];
      expect(told.map(({ message }) => message)).toEqual(['Disconnected', ...failed, 'Connected']);
    }
  });
});

describe('the log of a MachineSet', () => {
  it('says on every look what holds it back, and of Machines whose they are', async () => {
    lab = await openLab({ hosts: 24, speed: 1, even: true });
    const found = lab.runtime.informer(kinds.MachineDeployment).list()[0]!;
    const of = lab.runtime
      .informer(kinds.KubeadmControlPlane)
      .list()
      .find(({ metadata }) => metadata.name.startsWith(found.spec?.clusterName ?? '?'))!;
    await lab.client.change(kinds.KubeadmControlPlane, of, (draft) => {
      draft.spec!.version = 'v1.33.7-3';
    });
    await lab.client.change(kinds.MachineDeployment, found, (draft) => {
      draft.spec!.replicas = (draft.spec?.replicas ?? 0) + 1;
    });
    await lab.run(3 * minute);
    const told = lines(capi);
    const held = told.filter(({ message }) => message.startsWith('Scale up on hold because'));
    expect(held.length).toBeGreaterThanOrEqual(4);
    expect(held[0]!.message).toMatch(
      /preflight check failed\)\. The operation will continue after the preflight check\(s\) pass$/,
    );
    expect(held[0]!.of['MachineDeployment']).toBe(`cpaas-system/${found.metadata.name}`);
    const drained = told.find(({ message }) => message === 'Draining Node')!;
    expect(drained.of).toEqual({
      Cluster: `cpaas-system/${found.spec?.clusterName}`,
      KubeadmControlPlane: `cpaas-system/${of.metadata.name}`,
    });
  });
});

describe('the log of Machines', () => {
  it('says of one whose Node somebody has deleted that there is nothing to drain, and goes on', async () => {
    lab = await openLab({ hosts: 16, speed: 1, even: true });
    const [machine] = lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
    const { name } = machine!.metadata;
    const Node = machine!.status!.nodeRef!.name!;
    await lab.workload('prod').json({ method: 'DELETE', path: `/api/v1/nodes/${Node}` });
    await lab.client.remove(kinds.Machine, name);
    await lab.run(5000);
    const now = lab.runtime.informer(kinds.Machine).get(name);
    expect(now?.status?.deletion).toMatchObject({ nodeDrainStartTime: expect.any(String) });
    expect(now?.status?.conditions?.find(({ type }) => type === 'DrainingSucceeded')?.status).toBe('True');
    await lab.until(() => !lab.runtime.informer(kinds.Machine).get(name), 60 * minute, 'its end');
    const told = lines(capi).filter(({ about }) => about.name === name);
    const without = 'Could not find Node from Machine.status.nodeRef';
    const words = new Set(told.map(({ message }) => message));
    expect([...words]).toEqual([
      `${without}, skipping Node drain.`,
      `${without}, skip waiting for volume detachment.`,
      'Waiting for infrastructure to be deleted',
      'Waiting for bootstrap to be deleted',
      'Deleting node',
    ]);
    expect(told[0]?.values).toEqual({ Node });
  });
});
