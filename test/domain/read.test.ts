import { describe, expect, it } from 'vitest';
import {
  at,
  bool,
  decimal,
  get,
  intOrString,
  list,
  num,
  rec,
  record,
  str,
  strings,
  text,
  time,
} from '../../src/domain/read.ts';

describe('readers', () => {
  it('give nothing for what is not what it should be', () => {
    for (const wrong of [undefined, null, {}, [], true, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(str(wrong)).toBeUndefined();
      expect(text(wrong)).toBeUndefined();
      expect(num(wrong)).toBeUndefined();
      expect(time(wrong)).toBeUndefined();
      expect(decimal(wrong)).toBeUndefined();
      expect(intOrString(wrong)).toBeUndefined();
      expect(strings(wrong)).toEqual([]);
    }
    expect(bool('true')).toBeUndefined();
    expect(num('3')).toBeUndefined();
    expect(list({ length: 3 })).toEqual([]);
    expect(rec([1])).toEqual({});
  });

  it('keep absent and zero apart', () => {
    expect(num(0)).toBe(0);
    expect(num(undefined)).toBeUndefined();
    expect(bool(false)).toBe(false);
    expect(str('')).toBeUndefined();
  });

  it('read numbers and times as they are written', () => {
    expect(decimal('12')).toBe(12);
    expect(decimal('12a')).toBeUndefined();
    expect(intOrString(1)).toBe('1');
    expect(intOrString('25%')).toBe('25%');
    expect(time('2026-11-21T01:00:00Z')).toBe(Date.UTC(2026, 10, 21, 1));
    expect(time('2026-11-21T01:00:00.5+01:00')).toBe(Date.UTC(2026, 10, 21, 0, 0, 0, 500));
    expect(time('2026-13-41T99:00:00Z')).toBeUndefined();
    expect(time('yesterday')).toBeUndefined();
  });

  it('never read what an object only inherits', () => {
    expect(get({}, 'constructor')).toBeUndefined();
    expect(at({ a: {} }, 'a', 'toString')).toBeUndefined();
    expect(at(JSON.parse('{"__proto__":{"polluted":"yes"}}'), 'polluted')).toBeUndefined();
  });
});

describe('record', () => {
  it('takes a key like __proto__ for a key', () => {
    const found = record(JSON.parse('{"__proto__":"x","constructor":"y","a":"b"}'));
    expect(Object.getPrototypeOf(found)).toBeNull();
    expect(Object.entries(found)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['a', 'b'],
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('keeps only strings, cleaned, and only the keys asked for', () => {
    expect({ ...record({ a: '\x1b[1mb', n: 3, o: {}, z: 'kept' }, (key) => key !== 'z') }).toEqual({ a: 'b' });
  });
});
