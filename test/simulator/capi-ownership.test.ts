/** Whose a Machine is: what its labels and owners say, and what becomes of one without a cluster. */

import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const hash = 'machine-template-hash';
const get = {
  of: (set: string) => lab.runtime.informer(kinds.Machine).by('set', set),
  machine: (name: string) => lab.runtime.informer(kinds.Machine).get(name),
  counted: () => lab.runtime.informer(kinds.Cluster).get('prod')?.status?.v1beta2,
  set: () => lab.runtime.informer(kinds.MachineSet).by('deployment', 'prod-workers')[0]!,
};
const relabel = (machine: Machine, labels: Record<string, string>) =>
  lab.client.change(kinds.Machine, get.machine(machine.metadata.name)!, (draft) => {
    draft.metadata.labels = labels;
  });

it('a Machine whose labels its set does not find is left alone, and another comes in its place', async () => {
  lab = await openLab();
  const set = get.set().metadata.name;
  const [one, ...others] = get.of(set);
  const replicas = others.length + 1;
  const { [hash]: _gone, ...rest } = one!.metadata.labels!;
  await relabel(one!, rest);
  const made = () => get.of(set).length === replicas + 1;
  await lab.until(made, minute, 'its successor');
  await lab.run(15 * minute);
  const now = get.machine(one!.metadata.name)!;
  expect(now.metadata.deletionTimestamp).toBeUndefined();
  expect(now.metadata.labels).not.toHaveProperty(hash);
  expect(get.set().status).toMatchObject({ replicas, readyReplicas: replicas });
  expect(get.counted()?.workers).toMatchObject({ desiredReplicas: replicas, replicas, readyReplicas: replicas });
  // Back again, it is one too many.
  await relabel(one!, one!.metadata.labels!);
  await lab.until(() => get.of(set).length === replicas, 30 * minute, 'the end of one');
});

it('a Machine that nobody answers for is the cluster’s, until a set finds it', async () => {
  lab = await openLab();
  const set = get.set().metadata.name;
  const [one, ...others] = get.of(set);
  const replicas = others.length + 1;
  const { [hash]: _gone, ...rest } = one!.metadata.labels!;
  await lab.client.change(kinds.Machine, one!, (draft) => {
    draft.metadata.labels = rest;
    draft.metadata.ownerReferences = [];
  });
  await lab.run(minute);
  expect(get.machine(one!.metadata.name)?.metadata.ownerReferences).toEqual([
    expect.objectContaining({ kind: 'Cluster', name: 'prod' }),
  ]);
  await lab.until(() => get.of(set).length === replicas, 5 * minute, 'its successor');
  await lab.until(() => get.counted()?.workers?.readyReplicas === replicas + 1, 30 * minute, 'that all are ready');
  expect(get.counted()?.workers).toMatchObject({ desiredReplicas: replicas + 1, replicas: replicas + 1 });
  const wasThere = get.of(set).map(({ metadata }) => metadata.name);
  await relabel(one!, { ...rest, [hash]: one!.metadata.labels![hash]! });
  await lab.until(() => get.of(set).length > replicas, minute, 'that it is taken');
  const refs = get.machine(one!.metadata.name)?.metadata.ownerReferences?.map(({ kind }) => kind);
  expect(refs).toEqual(['Cluster', 'MachineSet']);
  await lab.until(() => get.of(set).length === replicas, 30 * minute, 'the end of one');
  expect(wasThere).toHaveLength(replicas);
});

it('nothing is done about what names a cluster that is not there', async () => {
  lab = await openLab();
  const spec = {
    clusterName: 'nowhere',
    version: 'v1.33.7-2',
    bootstrap: { dataSecretName: 'x' },
    infrastructureRef: { apiVersion: kinds.BaremetalMachine.apiVersion, kind: 'BaremetalMachine', name: 'ghost' },
  };
  const metadata = { name: 'ghost' };
  await lab.client.create(kinds.Machine, { apiVersion: kinds.Machine.apiVersion, kind: 'Machine', metadata, spec });
  const matchLabels = { app: 'ghost' };
  for (const kind of [kinds.MachineSet, kinds.MachineDeployment]) {
    const template = { metadata: { labels: matchLabels }, spec };
    await lab.client.create(kind as typeof kinds.MachineSet, {
      ...{ apiVersion: kind.apiVersion, kind: kind.kind, metadata },
      spec: { clusterName: 'nowhere', replicas: 1, selector: { matchLabels }, template },
    });
  }
  await lab.run(10 * minute);
  for (const kind of [kinds.Machine, kinds.MachineSet, kinds.MachineDeployment]) {
    const object = lab.runtime.informer(kind as typeof kinds.Machine).get('ghost');
    expect(object).toBeDefined();
    expect(object?.metadata.finalizers).toBeUndefined();
    expect(object?.status ?? {}).toEqual({});
  }
  await lab.client.remove(kinds.Machine, 'ghost');
  await lab.run(1000);
  expect(get.machine('ghost')).toBeUndefined();
});

it('a Cluster that nobody has made anything for counts nothing', async () => {
  lab = await openLab();
  await lab.client.create(kinds.Cluster, {
    ...{ apiVersion: kinds.Cluster.apiVersion, kind: 'Cluster', metadata: { name: 'bare' } },
    spec: {
      controlPlaneRef: { apiVersion: kinds.KubeadmControlPlane.apiVersion, kind: 'KubeadmControlPlane', name: 'x' },
    },
  });
  await lab.run(minute);
  const { controlPlane, workers } = lab.runtime.informer(kinds.Cluster).get('bare')?.status?.v1beta2 ?? {};
  expect([controlPlane, workers]).toEqual([{}, {}]);
});
