/** What can be done with a row, and which of it mends what is wrong with it. */
import { expect, it } from 'vitest';
import { offersOf } from '../../src/app/offers.ts';
import { operations } from '../../src/operations/index.ts';
import { cases, objectsOf } from '../domain/explain/cases.ts';
import { smallFleet } from '../domain/fixtures.ts';
import { worldOf } from '../operations/support/world.ts';

const host = (name: string) => ({ kind: 'host' as const, uid: `MachineInventory/${name}`, name });
const helping = (raws: Parameters<typeof worldOf>[0], name: string) =>
  offersOf(operations, undefined, worldOf(raws), [host(name)])
    .filter(({ helps }) => helps)
    .map(({ id, of }) => `${id} ${of ?? ''}`);

it('names what helps a host in trouble, as what explains it does, and nothing where all is well', () => {
  const failed = objectsOf(cases.find(({ id }) => id === 'reprovision-failed')!);
  expect(helping(failed, 'h4')).toEqual(['replace machine w4']);
  expect(helping(failed, 'h1')).toEqual([]);
  expect(helping(smallFleet(), 'h4')).toEqual([]);
});
