/** The list of what needs eyes, kept by insertion as rows change. */
import { KINDS } from '../kinds.ts';
import type {
  Attention,
  ClusterRow,
  GroupRow,
  HostRow,
  MachineRow,
  ObjectRef,
  PlanRow,
  PoolRow,
  RegistrationRow,
  SeedImageRow,
} from './rows.ts';
import { same } from './same.ts';
import { compareText, type Edit, edited } from './sorted.ts';

/** Any row that can have a problem. */
export type Troubled =
  | HostRow
  | MachineRow
  | GroupRow
  | PoolRow
  | ClusterRow
  | PlanRow
  | SeedImageRow
  | RegistrationRow;

/** The object a row stands for. */
export function refOf(row: Troubled): ObjectRef {
  const { uid, name } = row;
  if (row.kind === 'group') return { kind: row.object.kind, uid, name };
  if (row.kind === 'machine') return { kind: row.machine ? 'machine' : 'baremetalMachine', uid, name };
  return { kind: row.kind, uid, name };
}

/** A problem that follows from another row's is not said twice. */
function attentionOf(row: Troubled | undefined): Attention | undefined {
  return row?.problem && row.problem.cause === undefined ? { ...row.problem, ref: refOf(row) } : undefined;
}

/** Problems before warnings, then the oldest first; what has no beginning comes last. */
export function compareAttention(a: Attention, b: Attention): number {
  if (a.severity !== b.severity) return a.severity === 'bad' ? -1 : 1;
  const since = (a.since ?? Number.POSITIVE_INFINITY) - (b.since ?? Number.POSITIVE_INFINITY);
  if (since !== 0 && !Number.isNaN(since)) return since;
  return (
    KINDS.indexOf(a.ref.kind) - KINDS.indexOf(b.ref.kind) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(a.ref.uid, b.ref.uid)
  );
}

/** Keeps the list. */
export class AttentionList {
  #list: readonly Attention[] = [];
  readonly #byRow = new Map<string, Attention>();

  get list(): readonly Attention[] {
    return this.#list;
  }

  /** Takes in changed rows. */
  take(changes: readonly { before?: Troubled; after?: Troubled }[]): void {
    const edits: Edit<Attention>[] = [];
    for (const change of changes) {
      const row = change.after ?? change.before;
      if (!row) continue;
      const key = `${row.kind}/${row.uid}`;
      const before = this.#byRow.get(key);
      const after = attentionOf(change.after);
      if (same(before, after)) continue;
      edits.push({ before, after });
      if (after) this.#byRow.set(key, after);
      else this.#byRow.delete(key);
    }
    this.#list = edited(this.#list, edits, compareAttention);
  }
}
