import type { ApiError, Cause } from './errors.ts';
import type { LogSource } from './pod-logs.ts';
import type { Resource } from './resources.ts';
import type { ExpiredEvents } from './storage/event-expiry.ts';
import type { RemovedObjects } from './storage/removed.ts';
import type { Store } from './store.ts';
import type { Subresource } from './target.ts';
import type { KubeObject, User } from './types.ts';

/**
 * A write as admission sees it. The objects must not be changed. A mutating hook sees it before validation, with names
 * and defaults filled in; a refusing one sees what would be stored.
 */
export interface Review {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  resource: Resource;
  /** Missing where the object itself is written. */
  subresource?: Subresource;
  /** Missing for a delete. */
  object?: KubeObject;
  /** Missing for a create. */
  old?: KubeObject;
  user: User;
  dryRun: boolean;
  /** Tells whoever writes something beside the answer. */
  warn?: WriteContext['warn'];
}

/** Refuses a write: with a message, sent word for word as a 403, or with a whole ApiError. Undefined lets it pass. */
export type Admission = (review: Review) => string | ApiError | undefined;

/**
 * An admission webhook, as a MutatingWebhookConfiguration or ValidatingWebhookConfiguration registers one. Its words
 * are sent as a real server sends them: `admission webhook "<name>" denied the request: <words>`.
 */
export interface Webhook {
  /** A domain name: `validation.machine.cluster.x-k8s.io`. */
  name: string;
  /** The API group; empty for the core group. */
  group: string;
  /** Plural names: `machines`; with their subresource for writes through one: `machines/status`. */
  resources: readonly string[];
  operations: readonly Review['operation'][];
  /** Where it plays a program that writes for itself: as whom what it changes by an update is noted, and through no subresource. */
  signs?: string;
  /**
   * Defaulting: the object as it shall be, in a copy, or undefined to leave it. May refuse as `validate` does. Called
   * before the schema is checked, so any field may be missing or of a wrong type. Never called for a delete.
   */
  mutate?(review: Review): { object?: KubeObject; refusal?: Refusal } | undefined;
  /** Undefined lets the write pass. Called after all hooks have mutated and the schema has been checked. */
  validate?(review: Review): Refusal | undefined;
}

/**
 * Why a webhook denies: words, sent as a 403; causes, sent as the 422 Invalid of the object with one cause a field (as
 * apierrors.NewInvalid from a field.ErrorList makes it); or a whole Status of its own. No causes let the write pass.
 */
export type Refusal = string | readonly Cause[] | ApiError;

/**
 * A plugin of the server's own admission: it sees the other objects there are, and throws its refusals. `admit` is asked
 * before any webhook, and gives the object as it shall be, in a copy, or undefined to leave it; `check` is asked last.
 */
export interface Plugin {
  admit?(review: Review & { object: KubeObject }, core: Core): KubeObject | undefined;
  check?(review: Review, core: Core): void;
}

/** What the verbs share. */
export interface Core {
  store: Store;
  resources: readonly Resource[];
  admission: readonly (Admission | Webhook)[];
  plugins: readonly Plugin[];
  /** Ms since the epoch. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  newUid(): string;
  /** The minor version of Kubernetes that it is. */
  minor(): number;
  /** Whether to track which writer owns which field. */
  managedFields: boolean;
  /** Whether somebody ends the containers of a Pod that is deleted, and then says so. */
  endsPods?: (pod: KubeObject) => boolean;
  /** How long, in ms of the wall's clock, a Namespace that is going is left alone. */
  namespaceGrace?: () => number;
  /** Tells what containers have written; where left out, no kubelet answers. */
  logs?: LogSource;
  /** What the kubelet of a Node was told beside what its cluster tells all of them. */
  kubeletPatch?: (node: string) => Record<string, unknown> | undefined;
  /** When the kernel of the host began that reports this boot, and when its programs ran, Unix times in ms, where that is known. */
  boot?: ((id: string) => { began: number; up: number } | undefined) | undefined;
  /** The Events that are no longer kept, for logs. */
  expired?: ExpiredEvents | undefined;
  /** Pods and Nodes that are gone, for logs. */
  removed?: RemovedObjects | undefined;
  /** Since when there have been writes, Unix time in ms. */
  begun(): number;
  /** Lets the garbage collector finish what a write has set off. */
  settle(): void;
}

/** Servers of this minor version and later count what is wanted of Pods. Source: k8s.io/kubernetes/pkg/registry/core/pod. */
export const PODS_COUNTED = 33;

/** Whether a server counts the changes of what is wanted of a kind: of Pods it does since 1.33. */
export const hasGenerations = (core: Pick<Core, 'minor'>, { generations, kind, custom }: Resource): boolean =>
  generations || (kind === 'Pod' && !custom && core.minor() >= PODS_COUNTED);

/** Who writes and how. */
export interface WriteContext {
  user: User;
  /** The field manager. */
  manager: string;
  /** Nothing is stored. */
  dryRun: boolean;
  /** What is done about fields that a kind does not know. */
  fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** Tells the client something beside the answer. */
  warn(words: string): void;
}
