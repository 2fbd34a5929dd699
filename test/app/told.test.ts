/** What others write to the journal is told while an object is in front. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { open } from '../../hooks/navigation.ts';
import { followJournal, watchFolder } from '../../src/app/told.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { createJournal } from '../../src/journal/journal.ts';
import { createAppStore } from '../../src/store/store.ts';
import { beginning } from '../journal/fixtures.ts';

const folders: string[] = [];
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function fixture(watching?: typeof watchFolder) {
  const home = mkdtempSync(join(tmpdir(), 'metaldeck-told-'));
  folders.push(home);
  const folder = join(home, 'journal');
  const { server: host, namespace } = beginning();
  const session = { context: 'prod', cluster: 'prod', host, namespace, demo: false };
  const store = createAppStore(session, createFleet().snapshot(), 0);
  const journal = createJournal({ folder });
  const list = vi.fn(journal.list);
  stops.push(followJournal(store, { folder, list }, watching));
  const other = createJournal({ folder });
  const told = () => store.getState().told.map(({ status }) => status);
  return { store, other, told, list };
}

// The folder is made with the first entry: nothing tells of that but a look.
const quick: typeof watchFolder = (folder, changed) => watchFolder(folder, changed, 20);

it('a new operation of somebody else, and how it goes on', async () => {
  const { store, other, told } = fixture(quick);
  open(store, { kind: 'host', uid: 'h1', name: 'h1' });
  const operation = await other.begin(beginning());
  await vi.waitFor(() => expect(told()).toEqual(['writing']), 5_000);
  await operation.note({ type: 'ended', result: 'half done', why: 'stopped' });
  await operation.release();
  await vi.waitFor(() => expect(told()).toEqual(['nothing written']), 5_000);
});

it('nothing is read where no object is in front, nor twice what was read', async () => {
  const watched: string[] = [];
  const { store, list } = fixture((folder) => {
    watched.push(folder);
    return () => watched.pop();
  });
  expect(watched).toEqual([]);
  open(store, { kind: 'host', uid: 'h1', name: 'h1' });
  expect(watched).toHaveLength(1);
  await vi.waitFor(() => expect(list).toHaveBeenCalledTimes(1));
  store.setState(({ places }) => ({ places: places.slice(0, 1) }));
  expect(watched).toEqual([]);
  expect(list).toHaveBeenCalledTimes(1);
});
