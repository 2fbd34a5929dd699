import type { Authorizer } from './authorize.ts';
import type { Admission, Plugin, Webhook } from './core.ts';
import type { LogSource } from './pod-logs.ts';
import type { ClusterApiVersion, Resource } from './resources.ts';
import type { KubeObject, ManagedFields, User } from './types.ts';

/** How an embedded API server behaves. */
export interface ApiOptions {
  /** The version of Cluster API's groups; v1beta1 if not given. */
  clusterApi?: ClusterApiVersion;
  /** The kinds to serve instead of a management cluster's. Namespaces and Events must be among them. */
  resources?: readonly Resource[];
  /** Namespaces to begin with. */
  namespaces?: readonly string[];
  /** When those were created, in ms since the epoch; now if not given. */
  namespacesSince?: number;
  /** The revision to begin after; 1 if not given. */
  revision?: number;
  /** Who brings which bearer token. A server adds its own. */
  tokens?: Readonly<Record<string, User>>;
  /**
   * Who may do what; everybody everything if not given. `rbac`: what the roles and bindings among the objects say, and
   * system:masters everything.
   */
  authorize?: Authorizer | 'rbac';
  /** Hooks that may change or refuse writes, in the order in which they are asked. */
  admission?: readonly (Admission | Webhook)[];
  /** The server's own admission, in the order in which it is asked; none if not given. */
  plugins?: readonly Plugin[];
  /** Ms since the epoch: the time objects are stamped with. */
  now?: () => number;
  /** From 0 up to 1: what generated names are made of. */
  random?: () => number;
  newUid?: () => string;
  /** How many writes watches and paged lists can go back; 20,000 if not given. */
  historyLimit?: number;
  /** Ms between bookmarks; a minute if not given. */
  bookmarkMs?: number;
  /** Ms after which a watch that names no timeout ends; 30 minutes if not given. */
  watchTimeoutMs?: number;
  /** Events that may wait for a slow watch before it is ended. */
  watchBuffer?: number;
  /** Whether watches may ask for sendInitialEvents; true if not given. */
  watchList?: boolean;
  /** Whether to track which writer owns which field, as server-side apply needs; true if not given. */
  managedFields?: boolean;
  /** Who has written what of objects that were loaded without saying so; nobody if not given. */
  ownership?: (resource: Resource, object: KubeObject) => ManagedFields[];
  /**
   * What has been before: since when, Unix time in ms, the server has come to `revision`, and when an object was last
   * written. Objects that are loaded then have the revision of their time; where left out, that of a write. `revision`
   * tells which one that is, of an object written at `at`, of a server that had come to `settled` by `now`; where left
   * out, or it tells nothing, writes were as many at all times.
   */
  past?: {
    since: number;
    written: (object: KubeObject) => number;
    revision?: (object: KubeObject, at: number, now: number, settled: number) => number | undefined;
  };
  /** Whether gone owners take their dependents along; true if not given. */
  garbageCollection?: boolean;
  /** Ms for which core events are kept; an hour if not given. */
  eventTtlMs?: number;
  /** Called with a plural name before objects of that kind are read, or one is deleted: what is kept lazily can be brought up to date. */
  beforeRead?: (plural: string) => void;
  /** Called with a plural name when somebody begins to watch objects of that kind. */
  onWatch?: (plural: string) => void;
  /** Called before anything is written: for what was written before that, and is not there yet. It may write itself. */
  beforeWrite?: () => void;
  /** Whether somebody ends the containers of a Pod that is deleted: it is then kept for its grace period. None if not given. */
  endsPods?: (pod: KubeObject) => boolean;
  /**
   * How long, in ms of the wall's clock, a Namespace that is going is left alone before what is in it goes: a real server's
   * controller waits 5 s. At once where left out.
   */
  namespaceGrace?: () => number;
  /** Tells what containers have written; without it no kubelet answers. */
  logs?: LogSource;
  /** What the kubelet of a Node was told beside what its cluster tells all of them; nothing if not given. */
  kubeletPatch?: (node: string) => Record<string, unknown> | undefined;
  /** When the kernel of the host began that reports this boot, and when its programs ran, Unix times in ms; nobody knows if not given. */
  boot?: (id: string) => { began: number; up: number } | undefined;
  /** Where the server is reached, as `10.0.0.1:6443`. */
  address?: () => string;
  /** What /version says, now or whenever it is asked. */
  gitVersion?: string | (() => string);
  /**
   * Since when it has counted what is wanted of Pods, as Kubernetes writes times: those that are put in ready made and are
   * older have no generation. Left out, none of them has.
   */
  podsCountedSince?: () => string | undefined;
}
