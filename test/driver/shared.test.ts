/** One session, several people: who drives, who may say stop, and what a colleague with another journal goes on from. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Drive } from '../../src/driver/drive.ts';
import { elsewhere } from '../../src/guides/record.ts';
import { KubeError } from '../../src/kube/types.ts';
import { isRefused } from '../../src/runner/api.ts';
import { MemoryFiles } from '../journal/fixtures.ts';
import { driveOf, openSite, pass, resume, type Site, step } from './support.ts';

let site: Site;
afterEach(() => site.stop());

const small = { hosts: 9, clusters: 1, seed: 5 };

/** Until the first write is under way. */
async function begun(deck = site.deck(1)) {
  const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
  while ((await step(site, drive)) !== 'send');
  return drive;
}

describe('two who want the same session', () => {
  it('drives one at a time: on one journal by its claim, with another journal by the Lease', async () => {
    site = await openSite(small);
    const drive = await begun();
    const [found] = await site.deck(2).driver.list();
    expect(found).toMatchObject({ here: true, holder: 'process 1 on jump' });
    expect(await site.deck(2).driver.resume(found!)).toMatchObject({ refused: expect.stringContaining('drives it') });
    const far = site.deck(3, { host: 'jump2', files: new MemoryFiles(), os: 'ben' });
    const [there] = await far.driver.list();
    expect(there).toMatchObject({ here: false, by: 'ana', holder: 'ana on jump' });
    expect(await far.driver.resume(there!)).toMatchObject({ refused: 'ana on jump drives it: nothing was done' });
    expect(await far.driver.begin(site.ask('v1.34.5'))).toMatchObject({
      refused: expect.stringContaining('resume it'),
    });
    const looking = driveOf(await far.driver.lookOn(there!));
    expect(looking.standing()).toMatchObject({ live: true, lock: { state: 'other', who: 'ana on jump' } });
    const told = (one: Drive) => one.standing().session.notes.filter(({ note }) => note !== 'saw');
    expect(told(looking)).toEqual(told(drive));
    expect(told(drive).length).toBeGreaterThan(1);
    expect(await looking.hold('stage')).toContain('journal is not here');
    expect(await looking.prepare('next')).toMatchObject({ refused: 'ana on jump drives it' });
    await looking.leave();
    await drive.leave();
    // Let go of in order: a colleague with another account on another host goes on, and knows what was said.
    const taken = driveOf(await far.driver.resume(there!));
    const said = taken.standing().session.notes.filter(({ note }) => note === 'confirmed');
    expect(said.length).toBeGreaterThan(0);
    expect(said.every(({ by }) => by === 'ana')).toBe(true);
    // Her operation is in her journal; what it wrote came along, and can be taken back from here.
    const { session } = taken.standing();
    const [operation] = session.operations.values();
    expect(operation).toMatchObject({ journalOf: 'ana', sent: { request: { operation: 'kube-ovn' } } });
    expect(elsewhere(session)).toMatch(
      /^begun by ana with another journal: .*; 1 operation is told by the Lease, .* journal of ana: /,
    );
    expect(await taken.prepare('take back')).toMatchObject({ session: { stage: 'v1.34.5/kube-ovn' } });
    expect(await await site.deck(4).driver.resume(found!)).toMatchObject({ refused: expect.stringContaining('ben') });
    await taken.leave();
  });

  it('takes the right to write from whoever lost it: nothing is sent behind a second driver', async () => {
    site = await openSite(small);
    const deck = site.deck(1);
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    while (drive.standing().course?.next.what !== 'send') await step(site, drive);
    const prepared = await drive.prepare('next');
    if (isRefused(prepared)) throw new Error(prepared.refused);
    const rehearsed = await drive.dryRun(prepared);
    const far = site.deck(3, { host: 'jump2', files: new MemoryFiles(), os: 'ben' });
    const [there] = await far.driver.list();
    // Ben is certain that ana is gone; she was only asleep.
    const taken = driveOf(await far.driver.resume(there!, true));
    expect(await drive.run(prepared, rehearsed, { confirm: prepared.plan.confirm })).toMatchObject({
      result: 'refused',
      why: 'ben on jump2 drives it',
    });
    expect(await deck.journal.list()).toEqual([]);
    await taken.leave();
    await drive.leave();
  });

  it('says what is not protected where no Lease may be written, and drives all the same', async () => {
    site = await openSite(small);
    const deck = site.deck(1);
    deck.line.fault = ({ path }) =>
      path.includes('/leases') ? { before: new KubeError(403, 'Forbidden', 'leases is forbidden') } : undefined;
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    expect(drive.standing().lock).toMatchObject({
      state: 'unprotected',
      why: expect.stringContaining('no Lease may be'),
    });
    while ((await step(site, drive)) !== 'send');
    expect((await deck.journal.list())[0]?.status).toBe('written');
    await drive.leave();
  });

  it('goes on from target and cluster alone where no journal and no Lease are left', async () => {
    site = await openSite(small);
    const drive = await begun();
    await drive.abandon('its journal is lost');
    await drive.leave();
    const other = site.deck(9, { host: 'jump2', files: new MemoryFiles(), os: 'ben' });
    expect(await other.driver.list()).toEqual([]);
    const fresh = driveOf(await other.driver.begin(site.ask('v1.34.5')));
    for (let steps = 0; steps < 2_000 && (await step(site, fresh)) !== 'end'; steps += 1);
    expect(fresh.standing().closed).toBe('done');
    const sent = (await other.journal.list()).map(({ began }) => began.session?.stage);
    expect(sent).not.toContain('v1.34.5/kube-ovn');
    await fresh.leave();
  });
});

