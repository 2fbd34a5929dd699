import { isDeepStrictEqual } from 'node:util';
import { KubeError, type Transport } from '../../../src/kube/types.ts';
import { type Resource, servedResources } from '../../../src/simulator/api/resources.ts';
import type { KubeObject, Meta } from '../../../src/simulator/api/types.ts';
import type { Story, StoryEvent } from './story.ts';

export { loadStory, type Story, type StoryEvent } from './story.ts';

/** Writes the state at the start of a story. Owners come first, so that references lead to the uids given here. */
export async function seed(transport: Transport, story: Story): Promise<void> {
  story.progress = { next: 0, uids: new Map(), current: new Map() };
  const waiting = [...story.listed];
  while (waiting.length > 0) {
    const inside = new Set(waiting.map(({ object }) => object.metadata.uid));
    const ready = waiting.findIndex(
      ({ object }) => !object.metadata.ownerReferences?.some(({ uid }) => inside.has(uid)),
    );
    // Owners in a circle: any of them may begin.
    const [event] = waiting.splice(Math.max(ready, 0), 1);
    if (event !== undefined) await tell(transport, story, event);
  }
}

/**
 * Writes what happened next, up to and including the moment `upTo` (ISO 8601), or to the end. Gives the number of
 * events told. Call `seed` first.
 */
export async function step(transport: Transport, story: Story, upTo?: string): Promise<number> {
  const { progress, events } = story;
  let told = 0;
  for (let event = events[progress.next]; event !== undefined; event = events[progress.next]) {
    if (upTo !== undefined && event.at > upTo) break;
    await tell(transport, story, event);
    progress.next++;
    told++;
  }
  return told;
}

interface Place {
  resource: Resource;
  collection: string;
  path: string;
}

const SERVED = { v1beta1: servedResources('v1beta1'), v1beta2: servedResources('v1beta2') };

function placeOf({ apiVersion, kind, metadata }: KubeObject): Place {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const served = version === 'v1beta2' ? SERVED.v1beta2 : SERVED.v1beta1;
  const resource = served.find((r) => r.kind === kind && r.group === group);
  if (resource === undefined) throw new Error(`a story about an unknown kind: ${apiVersion} ${kind}`);
  const base = group === '' ? '/api/v1' : `/apis/${apiVersion}`;
  const collection = `${base}/namespaces/${metadata.namespace}/${resource.plural}`;
  return { resource, collection, path: `${collection}/${metadata.name}` };
}

async function tell(transport: Transport, { progress }: Story, { type, object }: StoryEvent): Promise<void> {
  const place = placeOf(object);
  const known = progress.current.get(place.path);
  if (type === 'DELETED') {
    progress.current.delete(place.path);
    if (known !== undefined) await remove(transport, place, known);
    return;
  }
  const wanted = translate(object, progress.uids) as KubeObject;
  const before = known ?? (await transport.json<KubeObject>(creation(place, wanted)));
  if (object.metadata.uid && before.metadata.uid) progress.uids.set(object.metadata.uid, before.metadata.uid);
  progress.current.set(place.path, await change(transport, place, before, wanted));
}

const creation = ({ collection }: Place, wanted: KubeObject) => ({
  method: 'POST' as const,
  path: collection,
  body: { ...wanted, metadata: { name: wanted.metadata.name, ...writable(wanted.metadata) } },
});

/** Brings an object to what is wanted: its deletion begun, its own fields, then its status. */
async function change(
  transport: Transport,
  { resource, path }: Place,
  before: KubeObject,
  wanted: KubeObject,
): Promise<KubeObject> {
  let object = before;
  if (wanted.metadata.deletionTimestamp && !object.metadata.deletionTimestamp) {
    object = await transport.json<KubeObject>({ method: 'DELETE', path });
  }
  const { status, metadata, ...rest } = wanted;
  const { status: _status, metadata: meta, ...present } = object;
  if (!isDeepStrictEqual(rest, present) || !isDeepStrictEqual(writable(metadata), writable(meta))) {
    const kept = { name: meta.name, resourceVersion: meta.resourceVersion };
    const body = { ...rest, metadata: { ...kept, ...writable(metadata) }, ...(resource.status ? {} : { status }) };
    object = await transport.json<KubeObject>({ method: 'PUT', path, body });
  }
  if (resource.status && status !== undefined && !isDeepStrictEqual(status, object.status)) {
    object = await transport.json<KubeObject>({ method: 'PUT', path: `${path}/status`, body: { ...object, status } });
  }
  return object;
}

/** Deletes an object, taking away what held it. */
async function remove(transport: Transport, { path }: Place, { metadata }: KubeObject): Promise<void> {
  try {
    if (!metadata.deletionTimestamp) await transport.json({ method: 'DELETE', path });
    if (!metadata.finalizers?.length) return;
    const body = { metadata: { finalizers: null } };
    await transport.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  } catch (error) {
    // A garbage collector may have been quicker.
    if (!(error instanceof KubeError && error.code === 404)) throw error;
  }
}

/** The metadata that a client writes. */
function writable({ labels, annotations, finalizers, ownerReferences }: Meta): Partial<Meta> {
  return {
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
  };
}

/** A copy in which every recorded uid has become the one given here. */
function translate(value: unknown, uids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return uids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => translate(item, uids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, translate(part, uids)]));
}
