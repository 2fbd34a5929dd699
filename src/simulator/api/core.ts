import type { ApiError } from './errors.ts';
import type { Resource } from './resources.ts';
import type { Store } from './store.ts';
import type { Subresource } from './target.ts';
import type { KubeObject, User } from './types.ts';

/** A write as admission sees it, after defaulting and validation. The objects must not be changed. */
export interface Review {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  resource: Resource;
  subresource?: Subresource;
  /** Missing for a delete. */
  object?: KubeObject;
  /** Missing for a create. */
  old?: KubeObject;
  user: User;
  dryRun: boolean;
}

/** Refuses a write: with a message, sent word for word as a 403, or with a whole ApiError. Undefined lets it pass. */
export type Admission = (review: Review) => string | ApiError | undefined;

/** What the verbs share. */
export interface Core {
  store: Store;
  resources: readonly Resource[];
  admission: readonly Admission[];
  /** Ms since the epoch. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  newUid(): string;
  /** Whether to track which writer owns which field. */
  managedFields: boolean;
  /** Lets the garbage collector finish what a write has set off. */
  settle(): void;
}

/** Who writes and how. */
export interface WriteContext {
  user: User;
  /** The field manager. */
  manager: string;
  /** Nothing is stored. */
  dryRun: boolean;
}
