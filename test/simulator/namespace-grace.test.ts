/** A Namespace that is going is left alone for a while, as the controller of real ones does. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const path = '/api/v1/namespaces/own';
const config = `${path}/configmaps/one`;

async function begun(finalizers: string[] = []) {
  const api = createApi({ namespaces: ['default'], namespaceGrace: () => 5000, now: () => Date.now() });
  const client = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] }, program: () => 'kubectl' });
  await client.json({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'own' } } });
  const body = { metadata: { name: 'one', finalizers } };
  await client.json({ method: 'POST', path: `${path}/configmaps`, body });
  await client.json({ method: 'DELETE', path });
  const isThere = (what: string) =>
    client.json({ path: what }).then(
      () => true,
      () => false,
    );
  return { client, isThere };
}

it('with what is in it, and goes then', async () => {
  const { client, isThere } = await begun();
  expect(await client.json({ path })).toMatchObject({ status: { phase: 'Terminating' } });
  await vi.advanceTimersByTimeAsync(4900);
  expect([await isThere(path), await isThere(config)]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(200);
  expect([await isThere(path), await isThere(config)]).toEqual([false, false]);
});

it('and says then what keeps it, until that is gone', async () => {
  const { client, isThere } = await begun(['example.com/held']);
  expect((await client.json<{ status: object }>({ path })).status).not.toHaveProperty('conditions');
  await vi.advanceTimersByTimeAsync(5100);
  expect(await client.json({ path })).toMatchObject({ status: { conditions: expect.anything() } });
  await client.json({
    ...{ method: 'PATCH', path: config, contentType: 'application/merge-patch+json' },
    body: { metadata: { finalizers: null } },
  });
  expect([await isThere(path), await isThere(config)]).toEqual([false, false]);
});
