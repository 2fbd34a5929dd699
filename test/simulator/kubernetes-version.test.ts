import { describe, expect, it } from 'vitest';
import { minorOf, otherPatchOf } from '../../src/simulator/controllers/kubernetes-version.ts';

describe('a version of Kubernetes', () => {
  it.each([
    ['v1.34.5-1', 34],
    ['1.9.0', 9],
    ['v1.34', 34],
    ['v1', undefined],
    ['latest', undefined],
    [undefined, undefined],
  ])('has a minor: of %s it is %s', (version, minor) => {
    expect(minorOf(version)).toBe(minor);
  });

  it('has other patches of its own minor only', () => {
    const catalog = ['v1.33.7-2', 'v1.33.7-3', 'v1.34.5-3', 'v1.3.9'];
    expect(otherPatchOf('v1.33.7-3', catalog)).toBe('v1.33.7-2');
    expect(otherPatchOf('v1.33.7-2', catalog)).toBe('v1.33.7-3');
    expect(otherPatchOf('v1.34.5-3', catalog)).toBeUndefined();
  });
});
