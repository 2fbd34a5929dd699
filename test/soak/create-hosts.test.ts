/** `metaldeck create hosts` from a registration without an ISO to machines that run, by the whole program. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../runner/gateway.ts';
import { openPlace, type Place } from '../runner/place.ts';
import type { Home } from '../runner/program.ts';

let place: Place;
let gateway: Gateway;
let home: Home;

beforeAll(async () => {
  place = await openPlace({ hosts: 8, pools: 1, waiting: 2, speed: 100 });
  ({ gateway, home } = place);
});
afterAll(() => place?.close());

const objects = (resource: string) => `/apis/${resource}`;

it('makes the ISO that is missing, takes who comes into the pool, and scales; without a prompt', async () => {
  const infra = objects('infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools');
  const images = objects('elemental.cattle.io/v1beta1/namespaces/cpaas-system/seedimages/prod-registration-iso');
  await fetch(`${gateway.url}${images}`, { method: 'DELETE' });
  const said = ['hosts=2', 'pool=prod-worker-pool', 'names=late-{1}', 'group=prod-workers'];
  const words = ['create', 'hosts', 'registration/prod-registration'];
  expect(await home.run(...words)).toMatchObject({ code: 1, err: expect.stringContaining('such as --set hosts=') });
  const rehearsed = await home.run(...words, '--set', 'hosts=2', '--dry-run');
  expect(rehearsed).toMatchObject({ code: 0, out: expect.stringContaining('Make SeedImage prod-registration-iso') });
  const ran = await home.run(...words, ...said.flatMap((one) => ['--set', one]), '--wait', '--timeout', '90');
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  const { items } = (await (await fetch(`${gateway.url}${infra}`)).json()) as {
    items: { spec: { machineInventories: { hostname?: string }[] } }[];
  };
  const names = items.flatMap(({ spec }) => spec.machineInventories.map(({ hostname }) => hostname));
  expect(names).toEqual(expect.arrayContaining(['late-1', 'late-2']));
}, 150_000);
