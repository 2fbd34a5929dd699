/**
 * A cluster that is there when a datacenter begins, against one of the same shape that somebody made in an empty one: its
 * objects have the same fields.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiTransport } from '../../src/simulator/api/transport.ts';
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

describe.each(['v1beta1', 'v1beta2'] as const)('objects of a world at rest, in %s,', (version) => {
  let made: Lab;
  let seeded: Lab;

  beforeAll(async () => {
    made = await openLab({ empty: true, clusterApi: version });
    await createCluster(made);
    const machines = () => made.runtime.informer(kinds.BaremetalMachine).list();
    const isUp = () => machines().length === 7 && machines().every(({ status }) => status?.ready);
    await made.until(isUp, 60 * minute, 'the cluster');
    seeded = await openLab({ hosts: 8, clusters: 1, clusterApi: version });
    for (const lab of [made, seeded]) await lab.run(15 * minute);
  });
  afterAll(async () => {
    for (const lab of [made, seeded]) await lab.stop();
  });

  it('have the fields of those that are made', async () => {
    const { lines, seen } = await differences(compared, fieldsOf);
    expect(lines.filter((line) => !otherwise.some((reason) => reason.test(line)))).toEqual([]);
    // Three kinds are of the plane and of workers; of Secrets the cluster has five, its Machines two, its hosts eight and a token.
    expect(seen).toBe(compared.length - 1 + 3 + 16);
  });

  it('have fields of the same managers, as far as it is Cluster API that writes', async () => {
    const { lines, seen } = await differences(compared.slice(0, 10), writersOf);
    expect(lines).toEqual([]);
    expect(seen).toBe(10 + 3);
    const machines = await shapes(made, kinds.Machine as unknown as Kind, writersOf);
    const told = (manager: string, field: string) =>
      `${manager}  cluster.x-k8s.io/${version} .f:spec.f:${field}, empty`;
    const ofWorkers = machines.get('Machine of workers');
    expect(ofWorkers).toContain(told('capi-machineset Apply', 'version'));
    expect(ofWorkers).toContain(told('manager Update', 'providerID'));
    expect(machines.get('Machine of the plane')).toContain(told('capi-kubeadmcontrolplane Apply', 'version'));
  });

  async function differences(of: readonly Kind[], tell: (object: KubeObject) => string[]) {
    const lines: string[] = [];
    let seen = 0;
    for (const kind of of) {
      const [before, after] = [await shapes(seeded, kind, tell), await shapes(made, kind, tell)];
      for (const [key, fields] of before) {
        const others = after.get(key);
        if (!others) continue;
        seen++;
        for (const path of fields) if (!others.has(path)) lines.push(`${key} | ${path}: only seeded`);
        for (const path of others) if (!fields.has(path)) lines.push(`${key} | ${path}: only made`);
      }
    }
    return { lines, seen };
  }
});

/** What is told of the objects of a kind, each of some of them, by what they are. */
async function shapes(
  { api, runtime }: Lab,
  kind: Kind,
  tell: (object: KubeObject) => string[],
): Promise<Map<string, Set<string>>> {
  const all = new Map<string, Set<string>>();
  const operator = apiTransport(api, { user: { name: 'operator', groups: ['system:masters'] } });
  const path = pathOf(wireOf(runtime.clusterApi).served(kind), runtime.namespace);
  const { items } = await operator.json<{ items: KubeObject[] }>({ path });
  for (const { metadata } of items) {
    const object = await operator.json<KubeObject>({ path: `${path}/${metadata.name}` });
    const key = called(kind, object);
    const told = all.get(key) ?? new Set();
    all.set(key, told);
    for (const one of tell(object)) told.add(one);
  }
  return all;
}

/** The paths of its fields. */
function fieldsOf(object: KubeObject): string[] {
  const { managedFields: _writers, ...metadata } = object.metadata;
  return paths({ ...object, metadata });
}

/**
 * Who manages which field, how, and where it is written. Of maps nobody says who has made them; somebody who makes all of it
 * by hand is called as the controllers are.
 */
function writersOf({ metadata }: KubeObject): string[] {
  return (metadata.managedFields ?? []).flatMap(({ manager, operation, subresource, apiVersion, fieldsV1 }) => {
    const who = [manager.replace('kubectl-create', 'manager'), operation, subresource, apiVersion].join(' ');
    const owned = paths(fieldsV1).filter((path) => !path.includes('..,'));
    return owned.map((path) => `${who} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'UID')}`);
  });
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
