/** Words that confirm an operation from a script. */
import { expect, it } from 'vitest';
import { confirmProblem } from '../../src/app/execute.ts';

it.each([
  [['prod', '2'], ['prod', '2'], undefined],
  [[], [], undefined],
  [[], ['prod'], 'it wants no --confirm; nothing was written'],
  [['prod'], [], 'it is destructive: say --confirm=prod to run it'],
  [['prod'], ['prod', '1'], 'it is destructive: say --confirm=prod to run it, without --confirm=1'],
  [
    ['prod', '2'],
    ['2', 'prod'],
    'it is destructive: say --confirm=prod --confirm=2 to run it: all of it, in this order',
  ],
  [['prod', '2'], ['prod'], 'it is destructive: say --confirm=prod --confirm=2 to run it: all of it, in this order'],
])('%j by %j: %s', (wanted, given, problem) => {
  expect(confirmProblem(wanted, given)).toBe(problem);
});
