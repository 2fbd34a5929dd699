/**
 * A document that was edited is kept until it is written or dropped: where the line drops while its operation is on
 * screen, the next one to open that operation finds it there again.
 */
import { formatAge } from '../domain/age.ts';
import { typedIn, withTyped } from '../domain/draft.ts';
import { digestOf, draftPath, dropDraft, findDraft, keepDraft } from '../local/drafts.ts';
import type { Request } from '../operations/contract.ts';
import type { Store } from '../store/store.ts';
import type { Desk, Open } from './open-operation.ts';

export interface Drafts {
  /** An operation is on screen: what was edited of it before is offered once its document is read. */
  begun(): void;
  /** A document was edited. */
  edited(mine: Open, field: string, text: string): void;
  /** It is written, or not wanted: nothing of it is kept. */
  over(mine: Open): void;
}

interface DraftOptions {
  store: Store;
  desk: Pick<Desk, 'open' | 'world' | 'enter'>;
  /** Where they are kept; absent: nowhere. */
  folder?: string;
  notice(text: string): void;
  /** Epoch ms. */
  now(): number;
}

/** Keeps drafts in a folder. */
export function createDrafts({ store, desk, folder, notice, now }: DraftOptions): Drafts {
  const keyOf = ({ operation, targets }: Request, field: string) =>
    [operation, ...targets.map(({ uid }) => uid), field].join('/');
  const documentsOf = ({ operation }: Open) => operation.fields.filter(({ kind }) => kind === 'editor');
  /** What the document of a field begins with; empty where it was not read yet. */
  const baseOf = ({ operation, request }: Open, name: string) =>
    operation.fields.find((field) => field.name === name)?.initial(desk.world(), request.targets) ?? '';
  // One after the other: a draft that is still being written would outlive its being dropped.
  let last: Promise<unknown> = Promise.resolve();
  const then = (work: () => Promise<void>) => (last = last.then(work, work));
  const isSame = (mine: Open) => desk.open()?.request.targets === mine.request.targets;

  async function offer(mine: Open, field: string, at: string): Promise<void> {
    const key = keyOf(mine.request, field);
    const draft = await findDraft(at, key, now());
    if (!draft) return;
    const take = () => {
      const open = desk.open();
      if (!open || !isSame(mine) || open.fixed || open.sending || open.sentId !== undefined) return true;
      const base = baseOf(open, field);
      const value = open.request.values[field];
      if (base === '' || value === '') return false;
      // Whoever was faster has begun anew.
      if (value !== base) return true;
      const age = formatAge(now() - draft.at);
      if (digestOf(base) !== draft.base) {
        notice(`what was typed ${age} ago was for another state of it, and lies in ${draftPath(at, key)}`);
        return true;
      }
      desk.enter(field, withTyped(base, draft.hunks));
      notice(`what you edited ${age} ago is here again; esc twice drops it`);
      return true;
    };
    if (take()) return;
    const stop = store.subscribe(() => {
      if (take()) stop();
    });
  }

  return {
    begun() {
      const mine = desk.open();
      if (!mine || folder === undefined) return;
      for (const { name } of documentsOf(mine)) void offer(mine, name, folder);
    },
    edited(mine, field, text) {
      if (folder === undefined || !documentsOf(mine).some(({ name }) => name === field)) return;
      const base = baseOf(mine, field);
      const hunks = base === '' ? undefined : typedIn(base, text);
      if (!hunks) return;
      const draft = { of: keyOf(mine.request, field), at: now(), base: digestOf(base), hunks };
      void then(() =>
        keepDraft(folder, draft).catch(() =>
          notice('what was edited could not be kept on the disk: write it before you go'),
        ),
      );
    },
    over(mine) {
      if (folder === undefined) return;
      for (const { name } of documentsOf(mine)) void then(() => dropDraft(folder, keyOf(mine.request, name)));
    },
  };
}
