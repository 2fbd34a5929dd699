import type { Cluster, User } from '@kubernetes/client-node';

/** A cluster of the kubeconfig, with what client-node's model leaves out. Paths are absolute. */
export interface KubeCluster extends Cluster {
  readonly disableCompression?: boolean;
  /** What exec plugins are told about this cluster: its extension `client.authentication.k8s.io/exec`. */
  readonly execConfig?: unknown;
}

/** A user of the kubeconfig, with what client-node's model leaves out. Paths are absolute. */
export interface KubeUser extends User {
  readonly tokenFile?: string;
  readonly exec?: ExecSpec;
  readonly impersonation?: Impersonation;
}

/** Whom the requests act as, instead of the user. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A credential plugin, as the kubeconfig describes it. */
export interface ExecSpec {
  readonly apiVersion: string;
  /** Absolute, or a bare name to be found on PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
  readonly installHint?: string;
}

/** The parts of one context, ready to connect with. */
export interface Target {
  readonly context: string;
  readonly cluster: KubeCluster;
  /** Absent where the context names no user. */
  readonly user?: KubeUser;
  readonly inCluster: boolean;
}