describe('saying stop', () => {
  it('begins no further stage while it is held, whoever said so, and goes on after', async () => {
    site = await openSite(small);
    const drive = await begun();
    const [found] = await site.deck(2).driver.list();
    const looking = driveOf(await site.deck(2, { os: 'ben' }).driver.lookOn(found!));
    expect(await looking.hold('stage', 'the registry is being moved')).toBeUndefined();
    for (let steps = 0; steps < 30 && drive.standing().course?.next.what !== 'held'; steps += 1) {
      await pass(site);
      await drive.look();
    }
    expect(drive.standing().course?.next).toMatchObject({
      what: 'held',
      why: 'held by ben: the registry is being moved',
    });
    expect(await drive.prepare('next')).toEqual({ refused: 'held by ben: the registry is being moved' });
    expect(await looking.goOn()).toContain('drives it');
    expect(await drive.goOn()).toBeUndefined();
    expect(drive.standing().course?.next.what).toBe('send');
    await looking.leave();
    await drive.leave();
  });

  it('takes back before the line, and refuses behind it', async () => {
    site = await openSite(small);
    const drive = await begun();
    const back = await drive.prepare('take back');
    if (isRefused(back)) throw new Error(back.refused);
    expect(back.session).toMatchObject({ stage: 'v1.34.5/kube-ovn', how: 'take back' });
    while (!drive.standing().course?.line?.crossed) await step(site, drive);
    expect(await drive.prepare('take back')).toMatchObject({ refused: expect.stringContaining('forward only') });
    await drive.leave();
  });

  it('is resumed by another after it was killed, and read-only ones never write', async () => {
    site = await openSite(small);
    await begun();
    site.gone.add(1);
    const calm = site.deck(5, { readOnly: 'it was started with --read-only: nothing is written' });
    const [found] = await calm.driver.list();
    expect(found!.holder).toBeUndefined();
    expect(await calm.driver.resume(found!)).toMatchObject({ refused: expect.stringContaining('--read-only') });
    const next = await resume(site.deck(2));
    expect(next.standing()).toMatchObject({ lock: { state: 'mine' }, live: true });
    await next.leave();
  });
});
