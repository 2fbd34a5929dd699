/** What every object has, and what its conditions, owners and references look like. */
import type { Kind } from '../kinds.ts';

/** A condition of any generation. `generation` says which list it stood in: Cluster API v1.10 keeps two. */
export interface Condition {
  type: string;
  /** `True`, `False`, `Unknown`, or whatever was sent. */
  status: string;
  reason?: string;
  message?: string;
  /** Only the v1beta1 generation has it: `Error`, `Warning`, `Info`. */
  severity?: string;
  since?: number;
  generation: 'v1beta1' | 'v1beta2' | 'plain';
}

export interface OwnerRef {
  apiKind: string;
  name: string;
  uid: string;
  controller: boolean;
}

export interface Ref {
  apiKind: string;
  name: string;
}

/** What every object has. */
export interface Meta {
  kind: Kind;
  uid: string;
  name: string;
  namespace: string;
  resourceVersion: string;
  generation?: number;
  created?: number;
  /** When deletion was asked for; the object stays until its finalizers are gone. */
  deleting?: number;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  owners: readonly OwnerRef[];
  finalizers: readonly string[];
}
