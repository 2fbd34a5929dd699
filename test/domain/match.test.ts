import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter, type Searchable } from '../../src/domain/match.ts';

const row: Searchable = {
  text: 'rack3-u12 Prod-worker-pool running 10.0.0.12 two words',
  labels: { rack: 'r3', 'elemental.cattle.io/managed': 'true', empty: '' },
  columns: { name: 'rack3-u12', pool: 'prod-worker-pool', state: 'running', Mac: 'aa:bb' },
};

describe('a filter', () => {
  it.each([
    ['', true],
    ['   ', true],
    ['rack3', true],
    ['RACK3', true],
    ['rack4', false],
    ['rack3 running', true],
    ['rack3 stopped', false],
    ['!rack4', true],
    ['!rack3', false],
    ['! rack4', true],
    ['!!rack3', true],
    ['rack3 !stopped', true],
    ['pool:prod', true],
    ['pool:PROD', true],
    ['Pool:prod', true],
    ['mac:aa', true],
    ['state:bad', false],
    ['!state:bad', true],
    ['!pool:prod', false],
    ['10.0.0.12', true],
    ['nocolumn:prod', false],
    ['"two words"', true],
    ['"words two"', false],
    ['!"words two"', true],
    ['"two words', true],
    ['"pool:prod"', false],
    ['-l rack=r3', true],
    ['-l rack==r3', true],
    ['-l rack=r4', false],
    ['-l rack!=r4', true],
    ['-l missing!=x', true],
    ['-l rack', true],
    ['-l missing', false],
    ['-l !missing', true],
    ['-l !rack', false],
    ['-l empty=', true],
    ['-l rack=r3,elemental.cattle.io/managed=true', true],
    ['-l rack=r3,missing', false],
    ['-lrack=r3', true],
    ['running -l rack=r3 pool:prod', true],
    ['!-l rack=r3', false],
    ['-l constructor', false],
    ['constructor:x', false],
    ['-long', false],
  ])('"%s" matches: %s', (text, matches) => {
    const filter = parseFilter(text);
    expect(filter.error).toBeUndefined();
    expect(filter.ok).toBe(true);
    expect(filter.match(row)).toBe(matches);
  });

  it.each(['-l', '-l =x', '-l a=b=c', '-l key=va!ue', '-l ,', '-l !a=b', 'rack -l'])(
    '"%s" is refused in a sentence, and matches nothing',
    (text) => {
      const filter = parseFilter(text);
      expect(filter.ok).toBe(false);
      expect(filter.error).toMatch(/label selector.*nothing matches/);
      expect(filter.match(row)).toBe(false);
    },
  );

  it('says in words what it asks for', () => {
    expect(parseFilter('rack3 !pool:prod -l a=b,c').description).toBe(
      'contains "rack3" and not (pool contains "prod") and label a=b, has label c',
    );
    expect(parseFilter('').description).toBe('');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.constantFrom('!', '-l', ' ', 'a=b', ',', ':', '"', 'x', '!=')).map((parts) => parts.join('')),
        ),
        (text) => {
          const filter = parseFilter(text);
          expect(typeof filter.match(row)).toBe('boolean');
          expect(filter.ok).toBe(filter.error === undefined);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
