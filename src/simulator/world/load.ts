/** Putting a world into APIs: straight into the embedded one, or through any Transport. */

import type { Transport } from '../../kube/types.ts';
import type { Api } from '../api/api.ts';
import type { KubeObject as Stored } from '../api/types.ts';
import { Client, isConflict } from '../controllers/client.ts';
import { type ClusterApiVersion, type Kind, kinds } from '../controllers/kinds.ts';
import type { Event } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { wireOf } from '../controllers/versions/wire.ts';
import type { WorkloadApi } from '../workload/api.ts';
import { addressesToCome } from './addresses-to-come.ts';
import { foundings } from './kube-ovn.ts';
import type { World } from './seed.ts';

const byKind = new Map<string, Kind>(Object.values(kinds).map((kind) => [kind.kind, kind as unknown as Kind]));

/**
 * Loads a world as it is, identities, times and generations included, without what `later` says will be loaded later.
 * `clusterApi` is the version `api` serves. Takes milliseconds.
 */
export function loadWorld(
  world: World,
  api: Api,
  workload: (cluster: string) => WorkloadApi,
  clusterApi: ClusterApiVersion = 'v1beta1',
  later: (object: KubeObject) => boolean = () => false,
): void {
  const wire = wireOf(clusterApi);
  const objects = world.objects.flatMap((object) =>
    later(object) ? [] : [wire.encode(byKind.get(object.kind)!, object)],
  );
  // What comes later has its place among them.
  const waiting = world.objects.filter(later).map((object) => wire.encode(byKind.get(object.kind)!, object));
  const events = world.events.map((told) => wire.encode(kinds.Event, told) as unknown as Event);
  const toCome = [...waiting, ...events] as unknown as Stored[];
  api.load(objects as unknown as Stored[], [...toCome, ...addressesToCome(objects as unknown as Stored[])]);
  for (const event of events) {
    const { apiVersion = '', kind = '', name = '', namespace } = event.involvedObject;
    const about = { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
    const { resourceVersion } = api.find(about)?.metadata ?? {};
    const involvedObject = { ...event.involvedObject, ...(resourceVersion ? { resourceVersion } : {}) };
    api.load([{ ...event, involvedObject } as unknown as Stored]);
  }
  loadWorkloads(world, workload);
}

/** Loads what a world has in its workload clusters: Nodes, and their network plugin's release. */
export function loadWorkloads(
  world: Pick<World, 'nodes' | 'objects'>,
  workload: (cluster: string) => WorkloadApi,
): void {
  for (const { cluster, nodes, beginning, release, network } of foundings(world)) {
    const api = workload(cluster);
    if (beginning) api.since(beginning, nodes.length, network);
    api.load(nodes);
    if (release) api.load([release]);
  }
}

/** How many objects are created or written at once. */
const lanes = 8;

/**
 * Creates the objects of a world, as any client of an API server can. The server gives identities and times of its own,
 * so references between objects are written again with the new ones. `clusterApi` is the version the server serves.
 * Where an object is there already, `mine` says whether it is the world's, of a creation that was interrupted: then it is
 * finished; a ConfigMap of somebody else is left as it is. Throws KubeError, `AlreadyExists` for any other such object.
 */
export async function createWorld(
  world: World,
  management: Transport,
  namespace = 'cpaas-system',
  clusterApi: ClusterApiVersion = 'v1beta1',
  mine: (object: KubeObject) => boolean = () => true,
): Promise<void> {
  const client = new Client(management, namespace, undefined, wireOf(clusterApi));
  const uids = new Map<string, string>();
  const made: { kind: Kind; wanted: KubeObject; object: KubeObject }[] = [];
  await forEach(world.objects, async (wanted) => {
    const kind = byKind.get(wanted.kind)!;
    const { status: _status, ...rest } = wanted as KubeObject & { status?: unknown };
    const { name, labels, annotations, finalizers } = wanted.metadata;
    const object = await createOrGet(
      client,
      kind,
      { ...rest, metadata: { name, labels, annotations, finalizers } },
      mine,
    );
    if (!object) return;
    uids.set(wanted.metadata.uid ?? '', object.metadata.uid ?? '');
    made.push({ kind, wanted, object });
  });
  await forEach(made, async ({ kind, wanted, object }) => {
    const { metadata, ...rest } = withUids(wanted, uids);
    const owned = { ...object.metadata, ownerReferences: metadata.ownerReferences };
    // Into the specs of its own kinds the server has written more, and lets none of it be taken away.
    const { status } = rest as { status?: unknown };
    const body = kind.apiVersion === 'v1' ? (status === undefined ? {} : { status }) : rest;
    await client.replace(kind, object, { ...object, ...body, metadata: owned });
  });
}

/** The object, new or as it is; undefined for a ConfigMap of somebody else. */
async function createOrGet(
  client: Client,
  kind: Kind,
  fresh: KubeObject,
  mine: (object: KubeObject) => boolean,
): Promise<KubeObject | undefined> {
  try {
    return await client.create(kind, fresh);
  } catch (error) {
    const known = isConflict(error) ? await client.get(kind, fresh.metadata.name) : undefined;
    if (known && mine(known)) return known;
    if (known && kind.kind === kinds.ConfigMap.kind) return undefined;
    throw error;
  }
}

/** Calls `work` with every item, a few at once, begun in order. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A copy of `value` in which every known `uid` is the new one. */
function withUids<T>(value: T, uids: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key === 'uid' && typeof inner === 'string' ? (uids.get(inner) ?? inner) : inner,
  ) as T;
}
