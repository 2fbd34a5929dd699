/** The explanation every scenario has to lead to, and where; and how one is played for it. */

import { expect } from 'vitest';
import { attentionNow } from '../../../src/domain/explain/attention.ts';
import { explain } from '../../../src/domain/explain/explain.ts';
import { NOTHING_SEEN, type Seen } from '../../../src/domain/explain/facts.ts';
import type { Explanation } from '../../../src/domain/explain/types.ts';
import { type Falls, keepFalls, NO_FALLS } from '../../../src/domain/falls.ts';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { Fleet } from '../../../src/domain/fleet/rows.ts';
import { KINDS, type Kind, OPTIONAL_KINDS } from '../../../src/domain/kinds.ts';
import type { Change } from '../../../src/domain/objects.ts';
import { planDetailOf } from '../../../src/domain/output/last-words.ts';
import { KINDS_TABLE } from '../../../src/kube/kinds.ts';
import type { Transport } from '../../../src/kube/types.ts';
import type { Faults } from '../../../src/simulator/controllers/faults.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { liveWorkload } from '../../domain/workloads.ts';
import { minute } from '../harness.ts';
import { signals } from './signals.ts';
import { openTheatre, type Theatre } from './theatre.ts';

export interface Expected {
  id: string;
  /** The kind of the object the cause is in. */
  at: Kind;
  mode?: string;
  /** Simulated ms in which it is told; half an hour where left out. */
  within?: number;
  /** What is true beside it or before it: the same trouble as far as it is known then. */
  beside?: readonly string[];
  /** What healing does not bring back. */
  stays?: true;
  maxSurge?: number;
}

export const explained: Readonly<Record<string, Expected>> = {
  'pool-missing': { id: 'pool-missing', mode: 'F1', at: 'deployment' },
  'pool-exhausted': { id: 'pool-exhausted', mode: 'F2', at: 'deployment' },
  miscount: { id: 'pool-figures-disagree', at: 'pool' },
  'pool-member-missing': { id: 'pool-member-missing', mode: 'F3', at: 'pool' },
  'host-without-plan': { id: 'no-plan-secret', mode: 'F4', at: 'host' },
  // No token can be made because the cluster does not answer: that is the cause, and F5 follows from it.
  'bootstrap-waiting': { id: 'vip-unreachable', mode: 'F12', at: 'cluster' },
  'image-catalog-miss': { id: 'image-catalog-miss', mode: 'F6', at: 'deployment' },
  'image-registry-missing': { id: 'image-registry-missing', mode: 'F7', at: 'deployment' },
  'reprovision-fails': { id: 'reprovision-failed', mode: 'F8', at: 'host' },
  'registry-down': { id: 'reprovision-failed', mode: 'F8', at: 'host' },
  'upgrade-bad-host': { id: 'reprovision-failed', mode: 'F8', at: 'host', within: 60 * minute },
  'storage-mount-fails': { id: 'storage-not-ready', mode: 'F9', at: 'host', within: 60 * minute },
  'clean-fails': { id: 'clean-failed', mode: 'F10', at: 'host' },
  'never-joins': { id: 'never-joins', mode: 'F11', at: 'machine', within: 60 * minute },
  'vip-unreachable': { id: 'vip-unreachable', mode: 'F12', at: 'cluster' },
  'external-endpoint': { id: 'external-endpoint', mode: 'F13', at: 'cluster' },
  'surge-stalls': { id: 'surge-stalls', mode: 'F14', at: 'deployment', within: 60 * minute, maxSurge: 1 },
  'exhausted-mid-rollout': { id: 'exhausted-mid-rollout', mode: 'F15', at: 'deployment', within: 60 * minute },
  'kube-ovn-download-fails': { id: 'kube-ovn-failed', mode: 'F16', at: 'cluster' },
  'kube-ovn-deploy-fails': { id: 'kube-ovn-failed', mode: 'F16', at: 'cluster' },
  'kube-ovn-not-ready': { id: 'kube-ovn-failed', mode: 'F16', at: 'cluster' },
  'kube-ovn-not-converging': { id: 'kube-ovn-not-converging', mode: 'F17', at: 'cluster' },
  'cluster-stuck-deleting': { id: 'cluster-stuck-deleting', mode: 'F18', at: 'cluster' },
  'import-incomplete': { id: 'import-incomplete', mode: 'F19', at: 'cluster' },
  'agent-unauthorized': { id: 'agent-silent', mode: 'F22', at: 'host', within: 60 * minute },
  'storage-operation-failed': { id: 'storage-in-doubt', mode: 'F23', at: 'host', stays: true },
  'storage-prepare-failed': { id: 'storage-failed', at: 'host' },
  // The first fall is a lost node like any other.
  'iso-build-fails': { id: 'seed-image-failed', at: 'seedImage' },
  'host-flapping': { id: 'node-flapping', at: 'machine', beside: ['node-lost'] },
  'slow-clean': { id: 'clean-slow', at: 'host', within: 60 * minute },
  'quorum-lost': { id: 'quorum-lost', at: 'cluster', beside: ['node-lost', 'vip-unreachable'] },
  'leftover-delete-mark': { id: 'delete-mark', at: 'machine' },
  'second-operator': { id: 'group-paused', at: 'deployment' },
  'drain-blocked': { id: 'drain-blocked', at: 'machine', within: 60 * minute },
};

