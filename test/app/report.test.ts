/** The incident report: an archive that others can open, in which nothing secret is. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { involved, reportEntries } from '../../src/app/report.ts';
import { tar, tarPath } from '../../src/app/tar.ts';
import { readTold } from '../../src/app/told.ts';
import { changesSince, HELD_MS, lineOf } from '../../src/app/watch.ts';
import type { OperationRecord } from '../../src/journal/replay.ts';
import { KubeError, type KubeRequest, type Transport } from '../../src/kube/types.ts';
import { commit, createAppStore, tick } from '../../src/store/store.ts';
import { fleetOf, host, NOW, type Raw, smallDatacenter } from '../views/fixtures.ts';
import { live } from '../views/screen.tsx';

const TOKEN = 'abcdef.0123456789abcdef';
const session = { context: 'prod', cluster: 'c', host: 'api:6443', namespace: 'cpaas-system', demo: false };
const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64');

function stateOf(fleet = fleetOf(smallDatacenter())) {
  const store = createAppStore(session, fleet, NOW);
  commit(store, { freshness: live(fleet), now: NOW });
  return store;
}

/** Answers as an API server would that has the small datacenter, and secrets everywhere. */
function server(): Transport {
  const world = Object.values(smallDatacenter()).flat() as Raw[];
  const answer = ({ path }: KubeRequest): unknown => {
    if (path === '/version') return { gitVersion: 'v1.33.7' };
    if (path.endsWith('/deployments')) throw new KubeError(403, 'Forbidden', 'deployments is forbidden');
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path === '/api/v1') return { resources: [{ name: 'secrets', namespaced: true }] };
    if (/^\/apis\/[^/]+$/.test(path)) return { versions: [{ version: 'v1beta1' }] };
    if (/^\/apis\/[^/]+\/v1beta1$/.test(path)) {
      const names = [
        'machineinventories',
        'machineinventorypools',
        'machines',
        'baremetalmachines',
        'machinedeployments',
      ];
      return { resources: [...names, 'clusters'].map((each) => ({ name: each, namespaced: true })) };
    }
    if (path.includes('/secrets/')) {
      return {
        kind: 'Secret',
        metadata: { name, uid: `uid-Secret-${name}` },
        data: {
          plan: b64(
            JSON.stringify({ instructions: [{ name: 'clean', saveOutput: true }], files: [{ content: b64(TOKEN) }] }),
          ),
          'applied-output': b64(gzipSync(JSON.stringify({ clean: b64(`joined with ${TOKEN}\n`) }))),
        },
      };
    }
    const found = world.find(
      ({ metadata, kind }) => metadata.name === name && path.includes(String(kind).slice(0, 7).toLowerCase()),
    );
    if (!found) throw new KubeError(404, 'NotFound', `${name} not found`);
    return { ...found, spec: { ...(found['spec'] as object), token: TOKEN, note: `uses ${TOKEN}` } };
  };
  return {
    json: async <T>(request: KubeRequest) => answer(request) as T,
    async stream(request) {
      const body = Buffer.from(JSON.stringify(answer(request)));
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield body;
        })(),
        close() {},
      };
    },
    close() {},
  };
}

describe('the report', () => {
  const entries = reportEntries(stateOf().getState(), server(), '1.2.3', undefined);
  const read = async (path: string) => (await entries).find((entry) => entry.path === `metaldeck-report/${path}`)?.text;

  it('has what is wrong, what it has to do with, and its output', async () => {
    const paths = (await entries).map(({ path }) => path.replace('metaldeck-report/', ''));
    expect(paths).toEqual(
      expect.arrayContaining([
        'README.md',
        'objects/MachineInventory/rack2-u02.yaml',
        'objects/MachineInventoryPool/prod-worker-pool.yaml',
        'output/rack2-u02.txt',
        'timeline/MachineInventory-rack2-u02.txt',
        'why.txt',
        'events.txt',
        'snapshot.json',
      ]),
    );
    expect(await read('why.txt')).toMatch(/host unavailable[\s\S]*what now/);
    expect(await read('output/rack2-u02.txt')).toMatch(/clean[\s\S]*joined with <redacted/);
    expect(JSON.parse((await read('snapshot.json')) ?? '')).toMatchObject({
      verdict: 'attention',
      hosts: { length: 6 },
    });
  });

  it('begins with a summary: verdict, versions, what was left out and why', async () => {
    const summary = (await read('README.md')) ?? '';
    expect(summary).toMatch(/Verdict: \*\*needs attention\*\*/);
    expect(summary).toMatch(/\| bad \| MachineInventory \| rack2-u02 \|/);
    expect(summary).toContain('metaldeck 1.2.3');
    expect(summary).toContain('API server v1.33.7');
    expect(summary).toContain('- cluster prod: version not known');
    expect(summary).toMatch(/What was left out[\s\S]*images of the controllers.*deployments is forbidden/);
    expect(summary).toMatch(/the journal could not be read/);
    for (const { path } of await entries) {
      if (!path.endsWith('README.md')) expect(summary).toContain(path.replace('metaldeck-report/', ''));
    }
  });

  it('holds no secret in any file', async () => {
    for (const { text } of await entries) expect(text).not.toContain(TOKEN);
  });

  it('keeps within bounds however many are broken, and says how many are not in it', () => {
    const many = Array.from({ length: 300 }, (_, n) => host(`bad-${n}`, 'Unavailable'));
    const { problems, leftOut } = involved(stateOf(fleetOf({ ...smallDatacenter(), host: many })).getState());
    expect(problems).toHaveLength(100);
    expect(leftOut[0]).toMatch(/^2\d\d objects with problems/);
  });
});

