import { withTemplateTimes } from '../kinds/template-times.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { partialMetadata, type Stored } from '../storage/stored.ts';
import type { KubeObject } from '../types.ts';
import type { Representation } from './negotiate.ts';

/** `metadata` of a list or of a Table. */
export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

/** JSON of one object in the shape asked for. `now` is in ms, for the ages of a Table. */
export function renderOne(stored: Stored, resource: Resource, as: Representation, now: number): string {
  switch (as.shape) {
    case 'table': {
      const meta = { resourceVersion: stored.object.metadata.resourceVersion };
      return `${tableHead(resource, meta, true)}${row(stored, resource, as, now)}]}\n`;
    }
    case 'partial':
      return as.whole ? `${JSON.stringify(partialMetadata(stored.whole))}\n` : stored.partial;
    default:
      // Go's encoder ends each value with a newline. Who reads in this process needs none.
      return as.whole ? `${JSON.stringify(timed(stored.whole, as))}\n` : stored.json;
  }
}

const timed = (object: KubeObject, { times }: Representation): KubeObject =>
  times ? withTemplateTimes(object) : object;

/** JSON of an object among others. */
const listed = (stored: Stored, as: Representation, whole = false): string =>
  as.times || whole ? JSON.stringify(timed(whole ? stored.whole : stored.object, as)) : stored.listed;

/** So many objects a client asks for at once at most, if it is one that pages. To complete more would hold it up. */
const PAGE = 500;

/** Characters gathered before a piece of a list is handed on. */
const PIECE = 64 * 1024;

/**
 * JSON of a list in the shape asked for, in pieces. Gives the event loop a turn after each piece, so that ten
 * thousand objects do not hold up everybody else.
 */
export async function* renderList(
  items: readonly Stored[],
  resource: Resource,
  meta: ListMeta,
  as: Representation,
  now: number,
): AsyncGenerator<string> {
  const whole = as.whole === true && items.length <= PAGE;
  let piece = listHead(resource, meta, as);
  let first = true;
  for (const item of items) {
    if (!first) piece += ',';
    first = false;
    piece += renderItem(item, resource, as, now, whole);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield `${piece}]}\n`;
}

function listHead(resource: Resource, meta: ListMeta, as: Representation): string {
  if (as.shape === 'table') return tableHead(resource, meta, true);
  const [kind, apiVersion] =
    as.shape === 'partialList'
      ? ['PartialObjectMetadataList', 'meta.k8s.io/v1']
      : [`${resource.kind}List`, apiVersionOf(resource)];
  return `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[`;
}

function renderItem(stored: Stored, resource: Resource, as: Representation, now: number, whole: boolean): string {
  if (as.shape === 'table') return row(stored, resource, as, now);
  if (as.shape === 'partialList') return whole ? JSON.stringify(partialMetadata(stored.whole)) : stored.listedPartial;
  const text = listed(stored, as, whole);
  // The items of a core list carry no kind and apiVersion on the wire: the list's own say it.
  return resource.custom ? text : `{${text.slice(typePrefix(resource).length)}`;
}

const typePrefix = (resource: Resource): string =>
  `{"apiVersion":"${apiVersionOf(resource)}","kind":"${resource.kind}",`;

function tableHead(resource: Resource, meta: ListMeta, withColumns: boolean): string {
  const columns = withColumns
    ? resource.columns.map(({ name, type, format, description, priority }) => ({
        name,
        type,
        format,
        description,
        priority,
      }))
    : null;
  const head = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: meta, columnDefinitions: columns };
  return `${JSON.stringify(head).slice(0, -1)},"rows":[`;
}

function row(stored: Stored, resource: Resource, as: Representation, now: number): string {
  const { includeObject } = as;
  const cells = resource.columns.map((column) => column.cell(stored.object, now));
  const object =
    includeObject === 'None' ? 'null' : includeObject === 'Object' ? listed(stored, as) : stored.listedPartial;
  return `{"cells":${JSON.stringify(cells)},"object":${object}}`;
}

/** Renders the events of one watch. */
export interface EventRenderer {
  event(type: string, stored: Stored): string;
  bookmark(revision: number, initialEventsEnd: boolean): string;
}

/** `now` gives ms since the epoch. A Table watch tells its columns with the first event only. */
export function eventRenderer(resource: Resource, as: Representation, now: () => number): EventRenderer {
  let columnsTold = false;
  const table = (stored: Stored): string => {
    const meta = { resourceVersion: stored.object.metadata.resourceVersion };
    const text = `${tableHead(resource, meta, !columnsTold)}${row(stored, resource, as, now())}]}`;
    columnsTold = true;
    return text;
  };
  const line = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;
  return {
    event(type, stored) {
      if (as.shape === 'table') return line(type, table(stored));
      return line(type, as.shape === 'partial' ? stored.partial : as.times ? listed(stored, as) : stored.json);
    },
    bookmark(revision, initialEventsEnd) {
      const metadata = {
        resourceVersion: String(revision),
        ...(resource.custom && as.shape === 'object' ? {} : { creationTimestamp: null }),
        ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
      };
      const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
      if (as.shape === 'partial') return line('BOOKMARK', JSON.stringify(partial));
      if (as.shape === 'table') {
        const head = tableHead(resource, { resourceVersion: String(revision) }, false);
        const cells = resource.columns.map(({ format }) => (format === 'name' ? '' : null));
        return line('BOOKMARK', `${head}${JSON.stringify({ cells, object: partial })}]}`);
      }
      return line('BOOKMARK', JSON.stringify({ apiVersion: apiVersionOf(resource), kind: resource.kind, metadata }));
    },
  };
}
