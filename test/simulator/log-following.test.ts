/** `kubectl logs -f`: it ends with the run of the container that it began with, and not before. */
import { expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import type { LogLine, LogQuestion } from '../../src/simulator/api/pod-logs.ts';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';

const second = (at: number) => new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
const node = (uid: string, ready = 'True') => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid } },
  status: { conditions: [{ type: 'Ready', status: ready }], nodeInfo: { bootID: `boot-${uid}` } },
});
const podOf = (name: string, state: object, lastState?: object): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: `uid-${name}` } },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'c', state, ...(lastState ? { lastState } : {}) }] },
  }) as KubeObject;
const begin = second(Date.now() - 60_000);
const running = { running: { startedAt: begin } };
const over = () => ({ terminated: { startedAt: begin, finishedAt: second(Date.now() + 1000), exitCode: 1 } });
const next = () => ({ running: { startedAt: second(Date.now() + 2000) } });

/** One line when it began, one for each of these words once it is known, and a last one of what has ended. */
const told =
  (moments: Map<string, number>) =>
  ({ pod, previous }: LogQuestion): LogLine[] => {
    const status = (pod.status as { containerStatuses: { state: object; lastState?: object }[] }).containerStatuses[0]!;
    const run = previous ? status.lastState : status.state;
    const name = pod.metadata.name;
    const ended = run !== undefined && 'terminated' in run;
    return [
      { at: Date.parse(begin), text: previous ? 'first run began' : 'began' },
      ...(moments.has(name) ? [{ at: moments.get(name)!, text: `${name} ${previous ? 'before' : 'now'}` }] : []),
      ...(ended ? [{ at: Date.now() - 1, text: 'ended' }] : []),
    ];
  };

/** Follows the log of a Pod, brings `change` about after a moment, and gives all that came until it ended by itself. */
async function follow(name: string, change: (api: ReturnType<typeof createApi>) => void, most = 4000) {
  const moments = new Map<string, number>();
  const api = createApi({ logs: told(moments), resources: workloadResources });
  api.load([node('a'), podOf(name, running)] as never);
  const path = `/api/v1/namespaces/default/pods/${name}/log`;
  const answer = await api.handle({
    method: 'GET',
    path,
    query: new URLSearchParams({ follow: 'true' }),
    user: admin,
  } as never);
  let text = '';
  let ended = false;
  const reading = (async () => {
    for await (const piece of answer.body as AsyncIterable<string>) text += piece;
    ended = true;
  })();
  setTimeout(() => {
    moments.set(name, Date.now());
    change(api);
  }, 200);
  await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, most))]);
  (answer as { close?: () => void }).close?.();
  return { text, ended };
}
const admin = { name: 'kubernetes-admin', groups: ['system:masters'] };

it.concurrent('goes on while it runs', async () => {
  const { text, ended } = await follow('runs', () => {}, 2500);
  expect(ended).toBe(false);
  expect(text).toBe('began\nruns now\n');
});

it.concurrent('ends with a container that is started again, and not without its last words', async () => {
  const { text, ended } = await follow('again', (api) => api.load([podOf('again', next(), over())] as never));
  expect(ended).toBe(true);
  expect(text).toMatch(/^began\n(.*\n)*again before\n/);
  expect(text).toMatch(/ended\n$/);
});

it.concurrent('ends with a container that has ended', async () => {
  const { text, ended } = await follow('done', (api) => api.load([podOf('done', over())] as never));
  expect([ended, text]).toEqual([true, 'began\ndone now\nended\n']);
});

it.concurrent('ends with its Pod, whoever has its name then', async () => {
  const { text, ended } = await follow('gone', (api) => {
    api.drop(podOf('gone', running));
    api.load([
      { ...podOf('gone', running), metadata: { name: 'gone', namespace: 'default', uid: 'another' } },
    ] as never);
  });
  expect([ended, text]).toEqual([true, 'began\ngone now\n']);
});

it.concurrent('ends with its Node, without a word from there', async () => {
  const { text, ended } = await follow('wiped', (api) => {
    api.drop(node('a') as never);
    api.load([node('b')] as never);
  });
  expect([ended, text]).toEqual([true, 'began\n']);
});

it.concurrent('hears nothing of a Node that is silent', async () => {
  const { text, ended } = await follow('silent', (api) => api.load([node('a', 'Unknown')] as never), 2500);
  expect([ended, text]).toEqual([false, 'began\n']);
});
