/** What the instructions of a plan print: of hosts that differ, and of images that differ, nobody reads the same. */
import { describe, expect, it } from 'vitest';
import { endedByHand, failureByHand } from '../../src/simulator/controllers/hosts/by-hand.ts';
import { outputOf } from '../../src/simulator/controllers/hosts/outputs.ts';
import { cleanPlan, reprovisionPlan } from '../../src/simulator/controllers/provider/plans.ts';

const identity = {
  cluster: 'prod',
  node: 'n1',
  providerID: 'baremetal:///n1',
  version: 'v1.33.7-2',
  controlPlane: false,
};

function printed(image: string, use: string): string {
  const plan = reprovisionPlan({ identity, image, userData: '', use });
  return outputOf(plan.instructions!.find(({ name }) => name === 'sim-elemental-upgrade')!, plan);
}
const digestOf = (text: string) => /Digest: (\S+)/.exec(text)?.[1];
const secondsOf = (text: string) => [...text.matchAll(/\[(\d{4})\]/g)].map(([, at]) => Number(at));

describe('an upgrade', () => {
  it('tells the digest of its image, the same on each host', () => {
    const [old, next, again] = [
      printed('r/os:v1.32.11-2', 'a'),
      printed('r/os:v1.33.7-2', 'a'),
      printed('r/os:v1.33.7-2', 'b'),
    ];
    expect(digestOf(next)).toBe(digestOf(again));
    expect(digestOf(next)).not.toBe(digestOf(old));
  });

  it('takes each host its own time, and time does not run backwards', () => {
    const all = Array.from({ length: 12 }, (_, at) => printed('r/os:v1', `use-${at}`));
    expect(new Set(all).size).toBeGreaterThan(4);
    for (const text of all) {
      const seconds = secondsOf(text);
      expect(seconds.length).toBeGreaterThan(5);
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    }
  });
});

it('names the containers that a clean plan removes by what was there', () => {
  const removed = (use: string) => {
    const plan = cleanPlan(use);
    return outputOf(plan.instructions!.find(({ name }) => name === 'sim-clear-cri')!, plan);
  };
  expect(removed('a')).not.toBe(removed('b'));
});

describe('an instruction that an operator wrote', () => {
  const now = Date.parse('2026-11-21T02:00:00Z');
  const line = (...args: string[]) => ({ name: 'x', command: '/bin/sh', args, saveOutput: true });
  it.each([
    ['a line of a shell', line('-c', 'echo hello; hostname; exit 3'), { output: 'hello\nn1\n', exitCode: 3 }],
    ['what prints nothing', line('-c', 'true'), { output: '', exitCode: 0 }],
    ['a program', { name: 'x', command: 'false', args: [] }, { output: '', exitCode: 1 }],
    [
      'what nobody knows',
      { name: 'x', command: 'lsblk', args: ['-f'] },
      { output: 'sim: not run: lsblk -f\n', exitCode: 0 },
    ],
  ])('does what can be read from it: %s', (_what, instruction, ended) => {
    expect(endedByHand(instruction, 'n1', now)).toEqual(ended);
  });

  it('fails its plan at the first that does not end well', () => {
    const plan = { instructions: [line('-c', 'echo one'), line('-c', 'exit 2'), line('-c', 'exit 4')] };
    expect(failureByHand(plan, 'n1', now)).toEqual({ instruction: 1, output: '' });
    expect(failureByHand(cleanPlan('a'), 'n1', now)).toBeUndefined();
  });
});
