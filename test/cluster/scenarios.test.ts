/** Scenarios on a real API server: ordered, seen and healed through its API alone. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wallClock } from '../../src/simulator/controllers/clock.ts';
import { signals } from '../simulator/scenarios/signals.ts';
import { NAMESPACE } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { type Played, startPlayed } from './harness/played.ts';
import { until } from './harness/until.ts';

const { clusterApi } = clusterEnvironment();

let played: Played;
let { api, remote } = {} as Played;
const errors: string[] = [];
/** Those that only our own API server can suffer. */
const ours = ['host-without-plan', 'coredns-refused', 'api-restart', 'history-lost', 'provider-release-failed'];

beforeAll(async () => {
  played = await startPlayed({
    hosts: 20,
    seed: 'scenarios',
    speed: 1000,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
  });
  ({ api, remote } = played);
});
afterAll(() => played?.stop());

const desk = '/api/v1/namespaces/metaldeck-simulator/configmaps/sim-scenario';
const infra = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/${NAMESPACE}`;

interface Condition {
  type: string;
  status: string;
  reason: string;
}

interface Thing {
  metadata: { name: string };
  status?: { phase?: string; unavailable?: number; conditions?: Condition[] };
}

const comes = (look: () => Promise<boolean>, what: string, limitMs?: number): Promise<void> =>
  until(look, { limitMs, failure: () => `${what} did not come\n${errors.slice(0, 10).join('\n')}` });

const list = async (plural: string): Promise<Thing[]> =>
  (await api.json<{ items: Thing[] }>({ path: `${infra}/${plural}` })).items;

async function told(): Promise<Record<string, string>> {
  return (await api.json<{ data: Record<string, string> }>({ path: desk })).data;
}

async function order(command: string): Promise<void> {
  await api.json({
    method: 'PATCH',
    path: desk,
    contentType: 'application/merge-patch+json',
    body: { data: { command } },
  });
  await comes(async () => (await told())['answer']?.endsWith(`${command}: done`) ?? false, `the answer to ${command}`);
}

const machinesSay = (phase: string, reason: string) => async () =>
  (await list('baremetalmachines')).some(
    ({ status }) => status?.phase === phase && status.conditions?.some((one) => one.reason === reason),
  );
const allRun = async () => (await list('baremetalmachines')).every(({ status }) => status?.phase === 'Running');
const failed = async () => (await list('baremetalmachines')).some(({ status }) => status?.phase === 'Failed');
const invalid = async () => (await list('machineinventorypools')).some(({ status }) => status?.unavailable === 1);
const allValid = async () =>
  (await list('machineinventorypools')).every(({ status }) => (status?.unavailable ?? 0) === 0);

it.each([
  ['pool-exhausted', machinesSay('Pending', 'PoolExhausted'), allRun],
  ['pool-member-missing', invalid, allValid],
  ['image-catalog-miss', machinesSay('Failed', 'ImageCatalogMiss'), allRun],
  ['reprovision-fails', failed, allRun],
])('%s is ordered, seen and healed', async (name, signal, healed) => {
  expect(await signal()).toBe(false);
  await order(`start:${name}`);
  expect(await told()).toMatchObject({ scenario: name, state: 'played' });
  await comes(signal, `the signal of ${name}`);
  await order('heal');
  expect(await told()).toMatchObject({ state: 'healed' });
  await comes(healed, `rest after ${name}`);
  const standing = remote.scenarios.state;
  expect(standing.problem).toBeUndefined();
});

/** Whether the controllers have looked at everything that is wanted of a group or a cluster. */
async function takenUp(): Promise<boolean> {
  for (const path of [
    `cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}/machinedeployments`,
    `controlplane.cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}/kubeadmcontrolplanes`,
  ]) {
    const { items } = await api.json<{ items: Wanted[] }>({ path: `/apis/${path}` });
    if (items.some(({ metadata, status }) => status?.observedGeneration !== metadata.generation)) return false;
  }
  return true;
}

interface Wanted {
  metadata: { generation: number };
  status?: { observedGeneration?: number };
}

/** Starts one as soon as enough of the fleet is at rest. */
async function start(name: string): Promise<void> {
  await comes(
    () =>
      remote.scenarios.start(name).then(
        () => true,
        () => false,
      ),
    `the beginning of ${name}`,
  );
}

/** Whose signal is not looked for there. Traps have none. */
const unseen = new Set([
  // Seen above.
  ...['pool-exhausted', 'pool-member-missing', 'image-catalog-miss', 'reprovision-fails'],
  // Only told by ages of minutes, and the server's clock is not faster than ours.
  ...['never-joins', 'agent-unauthorized', 'slow-clean', 'drain-blocked', 'import-incomplete'],
  // They come with a later step of a rollout or a release, for which healing would have to wait.
  ...['exhausted-mid-rollout', 'kube-ovn-not-converging', 'storage-prepare-failed'],
]);

it('every scenario can be played, shows what is to be looked for and is healed, and the server refuses nothing of it', async () => {
  const { scenarios, runtime } = remote;
  const stage = { runtime, kubectl: api, clock: wallClock };
  // Chaos is made of the others.
  const names = scenarios.list.map(({ name }) => name).filter((name) => !ours.includes(name) && name !== 'chaos');
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) {
    await start(name);
    while (scenarios.state.standing === 'running') await scenarios.goOn();
    await comes(takenUp, `the controllers to take up ${name}`);
    const signal = signals[name];
    if (signal && !unseen.has(name)) await comes(async () => signal(stage), `the signal of ${name}`);
    await scenarios.heal();
    expect([name, scenarios.state.problem]).toEqual([name, undefined]);
  }
  expect(errors).toEqual([]);
}, 600_000);

it.each(ours)('%s needs our own API server and is refused', async (name) => {
  await expect(remote.scenarios.start(name)).rejects.toThrow('needs an API server of our own');
});
