/** What rows say of an object in a word: what is wrong with it, what it is used for, how far it is. Views show these words. */
import type { Kind } from '../kinds.ts';

/** `bad`: someone must act. `warn`: worth a look, or it may heal by itself. */
export type Severity = 'bad' | 'warn';

/** The one thing worth saying about a row: a short phrase without the row's name or an age in it. */
export interface Problem {
  severity: Severity;
  text: string;
  /** When it began, where known. */
  since?: number;
  /** The row whose own problem this one follows from; such a problem is shown in its row and left out of attention. */
  cause?: ObjectRef;
  /** It rests on an object that is not there: it may only not have arrived. */
  fleeting?: true;
}

/** A pointer to one watched object. */
export interface ObjectRef {
  kind: Kind;
  uid: string;
  name: string;
}

/**
 * The state of a plan (`domain.md` rule: by checksums where the Secret's data is known).
 * `none`: no plan was ever written, or only the empty one.
 * `rerun-failed`: applied once, and its last re-run failed.
 */
export type PlanWord =
  | 'none'
  | 'pending'
  | 'applied'
  | 'rerun-failed'
  | 'retrying'
  | 'failed'
  | 'canceled'
  | 'paused'
  | 'unknown';

export interface PlanState {
  word: PlanWord;
  /**
   * `checksum`: from the Secret's own data. `agent`: from its `plan-state` key. `reported`: only the
   * MachineInventory says so, which may be stale. `unknown`: nobody says.
   */
  source: 'checksum' | 'agent' | 'reported' | 'unknown';
}

/** What a host is being used for, from the provider's annotations. */
export type HostUse =
  | 'free'
  | 'allocated'
  | 'reprovisioning'
  | 'running'
  | 'preparing'
  /** Given up by the provider, or called Available by it and not given away for what is wrong with it. */
  | 'unavailable'
  /** Registered, but in no pool. */
  | 'unpooled'
  /** In a pool, with an allocation state that is missing or not known to us. */
  | 'unknown';

/** `SeedImageReady` turned into the word operators expect (`status.state` is never written by real controllers). */
export type SeedImageState = 'not started' | 'building' | 'ready' | 'expired' | 'failed' | 'unknown';
