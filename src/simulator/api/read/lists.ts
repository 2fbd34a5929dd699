import { posix } from 'node:path';
import { badRequest, expired } from '../errors.ts';
import type { Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import { keyOf, type Store } from '../store.ts';
import { isRecord } from '../types.ts';
import { cannotUnmarshal, jsonError } from '../validation/go/json.ts';
import type { ListMeta } from './represent.ts';
import { askedRevision, checkReached, wholeNumber } from './revisions.ts';
import { parseSelectors } from './selectors.ts';

const TOO_OLD_TO_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/** What keys may begin with after `key`, and nothing in between: etcd's ranges begin with what is named. */
const AFTER = '\0';

/** Of tokens. */
const VERSION = 'meta.k8s.io/v1';

/** Where the next page begins, below the place that is listed, and the revision that all pages show; -1 for whatever is current. */
interface Continue {
  rv: number;
  start: string;
}

/** What a token's author could not know: it must only be handed back. */
function encodeContinue({ rv, start }: Continue): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv, start })).toString('base64url');
}

/** Throws 400 for a token that no server gave, in the words of k8s.io/apiserver/pkg/storage/continue.go. */
function decodeContinue(token: string): Continue {
  const fail = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const wrong = token.search(/[^A-Za-z0-9_-]/);
  const cut = token.length % 4 === 1 ? token.length - 1 : -1;
  if (wrong >= 0 || cut >= 0) throw fail(`illegal base64 data at input byte ${wrong >= 0 ? wrong : cut}`);
  const bytes = Buffer.from(token, 'base64url');
  const malformed = jsonError(bytes);
  if (malformed !== undefined) throw fail(malformed);
  const value: unknown = JSON.parse(bytes.toString('utf8')) ?? {};
  if (!isRecord(value)) throw fail(cannotUnmarshal(value, 'storage.continueToken'));
  const { v = '', rv = 0, start = '' } = value;
  if (v !== VERSION) throw fail(`server does not recognize this encoded version ${JSON.stringify(v)}`);
  if (typeof rv !== 'number' || rv === 0) {
    throw fail(`incorrect encoded start resourceVersion (version ${VERSION})`);
  }
  if (typeof start !== 'string' || start === '') throw fail(`encoded start key empty (version ${VERSION})`);
  const key = start.startsWith('/') ? start : `/${start}`;
  if (posix.normalize(key) !== key || key.endsWith('/')) throw fail(start);
  return { rv, start };
}

export interface Page {
  items: Stored[];
  meta: ListMeta;
}

/**
 * One list, or one page of it. With `limit`, a page carries a continue token pinned to its revision, so that all pages
 * together show one moment. Throws 410 for a moment that has been compacted (with a token to go on inconsistently,
 * where one was continued), 504 for one that has not come.
 */
export function listPage(
  store: Store,
  resource: Resource,
  namespace: string | undefined,
  query: URLSearchParams,
): Page {
  const matches = parseSelectors(query, resource);
  const selects = Boolean(query.get('labelSelector') || query.get('fieldSelector'));
  const prefix = namespace ? `${namespace}/` : '';
  const { revision, after, limit } = position(store, query, prefix);
  const window = { prefix, after };
  const candidates =
    revision === store.revision ? store.scan(resource, window) : store.scanAt(resource, revision, window);

  const items: Stored[] = [];
  let remaining = 0;
  for (const stored of candidates) {
    if (limit !== undefined && items.length >= limit) {
      if (!matches(stored.object)) continue;
      remaining++;
      // The real server does not count what a selector would still match.
      if (selects) break;
    } else if (matches(stored.object)) items.push(stored);
  }
  const meta: ListMeta = { resourceVersion: String(revision) };
  const last = items.at(-1)?.object.metadata;
  if (remaining > 0 && last !== undefined) {
    const key = keyOf(last.namespace, last.name);
    meta.continue = encodeContinue({ rv: revision, start: `${key.slice(prefix.length)}${AFTER}` });
    if (!selects) meta.remainingItemCount = remaining;
  }
  return { items, meta };
}

/** From which revision a list is to be taken, after which key, and how much of it. `prefix`: the place that is listed. */
function position(
  store: Store,
  query: URLSearchParams,
  prefix: string,
): { revision: number; after?: string; limit?: number } {
  const asked = askedRevision(query);
  const exact = query.get('resourceVersionMatch') === 'Exact';
  wholeNumber(query, 'timeoutSeconds');
  const wanted = wholeNumber(query, 'limit');
  const limit = wanted !== undefined && wanted > 0 ? wanted : undefined;
  const token = query.get('continue');
  if (token) {
    if (asked !== undefined && asked !== 0) {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const { rv, start } = decodeContinue(token);
    const after = `${prefix}${start.endsWith(AFTER) ? start.slice(0, -1) : start}`;
    if (rv < 0) return { revision: store.revision, after, limit };
    if (rv < store.history.floor) throw expired(TOO_OLD_TO_CONTINUE, encodeContinue({ rv: -1, start }));
    return { revision: rv, after, limit };
  }
  if (asked === undefined) return { revision: store.revision, limit };
  checkReached(asked, store.revision);
  // Revision 0 is answered from the server's cache, which knows no pages.
  if (asked === 0) return { revision: store.revision };
  // A limit with a revision and no match rule means that very revision: the list goes to etcd, as on the real server.
  const notOlder = query.get('resourceVersionMatch') === 'NotOlderThan';
  if (!exact && (limit === undefined || notOlder)) return { revision: store.revision, limit };
  if (asked < store.history.floor) throw expired('The resourceVersion for the provided list is too old.');
  return { revision: asked, limit };
}
