/** What befalls an upgrade once its machines move, driven to its end all the same. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Drive } from '../../src/driver/drive.ts';
import type { Fact, Noted } from '../../src/guides/contract.ts';
import { reportOf } from '../../src/guides/report.ts';
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
const troublesOf = (drive: Drive) =>
  drive.standing().session.notes.filter((note) => note.note === 'saw' && note.key.startsWith('trouble/')) as (Fact &
    Noted)[];
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
    expect([first?.state, second?.state, third?.state]).toEqual(['done', 'bad', 'todo']);
    const { trouble } = stageOf(drive, '/control-plane');
    expect(trouble?.what).toContain(`${second!.fresh!.name} waits for`);
    expect(trouble?.next.length).toBeGreaterThan(0);
    const began = troublesOf(drive);
    expect(began).toHaveLength(1);
    expect(began[0]).toMatchObject({
      text: expect.stringContaining(second!.fresh!.host!),
      data: { since: expect.any(Number) },
    });
    const { next, line } = drive.standing().course!;
    expect(line?.crossed).toBe(true);
    expect(next).toMatchObject({ what: 'wait', stage: 'v1.34.5/control-plane' });
    expect(next.what === 'wait' && next.for).toContain(second!.fresh!.name);
    expect(await drive.prepare('next')).toMatchObject({ refused: expect.stringContaining('under way') });
    expect(await drive.prepare('take back')).toMatchObject({ refused: expect.stringContaining('forward only') });
    await site.lab.scenarios.heal();
    expect((await toTheEnd(site, drive)).closed).toBe('done');
    expect(site.errors).toEqual([]);
    const [, over] = troublesOf(drive);
    expect(over).toMatchObject({ key: `${began[0]!.key}/over`, text: `over: ${began[0]!.text}` });
    expect(troublesOf(drive)).toHaveLength(2);
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
    const troubles = troublesOf(drive);
    expect(troubles.map(({ key }) => key.endsWith('/over'))).toEqual([false, true]);
    expect(troubles[0]!.text).toContain(bad.fresh!.name);
    expect(troubles[0]!.text).toContain(bad.fresh!.host);
    expect(site.errors).toEqual([]);
  });

  it('one bad host, repaired from the session: its machine is replaced on a spare, and the report tells who did so', async () => {
    const drive = await begin('trap-worker-host');
    await stepUntil(drive, () => stageOf(drive, '/workers/').turns.some(({ state }) => state === 'bad'));
    const bad = stageOf(drive, '/workers/').turns.find(({ state }) => state === 'bad')!.fresh!;
    const prepared = await drive.prepare('repair');
    if (isRefused(prepared)) throw new Error(prepared.refused);
    expect(prepared).toMatchObject({ request: { operation: 'replace' }, session: { how: 'repair' } });
    const rehearsed = await drive.dryRun(prepared);
    const words = { confirm: prepared.plan.confirm };
    expect(await drive.run(prepared, rehearsed, words)).toMatchObject({ result: 'written' });
    // It is not sent twice: the same machine goes already.
    expect(isRefused(await drive.prepare('repair'))).toBe(true);
    const end = await toTheEnd(site, drive);
    expect(end.closed).toBe('done');
    expect(swaps(drive, '/workers/').map(([, fresh, state]) => [fresh === bad.host, state])).toEqual([
      [false, 'done'],
      [true, 'done'],
      [false, 'done'],
      [false, 'done'],
    ]);
    const text = reportOf({
      ...end,
      server: 's',
      namespace: 'n',
      now: site.lab.clock.now(),
      present: new Set(),
      others: [],
      checks: [],
    });
    expect(text).toContain(`ana repaired v1.34.5/workers/prod-workers: replace ${bad.name}`);
    expect(text).toContain(`${bad.name} on ${bad.host} never ran, and was replaced`);
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
