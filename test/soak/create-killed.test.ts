/**
 * `metaldeck create apply` is killed after each of its writes, and begun again, until six nodes are Ready: on a management
 * cluster that serves Cluster API v1beta2 alone.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answersText } from '../../src/guides/create/write.ts';
import { draftWith } from '../guides/create/fixtures.ts';
import type { Gateway } from '../runner/gateway.ts';
import { openPlace, type Place } from '../runner/place.ts';
import { type Home, kubeconfigFor, makeHome } from '../runner/program.ts';

let place: Place;
let gateway: Gateway;
let home: Home;

beforeAll(async () => {
  place = await openPlace({ hosts: 0, waiting: 6, speed: 100, clusterApi: 'v1beta2' });
  ({ gateway, home } = place);
});
afterAll(() => place?.close());

it('goes on from every write at which it was killed', async () => {
  const bare = draftWith({ 'controlPlane.hosts': [], 'workers.hosts': [], 'endpoint.host': '10.20.1.200' });
  const file = home.file('depot.yaml', answersText(bare));
  // Who works on it is told by a Lease, at which nobody is killed here: that would come before everything else.
  const writes = () => gateway.writes.filter(({ url }) => !url?.includes('/leases'));
  let killed = 0;
  for (let turn = 0; turn < 40; turn += 1) {
    const before = writes().length;
    const run = home.start('create', 'apply', '--from', file, '--wait', '--timeout', '20');
    const watching = setInterval(() => {
      if (writes().length === before) return;
      clearInterval(watching);
      run.child.kill('SIGKILL');
    }, 5);
    const ended = await run.ended;
    clearInterval(watching);
    if (ended.signal === 'SIGKILL') killed += 1;
    if (ended.code === 0) {
      expect(killed).toBeGreaterThanOrEqual(5);
      expect(ended.out).toContain('[x] 6 BaremetalMachines Running and ready');
      // Each object was written once: what stood was not written again.
      const paths = writes().map(({ url }) => url.split('?')[0]);
      expect(new Set(paths).size).toBe(11);
      return;
    }
    expect(ended.err).not.toMatch(/metaldeck failed/);
    await home.run('create', 'fill', '--from', file);
  }
  throw new Error(`not done; ${writes().length} writes arrived`);
});

it('lets nobody else work on a cluster meanwhile, from whatever account; and one that was killed holds nothing', async () => {
  const text = answersText(
    draftWith({ parts: ['registration'], cluster: 'annex', networks: undefined, endpoint: undefined }),
  );
  const first = home.start('create', 'apply', '--from', home.file('annex.yaml', text), '--wait', '--timeout', '60');
  const held = () => gateway.writes.some(({ method, url }) => method === 'POST' && url.includes('/leases'));
  gateway.writes.length = 0;
  while (!held()) await new Promise((next) => setTimeout(next, 20));
  const other = makeHome(kubeconfigFor(gateway.url));
  const again = () => other.run('create', 'apply', '--from', other.file('annex.yaml', text));
  const second = await again();
  expect(second.err).toMatch(/works on annex at this moment: nothing was done; --take-over/);
  expect(second.code).toBe(1);
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await again()).code).toBe(3);
  other.remove();
});
