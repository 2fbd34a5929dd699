import type { ObjectRef, Problem } from './rows.ts';

/** Looks at one row's facts and names one thing that is wrong, or nothing. A short phrase, no row name, no age. */
export type Rule<F> = (facts: F) => Problem | undefined;

export function bad(text: string, since?: number, cause?: ObjectRef): Problem {
  return { severity: 'bad', text, since, cause };
}

export function warn(text: string, since?: number, cause?: ObjectRef): Problem {
  return { severity: 'warn', text, since, cause };
}

/** A problem that may only be the order in which objects arrive. */
export const fleeting = (problem: Problem): Problem => ({ ...problem, fleeting: true });

/** The one thing to say: the first `bad` of a table, or else its first `warn`. Tables run from specific to general. */
export function worst<F>(rules: readonly Rule<F>[], facts: F): Problem | undefined {
  let mild: Problem | undefined;
  for (const rule of rules) {
    const problem = rule(facts);
    if (problem?.severity === 'bad') return problem;
    mild ??= problem;
  }
  return mild;
}

/** `1 host`, `2 hosts`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
