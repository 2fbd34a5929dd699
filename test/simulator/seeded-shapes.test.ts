/**
 * A cluster that is there when a datacenter begins, against one of the same shape that somebody made in an empty one: its
 * objects have the same fields.
 */

import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { type Kind, kinds, pathOf } from '../../src/simulator/controllers/kinds.ts';
import { wireOf } from '../../src/simulator/controllers/versions/wire.ts';
import { createCluster } from './from-nothing.ts';
import { type Lab, minute, openLab } from './harness.ts';

const compared = [
  ...[kinds.Cluster, kinds.KubeadmControlPlane, kinds.MachineDeployment, kinds.MachineSet, kinds.Machine],
  ...[kinds.KubeadmConfig, kinds.KubeadmConfigTemplate],
  ...[kinds.BaremetalCluster, kinds.BaremetalMachine, kinds.BaremetalMachineTemplate, kinds.MachineInventoryPool],
  ...[kinds.MachineInventory, kinds.MachineRegistration],
  ...[kinds.Secret, kinds.Role, kinds.RoleBinding, kinds.ServiceAccount],
] as unknown as Kind[];

/** Where they differ, and why. */
const otherwise: readonly RegExp[] = [
  // Who made the cluster by hand let Nodes be called as their hosts are.
  /^MachineInventoryPool \| \.spec\.machineInventories\[\]\.hostname: only seeded$/,
  // Some hosts have the newest agent, and others are old.
  /^Secret elemental\.cattle\.io\/plan .* \| \.data\.plan-(state|revision|checkpoint): only seeded$/,
];

it.each(['v1beta1', 'v1beta2'] as const)(
  'objects of a world at rest have the fields of those made: %s',
  async (version) => {
    const made = await openLab({ empty: true, clusterApi: version });
    await createCluster(made);
    const machines = () => made.runtime.informer(kinds.BaremetalMachine).list();
    const isUp = () => machines().length === 7 && machines().every(({ status }) => status?.ready);
    await made.until(isUp, 60 * minute, 'the cluster');
    const seeded = await openLab({ hosts: 8, clusters: 1, clusterApi: version });
    for (const lab of [made, seeded]) await lab.run(15 * minute);
    const lines: string[] = [];
    const seen: string[] = [];
    for (const kind of compared) {
      const [before, after] = [await shapes(seeded, kind), await shapes(made, kind)];
      for (const [key, fields] of before) {
        const others = after.get(key);
        if (!others) continue;
        seen.push(key);
        for (const path of fields) if (!others.has(path)) lines.push(`${key} | ${path}: only seeded`);
        for (const path of others) if (!fields.has(path)) lines.push(`${key} | ${path}: only made`);
      }
    }
    for (const lab of [made, seeded]) await lab.stop();
    expect(lines.filter((line) => !otherwise.some((reason) => reason.test(line)))).toEqual([]);
    // Three kinds are of the plane and of workers; of Secrets the cluster has five, its Machines two, its hosts eight and a token.
    expect(seen.length).toBe(compared.length - 1 + 3 + 16);
  },
);

/** The fields that the objects of a kind have, each in some of them, by what they are. */
async function shapes({ management, runtime }: Lab, kind: Kind): Promise<Map<string, Set<string>>> {
  const path = pathOf(wireOf(runtime.clusterApi).served(kind), runtime.namespace);
  const { items } = await management.json<{ items: KubeObject[] }>({ path });
  const all = new Map<string, Set<string>>();
  for (const object of items) {
    const key = called(kind, object);
    const fields = all.get(key) ?? new Set();
    all.set(key, fields);
    const { managedFields: _writers, ...metadata } = object.metadata;
    for (const one of paths({ ...object, metadata })) fields.add(one);
  }
  return all;
}

/** What an object is, without the ends of names that are drawn. */
function called({ kind }: Kind, { metadata, type }: KubeObject): string {
  if (kind === 'Secret')
    return `Secret ${type as string} ${metadata.name.replace(/-[a-z0-9]{5}-[a-z0-9]{5}$|-[a-z0-9]{5}$/, '')}`;
  const isPlane = 'cluster.x-k8s.io/control-plane' in (metadata.labels ?? {});
  return /^(Machine|KubeadmConfig|BaremetalMachine)$/.test(kind)
    ? `${kind} of ${isPlane ? 'the plane' : 'workers'}`
    : kind;
}

/** The paths of all fields of an object; conditions go by their type. */
function paths(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item: { type?: string }) => paths(item, `${at}[${/onditions$/.test(at) ? item.type : ''}]`));
  }
  const entries = Object.entries(value);
  return entries.length > 0 ? entries.flatMap(([key, inner]) => paths(inner, `${at}.${key}`)) : [`${at}, empty`];
}
