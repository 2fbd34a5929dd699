/** What managers have written before the datacenter begins reads as what they write then. */
import { afterEach, expect, it } from 'vitest';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import type { ClusterApiVersion } from '../../src/simulator/controllers/kinds.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';

const minute = 60_000;
const space = 'namespaces/cpaas-system';
let datacenter: Datacenter;
afterEach(() => datacenter.stop());

/** The lines of Cluster API's managers, by what they say but for names: from where, and with which values in which order. */
async function words(): Promise<Map<string, Set<string>>> {
  const { items } = await datacenter.transport.json<{ items: { metadata: { name: string } }[] }>({
    path: `/api/v1/${space}/pods`,
  });
  const said = new Map<string, Set<string>>();
  for (const { metadata } of items.filter(({ metadata }) => metadata.name.startsWith('capi-'))) {
    const { body } = await datacenter.api.handle({
      ...{ method: 'GET', path: `/api/v1/${space}/pods/${metadata.name}/log`, query: new URLSearchParams() },
      ...{ accept: '', contentType: '', body: '', user: { name: 'somebody', groups: ['system:masters'] } },
    });
    for (const line of String(body).split('\n')) {
      const [, place, message = '', values = ''] = /\d (\w+\.go:\d+)\] "((?:[^"\\]|\\.)*)"(.*)$/.exec(line) ?? [];
      if (place === undefined) continue;
      const plain = message.replace(/(prod|edge-a|lab)-[a-z0-9-]+/g, 'NAME').replace(/\d+/g, 'N');
      const keys = values.replace(/\{.*?\}|"(?:[^"\\]|\\.)*"/g, '').replaceAll('=', '');
      const known = said.get(plain) ?? new Set();
      said.set(plain, known.add(`${place}${keys.replace(/\d+/g, '')}`));
    }
  }
  return said;
}

it.each<[ClusterApiVersion, string[]]>([
  ['v1beta1', ['Created machine N of N', 'Bootstrap provider generated data secret and reports status.ready']],
  ['v1beta2', ['Machine created (scale up, creating N of N)', 'Bootstrap provider generated data secret']],
])('lines of %s have the same source, words and values before the start and after it', async (clusterApi, known) => {
  const clock = new ManualClock(Date.UTC(2026, 2, 1, 12));
  // A group has grown some minutes ago: whenever a manager has begun, it tells of that.
  datacenter = await startDatacenter({ hosts: 42, traffic: true, clock, clusterApi, speed: 30 });
  const before = await words();
  const [group] = datacenter.layout.clusters[0]!.workers;
  const path = `/apis/cluster.x-k8s.io/${clusterApi}/${space}/machinedeployments/${group!.name}`;
  const contentType = 'application/merge-patch+json';
  await datacenter.transport.json({ method: 'PATCH', path, contentType, body: { spec: { replicas: 7 } } });
  const end = clock.now() + 2 * minute;
  clock.after(2 * minute, () => {});
  while (clock.step(end)) await new Promise((resolve) => setImmediate(resolve));
  const after = await words();
  for (const message of [...known, 'Creating BootstrapData for the worker node']) {
    expect([message, before.has(message)]).toEqual([message, true]);
  }
  const fresh = [...after].filter(([message]) => before.has(message));
  expect(fresh.map(([message, ways]) => [message, [...ways]])).toEqual(
    fresh.map(([message]) => [message, [...before.get(message)!]]),
  );
  expect([...after.keys()].filter((message) => message.startsWith('Infrastructure provider'))).toHaveLength(2);
});
