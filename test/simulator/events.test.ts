/** Events as client-go's recorder writes them: counted, combined, cut short. Its defaults are those of upstream. */

import { expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { Client } from '../../src/simulator/controllers/client.ts';
import { EventRecorder } from '../../src/simulator/controllers/events.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { start } from './harness.ts';

const minute = 60_000;
const about = (name: string) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta1',
  kind: 'MachineDeployment',
  metadata: { name, namespace: 'cpaas-system', uid: `uid-${name}` },
});

function bench() {
  const clock = { at: start, now: () => clock.at };
  const api = createApi({ now: () => clock.at });
  const client = new Client(apiTransport(api, { user: { name: 'bench', groups: ['system:masters'] } }), 'cpaas-system');
  const recorder = new EventRecorder(client, clock, new Random('bench'));
  const tell = (message: string, name = 'workers', reason = 'SuccessfulScale') =>
    recorder.record(about(name), { type: 'Normal', reason, message, component: 'machinedeployment-controller' });
  const told = async () =>
    (await client.list(kinds.Event)).map(({ message, count, reportingComponent: by }) => ({ message, count, by }));
  return { clock, client, recorder, tell, told };
}

const by = 'machinedeployment-controller';

it('counts the same Event again, however late, and keeps its name and beginning', async () => {
  const { clock, client, tell, told } = bench();
  await tell('2 -> 3');
  const [first] = await client.list(kinds.Event);
  clock.at += 40 * minute;
  await tell('2 -> 3');
  await tell('3 -> 2');
  expect(await told()).toEqual([
    { message: '2 -> 3', count: 2, by },
    { message: '3 -> 2', count: 1, by },
  ]);
  const [again] = await client.list(kinds.Event);
  expect(again).toMatchObject({ metadata: { name: first!.metadata.name }, firstTimestamp: first!.firstTimestamp });
  expect(again!.lastTimestamp).not.toBe(first!.lastTimestamp);
  expect(BigInt(`0x${first!.metadata.name.split('.')[1]!}`) / 1_000_000n).toBe(BigInt(start));
});

it('tells in the newer way: again in a series, by what is the same but for its words, of each process apart', async () => {
  const { clock, client, recorder } = bench();
  const tell = (process = 'first') =>
    recorder.record(about('web'), {
      ...{ type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message: 'no room' },
      ...{ component: 'default-scheduler', host: 'cp-1', process },
    });
  const told = async () => (await client.list(kinds.Event)).map(({ series }) => series?.count);
  await tell();
  const [first] = await client.list(kinds.Event);
  expect(first).toMatchObject({
    ...{ source: {}, firstTimestamp: null, lastTimestamp: null, action: 'Scheduling' },
    eventTime: expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{6}Z$/),
    ...{ reportingComponent: 'default-scheduler', reportingInstance: 'default-scheduler-cp-1' },
  });
  expect(first).not.toHaveProperty('count');
  clock.at += 5 * minute;
  await tell();
  await tell('second');
  expect(await told()).toEqual([2, undefined]);
  clock.at += 5 * minute;
  await tell();
  // Counted, and written when it is over: then another begins.
  expect(await told()).toEqual([2, undefined]);
  clock.at += 6 * minute;
  await tell();
  expect((await told()).sort()).toEqual([3, undefined, undefined]);
});

it('tells of one that has expired with all it counted before', async () => {
  const { client, tell, told } = bench();
  await tell('2 -> 3');
  const [first] = await client.list(kinds.Event);
  await client.remove(kinds.Event, first!.metadata.name);
  await tell('2 -> 3');
  expect(await told()).toEqual([{ message: '2 -> 3', count: 2, by }]);
  expect((await client.list(kinds.Event))[0]!.metadata.name).toBe(first!.metadata.name);
});

it('combines the tenth of similar ones and those after it, and goes on counting those it knows', async () => {
  const { tell, told } = bench();
  for (let i = 1; i <= 11; i++) await tell(`${i} -> ${i + 1}`);
  await tell('3 -> 4');
  const all = await told();
  expect(all).toHaveLength(10);
  expect(all).toContainEqual({ message: '3 -> 4', count: 2, by });
  expect(all).toContainEqual({ message: '(combined from similar events): 11 -> 12', count: 2, by: '' });
});

it('combines nothing that lies more than ten minutes apart, nor what is about others', async () => {
  const { clock, tell, told } = bench();
  for (let i = 1; i <= 9; i++) await tell(`${i}`);
  await tell('10', 'others');
  await tell('10', 'workers', 'SuccessfulCreate');
  clock.at += 10 * minute + 1;
  await tell('10');
  expect((await told()).filter(({ message }) => message.startsWith('('))).toEqual([]);
});

it('lets 25 through about one object, then one in five minutes, and counts all', async () => {
  const { clock, tell, told } = bench();
  for (let i = 0; i < 40; i++) await tell('2 -> 3');
  expect(await told()).toEqual([{ message: '2 -> 3', count: 25, by }]);
  await tell('2 -> 3', 'others');
  clock.at += 5 * minute;
  await tell('2 -> 3');
  await tell('2 -> 3');
  expect(await told()).toContainEqual({ message: '2 -> 3', count: 41, by });
});
