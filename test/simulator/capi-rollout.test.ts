/** How a MachineDeployment rolls: what goes first, and what it remembers of its MachineSets. */

import { afterEach, expect, it } from 'vitest';
import { oldSetReplicas } from '../../src/simulator/controllers/capi/rollout.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { MachineSet } from '../../src/simulator/controllers/shapes/capi.ts';
import { settingsOf } from '../../src/simulator/workload/settings.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab | undefined;
afterEach(async () => {
  expect(lab?.errors ?? []).toEqual([]);
  await lab?.stop();
  lab = undefined;
});

const setOf = (name: string, replicas: number, availableReplicas: number): MachineSet =>
  ({
    metadata: { name, creationTimestamp: `2026-01-0${name}T00:00:00Z` },
    spec: { replicas },
    status: { replicas, availableReplicas, v1beta2: { availableReplicas } },
  }) as never;

it.each(['v1beta1', 'v1beta2'] as const)(
  'what does not run goes first, the oldest MachineSet before others: %s',
  (api) => {
    const budget = { replicas: 4, maxSurge: 1, maxUnavailable: 0 };
    const next = (current: MachineSet, ...old: MachineSet[]) => [...oldSetReplicas(budget, current, old, api).values()];
    // One of the old is down: it goes though nothing may be unavailable, for the new one takes its place.
    expect(next(setOf('9', 1, 1), setOf('1', 4, 3))).toEqual([3]);
    // Not where a new one is not yet there.
    expect(next(setOf('9', 1, 0), setOf('1', 4, 3))).toEqual([4]);
    expect(next(setOf('9', 2, 2), setOf('2', 2, 1), setOf('1', 1, 0))).toEqual([2, 0]);
    expect(next(setOf('9', 1, 1), setOf('1', 4, 4))).toEqual([3]);
  },
);

it('its MachineSets are numbered, and one that is taken again keeps the numbers it had', async () => {
  lab = await openLab();
  const { runtime, client } = lab;
  const group = () => runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  const prefix = 'machinedeployment.clusters.x-k8s.io';
  const history = () =>
    Object.fromEntries(
      runtime
        .informer(kinds.MachineSet)
        .by('deployment', 'prod-workers')
        .map(({ metadata: { annotations = {} }, spec }) => [
          spec?.template?.spec?.version,
          [annotations[`${prefix}/revision`], annotations[`${prefix}/revision-history`]],
        ]),
    );
  const was = group().spec!.template!.spec!.version!;
  const first = Number(history()[was]?.[0]);
  const next = 'v1.33.7-3';
  for (const version of [next, was, next]) {
    await client.change(kinds.MachineDeployment, group(), (draft) => {
      draft.spec!.revisionHistoryLimit = 5;
      draft.spec!.template!.spec!.version = version;
    });
    await lab.run(minute);
  }
  expect(group().metadata.annotations).toMatchObject({ [`${prefix}/revision`]: String(first + 3) });
  expect(history()).toEqual({
    [was]: [String(first + 2), String(first)],
    [next]: [String(first + 3), String(first + 1)],
  });
  await client.change(kinds.MachineDeployment, group(), (draft) => {
    draft.spec!.template!.spec!.version = was;
  });
  await lab.run(minute);
  expect(history()).toMatchObject({ [was]: [String(first + 4), `${first},${first + 2}`] });
});

it('CoreDNS is written once no Machine of the control plane is left to be replaced, and not where it is to be skipped', async () => {
  lab = await openLab();
  const { runtime, client, clock } = lab;
  const plane = () => runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
  const runs = () => settingsOf(runtime, 'prod', clock.now());
  const kept = (tag: string) => new RegExp(`dns:\\n +imageTag: ${tag}\\n`);
  const want = (imageTag: string, version: string, annotations = {}) =>
    client.change(kinds.KubeadmControlPlane, plane(), (draft) => {
      draft.spec!.version = version;
      draft.spec!.kubeadmConfigSpec!.clusterConfiguration!['dns'] = { imageTag };
      draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
    });
  const before = runs().coredns!;
  expect(runs().configuration).toMatch(/^certificateValidityPeriod: 8760h0m0s$/m);
  await want('1.12.4-v4.2.9', 'v1.33.7-3');
  await lab.until(() => plane().status?.updatedReplicas === 2, 60 * minute, 'two of three');
  expect(runs().coredns).toBe(before);
  expect(runs().configuration).toMatch(kept(before));
  // The control plane has written the configuration anew, and knows no such field.
  expect(runs().configuration).toMatch(/^kubernetesVersion: v1\.33\.7-3$/m);
  expect(runs().configuration).not.toContain('alidityPeriod');
  await lab.until(() => plane().status?.updatedReplicas === 3, 60 * minute, 'all of three');
  await lab.run(minute);
  expect(runs().coredns).toBe('1.12.4-v4.2.9');
  expect(runs().configuration).toMatch(kept('1.12.4-v4.2.9'));
  expect(runs().configuration).not.toContain('alidityPeriod');
  await want('1.12.4-v4.3.0', 'v1.33.7-3', { 'controlplane.cluster.x-k8s.io/skip-coredns': '' });
  await lab.run(minute);
  expect(runs().coredns).toBe('1.12.4-v4.2.9');
  await want('1.12.4-v4.3.1', 'v1.33.7-3', { 'controlplane.cluster.x-k8s.io/skip-coredns': undefined });
  await lab.run(minute);
  expect(runs().coredns).toBe('1.12.4-v4.3.1');
});
