/** What is known of the Machines of a fleet and of those that are gone: when each step of their lives was done. */

import type { KubeObject } from '../../../api/types.ts';
import { all, chance, latest, type Run, records, removed, timeOf } from '../run.ts';
import type { Recorded } from '../told-events.ts';

/** One Machine; times are Unix time in ms, NaN where it has not come to that. */
export interface Life {
  namespace: string;
  name: string;
  cluster: string | undefined;
  /** The MachineSet and MachineDeployment, or the control plane, that it is of. */
  set: string | undefined;
  deployment: string | undefined;
  plane: string | undefined;
  created: number;
  bootstrapped: number;
  provisioned: number;
  joined: number;
  deleted: number;
  node: string | undefined;
  providerID: string | undefined;
}

/** What is known of one that is gone. */
const neverSeen = {
  ...{ namespace: 'cpaas-system', plane: undefined, providerID: undefined },
  ...{ created: Number.NaN, bootstrapped: Number.NaN, provisioned: Number.NaN, deleted: Number.NaN },
};

/** All that are there, those that went last, and those of which Events are kept, the oldest first. */
export function livesOf(run: Run, events: readonly Recorded[]): Life[] {
  const created = new Map<string, number>();
  const joined = new Map<string, number>();
  const nodes = new Map<string, string>();
  for (const { reason, message, about, at } of events) {
    const name = /^Created [Mm]achine "(.+)"$/.exec(message)?.[1];
    if (name && about.kind === 'MachineSet') created.set(name, at);
    if (reason === 'SuccessfulSetNodeRef') {
      joined.set(about.name, at);
      nodes.set(about.name, message);
    }
    if (reason === 'SuccessfulDrainNode') nodes.set(about.name, /"(.+)"$/.exec(message)?.[1] ?? '');
  }
  const sets = new Map(all(run, 'machinesets').map((set) => [set.metadata.name, set]));
  const last = removed(run, 'machines').map(({ object }) => object);
  const there = [...last, ...latest(run, 'machines')].map((machine) => lifeOf(machine, sets, created, joined));
  const known = new Set(there.map(({ name }) => name));
  const names = new Set([...created.keys(), ...nodes.keys()]);
  const planes = new Map(all(run, 'kubeadmcontrolplanes').map((plane) => [plane.metadata.name, plane.metadata]));
  const gone = [...names].flatMap((name): Life[] => {
    if (known.has(name)) return [];
    const at = created.get(name) ?? Number.NaN;
    const owner = planes.get(name.replace(/-[^-]+$/, ''));
    if (owner) {
      const cluster = owner.labels?.['cluster.x-k8s.io/cluster-name'] ?? owner.ownerReferences?.[0]?.name;
      const of = { set: undefined, deployment: undefined, plane: owner.name, cluster };
      return [{ ...neverSeen, ...of, name, node: nodes.get(name), joined: joined.get(name) ?? Number.NaN }];
    }
    const set = name.replace(/-[^-]+$/, '');
    const { metadata, spec } = sets.get(set) ?? {};
    return [
      {
        ...{ ...neverSeen, name, set, node: nodes.get(name) },
        deployment: metadata?.ownerReferences?.[0]?.name ?? set.replace(/-[^-]+$/, ''),
        cluster: spec?.['clusterName'] as string | undefined,
        ...{ created: at, joined: joined.get(name) ?? Number.NaN },
      },
    ];
  });
  return [...there, ...gone].sort((a, b) => (a.created || 0) - (b.created || 0));
}

function lifeOf(
  { metadata, spec, status }: KubeObject,
  sets: ReadonlyMap<string, KubeObject>,
  told: ReadonlyMap<string, number>,
  joins: ReadonlyMap<string, number>,
): Life {
  const { name, namespace = '', uid = '' } = metadata;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const set = owner?.kind === 'MachineSet' ? owner.name : undefined;
  const within = (step: string) => chance(uid, step).integer(0, 900);
  const created = told.get(name) ?? timeOf(metadata.creationTimestamp) + within('created');
  const ref = status?.['nodeRef'] as { name?: string } | undefined;
  // v1beta2 keeps the conditions of the first generation apart.
  const first = status?.['deprecated'] as { v1beta1?: { conditions?: unknown } } | undefined;
  /** When a condition came true: no sooner than what went before. */
  const since = (type: string, after: number) => {
    const isTrue = (one: Record<string, unknown>) => one['type'] === type && one['status'] === 'True';
    const found = [...records(status?.['conditions']), ...records(first?.v1beta1?.conditions)].find(isTrue);
    return found ? Math.max(timeOf(found['lastTransitionTime']) + within(type), after) : Number.NaN;
  };
  const bootstrapped = since('BootstrapReady', created + 180);
  const ready = since('InfrastructureReady', Number.isNaN(bootstrapped) ? created + 220 : bootstrapped + 40);
  const joined = joins.get(name) ?? (ref && !Number.isNaN(ready) ? ready + 260 : Number.NaN);
  return {
    ...{ namespace, name, set, created, bootstrapped, joined },
    // Events are told to the ms, conditions to the second.
    provisioned: joined < ready ? joined - 30 : ready,
    cluster: spec?.['clusterName'] as string | undefined,
    deployment: set && sets.get(set)?.metadata.ownerReferences?.[0]?.name,
    plane: owner?.kind === 'KubeadmControlPlane' ? owner.name : undefined,
    deleted: timeOf(metadata.deletionTimestamp) + within('deleted'),
    node: ref?.name,
    providerID: spec?.['providerID'] as string | undefined,
  };
}
