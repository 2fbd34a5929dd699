import { afterEach, expect, it, vi } from 'vitest';
import { type Datacenter, startDatacenter } from '../../../src/simulator/datacenter.ts';

let datacenter: Datacenter | undefined;
afterEach(async () => {
  await datacenter?.stop();
  datacenter = undefined;
});

const pools = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools';
const limit = { timeout: 15_000 };

async function open(scenario?: string): Promise<(path: string) => Promise<Response>> {
  datacenter = await startDatacenter({ hosts: 12, seed: 'server', speed: 1000, traffic: false, scenario });
  const headers = { authorization: `Bearer ${datacenter.token}` };
  return (path) => fetch(`${datacenter!.url}${path}`, { headers });
}

/** Reads a watch until it ends or breaks; gives its events. */
async function watch(answer: Response): Promise<{ type: string; object: { code?: number } }[]> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of answer.body!) text += decoder.decode(chunk as Uint8Array);
  } catch {
    // Broken by the server: what came before counts.
  }
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; object: { code?: number } });
}

interface List {
  metadata: { resourceVersion: string };
  items: { metadata: { name: string; resourceVersion: string } }[];
}

it('a restart breaks watches and refuses connections; then revisions go on where they were', async () => {
  const get = await open();
  const before = (await (await get(pools)).json()) as List;
  const { resourceVersion } = before.metadata;
  const watching = watch(await get(`${pools}?watch=true&resourceVersion=${resourceVersion}`));
  await datacenter!.scenarios.start('api-restart');
  // Whoever began with it is in by now.
  expect((await get(pools)).status).toBe(200);
  await datacenter!.scenarios.goOn();
  expect(datacenter!.scenarios.state.did).toBe('the API server went down (1)');
  await watching;
  await expect(get(pools)).rejects.toThrow();
  await datacenter!.scenarios.goOn();
  await vi.waitFor(async () => expect((await get(pools)).status).toBe(200), limit);
  const after = (await (await get(pools)).json()) as List;
  expect(after.items.map(({ metadata }) => metadata.name)).toEqual(before.items.map(({ metadata }) => metadata.name));
  expect(Number(after.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(resourceVersion));
  const again = await get(`${pools}?watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=1`);
  expect((await watch(again)).filter(({ type }) => type === 'ERROR')).toEqual([]);
});

it('the controllers find their way back after a restart', async () => {
  const get = await open();
  await datacenter!.scenarios.start('api-restart');
  // Whoever began with it is in by now.
  expect((await get(pools)).status).toBe(200);
  await datacenter!.scenarios.goOn();
  await datacenter!.scenarios.heal();
  await vi.waitFor(async () => expect((await get(pools)).status).toBe(200), limit);
  await datacenter!.scenarios.start('pool-member-missing');
  const invalid = async () => {
    const list = (await (await get(pools)).json()) as { items: { status: { unavailable: number } }[] };
    return list.items.some(({ status }) => status.unavailable === 1);
  };
  await vi.waitFor(async () => expect(await invalid()).toBe(true), limit);
});

it('a lost history is told with 410 to whoever goes on where he was', async () => {
  const get = await open();
  const { metadata } = (await (await get(pools)).json()) as List;
  // Something is written, so that the revision read is of the past.
  await datacenter!.scenarios.start('pool-member-missing');
  await datacenter!.scenarios.start('history-lost');
  const answer = await get(`${pools}?watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=1`);
  const codes = answer.status === 200 ? (await watch(answer)).map(({ object }) => object.code) : [answer.status];
  expect(codes).toEqual([410]);
  expect((await get(pools)).status).toBe(200);
});

it('a datacenter begins with the scenario it is told, and refuses one that is not there', async () => {
  await open('pool-exhausted');
  expect(datacenter!.scenarios.state).toMatchObject({ standing: 'played', scenario: { failureMode: 'F2' } });
  await expect(startDatacenter({ hosts: 12, scenario: 'no-such' })).rejects.toThrow('there is no scenario "no-such"');
});
