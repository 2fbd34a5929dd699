/** What is said of an upgrade whose session is over, by a command that looks at it again. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSessions } from '../../src/journal/sessions.ts';
import type { Datacenter } from '../../src/simulator/datacenter.ts';
import type { Gateway } from '../runner/gateway.ts';
import { openPlace, type Place } from '../runner/place.ts';
import type { Home } from '../runner/program.ts';

let place: Place;
let datacenter: Datacenter;
let gateway: Gateway;
let home: Home;

beforeAll(async () => {
  place = await openPlace({ hosts: 8, seed: 3, speed: 0.01 });
  ({ datacenter, gateway, home } = place);
});
afterAll(() => place?.close());

/** A session of the cluster that has ended. */
async function over(how: 'done' | 'left', name: string, uid: string): Promise<void> {
  const sessions = createSessions({ folder: join(home.folder, 'state/metaldeck/journal') });
  const session = await sessions.begin({
    user: { os: 'ana' },
    context: 'test',
    server: new URL(gateway.url).host,
    namespace: 'cpaas-system',
    title: `Upgrade ${name}`,
    ask: { guide: 'upgrade', targets: [{ kind: 'cluster', uid, name }], values: { to: 'v1.34.5' } },
  });
  await session.note({ type: 'closed', how, by: 'ana' });
  await session.release();
}

it('a session that was done is told as done, and is no error; one of another cluster, or that was left, is none', async () => {
  const path = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/clusters';
  const { items } = await datacenter.transport.json<{ items: { metadata: { name: string; uid: string } }[] }>({ path });
  const { name, uid } = items[0]!.metadata;
  const status = () => home.run('upgrade', 'status', name);
  const none = { code: 1, out: '', err: expect.stringContaining(`no session is open for ${name}`) };
  expect(await status()).toMatchObject(none);
  await over('done', name, 'of-one-that-is-gone');
  expect(await status()).toMatchObject(none);
  await over('done', name, uid);
  expect(await status()).toMatchObject({ code: 0, err: '', out: expect.stringContaining('done: everything was seen') });
  const { out } = await status();
  // Nothing of its stages was kept, and the fleet that is there now is not what it did.
  expect(out.replace(/\s+/g, ' ')).toContain('told by what the session itself kept');
  expect(out).not.toMatch(/POOLS|\[x\]|Hop 1/);
  const data = JSON.parse((await home.run('upgrade', 'status', name, '-o', 'json')).out) as object;
  expect(data).toMatchObject({ exitCode: 0, next: { what: 'end' }, stages: [], gates: null });
  await over('left', name, uid);
  expect(await status()).toMatchObject(none);
});
