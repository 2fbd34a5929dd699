import { jsonOf, readObjectBody } from './bodies.ts';
import type { Core, WriteContext } from './core.ts';
import { cause, invalid, notAcceptable } from './errors.ts';
import { tellsTemplateTimes } from './kinds/template-times.ts';
import { listPage } from './read/lists.ts';
import { checkShape, formatOf, negotiate, type Representation } from './read/negotiate.ts';
import { objectList } from './read/objects.ts';
import { type ListMeta, renderList, renderOne } from './read/represent.ts';
import { askedRevision, checkListOptions, checkReached } from './read/revisions.ts';
import type { TextStream } from './read/text-stream.ts';
import { openWatch, type WatchSettings } from './read/watches.ts';
import type { Resource } from './resources.ts';
import type { Stored } from './storage/stored.ts';
import type { Target, Verb } from './target.ts';
import type { ApiAnswer, ApiRequest, User } from './types.ts';
import { createObject } from './write/creates.ts';
import { deleteCollection, deleteObject, readDeleteOptions } from './write/deletes.ts';
import { cannotBeHandled } from './write/metadata.ts';
import { patchObject } from './write/patches.ts';
import { patchScale, replaceScale, scaleOf } from './write/scale.ts';
import { getObject, replaceObject } from './write/updates.ts';

