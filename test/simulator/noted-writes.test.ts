import { describe, expect, it } from 'vitest';
import { Noted } from '../../src/simulator/world/stamp.ts';

describe('writes as they are noted', () => {
  it('keep the last of each writer, whether they come before somebody asks or after', () => {
    const writes = new Noted();
    writes.note('a', 'kubelet', 200);
    writes.note('a', 'kubelet', 100);
    expect(writes.by('a')).toEqual({ kubelet: 200 });
    writes.note('a', 'manager', 150);
    writes.note('a', 'kubelet', 300);
    writes.note('b', 'manager', 50);
    expect(writes.by('a')).toEqual({ kubelet: 300, manager: 150 });
    expect(writes.by('b')).toEqual({ manager: 50 });
    expect(writes.by('c')).toBeUndefined();
    expect(writes.last('a')).toBe(300);
  });
});
