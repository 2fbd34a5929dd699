import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../errors.ts';
import type { Schema } from '../schemas/schema.ts';
import { type FieldSet, isRecord, type KubeObject, type ManagedFields } from '../types.ts';
import {
  both,
  fieldsOf,
  isEmptySet,
  keyed,
  minus,
  paths,
  printPath,
  removeAt,
  single,
  union,
  valueAt,
  withContainers,
} from './fields.ts';
import { entryOf, inOrderOfTime, type Manager, others, ownedBy, without } from './managers.ts';
import { mergeApplied } from './patch.ts';

/**
 * Server-side apply: what `sent` says becomes so and is owned by `who`; what `who` applied before and left out now
 * goes, unless somebody else owns it too. Throws 409 where it would change what others own, unless `force`.
 * Lists are replaced whole, but for those whose members the schema tells apart, finalizers and owner references.
 */
export function serverSideApply(
  live: KubeObject,
  sent: KubeObject,
  who: Manager,
  { force, time, schema }: { force: boolean; time: string; schema: Schema },
): KubeObject {
  const managed = live.metadata.managedFields ?? [];
  const rest = others(managed, who);
  // Members are found by their keys, but what was left out of these is not owned.
  const config = keyed(sent, schema);
  const wanted = fieldsOf(sent, schema);
  const taken = conflicts(live, config, wanted, rest);
  const noted = who.manager === KUBECTL ? lastApplied(live) : undefined;
  if (!force && !taken.every(({ fields }) => isNoted(fields, live, noted, schema))) throw applyConflict(taken);

  const result = structuredClone(live);
  mergeApplied(result, config, schema);
  const dropped = minus(ownedBy(managed, who), withContainers(wanted));
  const gone = rest.reduce((set, entry) => minus(set, withContainers(entry.fieldsV1)), dropped);
  for (const path of paths(gone)) removeAt(result, path);

  const lost = taken.reduce<FieldSet>((set, { fields }) => union(set, fields), {});
  const left = without(rest, lost);
  const before = managed.find((entry) => !rest.includes(entry));
  const same = before !== undefined && isDeepStrictEqual(before.fieldsV1, wanted);
  if (noted !== undefined && lastApplied(result) !== undefined) note(result, sent);
  result.metadata.managedFields = inOrderOfTime([...entryOf(who, wanted, same ? before.time : time), ...left]);
  return result;
}

/** The manager as which kubectl applies, unless it is told another. */
const KUBECTL = 'kubectl';
/** Where kubectl notes what it has applied by itself. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function lastApplied({ metadata }: KubeObject): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? 'null');
    return isRecord(value) ? value : undefined;
  } catch {
    // Somebody has written it by hand.
    return undefined;
  }
}

/**
 * Whether kubectl has applied all these fields before, on its own side, and they are as it left them: then they are its
 * own, whoever else they are booked under (k8s.io/apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go).
 */
function isNoted(
  fields: FieldSet,
  live: KubeObject,
  noted: Record<string, unknown> | undefined,
  schema: Schema,
): boolean {
  if (noted === undefined) return false;
  if (!isEmptySet(minus(fields, fieldsOf(noted, schema)))) return false;
  return [...paths(fields)].every((path) => isDeepStrictEqual(valueAt(noted, path), valueAt(live, path)));
}

function note(result: KubeObject, { metadata: { managedFields: _managed, ...metadata }, ...config }: KubeObject): void {
  const { [LAST_APPLIED]: _before, ...annotations } = metadata.annotations ?? {};
  const kept = { ...config, metadata: { ...metadata, ...(metadata.annotations ? { annotations } : {}) } };
  result.metadata.annotations = { ...result.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(kept)}\n` };
}

interface Conflict {
  entry: ManagedFields;
  fields: FieldSet;
}

/** What others own and the configuration would change. The same value may be shared. */
function conflicts(live: KubeObject, config: KubeObject, wanted: FieldSet, rest: readonly ManagedFields[]): Conflict[] {
  return rest.flatMap((entry) => {
    let fields: FieldSet = {};
    for (const path of paths(both(wanted, entry.fieldsV1))) {
      // Several may want the same member of a list to be there.
      if (path.at(-1) === '.') continue;
      if (isDeepStrictEqual(valueAt(live, path), valueAt(config, path))) continue;
      fields = union(fields, single(path));
    }
    return isEmptySet(fields) ? [] : [{ entry, fields }];
  });
}

/** Who owns something, in the words of k8s.io/apimachinery/pkg/util/managedfields. */
const nameOf = ({ manager, operation, apiVersion, subresource }: ManagedFields): string =>
  [
    JSON.stringify(manager),
    ...(subresource ? [`with subresource ${JSON.stringify(subresource)}`] : []),
    ...(operation === 'Update' ? [`using ${apiVersion}`] : []),
  ].join(' ');

/** Of each map its own leaves before those further down. */
function inOrder(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((step, i) => step !== b[i]);
  const [deeperA, deeperB] = [a.length > at + 1, b.length > at + 1];
  if (deeperA !== deeperB) return deeperA ? 1 : -1;
  return String(a[at]) < String(b[at]) ? -1 : 1;
}

function applyConflict(found: readonly Conflict[]): ApiError {
  const owners = [...found]
    .sort(({ entry: a }, { entry: b }) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map(({ entry, fields }) => ({ who: nameOf(entry), fields: [...paths(fields)].sort(inOrder).map(printPath) }));
  const causes = owners.flatMap(({ who, fields }) =>
    fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  );
  const [only] = causes;
  const listed = owners.map(({ who, fields }) => `conflicts with ${who}:\n${fields.map((f) => `- ${f}`).join('\n')}`);
  const message =
    causes.length === 1 && only !== undefined
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${listed.join('\n')}`;
  return new ApiError(409, 'Conflict', message, { details: { causes } });
}
