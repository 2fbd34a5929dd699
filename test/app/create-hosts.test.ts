/** The fields of `create hosts`, from a file and from flags. */
import { expect, it } from 'vitest';
import { valuesOf } from '../../src/app/create/hosts.ts';
import { UsageError } from '../../src/cli.ts';

it('reads them from YAML, and takes those of flags before them', () => {
  const text = 'hosts: 3\nimage: rebuild\nnames: [w-1, w-2, w-3]\npool: depot-worker-pool\n';
  expect(valuesOf(text, ['hosts=2', 'names=w-{4}'])).toEqual({
    hosts: '2',
    image: 'rebuild',
    names: 'w-{4}',
    pool: 'depot-worker-pool',
  });
  expect(valuesOf('', [])).toEqual({});
});

it.each([
  ['hosts: [', []],
  ['- 3', []],
  ['3', []],
  ['hosts: { a: 1 }', []],
  ['host: 3', []],
  ['__proto__: x', []],
  ['hosts: 1\nhosts: 2', []],
  ['', ['constructor=1']],
  ['', ['host']],
  ['a: &a [x]\nhosts: *a', []],
])('refuses %j %j', (text, set) => {
  expect(() => valuesOf(text, set)).toThrow(UsageError);
});
