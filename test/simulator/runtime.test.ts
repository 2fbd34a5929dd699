import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KubeRequest, Transport } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { mergePatch } from '../../src/simulator/controllers/json.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { names as nameList } from '../../src/simulator/controllers/messages.ts';
import { parseUnixDate, unixDate } from '../../src/simulator/controllers/plan-secret.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import type { ConfigMap } from '../../src/simulator/controllers/shapes/core.ts';
import { openLab, start } from './harness.ts';

const open: Runtime[] = [];
afterEach(async () => {
  for (const runtime of open.splice(0)) await runtime.stop();
});

const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

function bench(speed = 1) {
  const clock = new ManualClock(start);
  const api = createApi({ now: () => clock.now() });
  const plain = apiTransport(api, { user: { name: 'bench', groups: ['system:masters'] } });
  const requests: KubeRequest[] = [];
  const management: Transport = {
    json: (request) => {
      requests.push(request);
      return plain.json(request);
    },
    stream: (request) => plain.stream(request),
    close: () => plain.close(),
  };
  const errors: string[] = [];
  const runtime = new Runtime({
    management,
    workload: () => management,
    clock,
    speed,
    onError: (error, where) => errors.push(`${where} ${String(error)}`),
  });
  open.push(runtime);
  return { clock, api, runtime, plain, requests, errors };
}

describe('what has passed since a time of whole seconds', () => {
  it.each([1, 60, 400])('is never more than has passed at %i times life', (speed) => {
    const { clock, runtime } = bench(speed);
    clock.step(start + 700);
    const at = runtime.timestamp();
    expect(runtime.since(at)).toBeLessThanOrEqual(700);
    clock.step(start + 2000);
    const passed = 1300 * speed;
    expect(runtime.since(at)).toBeLessThanOrEqual(speed === 1 ? 2000 : passed);
    expect(runtime.since(at)).toBeGreaterThanOrEqual(passed - 1000 * speed);
    expect(runtime.since(undefined)).toBe(0);
  });
});

describe('an informer', () => {
  it('survives a watch that ends and a past that is forgotten, and misses nothing', async () => {
    const { api, runtime, plain } = bench();
    const maps = runtime.informer(kinds.ConfigMap);
    const heard: string[] = [];
    maps.onChange(({ metadata }, change) => heard.push(`${change} ${metadata.name}`));
    await runtime.start();
    const path = '/api/v1/namespaces/cpaas-system/configmaps';
    await plain.json({ method: 'POST', path, body: map('one') });
    await vi.waitFor(() => expect(heard).toEqual(['added one']));
    api.faults.endWatches();
    await plain.json({ method: 'POST', path, body: map('two') });
    await vi.waitFor(() => expect(maps.get('two')).toBeDefined());
    api.faults.compact();
    api.faults.dropConnections();
    await plain.json({ method: 'DELETE', path: `${path}/one` });
    await plain.json({ method: 'POST', path, body: map('three') });
    await vi.waitFor(
      () =>
        expect(
          maps
            .list()
            .map(({ metadata }) => metadata.name)
            .sort(),
        ).toEqual(['three', 'two']),
      5000,
    );
    expect(heard).toContain('deleted one');
  });

  it('finds objects by an index, and no longer where they have left it', async () => {
    const { runtime } = bench();
    const maps = runtime.informer(kinds.ConfigMap);
    maps.index('colour', ({ data }) => (data?.['colour'] ? [data['colour']] : []));
    await runtime.start();
    const { client } = runtime;
    const a = await client.create(kinds.ConfigMap, map('a', { colour: 'red' }));
    await client.create(kinds.ConfigMap, map('b', { colour: 'red' }));
    const found = (colour: string) => maps.by('colour', colour).map(({ metadata }) => metadata.name);
    expect(found('red')).toEqual(['a', 'b']);
    await client.change(kinds.ConfigMap, a, (draft) => {
      draft.data = { colour: 'blue' };
    });
    expect([found('red'), found('blue')]).toEqual([['b'], ['a']]);
    await client.remove(kinds.ConfigMap, 'b');
    expect(found('red')).toEqual([]);
  });
});

describe('a client', () => {
  it('has read its own write back when it returns, and sends nothing where nothing changes', async () => {
    const { runtime, requests } = bench();
    const maps = runtime.informer(kinds.ConfigMap);
    await runtime.start();
    const made = await runtime.client.create(kinds.ConfigMap, map('a', { x: '1' }));
    expect(maps.get('a')?.data).toEqual({ x: '1' });
    const before = requests.length;
    expect(await runtime.client.change(kinds.ConfigMap, made, () => {})).toBe(made);
    expect(requests.length).toBe(before);
    await runtime.client.change(kinds.ConfigMap, made, (draft) => {
      draft.data = { y: '2' };
    });
    expect(maps.get('a')?.data).toEqual({ y: '2' });
    expect(requests.at(-1)?.body).toMatchObject({ data: { x: null, y: '2' } });
    await runtime.client.remove(kinds.ConfigMap, 'a');
    expect(maps.get('a')).toBeUndefined();
    expect(await runtime.client.remove(kinds.ConfigMap, 'a')).toBe(false);
  });

  it('refuses to write over somebody else, and the queue tries again on what is there then', async () => {
    const { runtime, clock, errors } = bench();
    const maps = runtime.informer(kinds.ConfigMap);
    await runtime.start();
    const stale = await runtime.client.create(kinds.ConfigMap, map('a', { count: '0' }));
    await runtime.client.change(kinds.ConfigMap, stale, (draft) => {
      draft.data = { count: '1' };
    });
    let first = true;
    const controller = runtime.controller('counter', async (name) => {
      const object = first ? stale : maps.get(name)!;
      first = false;
      await runtime.client.change(kinds.ConfigMap, object, (draft) => {
        draft.data = { count: String(Number(draft.data?.['count']) + 1) };
      });
      return undefined;
    });
    controller.enqueue('a');
    await runtime.idle();
    expect(maps.get('a')?.data).toEqual({ count: '1' });
    clock.step();
    await runtime.idle();
    expect(maps.get('a')?.data).toEqual({ count: '2' });
    expect(errors).toEqual([]);
  });
});

