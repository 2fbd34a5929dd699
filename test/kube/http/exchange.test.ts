import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { exchange } from '../../../src/kube/http/exchange.ts';
import { Gate, waitFor } from '../../../src/kube/http/gate.ts';
import { failureOf, listen, readAll, sendJson, serve } from './server.ts';

const options = (port: number, signal: AbortSignal) => ({
  url: { secure: false, hostname: '127.0.0.1', port, path: '/' },
  host: 'api',
  method: 'GET',
  headers: {},
  agent: new Agent(),
  connectMs: 10_000,
  idleMs: 10_000,
  signal,
});

it('a signal that outlives many requests keeps nothing of them', async () => {
  const server = await serve((_, response) => sendJson(response, {}));
  const dead = await listen(createServer((socket) => socket.destroy()));
  const { signal } = new AbortController();
  await readAll((await exchange(options(server.port, signal))).body);
  (await exchange(options(server.port, signal))).close();
  await failureOf(exchange(options(dead.port, signal)));
  const gate = new Gate(1);
  const leave = await gate.enter(signal);
  const next = gate.enter(signal);
  leave();
  (await next)();
  await waitFor(Promise.resolve(), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await Promise.all([server.close(), dead.close()]);
});