/** What a fleet is read from. */
export interface Sources {
  kubectl: Transport;
  /** The names of the workload clusters. */
  clusters: readonly string[];
  workload: (cluster: string) => Transport;
  faults: Faults;
}

/** Every watched object of the world as the dashboard would hold it, read through the API. */
export const fleetOf = ({ kubectl, runtime }: Theatre): Promise<Fleet> =>
  readFleet({
    kubectl,
    clusters: runtime
      .informer(kinds.Cluster)
      .list()
      .map(({ metadata }) => metadata.name),
    workload: (name) => runtime.workload(name),
    faults: runtime.faults,
  });

/** As `fleetOf`, of any world. */
export async function readFleet({ kubectl, clusters, workload, faults }: Sources): Promise<Fleet> {
  const index = createFleet();
  const changes: Change[] = [];
  const details: [string, unknown][] = [];
  for (const kind of KINDS) {
    // The lab has no AppReleases of its own: those of its workload clusters are the ones that matter.
    if (OPTIONAL_KINDS.includes(kind)) continue;
    const { group, resource, versions, fieldSelector, project } = KINDS_TABLE[kind];
    const version = group.endsWith('cluster.x-k8s.io') ? 'v1beta1' : versions[0];
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const query = fieldSelector === undefined ? {} : { fieldSelector };
    const path = `${root}/namespaces/cpaas-system/${resource}`;
    const { items } = await kubectl.json<{ items: unknown[] }>({ path, query });
    for (const raw of items) {
      const object = project(raw);
      if (!object) continue;
      changes.push({ type: 'set', object });
      if (kind === 'plan') details.push([object.uid, raw]);
    }
  }
  index.apply(changes);
  for (const [uid, raw] of details) index.setPlanDetail(uid, planDetailOf(raw));
  for (const name of clusters) {
    const api = workload(name);
    const nodes = await api.json<{ items: unknown[] }>({ path: '/api/v1/nodes' });
    const releases = await api.json<{ items: unknown[] }>({ path: '/apis/operator.alauda.io/v1alpha1/appreleases' });
    const read = liveWorkload({ nodes: nodes.items, releases: releases.items });
    // One that answers nobody is not asked: what it would say is not known.
    if (!faults.ofCluster(name).unreachable) index.setWorkload(name, { ...read, cluster: name });
  }
  return index.snapshot();
}

/** What was seen in each theatre until its last picture. */
const looks = new WeakMap<Theatre, { fleet: Fleet; falls: Falls }>();

/** All that is explained now: each cause that attention shows. */
export async function told(theatre: Theatre): Promise<Explanation[]> {
  const fleet = await fleetOf(theatre);
  const now = theatre.clock.now();
  const last = looks.get(theatre) ?? { fleet: createFleet().snapshot(), falls: NO_FALLS };
  const falls = keepFalls(last.falls, last.fleet, fleet, now);
  looks.set(theatre, { fleet, falls });
  return explainedIn(fleet, now, { ...NOTHING_SEEN, falls });
}

