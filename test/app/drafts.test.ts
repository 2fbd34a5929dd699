/** Keeping what was edited, on a real disk: what is dropped stays dropped, however slow the disk is. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { createDrafts } from '../../src/app/drafts.ts';
import type { Open } from '../../src/app/open-operation.ts';
import { draftPath } from '../../src/local/drafts.ts';

const folder = mkdtempSync(join(tmpdir(), 'metaldeck-drafts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An operation on an object, with one document. */
const on = (uid: string) =>
  ({
    operation: { fields: [{ name: 'document', kind: 'editor', initial: () => 'a: 1\n' }] },
    request: { operation: 'bootstrap', targets: [{ kind: 'deployment', uid, name: uid }], values: {} },
  }) as unknown as Open;

it('does not bring back what is dropped before it was written whole', async () => {
  const drafts = createDrafts({
    store: {} as never,
    desk: { open: () => undefined, world: () => ({}) as never, enter: () => {} },
    folder,
    notice: () => {},
    now: () => 0,
  });
  for (let turn = 0; turn < 10; turn += 1) {
    drafts.edited(on('dropped'), 'document', `a: 1\nb: ${turn}\n`);
    drafts.over(on('dropped'));
  }
  drafts.edited(on('wanted'), 'document', 'a: 1\nc: 1\n');
  const wanted = draftPath(folder, 'bootstrap/wanted/document').split('/').at(-1);
  const kept = () => readdirSync(join(folder, 'drafts'));
  await vi.waitFor(() => expect(kept()).toContain(wanted), 10_000);
  expect(kept()).toEqual([wanted]);
});
