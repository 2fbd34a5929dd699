/** Upgrades lived to their end on the simulated datacenter, by the stages' own operations. */
import { afterEach, expect, it } from 'vitest';
import type { Ask } from '../../src/guides/contract.ts';
import { upgrade } from '../../src/guides/upgrade/index.ts';
import { rawDaemonSet } from '../domain/workloads.ts';
import { type Lab, minute, openLab } from '../simulator/harness.ts';
import { knownOf, live } from './support/lived.ts';

let lab: Lab;
afterEach(() => lab.stop());

async function askFor(to: string): Promise<Ask> {
  const ask: Ask = { guide: 'upgrade', targets: [], values: { to } };
  const { fleet } = await knownOf(lab, upgrade, { ask, notes: [], operations: new Map() }, 'prod');
  const { uid, name } = fleet.clusters.list.find((each) => each.name === 'prod')!;
  const open: Ask = { ...ask, targets: [{ kind: 'cluster', uid, name }] };
  return upgrade.settle(await knownOf(lab, upgrade, { ask: open, notes: [], operations: new Map() }, 'prod'), open);
}

it('one minor: every machine is replaced once, in the order of the stages', async () => {
  lab = await openLab({ hosts: 12, clusters: 1, seed: 5 });
  const ask = await askFor('v1.34.5');
  expect(ask.values).toMatchObject({ to: 'v4.3.0', from: 'v1.33.7-2', rows: 'v4.3.0' });
  const crossed: string[] = [];
  const words = new Set<string>();
  const { course, written, session } = await live(lab, upgrade, ask, 'prod', 20, ({ line, stages }) => {
    const now = stages.find(({ state }) => state === 'running')?.id ?? '-';
    if (line?.crossed && crossed.length === 0) crossed.push(now);
    for (const { title } of stages.flatMap(({ progress }) =>
      progress.milestones.filter(({ state }) => state !== 'done'),
    ))
      if (/asked for/i.test(title)) words.add(title);
  });
  expect([...words]).toEqual(['To be asked for: nothing is written yet']);
  const workers = ask.values['order']!.split(',').map((name) => `v1.34.5/workers/${name}`);
  expect(written).toEqual(['v1.34.5/kube-ovn', 'v1.34.5/control-plane', ...workers]);
  expect(crossed).toEqual(['v1.34.5/control-plane']);
  expect(course).toMatchObject({ outcome: 'done', next: { what: 'end' }, estimate: { hosts: 0 } });
  const turns = course.stages.flatMap((stage) => stage.turns);
  expect(turns.every(({ state, old, fresh }) => state === 'done' && old?.host && fresh?.host)).toBe(true);
  const { fleet } = await knownOf(lab, upgrade, session, 'prod');
  expect(turns).toHaveLength(fleet.machines.list.length);
  expect(fleet.machines.list.every(({ version }) => version === 'v1.34.5')).toBe(true);
  expect(lab.errors).toEqual([]);
});

it('after a control plane that went on alone, and a worker lost: the others follow it, then comes the next minor', async () => {
  lab = await openLab({ hosts: 12, clusters: 1, seed: 5 });
  await lab.management.json({
    method: 'PATCH',
    path: '/apis/controlplane.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/kubeadmcontrolplanes/prod-control-plane',
    contentType: 'application/merge-patch+json',
    body: { spec: { version: 'v1.34.5' } },
  });
  await lab.run(180 * minute);
  // One that is lost meanwhile does not come back as it was.
  const machines = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machines';
  const { items } = await lab.management.json<{ items: { metadata: { name: string } }[] }>({ path: machines });
  const lost = items.find(({ metadata }) => metadata.name.startsWith('prod-workers'))!;
  await lab.management.json({ method: 'DELETE', path: `${machines}/${lost.metadata.name}` });
  await lab.run(60 * minute);
  const ask = await askFor('v1.35.6-acp.1');
  expect(ask.values).toMatchObject({ from: 'v1.33.7-2', rows: 'v4.3.0,v4.4.0' });
  const { course, written } = await live(lab, upgrade, ask, 'prod', 40);
  const workers = ask.values['order']!.split(',').map((name) => `workers/${name}`);
  expect(written).toEqual([
    ...['kube-ovn', ...workers].map((id) => `v1.34.5/${id}`),
    ...['kube-ovn', 'control-plane', ...workers].map((id) => `v1.35.6-acp.1/${id}`),
  ]);
  expect(course).toMatchObject({ outcome: 'done', estimate: { hosts: 0 } });
  expect(course.stages.flatMap(({ turns }) => turns).every(({ state }) => state === 'done')).toBe(true);
  expect(lab.errors).toEqual([]);
});

it('waits for a DaemonSet of the network that is held, whatever its AppRelease says, and goes on once it is through', async () => {
  lab = await openLab({ hosts: 12, clusters: 1, seed: 5 });
  const load = (status: object) => {
    // As the chart makes it: labels are on its Pods alone.
    const daemons = { apiVersion: 'apps/v1', kind: 'DaemonSet', ...rawDaemonSet('kube-ovn-cni', { ...status }) };
    lab.workload('prod').load([daemons as never]);
  };
  load({ updatedNumberScheduled: 3, numberAvailable: 4 });
  const ask = await askFor('v1.34.5');
  const waits = new Set<string>();
  let looks = 0;
  const { written } = await live(lab, upgrade, ask, 'prod', 20, ({ next, stages }) => {
    if (next.what === 'wait' && next.stage.endsWith('/kube-ovn')) waits.add(next.for);
    looks++;
    // Held for an hour, and then a Pod comes that nobody has pulled before.
    if (looks === 60) {
      expect(stages.find(({ state }) => state === 'running')?.id).toBe('v1.34.5/kube-ovn');
      load({});
    }
  });
  expect([...waits].at(-1)).toBe('DaemonSets rolled out: kube-ovn-cni 3 of 5 updated');
  expect(written.slice(0, 2)).toEqual(['v1.34.5/kube-ovn', 'v1.34.5/control-plane']);
  expect(lab.errors).toEqual([]);
});
