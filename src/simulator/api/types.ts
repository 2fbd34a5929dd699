/** Metadata of an object as it is stored: Kubernetes' ObjectMeta. */
export interface Meta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string | null;
  deletionGracePeriodSeconds?: number | null;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFields[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** What one writer owns: a trie of `f:`, `v:` and `k:` steps, as in FieldsV1. */
export interface FieldSet {
  [step: string]: FieldSet;
}

export interface ManagedFields {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: FieldSet;
  subresource?: string;
}

/** An object of any kind. What is stored is never changed in place. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Meta;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Who asks. */
export interface User {
  name: string;
  groups?: readonly string[];
  uid?: string;
  /** What else is known of whoever it is, by its names. */
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** One request as both the sockets and the in-memory transport hand it in. */
export interface ApiRequest {
  /** Objects are shown as they are kept. */
  bare?: boolean;
  method: string;
  /** Starts with `/`, without a query. */
  path: string;
  query: URLSearchParams;
  accept: string;
  contentType: string;
  body: string;
  userAgent?: string;
  /** Undefined when what came is not valid; who comes with nothing is anonymous. */
  user: User | undefined;
  /** Whom the user wants to act as. */
  actAs?: User;
}

/** One answer. A short body is text, or bytes; a list or a watch arrives in pieces. */
export interface ApiAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string | Uint8Array | AsyncIterable<string>;
  /** The same list as objects, for who is in this process and asked for them bare: the body is then not read. */
  objects?: ObjectList;
  /** Ends a body that is still open. */
  close?(): void;
}

/** A list of items that are the reader's, as their metadata is; what is further inside must be left as it is. They arrive some at a time. */
export interface ObjectList {
  head: { kind: string; apiVersion: string; metadata: object };
  items: AsyncIterable<unknown[]>;
}

/** Narrows to a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
