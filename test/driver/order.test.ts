/** Another order of the groups while the session goes on: those to come, and none beside one that is under way. */
import { expect, it } from 'vitest';
import { driveOf, openSite, step } from './support.ts';

it('lets groups go in another order until one is under way, which stays first', async () => {
  const site = await openSite({
    hosts: 10,
    clusters: 1,
    seed: 5,
    shape: { planes: 3, workers: 6, version: 'v1.33.7-3' },
  });
  const drive = driveOf(await site.deck(1).driver.begin(site.ask('v1.34.5')));
  const order = () =>
    drive.standing().course!.stages.flatMap(({ id }) => (id.includes('/workers/') ? [id.split('/').at(-1)] : []));
  expect(order()).toEqual(['prod-db', 'prod-workers']);
  expect(await drive.choose({ order: 'nowhere' })).toContain('no group nowhere');
  expect(await drive.choose({ to: 'v1.33.7-3' })).toBe('only the order of the groups can be chosen now, not to');
  expect(await drive.choose({ order: 'prod-db' })).toBe('the order is prod-db,prod-workers already');
  expect(await drive.choose({ order: 'prod-workers' })).toBeUndefined();
  expect(order()).toEqual(['prod-workers', 'prod-db']);
  const workers = () => drive.standing().course!.stages.find(({ id }) => id.endsWith('/prod-workers'))!;
  for (let steps = 0; steps < 200 && workers().state !== 'running'; steps += 1) await step(site, drive);
  expect(await drive.choose({ order: 'prod-db' })).toBe(
    'prod-workers to v1.34.5 is under way: no other group goes before it',
  );
  await drive.leave();
  await site.stop();
});
