/** What `create` says of an apply that met others. */
import { expect, it } from 'vitest';
import { conflictsText } from '../../src/app/create/text.ts';

it('names who owns a field, and tells our own other operations from strangers', () => {
  const conflicts = [
    { manager: 'helm', field: 'metadata.annotations.a' },
    { manager: 'metaldeck', field: 'spec.replicas' },
    { manager: 'evil\u001b[2J', field: 'spec.x' },
  ];
  const steps = [{ step: 'apply deployment depot-workers', result: 'refused' as const, text: '', conflicts }];
  expect(conflictsText({ steps }, false)).toBe(
    [
      'Owned by others, and otherwise',
      "  apply deployment depot-workers: metadata.annotations.a is helm's",
      '  apply deployment depot-workers: spec.replicas is what another operation of metaldeck has set',
      "  apply deployment depot-workers: spec.x is evil's",
      '',
    ].join('\n'),
  );
  expect(conflictsText({ steps }, true)).toMatch(/^Taken over from others/);
  expect(conflictsText({ steps: [{ ...steps[0]!, conflicts: [] }] }, false)).toBe('');
});
