/**
 * What Cluster API's own controllers say of what they do: of MachineDeployments, MachineSets, Machines and health checks.
 * Source: kubernetes-sigs/cluster-api v1.10, internal/controllers. Whatever sets something off is said before it.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { progressWords, type Words } from '../../../controllers/capi/machine-log.ts';
import {
  deletesWords,
  growsWords,
  madeWords,
  newSetWords,
  shrinksWords,
} from '../../../controllers/capi/machineset-log.ts';
import type { ClusterApiVersion } from '../../../controllers/kinds.ts';
import { all, type Run } from '../run.ts';
import type { Recorded } from '../told-events.ts';
import { type Life, livesOf } from './machines.ts';
import { clusterApiOf, type Reconciled, recorderLine, says } from './reconciling.ts';

const group = 'cluster.x-k8s.io';
/** What belongs to one look at a MachineSet, ms. */
const apart = 2000;

const machineOf = ({ namespace, name, cluster, set, deployment, plane }: Life): Reconciled => ({
  ...{ controller: 'machine', group, kind: 'Machine', namespace, name },
  of: { Cluster: cluster, MachineSet: set, MachineDeployment: deployment, KubeadmControlPlane: plane },
});

/** The lines of the controllers of core Cluster API, with those of their recorders. */
export function clusterApi(run: Run, recorded: readonly Recorded[]): LogLine[] {
  const version = clusterApiOf(run);
  const events = recorded.map(ahead);
  const lives = livesOf(run, events);
  const byName = new Map(lives.map((life) => [life.name, life]));
  // What is told again and again ends with the host: of the last time only the second is known.
  const released = new Map(
    events.filter(({ reason }) => reason === 'SimReleased').map(({ about, at }) => [about.name, at]),
  );
  return [
    ...lives.flatMap((life) => lived(life, version)),
    ...grown(run, lives, events, version),
    ...shrunk(run, events, version),
    ...events.flatMap((event) => forgotten(event, byName)),
    ...events
      .filter(({ about }) => about.kind !== 'BaremetalMachine')
      .map((event) =>
        event.again ? { ...event, at: Math.min(event.at, (released.get(event.about.name) ?? event.at) - 2) } : event,
      )
      .flatMap((event) => [...before(event, byName), recorderLine(event), ...after(event, byName)]),
  ];
}

/** A MachineDeployment sets off what MachineSets do: within a moment, too. */
function ahead(event: Recorded): Recorded {
  if (event.about.kind !== 'MachineDeployment') return event;
  return { ...event, at: event.at - (event.reason === 'SuccessfulCreate' ? 8 : 4) };
}

/** The way of a Machine from its making to its Node. */
function lived(life: Life, version: ClusterApiVersion): LogLine[] {
  const about = machineOf(life);
  const { created, bootstrapped, provisioned, joined, name, providerID, node } = life;
  const ref = `${life.namespace}/${name}`;
  const config = { KubeadmConfig: ref };
  const infra = { BaremetalMachine: ref };
  const words = progressWords(version);
  const turn = String(created + 60);
  const steps: [at: number, words: Words, rest: Record<string, string | undefined>][] = [
    [created + 60, words.awaitsData, { turn, ...config }],
    [created + 62, words.awaitsHost, { turn, ...infra }],
    [bootstrapped, words.hasData, { ...config, Secret: ref }],
    [provisioned, words.hasHost, infra],
    [node ? joined - 4 : Number.NaN, words.hasNode, { ...infra, providerID, Node: node }],
  ];
  return steps.flatMap(([at, said, rest]) => (Number.isNaN(at) ? [] : [says(about, at, ...said, rest)]));
}

/** MachineSets that made Machines: how many at once, and for how many. */
function grown(run: Run, lives: readonly Life[], events: readonly Recorded[], version: ClusterApiVersion): LogLine[] {
  const replicas = new Map(
    all(run, 'machinesets').map(({ metadata, spec }) => [metadata.name, Number(spec?.['replicas'] ?? 0)]),
  );
  const bySet = Map.groupBy(
    lives.filter(({ set, created }) => set !== undefined && !Number.isNaN(created)),
    ({ set }) => set!,
  );
  return [...bySet].flatMap(([set, of]) =>
    bursts(of, ({ created }) => created).flatMap((burst) => {
      const [first] = burst;
      const wanted = wantedAt(events, set, first!.created) ?? Math.max(burst.length, replicas.get(set) ?? burst.length);
      const about: Reconciled = {
        ...{ controller: 'machineset', group, kind: 'MachineSet', namespace: first!.namespace, name: set },
        of: { Cluster: first!.cluster, MachineDeployment: first!.deployment },
      };
      const turn = String(first!.created);
      const sizes = { replicas: wanted, machineCount: wanted - burst.length };
      return [
        says(about, following(events, set, first!.created), ...growsWords(wanted, burst.length), { turn, ...sizes }),
        ...burst.map(({ created, name, namespace }, at) => {
          const Machine = `${namespace}/${name}`;
          return says(about, created - 1, ...madeWords(version, at + 1, burst.length), { turn, Machine });
        }),
      ];
    }),
  );
}

