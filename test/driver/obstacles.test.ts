/** What stops an upgrade before its machines move, as whoever drives it meets it. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTheatre, type Theatre } from '../simulator/scenarios/theatre.ts';
import { driveOf, openSite, type Site, step } from './support.ts';

let site: Site & { lab: Theatre };
afterEach(() => site.stop());

const shape = { planes: 3, workers: 3, version: 'v1.33.7-3' };

async function open(scenario?: string): Promise<void> {
  site = await openSite({ hosts: 10, clusters: 1, seed: 5, shape }, openTheatre);
  if (scenario !== undefined) await site.lab.scenarios.start(scenario);
  await site.refresh();
}

/** Writes to anything but the Lease that says who drives. */
const written = ({ line }: ReturnType<Site['deck']>) =>
  line.writes.filter(({ path }) => !path.includes('/leases') && !path.includes('dryRun'));

describe('an upgrade that is met by', () => {
  it('a cluster that is there already: over as soon as it is begun, and nothing is written', async () => {
    await open();
    const deck = site.deck(1);
    const before = await deck.driver.plan(site.ask('v1.33.7-3'));
    expect(before).toMatchObject({ live: true, course: { outcome: 'done', next: { what: 'end' }, gates: [] } });
    const drive = driveOf(await deck.driver.begin(site.ask('v1.33.7-3')));
    expect(drive.standing()).toMatchObject({ closed: 'done', course: { outcome: 'done' } });
    expect(await deck.driver.list()).toEqual([]);
    expect(written(deck)).toEqual([]);
    await drive.leave();
  });

  it('a catalog without the version: no way past it, nothing written; goes on once the key is there', async () => {
    await open('upgrade-catalog-gap');
    const deck = site.deck(1);
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    for (const { name, asks } of [...(await drive.look()).course!.gates]) {
      if (asks !== undefined) expect(await drive.confirm(name, 'yes, rack 3')).toBeUndefined();
    }
    const { next } = (await drive.look()).course!;
    expect(next).toMatchObject({
      what: 'answer',
      stage: 'v1.34.5/catalog',
      gates: [{ name: 'catalog/v1.34.5', figure: 'elemental-image-catalog has no key v1.34.5', override: 'never' }],
    });
    const gate = 'catalog/v1.34.5';
    expect(await drive.override(gate, gate)).toContain('cannot be gone through');
    expect(await drive.prepare('next')).toEqual({ refused: `${gate} stands in the way` });
    expect(written(deck)).toEqual([]);
    await site.lab.scenarios.heal();
    await site.refresh();
    expect((await drive.look()).course!.next).toMatchObject({ what: 'answer', stage: 'v1.34.5/kube-ovn' });
    await drive.leave();
  });

  it('a server that does not take the CoreDNS of the hop: told before anything is written', async () => {
    await open('coredns-refused');
    const deck = site.deck(1);
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    const all = async () => {
      for (;;) await step(site, drive);
    };
    await expect(all()).rejects.toThrow("cannot migrate CoreDNS up to '1.14.2' from '1.12.4'");
    expect(await site.outcome()).toMatchObject({ kubeOvn: 'v4.2.26' });
    await site.lab.scenarios.heal();
    expect(await step(site, drive)).toBe('send');
    await drive.leave();
  });
});
