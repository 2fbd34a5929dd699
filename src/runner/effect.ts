/** What a write leaves behind in an object, and what others changed in it. Plain functions. */
import type { JsonPatch, Raw, Write } from '../operations/contract.ts';

/** Uid and resourceVersion of an object as the server sent it; empty where it has none. */
export function revisionOf(object: Raw): { uid: string; resourceVersion: string } {
  const { uid, resourceVersion } = metaOf(object);
  return { uid: typeof uid === 'string' ? uid : '', resourceVersion: String(resourceVersion ?? '') };
}

function metaOf(object: Raw): Raw {
  const { metadata } = object;
  return isBag(metadata) ? metadata : {};
}

function isBag(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether an object looks as a write would leave it. `live`: as the server has it now; null: it does not exist. A
 * server adds defaults: what a create sent must be there, and more may be.
 */
export function isWritten(write: Write, live: Raw | null): boolean {
  switch (write.verb) {
    case 'delete':
      return (
        live === null || revisionOf(live).uid !== write.seen.uid || metaOf(live)['deletionTimestamp'] !== undefined
      );
    case 'create':
    case 'apply':
      return live !== null && contains(live, withoutRevision(write.body));
    case 'patch': {
      if (live === null || revisionOf(live).uid !== write.seen.uid) return false;
      if (write.type === 'merge') return isMerged(live, withoutRevision(write.body));
      return isPatched(live, write.body);
    }
  }
}

function withoutRevision(body: Raw): Raw {
  if (!isBag(body['metadata'])) return body;
  const { uid: _uid, resourceVersion: _version, generateName: _generate, ...metadata } = body['metadata'];
  return { ...body, metadata };
}

/** Whether `part` is in `whole`: every field, and every list item by item. */
function contains(whole: unknown, part: unknown): boolean {
  if (isBag(part)) {
    if (!isBag(whole)) return Object.keys(part).length === 0 && whole === undefined;
    return Object.entries(part).every(([key, value]) => value === undefined || contains(whole[key], value));
  }
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return part.length === 0 && whole === undefined;
    return whole.length === part.length && part.every((value, at) => contains(whole[at], value));
  }
  return whole === part;
}

/** Whether a merge patch (RFC 7386) would change nothing. */
function isMerged(live: unknown, patch: unknown): boolean {
  if (!isBag(patch)) return contains(live, patch);
  return Object.entries(patch).every(([key, value]) => {
    const there = isBag(live) ? live[key] : undefined;
    return value === null ? there === undefined || there === null : isMerged(there, value);
  });
}

/** Whether what a JSON patch (RFC 6902) puts somewhere stands there. */
function isPatched(live: Raw, patch: readonly JsonPatch[]): boolean {
  return patch
    .filter(({ op }) => op !== 'test')
    .every((change) => {
      const place = change.path.replace(/\/-$/, '');
      const there = at(live, place);
      if (change.op === 'remove') return there === undefined;
      if (change.op === 'test') return true;
      if (place === change.path) return contains(there, change.value);
      return Array.isArray(there) && there.some((item) => contains(item, change.value));
    });
}

function at(object: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((value, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) return value[Number(name)];
    return isBag(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, object);
}

/** One thing that is not as it was. */
export interface Moved {
  path: string;
  from?: unknown;
  to?: unknown;
}

/** Written by controllers all day, and by no operator. */
const NOISE = new Set(['status', 'metadata.managedFields', 'metadata.resourceVersion', 'metadata.generation']);

/** What differs between two states of an object, beyond what controllers report. */
export function whatMoved(before: Raw, after: Raw): Moved[] {
  const moved: Moved[] = [];
  compare(before, after, '', moved);
  return moved;
}

function compare(from: unknown, to: unknown, path: string, moved: Moved[]): void {
  if (NOISE.has(path) || from === to) return;
  const bothBags = isBag(from) && isBag(to);
  if (bothBags || (Array.isArray(from) && Array.isArray(to))) {
    const [before, after] = [from as Record<string, unknown>, to as Record<string, unknown>];
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const plain = /^[\w-]+$/.test(key);
      const below = plain ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
      compare(before[key], after[key], below, moved);
    }
    return;
  }
  moved.push({ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
}

/** What moved, for a sentence: `spec.replicas 3 -> 5, metadata.labels.x gone`. */
export function movedText(moved: readonly Moved[]): string {
  const SHOWN = 3;
  const lines = moved.slice(0, SHOWN).map((one) => {
    if (!('to' in one)) return `${one.path} gone`;
    return `${one.path} ${'from' in one ? `${brief(one.from)} -> ` : 'now '}${brief(one.to)}`;
  });
  const more = moved.length > SHOWN ? ` and ${moved.length - SHOWN} more` : '';
  return lines.join(', ') + more;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
