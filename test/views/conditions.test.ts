/** Conditions of several generations, each under its own heading, which takes no room from the texts beside it. */
import { expect, it } from 'vitest';
import { conditionLines } from '../../views/detail/conditions.ts';

it('a Machine shows those of its BaremetalMachine apart, under a heading no wider than a label', () => {
  const lines = conditionLines([
    { generation: 'v1beta1', type: 'Ready', status: 'True' },
    { generation: 'v1beta2', type: 'Available', status: 'True' },
    { generation: 'plain', type: 'InventoryAllocated', status: 'True' },
  ]);
  const headings = lines.filter(({ tone }) => tone === 'title').map(({ label, text }) => [label, text]);
  expect(headings).toEqual([
    ['CONDITIONS v1beta1', ''],
    ['CONDITIONS v1beta2', ''],
    ['CONDITIONS', 'of its BaremetalMachine'],
  ]);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
});
