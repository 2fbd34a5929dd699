/** What a question is: one answer as one line of a table. */
import { PUBLISHED } from '../../../domain/matrix.ts';
import type { Draft, Part } from '../answers.ts';
import type { Known } from '../known.ts';
import { type AnswerKind, at } from '../values.ts';

export interface Offer {
  value: string;
  title: string;
  /** Why it cannot be chosen. */
  disabled?: string;
}

export interface Question {
  /** Where it stands: `endpoint.vrid`. */
  path: string;
  /** The document's placeholder, where it has one. */
  placeholder?: string;
  title: string;
  /** One or two sentences for the file and the form. */
  about: string;
  kind: AnswerKind;
  choices?: readonly string[];
  /** What stands there at first; undefined: it has to be answered, or may stay empty. */
  initial?: unknown;
  /** May be left out of the file. */
  optional?: boolean;
  /** Asked only where one of these parts is wanted; absent: always. */
  parts?: readonly Part[];
  /** What the cluster knows that would fit. The first one is the best. */
  offers?(known: Known, draft: Draft): readonly Offer[];
  /** How an answer looks, where there is neither an initial one nor, without a cluster, an offer. */
  example?: string;
  /** Offered, and filled in by nobody but the operator: more depends on it than the cluster knows. */
  chosen?: true;
}

/** Asked where hosts register, where pools are made, where there is a control plane, where there are nodes. */
export const BOOT: readonly Part[] = ['registration'];
export const POOLS: readonly Part[] = ['pools'];
export const PLANE: readonly Part[] = ['controlPlane'];
export const NODES: readonly Part[] = ['controlPlane', 'workers'];

export const plain = (value: string | undefined): Offer[] => (value ? [{ value, title: value }] : []);

/** The newest published row that brings a version. */
export const releaseOf = (version: string) => PUBLISHED.findLast(({ kubernetes }) => kubernetes === version);

export const versionOf = (draft: Draft) => String(at(draft, 'kubernetesVersion') ?? '');
