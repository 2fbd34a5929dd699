/** Operations in the simulated datacenter: the picture they see, and their writes, sent as they are. */
import { createFleet } from '../../../src/domain/fleet/index.ts';
import { KINDS, OPTIONAL_KINDS } from '../../../src/domain/kinds.ts';
import type { DomainObject } from '../../../src/domain/objects.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { KINDS_TABLE, pathOf } from '../../../src/kube/kinds.ts';
import {
  keyOf,
  type Operation,
  type Plan,
  type Raw,
  type Request,
  type World,
  type Write,
} from '../../../src/operations/contract.ts';
import { kinds, type Kind as SimulatedKind } from '../../../src/simulator/controllers/kinds.ts';
import type { Lab } from '../../simulator/harness.ts';
import { allLive } from './world.ts';

const namespace = 'cpaas-system';

/** The version in which the datacenter serves a kind. */
function versionOf(lab: Lab, kind: (typeof KINDS)[number]): string {
  const { versions } = KINDS_TABLE[kind];
  return versions.find((version) => version === lab.runtime.clusterApi) ?? versions.at(-1)!;
}

/** The picture now, with everything live; `workloads`: what these clusters say of themselves. */
export async function pictureOf(lab: Lab, workloads: readonly Workload[] = []): Promise<World> {
  const index = createFleet();
  for (const kind of KINDS) {
    if (kind === 'event' || OPTIONAL_KINDS.includes(kind)) continue;
    const { fieldSelector } = KINDS_TABLE[kind];
    const path = pathOf(kind, versionOf(lab, kind), namespace);
    const { items } = await lab.management.json<{ items: unknown[] }>({ path, query: { fieldSelector } });
    const objects = items.flatMap((raw): DomainObject[] => {
      const object = KINDS_TABLE[kind].project(raw);
      return object ? [object] : [];
    });
    index.apply(objects.map((object) => ({ type: 'set', object })));
  }
  for (const workload of workloads) index.setWorkload(workload.cluster, workload);
  return {
    fleet: index.snapshot(),
    freshness: allLive(lab.runtime.clusterApi),
    namespace,
    now: lab.clock.now(),
    raw: new Map(),
  };
}

interface Answer {
  metadata?: { name?: string; resourceVersion?: string };
}

/** Sends one write, or only asks whether it would be taken. Throws KubeError where the API refuses it. */
export async function send(lab: Lab, write: Write, dry = false): Promise<Answer> {
  const query = dry ? { dryRun: 'All' } : undefined;
  const { kind, verb, name } = write;
  const version = versionOf(lab, kind);
  if (verb === 'create') {
    return lab.management.json<Answer>({
      query,
      method: 'POST',
      path: pathOf(kind, version, namespace),
      body: write.body,
    });
  }
  const path = pathOf(kind, version, namespace, name);
  if (verb === 'delete') {
    // Of a delete with a body the server reads the body alone.
    const body = { preconditions: write.seen, ...(dry ? { dryRun: ['All'] } : {}) };
    return lab.management.json<Answer>({ query, method: 'DELETE', path, body });
  }
  if (verb === 'apply') {
    const path = pathOf(kind, String(write.body['apiVersion']).split('/').at(-1)!, namespace, name);
    const how = { ...query, fieldManager: 'metaldeck', force: write.force };
    const contentType = 'application/apply-patch+yaml';
    return lab.management.json<Answer>({ query: how, method: 'PATCH', path, contentType, body: write.body });
  }
  const contentType = write.type === 'json' ? 'application/json-patch+json' : 'application/merge-patch+json';
  return lab.management.json<Answer>({ query, method: 'PATCH', path, contentType, body: write.body });
}

/** The simulator's kind of an operation's. */
function simulated(kind: Write['kind']): SimulatedKind {
  const { resource, group } = KINDS_TABLE[kind];
  const of = Object.values(kinds).find(
    ({ plural, apiVersion }) => plural === resource && apiVersion.startsWith(group === '' ? 'v1' : `${group}/`),
  );
  if (!of) throw new Error(`the simulator knows no ${resource}`);
  return of as SimulatedKind;
}

/** Sends all writes of a plan, and lets what follows at once happen. */
export async function carryOut(lab: Lab, plan: Plan): Promise<void> {
  for (const { write } of plan.steps) {
    const answer = await send(lab, write);
    const informer = lab.runtime.informer(simulated(write.kind));
    const version = answer.metadata?.resourceVersion;
    await informer.until(() => {
      const held = informer.get(write.name);
      if (write.verb === 'delete') return held?.metadata.deletionTimestamp !== undefined || held === undefined;
      return held?.metadata.resourceVersion === version || informer.hasRead(version);
    }, 5_000);
  }
  await lab.runtime.idle();
}

/** The picture with the objects an operation wants to read whole. */
export async function withNeeds(lab: Lab, world: World, operation: Operation, request: Request): Promise<World> {
  const raw = new Map(world.raw);
  for (const need of operation.needs?.(world, request) ?? []) {
    const version = need.apiVersion?.split('/').at(-1) ?? versionOf(lab, need.kind);
    const path = pathOf(need.kind, version, namespace, need.name);
    raw.set(keyOf(need), await lab.management.json<Raw>({ path }));
  }
  return { ...world, raw };
}
