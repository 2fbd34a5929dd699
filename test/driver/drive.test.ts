/** A session from its beginning to its end, by whoever drives it. */
import { afterEach, describe, expect, it } from 'vitest';
import { namesToCome } from '../../src/guides/next.ts';
import { isRefused } from '../../src/runner/api.ts';
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

  it('names the gates that wait for an answer where somebody names one that is not there', async () => {
    site = await openSite();
    const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
    const { next } = (await drive.look()).course!;
    const names = next.what === 'answer' ? next.gates.map(({ name }) => name) : [];
    expect(names).toContain('etcd-backup/v1.34.5');
    expect(await drive.confirm('etcd-backup/v1.33.7-3', 'rack 3')).toBe(
      `there is no gate etcd-backup/v1.33.7-3 before the present stage; what waits for an answer there: ${names.join(', ')}`,
    );
    for (const name of names) expect(await drive.confirm(name, 'rack 3')).toBeUndefined();
    expect(await drive.confirm('etcd', 'rack 3')).toMatch(/there: none$/);
    await drive.leave();
  });

  it('foretells every name that its writes want typed, up to the end', async () => {
    site = await openSite();
    const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
    let foretold: string[] | undefined;
    const typed = new Set<string>();
    await toTheEnd(site, drive, async () => {
      const { course } = await drive.look();
      if (course?.next.what !== 'send') return undefined;
      const prepared = await drive.prepare('next');
      if (isRefused(prepared)) return undefined;
      foretold ??= namesToCome(course);
      for (const word of prepared.plan.confirm) {
        expect(namesToCome(course)).toContain(word);
        typed.add(word);
      }
      return undefined;
    });
    expect(typed.size).toBeGreaterThan(2);
    expect(foretold).toEqual([...typed]);
    await drive.leave();
  });
});
