/** What a rule over answers is. Plain functions: each can be shown an answer that is good and one that is bad. */
import type { Answers } from '../answers.ts';
import type { Known } from '../known.ts';

export interface Finding {
  /** The question it is about: `endpoint.vrid`. */
  path: string;
  severity: 'error' | 'warning';
  /** One sentence without a full stop. */
  text: string;
}

/** Answers as far as they are filled in: a rule speaks only of what is there. */
export type Partly<T> = {
  readonly [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : T[K] extends object ? Partly<T[K]> : T[K];
};
export type Given = Partly<Answers>;

export interface Rule {
  /** `vrid-unique`; unique among all. */
  id: string;
  /** What it wants, as a sentence. */
  about: string;
  /** Kinds of knowledge without which it cannot be told; it is then listed as unchecked. */
  from?: readonly (keyof Known)[];
  /** Says something without that knowledge too, from what was answered. */
  partial?: boolean;
  check(given: Given, known: Known): readonly Finding[];
}

export const error = (path: string, text: string): Finding => ({ path, severity: 'error', text });
export const warning = (path: string, text: string): Finding => ({ path, severity: 'warning', text });

/** Whether a part is wanted; all are where nothing is said. */
export function wanted({ parts }: Given, ...some: readonly Answers['parts'][number][]): boolean {
  return !parts || some.some((part) => parts.includes(part));
}
