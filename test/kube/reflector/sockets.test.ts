/** The cache over real connections to a real HTTP server, and the ways in which they break. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CredentialSource, fixedCredentials } from '../../../src/kube/http/credentials.ts';
import { httpTransport } from '../../../src/kube/http/transport.ts';
import { createResourceCache, type ResourceCache } from '../../../src/kube/reflector/cache.ts';
import { DEFAULTS, type Settings } from '../../../src/kube/reflector/settings.ts';
import { KubeError, type Transport } from '../../../src/kube/types.ts';
import { refusal, statusBody } from './support/fake-api.ts';
import { seededRandom } from './support/fake-clock.ts';
import { FaultyServer } from './support/faulty-server.ts';
import { Held, PATH, THINGS, type Thing } from './support/world.ts';

/** The defaults, about forty times faster. */
const FAST: Settings = {
  ...DEFAULTS,
  backoff: { baseMs: 20, factor: 2, capMs: 200, jitter: 1, resetMs: 2_000 },
  deniedRetryMs: [60, 120],
  openMs: 400,
  idleMs: 900,
  listIdleMs: 900,
  standMs: 50,
  quietMs: 10,
  catchUpMs: 300,
  graceMs: 100,
  probe: { everyMs: 300, retryMs: 50, timeoutMs: 300 },
  flushMs: 5,
};

let server: FaultyServer;
let transport: Transport;
let cache: ResourceCache;
let held: Held;
let phases: string[];

beforeEach(() => {
  server = new FaultyServer();
  server.api.bookmarkMs = 200;
  server.api.serve(PATH);
  for (const name of ['a', 'b']) server.api.put(PATH, name, { text: 'häßlich 日本語 🚢' });
});

afterEach(async () => {
  await cache.stop();
  transport.close();
  await vi.waitFor(() => expect([server.sockets, server.api.watches]).toEqual([0, 0]));
  await server.close();
});

async function start(
  settings: Partial<Settings> = {},
  credentials: CredentialSource = fixedCredentials(),
): Promise<void> {
  held = new Held();
  phases = [];
  transport = httpTransport({ server: await server.listen(), credentials, userAgent: 'test' });
  cache = createResourceCache<Thing>({
    kinds: ['thing'],
    resolve: async () => THINGS,
    transport,
    settings: { ...FAST, ...settings },
    random: seededRandom(3),
    onChange(batch) {
      held.take(batch.changes.get('thing') ?? []);
      const phase = batch.freshness.get('thing')?.phase;
      if (phase !== undefined && phase !== phases.at(-1)) phases.push(phase);
    },
  });
  cache.start();
}

const freshness = () => cache.freshness()['thing']!;
const reached = (phase: string) =>
  vi.waitFor(() => expect(freshness().phase).toBe(phase), { timeout: 15_000, interval: 5 });
const converged = () =>
  vi.waitFor(
    () => {
      expect(freshness().phase).toBe('live');
      expect(held.states).toEqual(server.api.truth(PATH));
    },
    { timeout: 15_000, interval: 5 },
  );

async function live(settings?: Partial<Settings>): Promise<void> {
  await start(settings);
  await reached('live');
  phases.length = 0;
  server.requests.length = 0;
}