/** The explanation of each cause that attention shows of a fleet. */
export function explainedIn(fleet: Fleet, now: number, seen: Seen = NOTHING_SEEN): Explanation[] {
  return attentionNow(fleet, now, seen).map(({ ref, text }) => {
    const explanation = explain(fleet, ref, now, seen);
    expect(explanation, `${ref.kind} ${ref.name}: ${text} is not explained`).toBeDefined();
    // Only causes are shown, and each is told where it is.
    expect(explanation?.root, `${ref.name}: ${text}`).toMatchObject({ uid: ref.uid });
    expect(explanation?.evidence.length, `evidence of ${explanation?.id}`).toBeGreaterThan(0);
    expect(explanation?.next.length, `next of ${explanation?.id}`).toBeGreaterThan(0);
    return explanation!;
  });
}

/** How often attention is looked at: what no row tells is judged anew this often on screen too. */
const LOOK = 15_000;

/** Plays a scenario, expects its explanation at the right kind of object, heals it, and expects it to be gone. */
export async function explainThrough(name: string): Promise<readonly Explanation[]> {
  const { id, at, mode, within = 30 * minute, beside = [], stays, maxSurge } = explained[name]!;
  const theatre = await openTheatre({ maxSurge });
  try {
    const is = (each: Explanation) => each.id === id && each.root.kind === at && each.mode === mode;
    expect((await told(theatre)).map((each) => each.id)).toEqual([]);
    await theatre.scenarios.start(name);
    let seen: Explanation[] = [];
    const end = theatre.clock.now() + within;
    const meant = [id, ...beside];
    while (!seen.some(is)) {
      const what = seen.map((each) => `${each.id} at ${each.root.kind} ${each.root.name}`).join('; ');
      if (theatre.clock.now() > end) throw new Error(`${name} is not explained as ${id} at a ${at}, but as: ${what}`);
      await theatre.run(LOOK);
      seen = await told(theatre);
      // Nothing false is said on the way there, nor beside it.
      expect(
        seen.flatMap((each) => (meant.includes(each.id) ? [] : `${each.id} at ${each.root.name}: ${each.short}`)),
        name,
      ).toEqual([]);
    }
    // It is what stands first: a sleepy reader gets no farther.
    expect(seen[0]?.id, `the first of ${seen.map((each) => each.id).join(', ')}`).toBe(id);
    const healing = theatre.scenarios.heal();
    const healed = theatre.clock.now() + 4 * 60 * minute;
    let left = seen;
    while (theatre.scenarios.state.standing !== 'healed' || (!stays && left.length > 0)) {
      const what = left.map((each) => `${each.id} at ${each.root.kind} ${each.root.name}: ${each.short}`).join('; ');
      if (theatre.clock.now() > healed) throw new Error(`${name} was healed, and is still explained: ${what}`);
      await theatre.run(5 * minute);
      left = await told(theatre);
    }
    await healing;
    if (stays) expect(left.filter(is)).not.toEqual([]);
    return seen;
  } finally {
    await theatre.stop();
  }
}

/** Only time tells that these are trouble, no object does; and a node comes and goes from its second fall on. */
export const late: readonly string[] = [
  'never-joins',
  'kube-ovn-not-converging',
  'agent-unauthorized',
  'slow-clean',
  'drain-blocked',
  'host-flapping',
];

/** The fact of those of which the signal is another one: the first of several deeds, or the last. */
const facts: Readonly<Record<string, (theatre: Theatre) => boolean>> = {
  'quorum-lost': ({ runtime }) =>
    runtime
      .informer(kinds.BaremetalCluster)
      .list()
      .some(({ status }) => status?.conditions?.some((one) => one.type === 'EndpointReady' && one.status === 'False')),
  'second-operator': ({ runtime }) =>
    runtime
      .informer(kinds.MachineDeployment)
      .list()
      .some(({ spec }) => spec?.paused === true),
};

/** Plays a scenario until the fact is there that it is known by, and expects it to stand first five seconds later. */
export async function explainAtOnce(name: string): Promise<void> {
  const { id, maxSurge } = explained[name]!;
  const theatre = await openTheatre({ maxSurge });
  try {
    await theatre.scenarios.start(name);
    await theatre.wait(() => (facts[name] ?? signals[name])!(theatre), 60 * minute, `the fact of ${name}`);
    await theatre.run(5_000);
    const seen = await told(theatre);
    expect(seen[0]?.id, seen.map((each) => `${each.id} at ${each.root.name}: ${each.short}`).join('; ')).toBe(id);
  } finally {
    await theatre.stop();
  }
}
