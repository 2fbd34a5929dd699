/** What was broken off is found again, and finished or taken back against the fleet as it is then. */
import { afterEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../src/kube/types.ts';
import { accepted, askMark, go, MARK, openRoom, type Room } from './support.ts';

let room: Room;
afterEach(() => room.lab.stop());

const cut = () => new KubeError(0, 'Network', 'the server broke the connection');
const marked = async () => Object.values(await room.marks()).filter((value) => value !== undefined).length;
const group = () => room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;

/** Process 1 dies at its n-th write: before it arrives, or before its answer is noted. */
async function dieAt(write: number, when: 'before' | 'after', request = askMark(room.machines())) {
  let dead = false;
  room.line.fault = (_request, at) => {
    if (dead || at === write) {
      dead = true;
      // What a dead process would have noted never reaches the disk.
      room.files.failing.push(...Array.from({ length: 10 }, () => 'EIO'));
      return { [when]: cut() };
    }
    return undefined;
  };
  await go(room.runner, request);
  room.line.fault = () => undefined;
  room.files.failing.length = 0;
  room.gone.add(1);
  await room.sight.refresh();
}

async function resume(how: 'finish' | 'takeBack', pid = 2) {
  const { runner } = room.second(pid);
  const [found] = await runner.halfDone();
  const plan = accepted(found![how]);
  return runner.run(plan, await runner.dryRun(plan), { confirm: plan.plan.confirm });
}

describe('what was broken off', () => {
  it('is finished by the steps that are left', async () => {
    room = await openRoom();
    await dieAt(2, 'before');
    const { runner, journal } = room.second(2);
    const [found] = await runner.halfDone();
    const [first, second] = room.machines();
    expect(found).toMatchObject({ written: [`mark ${first!.name}`], inDoubt: [], record: { status: 'half done' } });
    expect(found!.remaining).toContain(`mark ${second!.name}`);
    expect(accepted(found!.finish).plan.steps.map(({ id }) => id)).toEqual(found!.remaining);
    expect(await resume('finish')).toMatchObject({ result: 'written' });
    expect(await marked()).toBe(room.machines().length);
    expect(room.line.writes.filter(({ path }) => path.endsWith(`/${first!.name}`))).toHaveLength(1);
    const records = await journal.list();
    expect(records.map(({ status }) => status).sort()).toEqual(['finished', 'written']);
    expect(records.find(({ status }) => status === 'written')!.began).toMatchObject({
      continues: { id: found!.id, how: 'finish' },
      already: [`mark ${first!.name}`],
    });
    expect(await runner.halfDone()).toEqual([]);
  });

  it('is taken back as far as it was written', async () => {
    room = await openRoom();
    await dieAt(2, 'before');
    expect(await resume('takeBack')).toMatchObject({ result: 'written', steps: [{}] });
    expect(await marked()).toBe(0);
    expect((await room.journal.list()).map(({ status }) => status).sort()).toEqual(['taken back', 'written']);
  });

  it('counts a write whose answer nobody noted, and is whole if that was the last', async () => {
    room = await openRoom();
    const all = room.machines();
    await dieAt(all.length, 'after');
    expect(await marked()).toBe(all.length);
    const { runner, journal } = room.second(2);
    expect((await journal.list())[0]!.status).toBe('in doubt');
    expect(await runner.halfDone()).toEqual([]);
    expect((await journal.list())[0]).toMatchObject({ status: 'written' });
    await runner.tray.load();
    expect(runner.tray.list()).toMatchObject([{ progress: { outcome: 'done' } }]);
  });

  it('stays in doubt, and is not finished, where others changed the object since', async () => {
    room = await openRoom();
    const [first] = room.machines();
    await dieAt(1, 'after');
    await room.meddle('machine', first!.name, { metadata: { annotations: { [MARK]: 'other' } } });
    await room.sight.refresh();
    const [found] = await room.second(2).runner.halfDone();
    expect(found).toMatchObject({
      inDoubt: [`mark ${first!.name}`],
      finish: { refused: expect.stringContaining('not known') },
    });
    await room.second(2).runner.leave(found!.id);
    await expect(room.second(2).runner.leave(found!.id)).rejects.toThrow('is left');
    expect(await room.second(3).runner.halfDone()).toEqual([]);
    expect((await room.journal.list())[0]!.status).toBe('left');
  });

  it('asks the operation again: what is refused now is not finished', async () => {
    room = await openRoom();
    await dieAt(2, 'before');
    const { name } = room.machines()[1]!;
    room.sight.freshness = { ...room.sight.freshness, machine: { ...room.sight.freshness.machine, phase: 'stale' } };
    const [stale] = await room.second(2).runner.halfDone();
    expect(stale!.finish).toMatchObject({ refused: expect.stringContaining('not live') });
    room.sight.freshness = { ...room.sight.freshness, machine: { ...room.sight.freshness.machine, phase: 'live' } };
    const path = room.line.sent.find((request) => request.path.endsWith(`/${name}`))!.path;
    await room.lab.management.json({ method: 'DELETE', path });
    while (await room.get('machine', name)) await room.lab.run(10 * 60_000);
    await room.sight.refresh();
    const [found] = await room.second(2).runner.halfDone();
    expect(found!.finish).toEqual({ refused: `${name} is gone` });
  });

  it('is not listed while its process lives, nor for another server', async () => {
    room = await openRoom();
    await dieAt(2, 'before');
    room.gone.clear();
    expect(await room.second(2).runner.halfDone()).toEqual([]);
    room.gone.add(1);
    for (const [path, text] of room.files.texts)
      room.files.texts.set(path, text.replaceAll('api.test:6443', 'other:6443'));
    expect(await room.second(2).runner.halfDone()).toEqual([]);
  });

  it('is gone on with by one of two', async () => {
    room = await openRoom();
    await dieAt(2, 'before');
    const runners = [room.second(2).runner, room.second(3).runner];
    const results = await Promise.all(
      runners.map(async (runner) => {
        const [found] = await runner.halfDone();
        const plan = accepted(found!.finish);
        return runner.run(plan, await runner.dryRun(plan));
      }),
    );
    expect(results.map(({ result }) => result).sort()).toEqual(['refused', 'written']);
    expect(room.line.writes).toHaveLength(room.machines().length + 1);
  });

  it('finishes a removal: the marks stand, and exactly the marked goes', async () => {
    room = await openRoom();
    const [target, ...others] = room.machines();
    const from = group().replicas.desired!;
    await dieAt(2, 'before', { operation: 'remove', targets: [target!], values: {} });
    const [found] = await room.second(2).runner.halfDone();
    expect(found).toMatchObject({
      remaining: [`scale ${group().name}`],
      takeBack: { request: { operation: 'unmark' } },
    });
    expect(await resume('finish', 3)).toMatchObject({ result: 'written', steps: [{ step: `scale ${group().name}` }] });
    await room.lab.run(40 * 60_000);
    await room.sight.refresh();
    expect(group().replicas.desired).toBe(from - 1);
    expect(room.machines().map(({ name }) => name)).toEqual(others.map(({ name }) => name));
  });
});