describe('the work queue', () => {
  it('reconciles one object at a time, each once, in the order in which they became due', async () => {
    const { runtime, clock } = bench();
    const seen: string[] = [];
    let running = 0;
    const controller = runtime.controller('order', async (name) => {
      expect(running++).toBe(0);
      await Promise.resolve();
      seen.push(name);
      running--;
      return undefined;
    });
    await runtime.start();
    controller.enqueueAfter('late', 500);
    controller.enqueueAfter('early', 100);
    controller.enqueueAfter('late', 900);
    for (const name of ['b', 'a', 'b']) controller.enqueue(name);
    await runtime.idle();
    while (clock.step()) await runtime.idle();
    expect(seen).toEqual(['b', 'a', 'early', 'late']);
  });

  it('reports what fails, and tries it again later and later', async () => {
    const { runtime, clock, errors } = bench();
    const times: number[] = [];
    const controller = runtime.controller('broken', async () => {
      times.push(clock.now() - start);
      throw new Error('no');
    });
    await runtime.start();
    controller.enqueue('x');
    await runtime.idle();
    for (let i = 0; i < 4; i++) {
      clock.step();
      await runtime.idle();
    }
    expect(times).toEqual([0, 200, 600, 1400, 3000]);
    expect(errors[0]).toBe('broken/x Error: no');
  });
});

describe('time', () => {
  it('passes so many times faster as the speed says, while timestamps stay those of the clock', async () => {
    const done = async (speed: number) => {
      const { runtime, clock } = bench(speed);
      let at = 0;
      const controller = runtime.controller('slow', async (name) => {
        const left = runtime.delays.left(name, 'work', () => 60_000);
        if (left > 0) return left;
        at = clock.now() - start;
        return undefined;
      });
      await runtime.start();
      controller.enqueue('x');
      await runtime.idle();
      while (clock.step()) await runtime.idle();
      return at;
    };
    expect(await done(1)).toBe(60_000);
    expect(await done(15)).toBe(4000);
  });

  it('tells the same story for the same seed and another for another', async () => {
    const story = async (seed: string) => {
      const lab = await openLab({ seed });
      const lines: string[] = [];
      lab.runtime.onStep((controller, object) => lines.push(`${lab.clock.now()} ${controller} ${object}`));
      const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
      await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
        draft.spec!.template!.spec!.version = 'v1.33.7-3';
      });
      await lab.run(10 * 60_000);
      await lab.stop();
      return lines;
    };
    const first = await story('same');
    expect(first.length).toBeGreaterThan(100);
    expect(await story('same')).toEqual(first);
    expect(await story('other')).not.toEqual(first);
  });
});

it('does what became due while its program did not run when it runs again, and others meanwhile', async () => {
  const clock = new ManualClock(start);
  const api = createApi({ now: () => clock.now() });
  const management = apiTransport(api, { user: { name: 'bench', groups: ['system:masters'] } });
  const runtime = new Runtime({ management, workload: () => management, clock });
  open.push(runtime);
  const done: string[] = [];
  let stopped: ReturnType<Runtime['controller']> | undefined;
  runtime.within('operator', () => {
    stopped = runtime.controller('stopped', async (name) => void done.push(`stopped ${name}`));
  });
  const running = runtime.controller('running', async (name) => void done.push(`running ${name}`));
  await runtime.start();
  runtime.run('operator', false);
  expect(runtime.runs('operator')).toBe(false);
  stopped!.enqueue('a');
  stopped!.enqueue('a');
  stopped!.enqueueAfter('b', 1000);
  running.enqueue('c');
  await runtime.idle();
  while (clock.step(start + 5000));
  await runtime.idle();
  expect(done).toEqual(['running c']);
  runtime.run('operator', true);
  await runtime.idle();
  expect(done).toEqual(['running c', 'stopped a', 'stopped b']);
});

describe('small parts', () => {
  it('writes the difference of two objects as a merge patch', () => {
    const before = { a: 1, b: { c: [1, 2], d: 'x' }, e: {} };
    expect(mergePatch(before, structuredClone(before))).toBeUndefined();
    expect(mergePatch(before, { a: 1, b: { c: [2], f: null }, e: {} })).toEqual({ b: { c: [2], d: null, f: null } });
  });

  it('writes and reads the times of the system agent', () => {
    const at = Date.parse('2026-03-07T09:05:01Z');
    expect(unixDate(at)).toBe('Sat Mar  7 09:05:01 UTC 2026');
    expect(parseUnixDate(unixDate(at))).toBe(at);
    expect(parseUnixDate('yesterday')).toBeNaN();
  });

  it('repeats its chance, and spreads it', () => {
    const draw = (...seed: (string | number)[]) =>
      Array.from(
        { length: 5 },
        (
          (random) => () =>
            random.next()
        )(new Random(...seed)),
      );
    expect(draw('a', 1)).toEqual(draw('a', 1));
    expect(draw('a', 1)).not.toEqual(draw('a', 2));
    const random = new Random('spread');
    const mean = Array.from({ length: 2000 }, () => random.next()).reduce((a, b) => a + b) / 2000;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('names three and counts the rest', () => {
    expect(nameList(['a', 'b', 'c'])).toBe('a, b, c');
    expect(nameList(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, ... (2 more)');
  });
});
