/** A plan is written step by step, each noted first; whatever goes wrong, it is known what stands. */
import { afterEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../src/kube/types.ts';
import { askMark, go, MARK, mark, openRoom, planned, type Room } from './support.ts';

let room: Room;
afterEach(() => room.lab.stop());

const cut = () => new KubeError(0, 'Network', 'the server broke the connection');
const two = () => room.machines().slice(0, 2);
const marked = async () => Object.values(await room.marks()).filter((value) => value !== undefined).length;
const only = async () => (await room.journal.list())[0]!;

describe('running a plan', () => {
  it('notes, writes and notes, in this order, bound to what was seen', async () => {
    room = await openRoom();
    const order: string[] = [];
    room.line.fault = (request, write) => {
      if (write > 0) order.push(`write ${request.path.split('/').at(-1)}: ${lines()}`);
      return undefined;
    };
    const lines = () =>
      [...room.files.texts.values()]
        .join('')
        .split('\n')
        .filter((line) => line.includes('"sending"')).length;
    const result = await go(room.runner, askMark(two()));
    expect(result).toMatchObject({
      result: 'written',
      steps: [{ result: 'written', from: 'answer' }, { result: 'written' }],
    });
    expect(order).toEqual(two().map(({ name }, at) => `write ${name}: ${at + 1}`));
    expect(await marked()).toBe(2);
    for (const { body, query, contentType } of room.line.writes) {
      expect(contentType).toBe('application/merge-patch+json');
      expect(query).toMatchObject({ fieldManager: 'metaldeck', fieldValidation: 'Strict' });
      expect((body as { metadata: unknown }).metadata).toMatchObject({
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      });
    }
    expect(await only()).toMatchObject({ status: 'written', began: { rehearsed: [{ result: 'accepted' }, {}] } });
  });

  it('follows an object whose status alone moves', async () => {
    room = await openRoom();
    const [{ name }] = two() as unknown as [{ name: string }];
    let times = 0;
    room.line.fault = (_request, write) =>
      write > 0 && write < 4
        ? {
            first: () =>
              room.meddle('machine', name, { status: { lastUpdated: `2026-11-21T03:00:0${times++}Z` } }, 'status'),
          }
        : undefined;
    expect(await go(room.runner, askMark(two().slice(0, 1)))).toMatchObject({ result: 'written' });
    expect(room.line.writes).toHaveLength(4);
    expect(await marked()).toBe(1);
  });

  it('refuses with what moved where somebody changed the object itself', async () => {
    room = await openRoom();
    const [{ name }] = two() as unknown as [{ name: string }];
    const plan = await planned(room.runner, askMark(two()));
    const rehearsed = await room.runner.dryRun(plan);
    await room.meddle('machine', name, { spec: { nodeDrainTimeout: '7m' }, metadata: { labels: { other: 'one' } } });
    const result = await room.runner.run(plan, rehearsed);
    expect(result).toMatchObject({
      result: 'nothing written',
      why: expect.stringContaining(`${name} has changed since`),
    });
    expect(result.why).toContain('spec.nodeDrainTimeout');
    expect(result.why).toContain('metadata.labels.other now one');
    expect(await marked()).toBe(0);
    expect((await only()).status).toBe('nothing written');
  });

  it.each([
    [1, 'nothing written'],
    [2, 'half done'],
  ])('stops at step %i where somebody changes its object just before (409)', async (step, result) => {
    room = await openRoom();
    const { name } = two()[step - 1]!;
    room.line.fault = (_request, write) =>
      write === step ? { first: () => room.meddle('machine', name!, { spec: { nodeDrainTimeout: '7m' } }) } : undefined;
    expect(await go(room.runner, askMark(two()))).toMatchObject({
      result,
      why: expect.stringContaining('spec.nodeDrainTimeout'),
    });
    expect(room.line.writes).toHaveLength(step);
    expect(await marked()).toBe(step - 1);
    expect((await only()).status).toBe(result);
  });

  it.each([
    [1, 'nothing written'],
    [2, 'half done'],
  ])('stops at step %i where its machine is gone before the write', async (step, result) => {
    room = await openRoom();
    const { name } = two()[step - 1]!;
    const path = `/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machines/${name}`;
    const goes = async () => {
      await room.meddle('machine', name!, { metadata: { finalizers: null } });
      await room.lab.management.json({ method: 'DELETE', path });
    };
    room.line.fault = (_request, write) => (write === step ? { first: goes } : undefined);
    expect(await go(room.runner, askMark(two()))).toMatchObject({ result, why: expect.stringContaining(`${name}`) });
    expect(room.line.writes).toHaveLength(step);
    expect(await room.get('machine', name!)).toBeUndefined();
    expect((await only()).status).toBe(result);
  });

  it('never writes to another object of the same name', async () => {
    room = await openRoom();
    const pool = room.sight.picture().fleet.pools.list[0]!;
    const label: typeof mark = {
      ...mark,
      id: 'label',
      on: ['pool'],
      refuse: () => undefined,
      plan: (world, request) => ({
        ...mark.plan(world, { ...request, targets: [] }),
        steps: [
          {
            id: 'label',
            title: 'Label it',
            why: '',
            diff: [],
            write: {
              verb: 'patch',
              kind: 'pool',
              name: pool.name,
              type: 'merge',
              body: { metadata: { labels: { a: 'b' } } },
              seen: { uid: pool.uid, resourceVersion: pool.object.resourceVersion },
            },
          },
        ],
      }),
    };
    await room.lab.stop();
    room = await openRoom([label]);
    const request = {
      operation: 'label',
      targets: [{ kind: 'pool' as const, uid: pool.uid, name: pool.name }],
      values: {},
    };
    const plan = await planned(room.runner, request);
    const rehearsed = await room.runner.dryRun(plan);
    const raw = (await room.get('pool', pool.name))!;
    const path = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools`;
    await room.lab.management.json({ method: 'DELETE', path: `${path}/${pool.name}` });
    await room.meddle('pool', pool.name, { metadata: { finalizers: null } }).catch(() => {});
    await room.lab.management.json({
      method: 'POST',
      path,
      body: { apiVersion: raw['apiVersion'], kind: raw['kind'], metadata: { name: pool.name }, spec: raw['spec'] },
    });
    expect(await room.runner.run(plan, rehearsed)).toMatchObject({
      result: 'nothing written',
      why: expect.stringContaining('is another object now'),
    });
  });

  it.each([
    ['written already', { after: cut() }, 1],
    ['never arrived', { before: cut() }, 2],
    ['written, and a proxy answered 502', { after: new KubeError(502, 'HTTP502', 'bad gateway') }, 1],
  ])('finds out what became of a lost answer: %s', async (_what, fault, sent) => {
    room = await openRoom();
    room.line.fault = (_request, write) => (write === 1 ? fault : undefined);
    const result = await go(room.runner, askMark(two().slice(0, 1)));
    expect(result).toMatchObject({ result: 'written', steps: [{ from: sent === 1 ? 're-read' : 'answer' }] });
    expect(room.line.writes).toHaveLength(sent);
    expect(await marked()).toBe(1);
  });

  it('does not send again what it cannot look at, and says that it is in doubt', async () => {
    room = await openRoom();
    let dead = false;
    room.line.fault = (_request, write) => {
      if (write === 1) {
        dead = true;
        return { after: cut() };
      }
      return dead ? { before: cut() } : undefined;
    };
    const result = await go(room.runner, askMark(two()));
    expect(result).toMatchObject({ result: 'in doubt', steps: [{ result: 'unknown' }] });
    expect(room.line.writes).toHaveLength(1);
    expect(room.clock.waited.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(20_000);
    expect((await only()).status).toBe('in doubt');
  });

  it('does not guess when a lost write may have been written over', async () => {
    room = await openRoom();
    const [{ name }] = two() as unknown as [{ name: string }];
    room.line.fault = (request, write) => {
      if (write === 1) return { after: cut() };
      const looking = room.line.writes.length === 1 && request.method === undefined && request.path.endsWith(name);
      return looking
        ? { first: () => room.meddle('machine', name, { metadata: { annotations: { [MARK]: 'other' } } }) }
        : undefined;
    };
    expect(await go(room.runner, askMark(two()))).toMatchObject({ result: 'in doubt' });
    expect(room.line.writes).toHaveLength(1);
  });

  it('waits as long as a busy server asks, and not for ever', async () => {
    room = await openRoom();
    const busy = new KubeError(429, 'TooManyRequests', 'too many requests', { retryAfter: 7 });
    room.line.fault = (_request, write) => (write > 0 && write < 3 ? { before: busy } : undefined);
    const told: string[] = [];
    const one = askMark(two().slice(0, 1));
    expect(await go(room.runner, one, { onProgress: ({ state }) => told.push(state) })).toMatchObject({
      result: 'written',
    });
    expect(told).toEqual(['sending', 'waiting', 'sending', 'waiting', 'sending', 'written']);
    expect(room.clock.waited.filter((ms) => ms === 7_000)).toHaveLength(2);
    room.line.restart();
    await room.sight.refresh();
    room.line.fault = (_request, write) => (write > 0 ? { before: busy } : undefined);
    expect(await go(room.runner, askMark(two().slice(0, 1), 'again'))).toMatchObject({
      result: 'nothing written',
      why: expect.stringContaining('too many requests'),
    });
    expect(room.line.writes.length).toBeLessThan(10);
  });

  it.each([
    [403, 'Forbidden', 'machines "x" is forbidden: RBAC: not allowed'],
    [422, 'Invalid', 'admission webhook "v.example" denied the request: no marks on Fridays'],
    [500, 'InternalError', 'failed calling webhook "v.example": connection refused'],
    [400, 'BadRequest', 'unknown field'],
  ])(
    'stops at the second step on a %d, and records that it is half done, word for word',
    async (code, reason, message) => {
      room = await openRoom();
      room.line.fault = (_request, write) =>
        write === 2 ? { before: new KubeError(code, reason, message) } : undefined;
      const result = await go(room.runner, askMark(room.machines()));
      expect(result).toMatchObject({
        result: 'half done',
        steps: [{ result: 'written' }, { result: 'refused', code }],
      });
      expect(result.why).toContain(message);
      expect(room.line.writes).toHaveLength(2);
      expect(await marked()).toBe(1);
      expect(await only()).toMatchObject({ status: 'half done', ended: { why: expect.stringContaining(message) } });
    },
  );

  it('can be called off between two steps', async () => {
    room = await openRoom();
    const stop = new AbortController();
    const result = await go(room.runner, askMark(room.machines()), {
      signal: stop.signal,
      onProgress: ({ index, state }) => index === 0 && state === 'written' && stop.abort(),
    });
    expect(result).toMatchObject({ result: 'half done', why: 'called off', steps: [{ result: 'written' }] });
    expect(room.line.writes).toHaveLength(1);
  });

  it('writes nothing where the journal cannot be begun', async () => {
    room = await openRoom();
    room.files.denied = 'EACCES';
    expect(await go(room.runner, askMark(two()))).toMatchObject({
      result: 'refused',
      why: expect.stringContaining('EACCES'),
    });
    expect(room.line.writes).toEqual([]);
  });

  it.each([
    ['its beginning', ['ENOSPC'], 0, 'refused'],
    ['the first step', [undefined, 'ENOSPC'], 0, 'nothing written'],
    ['the first answer', [undefined, undefined, 'ENOSPC'], 1, 'half done'],
    ['the second step', [undefined, undefined, undefined, 'ENOSPC'], 1, 'half done'],
  ])('stops when the disk is full at %s', async (_where, failing, writes, result) => {
    room = await openRoom();
    room.files.failing.push(...failing);
    expect(await go(room.runner, askMark(two()))).toMatchObject({
      result,
      why: expect.stringContaining('disk is full'),
    });
    expect(room.line.writes).toHaveLength(writes);
  });

  it('reads only, where it may only read', async () => {
    room = await openRoom();
    const { runner } = room.second(2, { readOnly: 'This context is read-only.' });
    expect(await go(runner, askMark(two()))).toEqual({
      result: 'refused',
      steps: [],
      why: 'This context is read-only.',
    });
    expect(room.line.writes).toEqual([]);
    expect(room.files.texts.size).toBe(0);
  });

  it('wants the words typed that a destructive operation asks for', async () => {
    room = await openRoom();
    const group = room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
    const request = {
      operation: 'scale',
      targets: [{ kind: 'deployment' as const, uid: group.uid, name: group.name }],
      values: { replicas: String(group.replicas.desired! - 1) },
    };
    expect(await go(room.runner, request, { confirm: [] })).toMatchObject({
      result: 'refused',
      why: expect.stringContaining(`"${group.name}"`),
    });
    expect(await go(room.runner, request, { confirm: ['x'] })).toMatchObject({ result: 'refused' });
    expect(room.line.writes).toEqual([]);
    expect(await go(room.runner, request)).toMatchObject({ result: 'written' });
  });

  it('refuses what the picture does not bear out any more', async () => {
    room = await openRoom();
    const plan = await planned(room.runner, askMark(two()));
    const rehearsed = await room.runner.dryRun(plan);
    room.sight.freshness = { ...room.sight.freshness, machine: { ...room.sight.freshness.machine, phase: 'stale' } };
    const stale = await room.runner.run(plan, rehearsed);
    expect(stale).toMatchObject({ result: 'refused', why: expect.stringContaining('Machine') });
    expect(await room.runner.prepare(askMark(two()))).toMatchObject({ refused: expect.stringContaining('Machine') });
    expect(room.line.writes).toEqual([]);
  });
});
