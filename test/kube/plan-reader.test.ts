import { describe, expect, it, vi } from 'vitest';
import type { PlanDetail } from '../../src/domain/objects.ts';
import { createPlanReader } from '../../src/kube/plan-reader.ts';
import { KubeError, type KubeRequest, type Transport } from '../../src/kube/types.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A server with one answer per name, which says how many requests were under way at once. */
function server(answer: (name: string) => unknown) {
  const asked: string[] = [];
  const open: (() => void)[] = [];
  let most = 0;
  const transport: Transport = {
    async json<T>({ path }: KubeRequest) {
      const name = path.split('/').at(-1)!;
      asked.push(name);
      await new Promise<void>((resolve) => {
        open.push(resolve);
        most = Math.max(most, open.length);
      });
      return answer(name) as T;
    },
    stream: async () => {
      throw new KubeError(0, 'Network', 'no streams here');
    },
    close() {},
  };
  return {
    transport,
    asked,
    most: () => most,
    /** Lets everything under way be answered, and what that starts, until nothing is. */
    async answerAll() {
      while (open.length > 0) {
        for (const resolve of open.splice(0)) resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

const secret = (name: string, uid = `uid-${name}`) => ({
  metadata: { name, uid, resourceVersion: '5' },
  data: { plan: base64('{"instructions":[{"name":"step"}]}'), 'applied-checksum': base64('aa') },
});
const plan = (name: string, resourceVersion = '1') => ({ uid: `uid-${name}`, name, resourceVersion });

describe('the reader of plans', () => {
  it('reads each revision once, again when it changed, and never more than four at a time', async () => {
    const world = server(secret);
    const details = new Map<string, PlanDetail | undefined>();
    const reader = createPlanReader({
      transport: world.transport,
      namespace: 'n',
      onDetail: (uid, detail) => details.set(uid, detail),
    });
    const names = Array.from({ length: 10 }, (_, index) => `h${index}`);
    reader.want(names.map((name) => plan(name)));
    await world.answerAll();
    expect(world.most()).toBe(4);
    expect(world.asked.sort()).toEqual(names);
    expect(details.get('uid-h3')?.instructions).toEqual(['step']);
    reader.want(names.map((name) => plan(name)));
    await world.answerAll();
    expect(world.asked).toHaveLength(10);
    reader.want([...names.slice(1).map((name) => plan(name)), plan('h0', '2')]);
    await world.answerAll();
    expect(world.asked.filter((name) => name === 'h0')).toHaveLength(2);
  });

  it('forgets what nobody wants any more', async () => {
    const world = server(secret);
    const onDetail = vi.fn();
    const reader = createPlanReader({ transport: world.transport, namespace: 'n', onDetail });
    reader.want([plan('h0')]);
    await world.answerAll();
    reader.want([]);
    expect(onDetail).toHaveBeenLastCalledWith('uid-h0', undefined);
  });

  it('takes nothing from a Secret that was deleted and made again', async () => {
    const world = server((name) => secret(name, 'another'));
    const onDetail = vi.fn();
    const reader = createPlanReader({ transport: world.transport, namespace: 'n', onDetail });
    reader.want([plan('h0')]);
    await world.answerAll();
    expect(onDetail).not.toHaveBeenCalled();
  });

  it('leaves a refused plan alone for a minute, then asks again', async () => {
    let now = 0;
    const world = server(() => {
      throw new KubeError(403, 'Forbidden', 'secrets is forbidden');
    });
    const onDetail = vi.fn();
    const reader = createPlanReader({ transport: world.transport, namespace: 'n', onDetail, now: () => now });
    reader.want([plan('h0')]);
    await world.answerAll();
    expect(onDetail).toHaveBeenCalledWith('uid-h0', undefined);
    reader.want([plan('h0')]);
    await world.answerAll();
    expect(world.asked).toHaveLength(1);
    now = 61_000;
    reader.want([plan('h0')]);
    await world.answerAll();
    expect(world.asked).toHaveLength(2);
  });

  it('says why plans may not be read, until one may', async () => {
    let allowed = false;
    const world = server((name) => {
      if (!allowed) throw new KubeError(403, 'Forbidden', 'secrets is forbidden');
      return secret(name);
    });
    const refused: (string | undefined)[] = [];
    const reader = createPlanReader({
      transport: world.transport,
      namespace: 'n',
      onDetail: () => {},
      onRefused: (why) => refused.push(why),
    });
    reader.want([plan('a')]);
    await world.answerAll();
    allowed = true;
    reader.want([plan('b')]);
    await world.answerAll();
    expect(refused).toEqual(['secrets is forbidden', undefined]);
  });
});