describe('the archive', () => {
  it('is one that tar reads, with long names cut and told apart, and no way out of its folder', () => {
    const long = 'x'.repeat(200);
    const files = [
      { path: 'a/short.txt', text: 'one\n' },
      { path: `a/${long}1.yaml`, text: 'y'.repeat(512) },
      { path: `a/${long}2.yaml`, text: '' },
      { path: '../../etc/passwd', text: 'no\n' },
      { path: 'a/odd name;rm -rf.txt', text: 'grüße\n' },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'metaldeck-tar-'));
    try {
      writeFileSync(join(folder, 'r.tar'), tar(files, NOW));
      const list = execFileSync('tar', ['-tvf', 'r.tar'], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
      expect(list).toHaveLength(5);
      for (const line of list) expect(line).toMatch(/^-rw------- /);
      expect(new Set(files.map(({ path }) => tarPath(path))).size).toBe(5);
      for (const { path } of files) {
        expect(tarPath(path).length).toBeLessThanOrEqual(100);
        expect(tarPath(path).split('/')).not.toContain('..');
      }
      const odd = tarPath(files[4]!.path);
      expect(execFileSync('tar', ['-xOf', 'r.tar', odd], { cwd: folder, encoding: 'utf8' })).toBe('grüße\n');
      expect(execFileSync('tar', ['-xOf', 'r.tar', tarPath(files[1]!.path)], { cwd: folder }).length).toBe(512);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what the journal tells', () => {
  it('is that of this server and namespace, without escapes', async () => {
    const record = (id: string, server_: string, namespace: string): OperationRecord => ({
      id,
      at: NOW,
      steps: [],
      status: 'done',
      broken: 0,
      began: {
        type: 'began',
        id,
        token: 't',
        process: { host: 'h', pid: 1 },
        user: { os: 'ann' },
        context: 'c',
        server: server_,
        namespace,
        request: { operation: 'replace', targets: [{ kind: 'machine', uid: 'u', name: 'n' }], values: {} },
        plan: {
          title: 'Replace \u001b[31mn',
          steps: [],
          expected: [],
          confirm: [],
          undo: '',
        } as unknown as OperationRecord['began']['plan'],
        rehearsed: [],
        withheld: [],
      },
    });
    const list = async () => [record('a', 'api:6443', 'cpaas-system'), record('b', 'other:6443', 'cpaas-system')];
    expect(await readTold({ list }, session)).toMatchObject([
      { id: 'a', title: 'Replace n', by: 'ann', status: 'done' },
    ]);
  });
});

describe('snapshot --watch', () => {
  it('gives a line for each change seen, and one when the verdict is another', () => {
    const store = stateOf();
    const before = store.getState();
    commit(store, { now: NOW + 60_000 });
    const world = smallDatacenter();
    world.host = world.host!.map((each) =>
      each.metadata.name === 'rack2-u02' ? host('rack2-u02', 'Available') : each,
    );
    commit(store, { fleet: fleetOf({ ...world, machine: [], baremetalMachine: [], pool: [] }), now: NOW + 120_000 });
    const lines = changesSince(before, store.getState()).map(lineOf);
    expect(
      lines.some((line) => /^2026-11-21 03:02:00Z {2}MachineInventory\/rack2-u02 {2}use: unavailable -> /.test(line)),
    ).toBe(true);
    expect(changesSince(store.getState(), store.getState())).toEqual([]);
    const last = store.getState();
    const verifiedAt = NOW + 170_000;
    const unverified = { phase: 'stale', synced: true, since: NOW, verifiedAt, count: 6, error: 'no answer' } as const;
    commit(store, { freshness: { host: unverified }, now: NOW + 180_000 });
    // A slow answer is not an unknown one: only what was not verified for long is.
    const toldNow = () => changesSince(last, store.getState()).map(({ text }) => text);
    expect(toldNow().join()).not.toMatch(/unknown|no answer/);
    tick(store, verifiedAt + HELD_MS);
    expect(toldNow().join()).not.toMatch(/unknown|no answer/);
    tick(store, verifiedAt + HELD_MS + 1);
    expect(changesSince(last, store.getState()).at(-1)).toMatchObject({
      verdict: 'unknown',
      text: expect.stringMatching(/-> unknown: MachineInventory \(no answer\)/),
    });
  });

  it.each([
    ['forbidden', { phase: 'forbidden', synced: false, count: 0 }],
    ['never read whole', { phase: 'stale', synced: false, count: 3, verifiedAt: NOW }],
    ['refused', { phase: 'auth', synced: true, count: 6, verifiedAt: NOW }],
  ] as const)('does not wait where a kind is %s', (_, fresh) => {
    const store = stateOf();
    const before = store.getState();
    commit(store, { freshness: { host: { since: NOW, ...fresh } }, now: NOW + 1 });
    expect(changesSince(before, store.getState()).at(-1)).toMatchObject({ verdict: 'unknown' });
  });
});
