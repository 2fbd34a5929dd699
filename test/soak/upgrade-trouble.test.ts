/** What befalls an upgrade once its machines move, driven to its end all the same. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Drive } from '../../src/driver/drive.ts';
import { isRefused } from '../../src/runner/api.ts';
import { driveOf, openSite, pass, type Site, step, toTheEnd } from '../driver/support.ts';
import { openTheatre, type Theatre } from '../simulator/scenarios/theatre.ts';

let site: Site & { lab: Theatre };
afterEach(() => site.stop());

const shape = { planes: 3, workers: 3, version: 'v1.33.7-3' };

async function begin(scenario?: string): Promise<Drive> {
  site = await openSite({ hosts: 10, clusters: 1, seed: 5, shape }, openTheatre);
  if (scenario !== undefined) await site.lab.scenarios.start(scenario);
  await site.refresh();
  return driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
}

const stageOf = (drive: Drive, id: string) => drive.standing().course!.stages.find((stage) => stage.id.includes(id))!;
const swaps = (drive: Drive, id: string) =>
  stageOf(drive, id).turns.map(({ old, fresh, state }) => [old?.host, fresh?.host, state]);

async function stepUntil(drive: Drive, done: () => boolean): Promise<void> {
  for (let steps = 0; steps < 600; steps += 1) {
    await drive.look();
    if (done()) return;
    await step(site, drive);
  }
  throw new Error(`it did not come to that: ${JSON.stringify(drive.standing().course?.next)}`);
}

describe('an upgrade in trouble', () => {
  it('control plane stuck at its second host: waits there, forward only, and goes on once it joins', async () => {
    const drive = await begin('trap-control-plane-host');
    await stepUntil(drive, () => stageOf(drive, '/control-plane').turns[1]?.fresh?.host !== undefined);
    for (let steps = 0; steps < 60; steps += 1) await step(site, drive);
    const [first, second, third] = stageOf(drive, '/control-plane').turns;
    expect([first?.state, third?.state]).toEqual(['done', 'todo']);
    const { next, line } = drive.standing().course!;
    expect(line?.crossed).toBe(true);
    expect(next).toMatchObject({ what: 'wait', stage: 'v1.34.5/control-plane' });
    expect(next.what === 'wait' && next.for).toContain(second!.fresh!.name);
    expect(await drive.prepare('next')).toMatchObject({ refused: expect.stringContaining('under way') });
    expect(await drive.prepare('take back')).toMatchObject({ refused: expect.stringContaining('forward only') });
    await site.lab.scenarios.heal();
    expect((await toTheEnd(site, drive)).closed).toBe('done');
    expect(site.errors).toEqual([]);
  });

  it('no host to spare: warned of, and each machine comes on the host of the one before', async () => {
    const drive = await begin('pools-without-spare');
    const warned = drive
      .standing()
      .course!.stages.flatMap(({ gates }) => gates)
      .filter(({ name, result }) => name.startsWith('spare-hosts/') && result === 'warn');
    expect(warned).toHaveLength(2);
    expect((await toTheEnd(site, drive)).closed).toBe('done');
    for (const id of ['/control-plane', '/workers/']) {
      const found = swaps(drive, id);
      expect(found).toHaveLength(3);
      expect(found.every(([old, fresh, state]) => old === fresh && state === 'done')).toBe(true);
    }
  });

  it('one bad host: told, replaced by the operator, continued; every new machine stays with its old one', async () => {
    const drive = await begin('trap-worker-host');
    await stepUntil(drive, () => stageOf(drive, '/workers/').turns.some(({ state }) => state === 'bad'));
    const bad = stageOf(drive, '/workers/').turns.find(({ state }) => state === 'bad')!;
    expect(bad.doing).toContain('reprovision plan failed');
    for (let steps = 0; steps < 30; steps += 1) await step(site, drive);
    expect(stageOf(drive, '/workers/').turns.map(({ state }) => state)).toEqual(['done', 'bad', 'todo']);
    const before = stageOf(drive, '/workers/').turns.map(({ old }) => old?.name);
    await site.lab.scenarios.heal();
    const end = await toTheEnd(site, drive);
    const turns = stageOf(drive, '/workers/').turns;
    expect(turns.map(({ old }) => old?.name)).toEqual([before[0], before[1], bad.fresh!.name, before[2]]);
    expect(turns.map(({ doing }) => doing)).toEqual(['done', 'never ran, and was replaced', 'done', 'done']);
    expect(turns[1]?.fresh?.name).toBe(bad.fresh!.name);
    expect(new Set(turns.map(({ fresh }) => fresh?.name)).size).toBe(4);
    expect(end).toMatchObject({ closed: 'done' });
    const troubles = end.session.notes.flatMap((note) =>
      note.note === 'saw' && note.key.startsWith('trouble/') ? [note.text] : [],
    );
    expect(troubles).toEqual([expect.stringContaining(bad.fresh!.name)]);
    expect(site.errors).toEqual([]);
  });

  it.each(['/control-plane', '/workers/'])('hold before the next machine at %s: the present one ends', async (id) => {
    const drive = await begin();
    await stepUntil(drive, () => stageOf(drive, id).turns.some(({ state }) => state === 'now'));
    expect(await drive.hold('machine', 'lunch')).toBeUndefined();
    await stepUntil(drive, () => drive.standing().course?.next.what === 'held');
    for (let minutes = 0; minutes < 60; minutes += 1) await pass(site);
    const { course } = await drive.look();
    expect(course!.next).toMatchObject({ what: 'held', why: 'held by ana: lunch' });
    expect(stageOf(drive, id).turns.map(({ state }) => state)).toEqual(['done', 'todo', 'todo']);
    const refused = await drive.prepare('next');
    expect(isRefused(refused) && refused.refused).toBe('held by ana: lunch');
    expect(await drive.goOn()).toBeUndefined();
    expect(drive.standing().course!.next).toMatchObject({ what: 'send', how: 'go on' });
    expect((await toTheEnd(site, drive)).closed).toBe('done');
    expect(site.errors).toEqual([]);
  });
});

describe('the backup of etcd', () => {
  it('is asked for before each hop, and of the version that hop begins with', async () => {
    site = await openSite(
      { hosts: 6, clusters: 1, seed: 5, shape: { planes: 3, workers: 1, version: 'v1.32.11-2' } },
      openTheatre,
    );
    const deck = site.deck(1);
    const drive = driveOf(await deck.driver.begin(site.ask('v1.34.5')));
    const end = await toTheEnd(site, drive);
    const said = end.session.notes.flatMap((note) =>
      note.note === 'confirmed' && note.gate.startsWith('etcd-backup/') ? [`${note.gate}: ${note.words}`] : [],
    );
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('taken on v1.32.11-2');
    expect(said[1]).toMatch(/^etcd-backup\/v1\.34\.5: .*taken on v1\.33\./);
    // It was said once for the whole hop, and before its first write.
    const order = end.session.notes.flatMap((note) =>
      note.note === 'confirmed' && note.gate.startsWith('etcd-backup/')
        ? ['said']
        : note.note === 'sent'
          ? ['sent']
          : [],
    );
    expect(order.indexOf('said')).toBe(0);
    await drive.leave();
  });
});
