/** What the command line said, parsed. */

import type { CLUSTER_API, CONTROLLERS, Command, OUTPUTS, VIEWS } from './commands.ts';
import type { ClusterShape } from './values.ts';

export interface Options {
  command: Command;
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  as?: string;
  asGroups: string[];
  view?: (typeof VIEWS)[number];
  output: (typeof OUTPUTS)[number];
  /** ms */
  timeout: number;
  /** How many hosts to simulate; undefined where it is left to `cluster`. */
  hosts?: number;
  /** The one cluster to simulate. */
  cluster?: ClusterShape;
  /** Machines that wait for an ISO. */
  waiting: number;
  /** Nothing happens that nobody asked for. */
  still: boolean;
  speed: number;
  seed: string;
  demo: boolean;
  /** As given: whether there is one of that name is not checked yet. */
  scenario?: string;
  listScenarios: boolean;
  /** Of `snapshot`: goes on printing what changes. */
  watch: boolean;
  /** Of `output`: the one instruction to print. */
  instruction?: string;
  /** Of `report`: the file to write. */
  file?: string;
  simulate: SimulateOptions;
  operate: OperateOptions;
  create: CreateOptions;
  upgrade: UpgradeOptions;
}

/** What only `create` is told. */
export interface CreateOptions {
  /** The file of answers; `-`: the standard input. */
  from?: string;
  out?: string;
  /** `PATH=VALUE` */
  set: readonly string[];
  offline: boolean;
  /** Only `render`: the generation it writes in. */
  clusterApi?: (typeof CLUSTER_API)[number];
  /** Id of the stage after which it ends. */
  until?: string;
  force?: string;
}

/** What only `upgrade` is told. */
export interface UpgradeOptions {
  to?: string;
  rows?: string;
  groups?: string;
  offline: boolean;
}

/** What only `run` and `journal` are told. */
export interface OperateOptions {
  /** What stands behind the command. */
  words: readonly string[];
  /** Flags of `run` that are not metaldeck's own, without dashes. */
  fields: Readonly<Record<string, string>>;
  dryRun: boolean;
  confirm: readonly string[];
  wait: boolean;
  /** ms; absent where no --timeout was given. */
  waitMs?: number;
  takeBack: boolean;
  takeOver: boolean;
  /** Of `journal list`: those of all servers. */
  allServers: boolean;
  readOnly: boolean;
}

/** What only `simulate` is told. */
export interface SimulateOptions {
  port?: number;
  pools?: number;
  clusterApi?: (typeof CLUSTER_API)[number];
  writeKubeconfig?: string;
  tls: boolean;
  /** A kubeconfig file. */
  against?: string;
  controllers: readonly (typeof CONTROLLERS)[number][];
  amongRealHosts?: string;
}
