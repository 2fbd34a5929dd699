/** A session that somebody else drives, on the dashboard: it is looked at, and that is no refusal. */
import { afterEach, expect, it } from 'vitest';
import { createGuides } from '../../src/app/guides.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import { createAppStore } from '../../src/store/store.ts';
import { driveOf, openSite, type Site } from '../driver/support.ts';
import { MemoryFiles } from '../journal/fixtures.ts';

let site: Site;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await site.stop();
});

/** The guides of a dashboard with an account and a journal of its own. */
function dashboard(pid: number, readOnly?: string) {
  const { driver } = site.deck(pid, { host: 'jump2', files: new MemoryFiles(), os: 'ben', readOnly });
  const picture = site.sight.picture();
  const session = { context: 'test', cluster: 'mgmt', host: 'api', namespace: picture.namespace, demo: false };
  const store = createAppStore(session, picture.fleet, site.lab.clock.now());
  const guides = createGuides({ store, driver, parts: { part: () => false }, matrix: PUBLISHED, sight: site.sight });
  stops.push(() => guides.stop());
  const until = (when: () => boolean) =>
    new Promise<void>((found) => {
      if (when()) return found();
      const stop = store.subscribe(() => {
        if (!when()) return;
        stop();
        found();
      });
    });
  return { store, guides, until };
}

it('what another drives with another journal is listed so, also once its board was opened, and nothing reads as refused', async () => {
  site = await openSite({ hosts: 9, clusters: 1, seed: 5 });
  const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
  const { store, guides, until } = dashboard(3);
  await until(() => store.getState().notice !== undefined);
  expect(store.getState().notice?.text).toMatch(/^driven by ana on jump: Upgrade prod .*; o lists it, enter looks on$/);
  store.setState({ notice: undefined });
  guides.resume(drive.id);
  await until(() => store.getState().guiding !== undefined);
  const { guiding, notice } = store.getState();
  expect(guiding).toMatchObject({ lock: { state: 'other', who: 'ana on jump' } });
  expect(notice).toBeUndefined();
  // What is listed next was read after the board was opened.
  store.setState({ sessions: [] });
  guides.resume(drive.id);
  await until(() => store.getState().sessions.length > 0);
  expect(store.getState().sessions).toEqual([
    expect.objectContaining({ mine: false, here: false, holder: 'ana on jump', by: 'ana' }),
  ]);
  await drive.leave();
});

it('one that was looked at is gone on with once its driver has let go of it', async () => {
  site = await openSite({ hosts: 9, clusters: 1, seed: 5 });
  const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
  const { store, guides, until } = dashboard(3);
  guides.resume(drive.id);
  await until(() => store.getState().guiding !== undefined);
  await drive.leave();
  guides.resume(drive.id);
  await until(() => store.getState().guiding?.lock.state === 'mine');
  await until(() => store.getState().sessions.some(({ mine }) => mine));
  expect(store.getState().sessions).toEqual([expect.objectContaining({ mine: true, here: true })]);
});

it('why a session is only looked at is told where no driver is the reason', async () => {
  site = await openSite({ hosts: 9, clusters: 1, seed: 5 });
  const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
  await drive.leave();
  const { store, guides, until } = dashboard(3, 'it was started with --read-only: nothing is written');
  guides.resume(drive.id);
  await until(() => /only looks on/.test(store.getState().notice?.text ?? ''));
  expect(store.getState().notice).toMatchObject({ tone: 'info', text: expect.stringContaining('--read-only') });
});
