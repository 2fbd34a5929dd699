/** What was written is followed until it is seen, and the bell rings once. */
import { afterEach, describe, expect, it } from 'vitest';
import { pathOf } from '../../src/kube/kinds.ts';
import { askMark, go, MARK, NAMESPACE, openRoom, type Room } from './support.ts';

let room: Room;
afterEach(() => room.lab.stop());

const minutes = (count: number) => count * 60_000;

describe('the tray', () => {
  it('shows an operation until the fleet bears it out, and notes how long that took', async () => {
    room = await openRoom();
    const all = room.machines();
    const { id } = await go(room.runner, askMark(all));
    expect(room.runner.tray.list()).toMatchObject([{ id, live: true, progress: { outcome: undefined } }]);
    expect(room.rung).toBe(0);
    let told = 0;
    room.runner.tray.subscribe(() => {
      told += 1;
    });
    room.clock.advance(30_000);
    await room.sight.refresh();
    expect(room.runner.tray.list()).toMatchObject([{ id, progress: { outcome: 'done' } }]);
    expect([room.rung, told]).toEqual([1, 1]);
    await room.sight.refresh();
    expect(room.rung).toBe(1);
    expect((await room.journal.list())[0]).toMatchObject({ status: 'done', outcome: { took: 30_000 } });
    room.runner.tray.dismiss(id!);
    expect(room.runner.tray.list()).toEqual([]);
  });

  it('keeps what was seen last while the picture is old, and judges nothing by it', async () => {
    room = await openRoom();
    await go(room.runner, askMark(room.machines()));
    const { freshness } = room.sight;
    room.sight.freshness = { ...freshness, machineSet: { ...freshness.machineSet, phase: 'stale' } };
    await room.sight.refresh();
    expect(room.runner.tray.list()).toMatchObject([{ live: false, progress: { outcome: undefined } }]);
    expect(room.rung).toBe(0);
    room.sight.freshness = { ...freshness };
    await room.sight.refresh();
    expect(room.runner.tray.list()).toMatchObject([{ live: true, progress: { outcome: 'done' } }]);
  });

  it('is overdue when it takes longer than such operations did, and rings once for that', async () => {
    room = await openRoom();
    const all = room.machines();
    for (let at = 0; at < 5; at += 1) {
      await room.sight.refresh();
      await go(room.runner, askMark(all, `value ${at}`));
      room.clock.advance(minutes(3));
      await room.sight.refresh();
    }
    expect(room.rung).toBe(5);
    const { id } = await go(room.runner, askMark(all));
    const own = () => room.runner.tray.list().find((one) => one.id === id)!;
    expect(own()).toMatchObject({ overdue: false, usual: { median: minutes(3), p95: minutes(3), count: 5 } });
    // As anything is late: after twice the 95th percentile and a minute.
    room.clock.advance(minutes(6));
    expect(own().overdue).toBe(false);
    room.clock.advance(minutes(2));
    expect(own().overdue).toBe(true);
    expect(room.rung).toBe(6);
    await room.sight.refresh();
    expect(own().progress.outcome).toBe('done');
    expect(room.rung).toBe(6);
  });

  it('says that an operation was overtaken, and notes by what', async () => {
    room = await openRoom();
    const group = room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
    const { desired = 0 } = group.replicas;
    const targets = [{ kind: 'deployment' as const, uid: group.uid, name: group.name }];
    await go(room.runner, { operation: 'scale', targets, values: { replicas: String(desired - 1) } });
    // Set back before anything was seen: it never is of the number that was written.
    await room.meddle('deployment', group.name, { spec: { replicas: desired } });
    await room.sight.refresh();
    expect(room.runner.tray.list()).toMatchObject([{ progress: { outcome: 'overtaken' } }]);
    expect(room.rung).toBe(1);
    expect((await room.journal.list())[0]).toMatchObject({
      status: 'overtaken',
      outcome: { outcome: 'overtaken', detail: `${desired - 1} wanted: set to ${desired} since` },
    });
  });

  it('is found again by the next metaldeck', async () => {
    room = await openRoom();
    const { id } = await go(room.runner, askMark(room.machines()));
    room.gone.add(1);
    const { runner } = room.second(2);
    await runner.tray.load();
    expect(runner.tray.list()).toMatchObject([
      { id, sent: { written: room.machines().map(({ name }) => `mark ${name}`) } },
    ]);
    await room.sight.refresh();
    expect(runner.tray.list()).toMatchObject([{ progress: { outcome: 'done' } }]);
    await runner.tray.load();
    expect(runner.tray.list()).toHaveLength(1);
  });

  it('notes nothing where it may only read', async () => {
    room = await openRoom();
    await go(room.runner, askMark(room.machines()));
    room.runner.stop();
    const before = [...room.files.texts.values()].join('');
    const { runner } = room.second(2, { readOnly: 'read-only' });
    await runner.tray.load();
    await room.sight.refresh();
    expect(runner.tray.list()).toMatchObject([{ progress: { outcome: 'done' } }]);
    expect([...room.files.texts.values()].join('')).toBe(before);
  });

  it('follows a scaling to its end in a living fleet', async () => {
    room = await openRoom();
    const group = room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
    const from = group.replicas.desired!;
    const request = {
      operation: 'scale',
      targets: [{ kind: 'deployment' as const, uid: group.uid, name: group.name }],
      values: { replicas: String(from - 1) },
    };
    await go(room.runner, request);
    const states: (string | undefined)[] = [];
    for (let at = 0; at < 60 && states.at(-1) !== 'done'; at += 1) {
      await room.lab.run(minutes(1));
      await room.sight.refresh();
      states.push(room.runner.tray.list()[0]!.progress.outcome);
    }
    expect(states.at(-1)).toBe('done');
    expect(room.machines()).toHaveLength(from - 1);
    expect(await room.marks()).not.toContain(MARK);
    expect(room.errors).toEqual([]);
  });

  it('ends a replacement whose new machine somebody deleted while nobody looked', async () => {
    room = await openRoom();
    const [target] = room.machines();
    const before = new Set(room.machines().map(({ uid }) => uid));
    const fresh = () => room.machines().filter(({ uid }) => !before.has(uid));
    await go(room.runner, { operation: 'replace', targets: [target!], values: { host: 'any' } });
    for (let at = 0; at < 60 && fresh().length === 0; at += 1) {
      await room.lab.run(minutes(1) / 4);
      await room.sight.refresh();
    }
    const [made] = fresh();
    expect(room.runner.tray.list()).toMatchObject([{ sent: { made: [made && { uid: made.uid, name: made.name }] } }]);
    room.runner.stop();
    room.gone.add(1);
    await room.lab.management.json({
      method: 'DELETE',
      path: pathOf('machine', room.sight.freshness.machine.version!, NAMESPACE, made!.name),
    });
    await room.lab.run(minutes(60));
    await room.sight.refresh();
    expect(fresh().map(({ name }) => name)).not.toContain(made!.name);
    const next = room.second(2);
    await next.runner.tray.load();
    expect((await next.journal.list())[0]).toMatchObject({
      status: 'overtaken',
      outcome: { late: true, detail: `${made!.name} running: what it made is gone: ${made!.name} was deleted` },
    });
    expect(room.errors).toEqual([]);
  });

  it('learns no duration from what had come to its end before it was looked at', async () => {
    room = await openRoom();
    const all = room.machines();
    await go(room.runner, askMark(all));
    room.runner.stop();
    room.gone.add(1);
    await room.sight.refresh();
    room.clock.advance(minutes(600));
    const { runner, journal } = room.second(2);
    await runner.tray.load();
    expect((await journal.list())[0]).toMatchObject({ status: 'done', outcome: { late: true } });
    await go(runner, askMark(all, 'again'));
    expect(runner.tray.list().at(-1)).toMatchObject({ usual: undefined });
  });
});
