/** A session from its beginning to its end, by whoever drives it. */
import { afterEach, describe, expect, it } from 'vitest';
import { driveOf, openSite, type Site, toTheEnd } from './support.ts';

let site: Site;
afterEach(() => site.stop());

describe('driving an upgrade', () => {
  it('comes to its end by one confirmed write a stage, and keeps what the cluster forgets', async () => {
    site = await openSite();
    const deck = site.deck(1);
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    expect(drive.standing()).toMatchObject({
      live: true,
      lock: { state: 'mine' },
      title: 'Upgrade prod from v1.33.7-2 to v1.34.5',
    });
    const end = await toTheEnd(site, drive);
    expect(end).toMatchObject({ closed: 'done', course: { outcome: 'done' } });
    expect(await site.outcome()).toMatchObject({ kubeOvn: 'v4.3.3' });
    const record = (await deck.sessions.read(drive.id))!;
    expect(record.status).toBe('done');
    const sent = record.notes.flatMap((note) => (note.note === 'sent' ? [note.stage] : []));
    expect(sent.slice(0, 2)).toEqual(['v1.34.5/kube-ovn', 'v1.34.5/control-plane']);
    expect(record.notes.filter((note) => note.note === 'saw' && note.key.endsWith('/going')).length).toBeGreaterThan(3);
    // Every operation knows whose it is.
    for (const { began } of await deck.journal.list()) expect(began.session?.id).toBe(drive.id);
    expect(deck.line.writes.filter(({ path, method }) => path.includes('/leases') && method === 'DELETE')).toHaveLength(
      1,
    );
    expect(site.errors).toEqual([]);
    await drive.leave();
  });
});
