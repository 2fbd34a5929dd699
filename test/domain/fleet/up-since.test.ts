import { expect, it } from 'vitest';
import { upSince } from '../../../src/domain/fleet/up-since.ts';
import type { BaremetalMachine, Condition, Machine } from '../../../src/domain/objects.ts';

const conditions = (...list: [type: string, status: string, since: number][]) =>
  list.map(([type, status, since]) => ({ type, status, since, generation: 'v1beta1' })) as unknown as Condition[];

it.each<[string, Condition[] | undefined, Condition[], number | undefined]>([
  ['the provider has it ready', [], conditions(['InfrastructureReady', 'True', 20], ['Ready', 'True', 30]), 20],
  [
    'the provider says so itself',
    conditions(['Ready', 'True', 10]),
    conditions(['InfrastructureReady', 'True', 20]),
    10,
  ],
  [
    'it came up, not since it ceased to be ready',
    [],
    conditions(['InfrastructureReady', 'True', 20], ['Ready', 'False', 90]),
    20,
  ],
  ['it is ready, where nothing else tells', undefined, conditions(['Ready', 'True', 30]), 30],
  ['it is there, where no condition tells', [], conditions(['Ready', 'False', 90]), 5],
])('is up since %s', (_, provider, own, since) => {
  const baremetal = provider && ({ conditions: provider, created: 5 } as unknown as BaremetalMachine);
  expect(upSince({ conditions: own, created: 4 } as unknown as Machine, baremetal)).toBe(since);
});
