/** Output read while it is on screen, and printed by the command's own functions. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { followOutput } from '../../src/app/output.ts';
import { outputData, outputText, readOutput } from '../../src/app/output-command.ts';
import { KubeError, type KubeRequest, type Transport } from '../../src/kube/types.ts';
import { newPlace } from '../../src/store/state.ts';
import { commit, createAppStore } from '../../src/store/store.ts';
import { fleetOf, host, NOW, plan, type Raw, smallDatacenter } from '../views/fixtures.ts';

const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64');
const PLAN = JSON.stringify({ instructions: [{ name: 'install', command: 'x', saveOutput: true }] });
const SUM = createHash('sha256').update(PLAN).digest('hex');

function secret(printed: string, uid = 'uid-Secret-rack1-u03') {
  return {
    kind: 'Secret',
    metadata: { name: 'rack1-u03', uid },
    data: {
      plan: b64(PLAN),
      'failed-checksum': b64(SUM),
      'failure-count': b64('1'),
      'failed-output': b64(gzipSync(JSON.stringify({ install: b64(printed) }))),
    },
  };
}

/** A server that answers GETs of single objects; every request is a line in `asked`. */
function server(objects: Record<string, () => unknown>) {
  const asked: string[] = [];
  const answer = (path: string) => {
    asked.push(path);
    const object = objects[path.slice(path.lastIndexOf('/', path.lastIndexOf('/') - 1) + 1)]?.();
    if (object === undefined) throw new KubeError(404, 'NotFound', 'not found');
    return object;
  };
  const transport: Transport = {
    json: async <T>({ path }: KubeRequest) => answer(path) as T,
    async stream({ path }) {
      const body = Buffer.from(JSON.stringify(answer(path)));
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          for (let at = 0; at < body.length; at += 1 << 16) yield body.subarray(at, at + (1 << 16));
        })(),
        close() {},
      };
    },
    close() {},
  };
  return { transport, asked };
}

function opened(objects: Record<string, () => unknown>) {
  const world = smallDatacenter();
  const session = { context: 'c', cluster: 'c', host: 'h', namespace: 'cpaas-system', demo: false };
  const store = createAppStore(session, fleetOf(world), NOW);
  const { transport, asked } = server(objects);
  const stop = followOutput({ store, transport, namespace: 'cpaas-system' });
  const ref = { kind: 'plan' as const, uid: 'uid-Secret-rack1-u03', name: 'rack1-u03' };
  return {
    store,
    asked,
    stop,
    open: () => store.setState((state) => ({ places: [...state.places, newPlace('output', ref)] })),
    leave: () => store.setState((state) => ({ places: state.places.slice(0, -1) })),
    /** The plan's Secret changed: a new revision of its metadata arrives. */
    touch() {
      const plans = (world.plan as Raw[]).map((each) =>
        each.metadata.name === 'rack1-u03' ? plan('rack1-u03', 'reprovision') : each,
      );
      commit(store, { fleet: fleetOf({ ...world, plan: plans }), now: NOW });
    },
    until: (done: () => boolean) =>
      new Promise<void>((resolve) => {
        const unsubscribe = store.subscribe(() => {
          if (!done()) return;
          unsubscribe();
          resolve();
        });
        if (done()) resolve();
      }),
  };
}

describe('the output on screen', () => {
  it('is read when its screen opens, read again when the Secret changes, and forgotten when it is left', async () => {
    let printed = 'first try\n';
    const board = opened({ 'secrets/rack1-u03': () => secret(printed) });
    expect(board.asked).toEqual([]);
    board.open();
    const text = () => board.store.getState().output?.output?.instructions[0]?.lines?.join('\n');
    await board.until(() => text() === 'first try');
    printed = 'second try\n';
    board.touch();
    await board.until(() => text() === 'second try');
    expect(board.asked).toHaveLength(2);
    board.leave();
    expect(board.store.getState().output).toBeUndefined();
    board.stop();
  });

  it('is not shown where the name means another plan by now, and says so', async () => {
    const board = opened({ 'secrets/rack1-u03': () => secret('x', 'another') });
    board.open();
    await board.until(() => board.store.getState().output?.state === 'failed');
    expect(board.store.getState().output?.error).toMatch(/another plan now/);
    board.stop();
  });

  it('says why it could not be read', async () => {
    const board = opened({});
    board.open();
    await board.until(() => board.store.getState().output?.state === 'failed');
    expect(board.store.getState().output?.error).toMatch(/rack1-u03/);
    board.stop();
  });

  it('refuses an answer larger than a Secret can be', async () => {
    const board = opened({ 'secrets/rack1-u03': () => ({ data: { plan: 'A'.repeat(9 * 1024 * 1024) } }) });
    board.open();
    await board.until(() => board.store.getState().output?.state === 'failed');
    expect(board.store.getState().output?.error).toMatch(/larger than any Secret/);
    board.stop();
  });
});

describe('metaldeck output', () => {
  const objects = {
    'machineinventories/rack1-u03': () => host('rack1-u03', 'Reprovisioning'),
    'machineinventories/bare': () => ({ kind: 'MachineInventory', metadata: { name: 'bare', uid: 'u' } }),
    'secrets/rack1-u03': () => secret('no space left\n--password hunter2\n'),
  };

  it('prints the whole, or one instruction, redacted', async () => {
    const found = await readOutput(server(objects).transport, 'cpaas-system', 'rack1-u03');
    expect(outputText(found, NOW)).toMatch(/retrying\nfailed at install, instruction 1 of 1\n/);
    const text = outputText(found, NOW, 'install');
    expect(text).toMatch(/^1\. install: failed, 33 bytes\n {3}no space left\n/);
    expect(text).not.toContain('hunter2');
    expect(outputData('rack1-u03', found)).toMatchObject({
      schema: 'metaldeck.output/v1',
      plan: { state: 'retrying', judgedBy: 'checksum', failing: 'install', failures: 1, mostFailures: null },
      instructions: [{ name: 'install', state: 'failed', ofEarlierPlan: false }],
    });
  });

  it.each([
    ['nobody', /There is no host nobody/, 2],
    ['bare', /has no plan yet/, 1],
  ])('says what is missing for %s', async (name, says, code) => {
    const asked = readOutput(server(objects).transport, 'cpaas-system', name);
    await expect(asked).rejects.toThrow(says);
    await expect(asked).rejects.toMatchObject({ code });
  });
});
