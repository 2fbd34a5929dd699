/** What the command line said, parsed. */
import type { CLUSTER_API, CONTROLLERS, Command, OUTPUTS, VIEWS } from './commands.ts';

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
  hosts: number;
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
  readOnly: boolean;
}

/** What only `simulate` is told. */
export interface SimulateOptions {
  port?: number;
  pools?: number;
  waiting: number;
  clusterApi?: (typeof CLUSTER_API)[number];
  writeKubeconfig?: string;
  tls: boolean;
  still: boolean;
  /** A kubeconfig file. */
  against?: string;
  controllers: readonly (typeof CONTROLLERS)[number][];
  amongRealHosts?: string;
}