export interface ServeOptions {
  settings: WatchSettings;
  watchList: boolean;
  /** Told of every watch that begins. */
  opened(stream: TextStream): void;
  /** Whether the next line of a watch is to be cut off. */
  truncates(): boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Answers a request to a resource that exists, by somebody who may make it. Throws ApiError. */
export function serve(
  core: Core,
  target: Target,
  verb: Verb,
  request: ApiRequest,
  user: User,
  options: ServeOptions,
): ApiAnswer {
  const whole = request.bare !== true;
  const times = whole && tellsTemplateTimes(target.resource, core.minor());
  const as = { ...negotiate(request.accept, request.query), whole, times };
  switch (verb) {
    case 'list':
      return deprecated(core, target, list(core, target, request.query, as, options));
    case 'watch':
      return deprecated(core, target, watch(core, target, request, as, options));
    case 'get':
      return deprecated(core, target, get(core, target, request.query, as));
    default: {
      const warnings = [...deprecation(core, target)];
      const answer = write(core, target, verb, request, user, as, (words) => warnings.push(words));
      core.settle();
      if (warnings.length > 0) answer.headers['warning'] = warnings.map(warning).join(', ');
      return answer;
    }
  }
}

/** Kinds that the server warns of whenever they are read or written. */
function deprecation(core: Core, { resource: { kind, custom, deprecated } }: Target): string[] {
  if (custom) return deprecated === undefined ? [] : [deprecated];
  if (kind === 'ComponentStatus') return ['v1 ComponentStatus is deprecated in v1.19+'];
  if (kind !== 'Endpoints' || core.minor() < 33) return [];
  return ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'];
}

function deprecated(core: Core, target: Target, answer: ApiAnswer): ApiAnswer {
  const words = deprecation(core, target);
  if (words.length === 0) return answer;
  return { ...answer, headers: { ...answer.headers, warning: words.map(warning).join(', ') } };
}

/** RFC 7234, section 5.5; 299 is a warning that is to be shown. */
const warning = (words: string): string => `299 - ${JSON.stringify(words)}`;

function list(
  core: Core,
  { resource, namespace }: Target,
  query: URLSearchParams,
  as: Representation,
  { watchList }: ServeOptions,
): ApiAnswer {
  checkShape(as.shape, 'list');
  checkListOptions(query, false, watchList);
  const { items, meta } = listPage(core.store, resource, namespace, query);
  return listAnswer(core, resource, items, meta, as);
}

const listAnswer = (
  core: Core,
  resource: Resource,
  items: Stored[],
  meta: ListMeta,
  as: Representation,
): ApiAnswer => ({
  status: 200,
  headers: { ...JSON_TYPE },
  body: renderList(items, resource, meta, as, core.now()),
  ...(as.whole || as.shape !== 'object' ? {} : { objects: objectList(items, resource, meta) }),
});

function watch(
  core: Core,
  { resource, namespace }: Target,
  { query, accept }: ApiRequest,
  as: Representation,
  { settings, watchList, opened, truncates }: ServeOptions,
): ApiAnswer {
  // Watches tell one object after the other, which YAML is not used for.
  if (formatOf(accept) === 'yaml') throw notAcceptable(['application/json;stream=watch']);
  checkShape(as.shape, 'one');
  checkListOptions(query, true, watchList);
  const stream = openWatch(core.store, resource, namespace, query, as, settings);
  opened(stream);
  return { status: 200, headers: { ...JSON_TYPE }, body: cutShort(stream, truncates), close: () => stream.end() };
}

/** Passes lines on until one is to be cut: then half of it, and the end. */
async function* cutShort(stream: TextStream, truncates: () => boolean): AsyncGenerator<string> {
  for await (const text of stream) {
    if (truncates()) {
      yield text.slice(0, text.indexOf('\n') >> 1);
      return;
    }
    yield text;
  }
}

function get(core: Core, target: Target, query: URLSearchParams, as: Representation): ApiAnswer {
  checkShape(as.shape, 'one');
  checkReached(askedRevision(query) ?? 0, core.store.revision);
  const stored = getObject(core, target);
  if (target.subresource === 'scale') return { status: 200, headers: { ...JSON_TYPE }, body: scaleText(stored) };
  return one(core, target.resource, stored, as, 200);
}

const scaleText = ({ object }: Stored): string => `${JSON.stringify(scaleOf(object))}\n`;

const one = (core: Core, resource: Resource, stored: Stored, as: Representation, status: number): ApiAnswer => ({
  status,
  headers: { ...JSON_TYPE },
  body: renderOne(stored, resource, as, core.now()),
});

function write(
  core: Core,
  target: Target,
  verb: Verb,
  request: ApiRequest,
  user: User,
  as: Representation,
  warn: WriteContext['warn'],
): ApiAnswer {
  checkShape(as.shape, verb === 'deletecollection' ? 'list' : 'one');
  const { resource } = target;
  if (verb === 'delete' || verb === 'deletecollection') return remove(core, target, request, user, as);
  const context = writeContext(verb, request, user, warn);
  if (verb === 'create') {
    return one(core, resource, createObject(core, target, readBody(resource, request), context), as, 201);
  }
  if (target.subresource === 'scale') {
    const body = verb === 'patch' ? undefined : readBody(resource, request);
    const stored =
      verb === 'patch' ? patchScale(core, target, request, context) : replaceScale(core, target, body, context);
    return { status: 200, headers: { ...JSON_TYPE }, body: scaleText(stored) };
  }
  if (verb === 'update') {
    return one(core, resource, replaceObject(core, target, readBody(resource, request), context), as, 200);
  }
  const { stored, created } = patchObject(core, target, request, context);
  return one(core, resource, stored, as, created ? 201 : 200);
}

function remove(core: Core, target: Target, request: ApiRequest, user: User, as: Representation): ApiAnswer {
  const options = readDeleteOptions(request, request.query);
  const context = { user, manager: '', dryRun: options.dryRun, fieldValidation: 'Ignore', warn: () => {} } as const;
  if (target.name === undefined) {
    checkListOptions(request.query, false, true);
    const gone = deleteCollection(core, target, request.query, options, context);
    return listAnswer(core, target.resource, gone, { resourceVersion: String(core.store.revision) }, as);
  }
  const deleted = deleteObject(core, target, options, context);
  if ('held' in deleted) return one(core, target.resource, deleted.held, as, 200);
  return { status: 200, headers: { ...JSON_TYPE }, body: `${JSON.stringify(deleted.status)}\n` };
}

const OPTIONS_KIND: Partial<Record<Verb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

const LONGEST_MANAGER = 128;
const VALIDATIONS = ['Ignore', 'Warn', 'Strict'] as const;

/** Reads dryRun, fieldManager and fieldValidation. Throws 422 for values the server does not know. */
function writeContext(
  verb: Verb,
  { query, userAgent }: ApiRequest,
  user: User,
  warn: WriteContext['warn'],
): WriteContext {
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const manager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation') ?? '';
  const causes = [];
  if (dryRun.some((value) => value !== 'All')) {
    const listed = dryRun.map((value) => `"${value}"`).join(', ');
    const message = `Unsupported value: []string{${listed}}: supported values: "All"`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: 'dryRun' });
  }
  if (manager.length > LONGEST_MANAGER) {
    const message = `Too long: must have at most ${LONGEST_MANAGER} bytes`;
    causes.push({ reason: 'FieldValueTooLong', message, field: 'fieldManager' });
  }
  if (!['', ...VALIDATIONS].includes(validation)) {
    causes.push(cause.notSupported('fieldValidation', validation, ['', 'Ignore', 'Warn', 'Strict']));
  }
  if (causes.length > 0) throw invalid(OPTIONS_KIND[verb] ?? '', 'meta.k8s.io', '', causes);
  return {
    user,
    manager: manager || userAgent?.split('/')[0] || 'unknown',
    dryRun: dryRun.length > 0,
    fieldValidation: VALIDATIONS.find((known) => known === validation) ?? 'Warn',
    warn,
  };
}

/** What was posted or put; what says nothing is an empty object, if its kind may be left out. Throws 400 and 415. */
function readBody(resource: Resource, request: ApiRequest): unknown {
  const value = readObjectBody(resource.kind, request);
  if (resource.custom && !value?.['kind']) {
    throw cannotBeHandled(resource, `Object 'Kind' is missing in '${jsonOf(request)}'`);
  }
  return value ?? {};
}
