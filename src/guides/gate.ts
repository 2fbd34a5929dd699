/** What a gate is: something that is looked at before a stage, and what it takes to go through it where it stands in the way. */
import type { ObjectRef } from '../domain/fleet/rows.ts';

/** Something that must be so before a stage begins. */
export interface Gate {
  /**
   * `etcd-backup`, `spare-hosts/prod-pool`. Unique in its stage; the same name at two stages is the same matter. Typed to
   * go through it all the same.
   */
  name: string;
  /** `unknown`: what it is about cannot be known now; it stands in the way like a `block`. */
  result: 'pass' | 'warn' | 'block' | 'unknown';
  /** What was looked at: `spare hosts in prod-pool`. */
  title: string;
  /** What was found: `1 free, 1 needed`. */
  figure: string;
  evidence: readonly GateEvidence[];
  /** What helps. Present unless it passes. */
  remedy?: GateRemedy;
  /** It passes when somebody says this in words of their own; follows on `say`: `where the backup is, and of when`. */
  asks?: string;
  /** `never`: the server would refuse, or nothing could work; typing its name does not help. */
  override: 'typed' | 'never';
  /** Somebody went through it, or said the words. */
  passedBy?: { by: string; at: number; words: string };
  /** The workload cluster was not asked: this is what the management cluster has heard of it. */
  secondHand?: boolean;
}

export interface GateEvidence {
  /** `MachineInventory rack3-u12`. */
  of: string;
  says: string;
  /** Since when, epoch ms. */
  at?: number;
  ref?: ObjectRef;
}

export interface GateRemedy {
  text: string;
  command?: string;
  /** An operation of metaldeck that helps. */
  operation?: { id: string; target: ObjectRef };
}
