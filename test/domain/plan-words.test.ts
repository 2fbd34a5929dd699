import { expect, it } from 'vitest';
import type { PlanRow, PlanState } from '../../src/domain/fleet/rows.ts';
import { doubtText, planDoubt, planText } from '../../src/domain/plan-words.ts';

it.each<[string, PlanState, string, string | undefined]>([
  ['reprovision', { word: 'applied', source: 'checksum' }, 'reprovision applied', undefined],
  ['reprovision', { word: 'failed', source: 'agent' }, 'reprovision failed', undefined],
  ['reprovision', { word: 'unknown', source: 'agent' }, 'reprovision not known', undefined],
  [
    'reprovision',
    { word: 'applied', source: 'reported' },
    'reprovision applied?',
    'as the MachineInventory reports; its Secret is being read',
  ],
  [
    'clean',
    { word: 'unknown', source: 'reported' },
    'clean not read',
    'its Secret is being read; what the MachineInventory reports may be of the plan before',
  ],
  ['clean', { word: 'unknown', source: 'unknown' }, 'clean not read', 'its Secret is being read'],
  ['empty', { word: 'none', source: 'checksum' }, 'none yet', undefined],
  ['bootstrap', { word: 'none', source: 'checksum' }, 'bootstrap no steps', undefined],
])('tells a %s plan in state %o', (type, state, text, doubt) => {
  expect(planText({ type, state } as PlanRow)).toBe(text);
  expect(planDoubt(state, undefined)).toBe(doubt);
});

it('says what is in the way where Secrets may not be read, and nothing where they may', () => {
  expect(planDoubt({ word: 'applied', source: 'reported' }, 'forbidden')).toContain('may not be read');
  expect(doubtText('forbidden')).toContain('?');
  expect(doubtText(undefined)).toBeUndefined();
  expect(planText(undefined)).toBe('');
});
