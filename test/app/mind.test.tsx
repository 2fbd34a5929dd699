/** Acknowledging and looking, from the key to the disk and back, in two dashboards at once. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, explainData, explainText } from '../../src/app/explain.ts';
import { openMind } from '../../src/app/mind.ts';
import { snapshotText } from '../../src/app/snapshot.ts';
import { snapshotData } from '../../src/app/snapshot-data.ts';
import { siteFolder } from '../../src/local/folder.ts';
import { addLooked, readLooked } from '../../src/local/looked.ts';
import { attentionOf, lookKey } from '../../src/store/attention.ts';
import { commit, type Store, tick } from '../../src/store/store.ts';
import { fleetOf, smallDatacenter } from '../views/fixtures.ts';
import { openScreen } from '../views/screen.tsx';

const site = { host: 'api.dc1.example:6443', namespace: 'cpaas-system', cluster: 'mgmt' };
let home: string;
let before: string | undefined;
const open: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'metaldeck-'));
  before = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = home;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((mind) => mind.stop()));
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
  await rm(home, { recursive: true, force: true });
});

const folder = () => siteFolder(process.env, site);

/** A dashboard whose attention goes by the real clock: acknowledgements do. */
function dashboard(fleet = fleetOf(smallDatacenter()), columns = 80) {
  return openScreen(fleet, {
    columns,
    mind(store: Store) {
      tick(store, Date.now());
      const mind = openMind(store, site);
      open.push(mind);
      return mind;
    },
  });
}

const until = (done: () => boolean) => expect.poll(done, { timeout: 5_000, interval: 20 }).toBe(true);
const acknowledgedIn = (screen: ReturnType<typeof dashboard>) =>
  attentionOf(screen.store.getState()).filter(({ acknowledged }) => acknowledged);

describe('acknowledging', () => {
  it('keeps the reason, shows it everywhere, hides nothing, and is seen by another dashboard', async () => {
    const screen = dashboard(undefined, 200);
    const other = dashboard();
    screen.press('!');
    const total = attentionOf(screen.store.getState()).length;
    const worst = attentionOf(screen.store.getState())[0]!;
    const bad = screen.store.getState().fleet.counters;
    screen.press('A');
    screen.type('disk ordered, ticket 4711');
    expect(screen.text()).toContain(`acknowledge ${worst.ref.name}: 8h disk ordered, ticket 4711`);
    screen.press('enter');
    await until(() => acknowledgedIn(screen).length === 1 && acknowledgedIn(other).length === 1);
    const items = attentionOf(screen.store.getState());
    expect(items).toHaveLength(total);
    expect(items.at(-1)?.ref).toEqual(worst.ref);
    expect(screen.store.getState().fleet.counters).toEqual(bad);
    expect(screen.underCursor()).toMatch(/^>a .*known until [\d-]*\s?\d\d:\d\dZ, .+: disk ordered, ticket 4711; /);
    expect(other.text()).toContain(`ATTENTION ${total}, 1 acknowledged`);
    screen.press('enter');
    expect(screen.text()).toMatch(/known\s+until 20\d\d-.*: disk ordered, ticket 4711/);

    const state = screen.store.getState();
    expect(snapshotData(state, 'overview')).toMatchObject({
      verdict: 'attention',
      attention: expect.arrayContaining([
        expect.objectContaining({
          name: worst.ref.name,
          acknowledged: expect.objectContaining({ reason: 'disk ordered, ticket 4711' }),
        }),
      ]),
    });
    expect(snapshotText(state, screen.lists, 'overview', 'table')).toContain(`ATTENTION ${total}, 1 acknowledged`);
    const given = answer(state, undefined);
    expect(given.verdict).toBe(1);
    expect(explainText(state, given, undefined)).toContain('disk ordered, ticket 4711');
    const told = JSON.stringify(explainData(state, given, undefined));
    expect(told).toContain('"reason":"disk ordered, ticket 4711"');
  });

  it('asks for a reason, takes no pasted enter, and an empty line takes it back', async () => {
    const screen = dashboard();
    screen.press('!', 'A', 'enter');
    expect(screen.text()).toContain('say why');
    screen.paste('2h pasted\nreason');
    screen.pressTogether('x', 'enter');
    expect(screen.text()).toContain('press enter again');
    screen.press('enter');
    await until(() => acknowledgedIn(screen).length === 1);
    expect(acknowledgedIn(screen)[0]!.acknowledged).toMatchObject({ reason: expect.stringContaining('pasted reason') });
    screen.press('A', 'ctrl-u', 'enter');
    await until(() => acknowledgedIn(screen).length === 0);
    expect(await readdir(join(folder(), 'acknowledged'))).toEqual([]);
  });

  it('is not offered where nothing is wrong, and esc leaves it', () => {
    const screen = dashboard();
    screen.press('3', 'A');
    expect(screen.text()).toContain('only what needs attention is acknowledged');
    screen.press('!', 'A', 'escape');
    expect(screen.store.getState().prompt).toBeUndefined();
  });
});

describe('what is new', () => {
  it('is nothing where nobody looked before; then what was not there, until the list is left', async () => {
    const items = attentionOf(dashboard().store.getState());
    expect(items.some(({ fresh }) => fresh)).toBe(false);
    await addLooked(folder(), new Map(items.slice(1).map((item) => [lookKey(item), 1])));
    const screen = dashboard();
    await until(() => screen.text().includes(`ATTENTION ${items.length}, 1 new`));
    expect(screen.lines().filter((line) => /^[> ]. new /.test(line))).toHaveLength(1);
    screen.press('3');
    screen.press('1');
    await until(() => !screen.text().includes('new'));
    await expect.poll(() => readLooked(folder())).toHaveProperty('size', items.length);
    const again = dashboard();
    commit(again.store, { now: Date.now() });
    await until(() => again.store.getState().looked !== undefined);
    expect(again.text()).not.toContain('new');
  });
});
