/** Putting a world into APIs: straight into the embedded one, or through any Transport. */

import type { Transport } from '../../kube/types.ts';
import type { Api } from '../api/api.ts';
import { Client } from '../controllers/client.ts';
import { type ClusterApiVersion, type Kind, kinds } from '../controllers/kinds.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { wireOf } from '../controllers/versions/wire.ts';
import type { World } from './seed.ts';
import type { WorkloadApi } from './workload.ts';

const byKind = new Map<string, Kind>(Object.values(kinds).map((kind) => [kind.kind, kind as unknown as Kind]));

/**
 * Loads a world as it is, identities, times and generations included. `clusterApi` is the version `api` serves. Takes
 * milliseconds.
 */
export function loadWorld(
  world: World,
  api: Api,
  workload: (cluster: string) => WorkloadApi,
  clusterApi: ClusterApiVersion = 'v1beta1',
): void {
  const wire = wireOf(clusterApi);
  const objects = world.objects.map((object) => wire.encode(byKind.get(object.kind)!, object));
  api.load(objects as unknown as Parameters<Api['load']>[0]);
  for (const [cluster, nodes] of world.nodes) workload(cluster).load(nodes);
}

/**
 * Creates the objects of a world one by one, as any client of an API server can. The server gives identities and times
 * of its own, so references between objects are written again with the new ones. `clusterApi` is the version the server
 * serves. Throws KubeError.
 */
export async function createWorld(
  world: World,
  management: Transport,
  namespace = 'cpaas-system',
  clusterApi: ClusterApiVersion = 'v1beta1',
): Promise<void> {
  const client = new Client(management, namespace, undefined, wireOf(clusterApi));
  const uids = new Map<string, string>();
  const made: { kind: Kind; wanted: KubeObject; object: KubeObject }[] = [];
  for (const wanted of world.objects) {
    const kind = byKind.get(wanted.kind)!;
    const { status: _status, ...rest } = wanted as KubeObject & { status?: unknown };
    const { name, labels, annotations, finalizers } = wanted.metadata;
    const object = await client.create(kind, { ...rest, metadata: { name, labels, annotations, finalizers } });
    uids.set(wanted.metadata.uid ?? '', object.metadata.uid ?? '');
    made.push({ kind, wanted, object });
  }
  for (const { kind, wanted, object } of made) {
    const { metadata, ...rest } = withUids(wanted, uids);
    const owned = { ...object.metadata, ownerReferences: metadata.ownerReferences };
    await client.replace(kind, object, { ...object, ...rest, metadata: owned });
  }
}

/** A copy of `value` in which every known `uid` is the new one. */
function withUids<T>(value: T, uids: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key === 'uid' && typeof inner === 'string' ? (uids.get(inner) ?? inner) : inner,
  ) as T;
}