/** MachineSets that gave up Machines. */
function shrunk(run: Run, events: readonly Recorded[], version: ClusterApiVersion): LogLine[] {
  const sets = new Map(all(run, 'machinesets').map((set) => [set.metadata.name, set]));
  const bySet = Map.groupBy(
    events.filter(({ about, reason }) => about.kind === 'MachineSet' && reason === 'SuccessfulDelete'),
    ({ about }) => about.name,
  );
  return [...bySet].flatMap(([name, of]) =>
    bursts(of, ({ at }) => at).flatMap((burst) => {
      const { at: first, about: told } = burst[0]!;
      const { metadata, spec } = sets.get(name) ?? {};
      const wanted = wantedAt(events, name, first) ?? Number(spec?.['replicas'] ?? 0);
      const about: Reconciled = {
        ...{ controller: 'machineset', group, kind: 'MachineSet', namespace: told.namespace, name },
        of: {
          Cluster: spec?.['clusterName'] as string | undefined,
          MachineDeployment: metadata?.ownerReferences?.[0]?.name,
        },
      };
      const turn = String(first);
      const deletePolicy = String(spec?.['deletePolicy'] ?? '');
      const sizes = { replicas: wanted, machineCount: wanted + burst.length, deletePolicy };
      return [
        says(about, following(events, name, first), ...shrinksWords(wanted, burst.length), { turn, ...sizes }),
        ...burst.map(({ at, message }, index) => {
          const machine = /"(.+)"$/.exec(message)?.[1] ?? '';
          const Machine = `${told.namespace}/${machine}`;
          return says(about, at - 1, ...deletesWords(version, index + 1, burst.length), { turn, Machine });
        }),
      ];
    }),
  );
}

/** A host that was released lets its Machine go: its Node is deleted last. */
function forgotten({ reason, about, at }: Recorded, lives: ReadonlyMap<string, Life>): LogLine[] {
  const life = lives.get(about.name);
  if (reason !== 'SimReleased' || !life?.node) return [];
  return [says(machineOf(life), at + 25, 'machine_controller.go:601', 'Deleting node', { Node: life.node })];
}

/** Those that were made at one look. */
function bursts<T>(all: readonly T[], when: (one: T) => number): T[][] {
  const found: T[][] = [];
  for (const one of all) {
    const last = found.at(-1);
    if (last && when(one) - when(last.at(-1)!) < apart) last.push(one);
    else found.push([one]);
  }
  return found;
}

/** What last scaled a MachineSet before a moment. */
const scalingOf = (events: readonly Recorded[], set: string, at: number): Recorded | undefined =>
  events.findLast(({ message, at: when }) => when <= at && message.startsWith('Scaled') && message.includes(`${set}:`));

/** When a MachineSet began with what it had done at a moment: after it was scaled. */
const following = (events: readonly Recorded[], set: string, at: number): number =>
  Math.min(at - 1, Math.max(at - 20, (scalingOf(events, set, at)?.at ?? 0) + 1));

/** How many Machines a MachineSet was to have at a moment, where an Event tells of it. */
function wantedAt(events: readonly Recorded[], set: string, at: number): number | undefined {
  const found = /-> (\d+)$/.exec(scalingOf(events, set, at)?.message ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

const aboutOf = ({ about, component }: Recorded, life?: Life): Reconciled => ({
  ...{ group, kind: about.kind, namespace: about.namespace, name: about.name },
  controller: component.replace(/-controller$/, ''),
  ...(life ? { of: machineOf(life).of! } : {}),
});

/** What is said before an Event is recorded. */
function before(event: Recorded, lives: ReadonlyMap<string, Life>): LogLine[] {
  const { at, reason, message, about: told } = event;
  const life = lives.get(told.name);
  const about = aboutOf(event, life);
  const named = /"(.+)"$/.exec(message)?.[1];
  const turn = String(at);
  if (told.kind === 'MachineDeployment' && reason === 'SuccessfulCreate') {
    const [, MachineSet] = /MachineSet "?([^" ]+)/.exec(message) ?? [];
    return [says(about, at - 14, ...newSetWords, { turn, MachineSet })];
  }
  if (reason === 'SuccessfulDrainNode' && !event.again) {
    const of = { Node: named };
    return [
      says(about, at - 30, 'machine_controller.go:897', 'Draining Node', { turn, ...of }),
      says(about, at - 2, 'machine_controller.go:697', 'Drain completed', { turn, ...of }),
    ];
  }
  if (reason === 'FailedDrainNode')
    return [says(about, at - 2, 'machine_controller.go:867', message, { turn, Node: named })];
  if (reason === 'MachineMarkedUnhealthy')
    return [
      says(
        about,
        at - 3,
        'machinehealthcheck_controller.go:463',
        'Target has failed health check, marking for remediation',
        {
          turn,
          target: `${told.namespace}/${told.name}`,
          message,
        },
      ),
    ];
  return [];
}

/** What follows from what an Event tells. */
function after(event: Recorded, lives: ReadonlyMap<string, Life>): LogLine[] {
  const { at, reason, about: told } = event;
  if (reason !== 'NodeVolumesDetached' || event.again) return [];
  const about = aboutOf(event, lives.get(told.name));
  const infra = { BaremetalMachine: `${told.namespace}/${told.name}` };
  return [
    says(about, at + 18, 'machine_controller.go:565', 'Waiting for infrastructure to be deleted', {
      turn: String(at),
      ...infra,
    }),
  ];
}