describe('over real connections', () => {
  it('follows additions, changes and deletions', async () => {
    await live();
    server.api.put(PATH, 'c', { text: 'x'.repeat(200_000) });
    server.api.put(PATH, 'a', { text: '🚢'.repeat(50_000) });
    server.api.remove(PATH, 'b');
    await converged();
    expect(held.names).toEqual(['a', 'c']);
  });

  it('reads a large list in pages where WatchList is refused', async () => {
    for (let n = 0; n < 1_000; n += 1) server.api.put(PATH, `n${n}`, { text: `${n} 日本語`.repeat(20) });
    server.api.watchList = 'refused';
    server.api.pageSize = 300;
    await start({ strategy: 'watchlist' });
    await converged();
    expect(server.requests.filter(({ query }) => query['continue']).length).toBeGreaterThanOrEqual(3);
  });

  it('reads a large first state through WatchList', async () => {
    for (let n = 0; n < 1_000; n += 1) server.api.put(PATH, `n${n}`, { text: `${n} 日本語`.repeat(20) });
    await start({ strategy: 'watchlist' });
    await converged();
    expect(server.requests.some(({ query }) => query['resourceVersion'] === '0')).toBe(false);
  });

  it('begins anew after a list that was cut, and keeps what it had', async () => {
    for (let n = 0; n < 200; n += 1) server.api.put(PATH, `n${n}`, { text: 'x'.repeat(1_000) });
    let cuts = 0;
    server.fault = (path, query) => {
      if (path !== PATH || query['watch'] || query['limit'] || cuts++ > 1) return undefined;
      const { body } = server.api.answer(path, query) as { body: string };
      // Announces more than it sends, and is silent then.
      return {
        status: 200,
        headers: { 'content-length': String(body.length * 2) },
        body: body.slice(0, body.length / 2),
      };
    };
    await start({ listIdleMs: 150 });
    await converged();
    expect(cuts).toBeGreaterThan(1);
  });

  it.each(['status', 'event'] as const)(
    'lists again when the revision expired while it was away (410 by %s)',
    async (how) => {
      await live();
      server.api.expireBy = how;
      await server.down();
      server.api.remove(PATH, 'a');
      server.api.put(PATH, 'a', { second: true });
      server.api.compact();
      await reached('stale');
      await server.listen();
      await converged();
      expect(held.names).toEqual(['a', 'b']);
    },
  );

  it('freezes verifiedAt while the server is down', async () => {
    await live();
    await server.down();
    await reached('stale');
    const { verifiedAt } = freshness();
    server.api.put(PATH, 'c');
    // A second failed probe, to have been down for a while.
    const error = freshness().error;
    await vi.waitFor(() => expect([error, freshness().retryAt]).not.toEqual([error, undefined]));
    expect(freshness()).toMatchObject({ phase: 'stale', verifiedAt, count: 2, synced: true });
    await server.listen();
    await converged();
    expect(freshness().verifiedAt).toBeGreaterThan(verifiedAt!);
  });

  it('waits as long as a 503 asks for', async () => {
    await live();
    const asked: number[] = [];
    server.fault = (path) => {
      if (path !== PATH) return undefined;
      asked.push(Date.now());
      const body = statusBody(503, 'ServiceUnavailable', 'overloaded');
      return asked.length > 1 ? undefined : { status: 503, headers: { 'retry-after': '1' }, body };
    };
    server.api.endWatches();
    await reached('stale');
    expect(freshness().retryAt! - asked[0]!).toBeGreaterThanOrEqual(1_000);
    await converged();
  });

  it('finds a connection that died unseen, by its silence', async () => {
    await live();
    for (const watch of server.watches) server.kill(watch);
    server.api.put(PATH, 'unseen');
    await converged();
    expect(held.names).toContain('unseen');
  });

  it('is stale when the way is cut unseen, and live again by a new watch', async () => {
    await live({ idleMs: 60_000 });
    server.swallow();
    server.api.put(PATH, 'unseen');
    await reached('stale');
    expect(freshness().error).toMatch(/did not answer/);
    server.heal();
    await converged();
    expect(held.names).toContain('unseen');
  });

  it('leaves a quiet watch alone that bookmarks keep warm', async () => {
    await live({ idleMs: 3_000 });
    const bookmarks = new Set<string | undefined>();
    const more = setInterval(() => {
      server.api.revision += 1;
      bookmarks.add(freshness().resourceVersion);
    }, 20);
    await vi.waitFor(() => expect(bookmarks.size).toBeGreaterThan(8), { timeout: 15_000 });
    clearInterval(more);
    expect(server.requests.filter(({ path }) => path === PATH)).toEqual([]);
    expect(phases).toEqual(['live']);
  });

  it('is forbidden, then granted; forbidden again while live; and absent, then installed', async () => {
    server.api.denied = { status: 403, reason: 'Forbidden' };
    await start();
    await reached('forbidden');
    server.api.denied = undefined;
    await converged();
    server.api.denied = { status: 403, reason: 'Forbidden' };
    server.api.endWatches();
    await reached('forbidden');
    expect(held.objects.size).toBe(0);
    server.api.denied = undefined;
    await converged();
    server.api.withdraw(PATH);
    await reached('absent');
    expect(held.objects.size).toBe(0);
    server.api.serve(PATH);
    server.api.put(PATH, 'new');
    await converged();
  });

  it('takes a rotated token without a word, through the transport', async () => {
    server.api.token = 'one';
    let token = 'one';
    const credentialsOf = (value: string) => ({ headers: { Authorization: `Bearer ${value}` } });
    let current = credentialsOf(token);
    await start(
      {},
      {
        get: async () => current,
        renew: async () => {
          current = credentialsOf(token);
          return current;
        },
        close() {},
      },
    );
    await converged();
    token = 'two';
    server.api.token = 'two';
    phases.length = 0;
    server.api.endWatches();
    server.api.put(PATH, 'c');
    await converged();
    expect(phases).toEqual(['live']);
  });

  it('says why credentials cannot be had, and goes on when they can', async () => {
    let expired = true;
    const credentials = fixedCredentials();
    const get = async () => {
      if (expired) throw new KubeError(0, 'Credentials', 'SSO session expired; run login');
      return credentials.get();
    };
    await start({}, { ...credentials, get });
    await reached('auth');
    expect(freshness()).toMatchObject({ synced: false, error: 'SSO session expired; run login' });
    expired = false;
    await converged();
  });

  it('goes on after an ERROR event, a line that was cut, and a line that is garbage', async () => {
    await live();
    const bad = [
      (write: (text: string) => void) =>
        write(`${JSON.stringify({ type: 'ERROR', object: JSON.parse(statusBody(500, 'InternalError', 'boo')) })}\n`),
      (write: (text: string) => void, end: () => void) => {
        write('{"type":"ADDED","object":{"metadata":{"na');
        end();
      },
      (write: (text: string) => void) => write('}{\n'),
    ];
    for (const [n, send] of bad.entries()) {
      const [watch] = server.watches;
      send(
        (text) => watch?.response.write(text),
        () => watch?.response.end(),
      );
      server.api.put(PATH, `after-${n}`);
      await converged();
    }
    expect(held.names).toEqual(['a', 'after-0', 'after-1', 'after-2', 'b']);
  });

  it('keeps up with a server that ends its watches all the time while things change', async () => {
    await live();
    let n = 0;
    const churn = setInterval(() => {
      n += 1;
      server.api.put(PATH, `n${n % 7}`, { n });
      if (n % 3 === 0) server.api.remove(PATH, `n${(n + 3) % 7}`);
      if (n % 20 === 0) server.api.endWatches();
    }, 5);
    await vi.waitFor(() => expect(n).toBeGreaterThan(400), { timeout: 15_000 });
    clearInterval(churn);
    await converged();
  });

  it('refuses to take a request for an answer that never comes', async () => {
    server.fault = (path, query) => (path === PATH && !query['watch'] && !query['limit'] ? 'hang' : undefined);
    await start({ listIdleMs: 100 });
    await vi.waitFor(() => expect(freshness().error).toMatch(/no answer/));
    expect(freshness()).toMatchObject({ phase: 'waiting', synced: false });
    server.fault = () => undefined;
    await converged();
  });

  it.each([1, 2])('converges after random chaos, black holes included (seed %i)', async (seed) => {
    await start();
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const writes = setInterval(() => {
      const name = pick(['a', 'b', 'c', 'd', 'e']);
      if (random() < 0.3) server.api.remove(PATH, name);
      else server.api.put(PATH, name, { n: random() });
    }, 7);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const strikes: (() => unknown)[] = [
      () => server.api.endWatches(),
      () => server.api.compact(),
      () => server.watches[0]?.socket.resetAndDestroy(),
      () => server.watches[0]?.response.write('{"type":"MODI'),
      () => server.watches[0]?.response.write('nonsense\n'),
      () => server.watches[0] && server.kill(server.watches[0]),
      async () => {
        await server.down();
        await pause(random() * 200);
        await server.listen();
      },
      async () => {
        server.swallow();
        await pause(random() * 500);
        server.heal();
      },
      async () => {
        const code = pick([401, 403, 404, 410, 429, 500, 503]);
        server.fault = (path) => (path === PATH ? refusal(code, `Reason${code}`, 'refused') : undefined);
        server.api.endWatches();
        await pause(random() * 150);
        server.fault = () => undefined;
      },
    ];
    for (let n = 0; n < 25; n += 1) {
      await pause(random() * 80);
      await pick(strikes)();
    }
    clearInterval(writes);
    await converged();
  });
});
