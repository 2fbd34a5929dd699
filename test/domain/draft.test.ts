import { expect, it } from 'vitest';
import { readDraft, typedIn, withTyped } from '../../src/domain/draft.ts';

const base = 'kind: T\npassword: hunter2\nfiles:\n- a\n- b\nend: 1\n';

it.each([
  ['nothing', base],
  ['a line changed', base.replace('- a', '- c')],
  ['a line added at the end', `${base}more: 1\n`],
  ['a line added in front', `first: 1\n${base}`],
  ['two places', base.replace('kind: T', 'kind: U').replace('end: 1', 'end: 2\nlast: 3')],
  ['lines taken out', base.replace('- a\n- b\n', '')],
  ['all of it', 'other'],
  ['no end of line', base.trimEnd()],
])('keeps what was typed, and no more: %s', (_what, edited) => {
  const hunks = typedIn(base, edited)!;
  expect(withTyped(base, hunks)).toBe(edited);
  expect(JSON.stringify(hunks)).not.toContain('hunter2');
  expect(readDraft(JSON.stringify({ of: 'x', at: 1, base: 'd', hunks }))?.hunks).toEqual(hunks);
});

it('does not compare what is too long, and reads nothing that is no draft', () => {
  expect(typedIn(base, 'x\n'.repeat(5_000))).toBeUndefined();
  for (const text of [
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"of":"x","at":1,"base":"d","hunks":[{"at":-1,"gone":0,"typed":[]}]}',
  ]) {
    expect(readDraft(text)).toBeUndefined();
  }
});
