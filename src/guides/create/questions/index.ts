/**
 * Every answer as one line of a table: where it stands in the file, what the document calls it, what is written there
 * when nobody said anything, and what the cluster offers. The file, its schema, the form and the help are made of it.
 */
import type { Draft } from '../answers.ts';
import { at } from '../values.ts';
import { BOOT } from './boot.ts';
import { CLUSTER } from './cluster.ts';
import { NETWORK } from './network.ts';
import { NODES } from './nodes.ts';
import type { Question } from './question.ts';

export { type Offer, type Question, releaseOf } from './question.ts';

export const QUESTIONS: readonly Question[] = [...CLUSTER, ...BOOT, ...NETWORK, ...NODES];

/** The question of a path. */
export function questionOf(path: string): Question | undefined {
  return QUESTIONS.find((question) => question.path === path);
}

/** Whether a question is asked, given the parts that are wanted. */
export function isAsked({ parts }: Question, draft: Draft): boolean {
  const wanted = at(draft, 'parts');
  return !parts || !Array.isArray(wanted) || parts.some((part) => wanted.includes(part));
}
