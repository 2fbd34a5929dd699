import { parseArgs } from 'node:util';

export const PARTS = ['first-frame', 'sync', 'live', 'bytes', 'simulator'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  hosts: number;
  /** How often each time is taken. */
  runs: number;
  parts: ReadonlySet<Part>;
  /** The program to measure; absent: the bundle of this checkout, built first. */
  program?: string;
}

export const USAGE = `Usage: npm run bench -- [--hosts N] [--runs N] [--only ${PARTS.join(',')}] [--program FILE]

  --hosts N       hosts in the large fleet, four objects each; default 10000
  --runs N        how often each time is taken; default 3
  --only A,B      some parts only
  --program FILE  measure this program instead of building and measuring bin/metaldeck

A real API server is used where KUBEBUILDER_ASSETS names a folder with kube-apiserver and etcd, and METALDECK_TEST_CRDS
the folders of the CRDs. Without them the embedded API stands in, and the parts it cannot speak for are left out.`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0, not "${text}"`);
  return value;
}

/** Reads the command line. Throws Error with a sentence for the user. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      hosts: { type: 'string', default: '10000' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join(',') },
      program: { type: 'string' },
    },
  });
  const parts = values.only.split(',').map((name) => {
    const part = PARTS.find((each) => each === name.trim());
    if (!part) throw new Error(`there is no part "${name}"; there are ${PARTS.join(', ')}`);
    return part;
  });
  return {
    hosts: count('hosts', values.hosts),
    runs: count('runs', values.runs),
    parts: new Set(parts),
    program: values.program,
  };
}
