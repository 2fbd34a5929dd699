/** The Leases of kubelets that fall silent, and speak again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const at = '2026-11-01T00:00:00Z';
let now = start;
let silentSince: number | undefined;
let workloads: Workloads;

const worker = () => nodeNamed('w-1', { joined: at, ready: at });

beforeEach(async () => {
  now = start;
  silentSince = undefined;
  workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.settings = () => ({ tokens: [], silentSince: (node) => (node === 'w-1' ? silentSince : undefined) });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true, joined: at, ready: at }), worker()]);
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

async function renewTime(): Promise<string> {
  const { url, token } = workloads.access('prod')!;
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/w-1';
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { spec: { renewTime: string } }).spec.renewTime;
}

/** Its renewals from one moment to another, one look each half second. */
async function renewals(ms: number): Promise<string[]> {
  const seen: string[] = [];
  for (const end = now + ms; now < end; now += 500) seen.push(await renewTime());
  return seen;
}

function lose(): void {
  const node = worker();
  const ready = node.status!.conditions!.find(({ type }) => type === 'Ready')!;
  Object.assign(ready, { status: 'Unknown', lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z` });
  workloads.of('prod').load([node]);
}

it('stand still from when their kubelet falls silent, are not renewed when their Node is called lost, and go on when it speaks', async () => {
  const before = await renewals(12_000);
  silentSince = now;
  const last = before.at(-1)!;
  expect(Date.parse(last)).toBeLessThanOrEqual(silentSince);
  // The Node is called lost sooner in a world that runs faster.
  expect(new Set(await renewals(14_000))).toEqual(new Set([last]));
  lose();
  expect(new Set(await renewals(20_000))).toEqual(new Set([last]));
  silentSince = undefined;
  const back = now;
  workloads.of('prod').load([worker()]);
  const after = await renewals(25_000);
  expect(after).toEqual([...after].sort());
  expect(after.filter((one) => one > last && Date.parse(one) < back - 1)).toEqual([]);
  expect(new Set(after).size).toBeGreaterThan(2);
});

it('were renewed the last time a whole grace period before their Node was lost, where nobody has followed their kubelet', async () => {
  lose();
  now += 300_000;
  const last = Date.parse(await renewTime());
  expect(start - last).toBeGreaterThanOrEqual(40_000);
  expect(start - last).toBeLessThan(51_000);
});

it('never go back, whoever fell silent unnoticed', async () => {
  const seen = await renewals(12_000);
  lose();
  seen.push(...(await renewals(12_000)));
  workloads.of('prod').load([worker()]);
  seen.push(...(await renewals(25_000)));
  expect(seen).toEqual([...seen].sort());
});
