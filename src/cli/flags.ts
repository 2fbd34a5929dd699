/** Every flag: one table. What is parsed and what the help says both come from it. */
import { CLUSTER_API, CONTROLLERS, TABLES, VIEWS } from './commands.ts';

export interface Flag {
  type: 'string' | 'number' | 'boolean';
  short?: string;
  many?: boolean;
  /** A boolean that is true unless told. */
  on?: boolean;
  /** What stands for the value in the help. */
  value?: string;
  title: string;
  /** Commands it belongs to; absent: all. */
  commands?: readonly string[];
}

export const FLAGS = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    title: 'kubeconfig file; default: KUBECONFIG, then ~/.kube/config, then in-cluster',
  },
  context: { type: 'string', value: 'NAME', title: 'context of the kubeconfig; default: its current one' },
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    title: 'namespace of all bare-metal objects; default: cpaas-system',
  },
  as: { type: 'string', value: 'USER', title: 'user to impersonate' },
  asGroup: { type: 'string', many: true, value: 'GROUP', title: 'group to impersonate; may be given again' },
  view: { type: 'string', value: 'NAME', title: `what to show: ${VIEWS.join(', ')}` },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    title: `one of ${TABLES.join(', ')}; for upgrade, table, json or yaml; for output, text or json; for report, the file to write`,
    commands: ['snapshot', 'explain', 'run', 'journal', 'output', 'report', 'create', 'delete', 'upgrade'],
  },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    title: 'how long to wait for the first complete lists (default: 30), or with --wait to the end (default: 3600)',
    commands: ['snapshot', 'explain', 'run', 'journal', 'output', 'report', 'create', 'delete', 'upgrade'],
  },
  watch: {
    type: 'boolean',
    title: 'prints a line for everything that changes, until it is interrupted; with -o json one object a line',
    commands: ['snapshot'],
  },
  instruction: {
    type: 'string',
    value: 'NAME',
    title: 'the output of this instruction only',
    commands: ['output'],
  },
  to: {
    type: 'string',
    value: 'VERSION',
    title: 'where an upgrade goes: a Kubernetes version, or a release of the support matrix',
    commands: ['upgrade'],
  },
  rows: {
    type: 'string',
    value: 'LIST',
    title: 'releases or versions to go over in between; default: the newest on a way without traps',
    commands: ['upgrade'],
  },
  groups: {
    type: 'string',
    value: 'LIST',
    title: 'groups of workers in the order of their upgrade; default: by name',
    commands: ['upgrade'],
  },
  dryRun: {
    type: 'boolean',
    title: 'shows the plan and what the server says to it; nothing is written',
    commands: ['run', 'journal', 'create', 'delete', 'upgrade'],
  },
  confirm: {
    type: 'string',
    many: true,
    value: 'NAME',
    title: 'what a destructive operation wants typed; its plan says what',
    commands: ['run', 'journal', 'delete', 'upgrade'],
  },
  wait: {
    type: 'boolean',
    title: 'waits until it is seen to be done',
    commands: ['run', 'journal', 'create', 'delete', 'upgrade'],
  },
  from: { type: 'string', value: 'FILE', title: 'the file of answers; - is the standard input', commands: ['create'] },
  answers: { type: 'string', value: 'FILE', title: 'the same as --from', commands: ['create'] },
  out: {
    type: 'string',
    value: 'PATH',
    title: 'where to write: a folder for render, a file for init and schema; - is the standard output',
    commands: ['create'],
  },
  set: {
    type: 'string',
    many: true,
    value: 'PATH=VALUE',
    title:
      'an answer for init (--set endpoint.host=10.0.0.10), a field for hosts (--set hosts=3); commas separate the lines of a list',
    commands: ['create'],
  },
  offline: {
    type: 'boolean',
    title: 'create: asks no cluster; upgrade: a document in Markdown with every write, and no dry run',
    commands: ['create', 'upgrade'],
  },
  until: {
    type: 'string',
    value: 'STAGE',
    title: 'goes no farther than registration, hosts, pools, control-plane or workers',
    commands: ['create'],
  },
  force: {
    type: 'string',
    value: 'NAME',
    title: 'takes over fields that others own; NAME is that of the cluster',
    commands: ['create'],
  },
  takeBack: {
    type: 'boolean',
    title: 'takes back what was written, where finishing is the default',
    commands: ['journal'],
  },
  allServers: {
    type: 'boolean',
    title: 'list: what was done on every server, where that of the kubeconfig alone is the default',
    commands: ['journal'],
  },
  takeOver: {
    type: 'boolean',
    title: 'goes on with what a process on another host began: it is certain that it does not run any more',
    commands: ['journal', 'create', 'upgrade'],
  },
  readOnly: { type: 'boolean', title: 'nothing can be written; also in the config file, for all or by context' },
  hosts: {
    type: 'string',
    value: 'N',
    title: 'how many hosts to simulate; 0 is an empty datacenter; default: 42',
    commands: ['demo', 'simulate', 'snapshot', 'explain', 'output', 'report'],
  },
  speed: {
    type: 'string',
    value: 'X',
    title: 'how many times faster than life; default: 10',
    commands: ['demo', 'simulate'],
  },
  seed: {
    type: 'string',
    value: 'S',
    title: 'seed of the simulation; the same seed gives the same datacenter',
    commands: ['demo', 'simulate', 'snapshot', 'explain', 'output', 'report'],
  },
  port: {
    type: 'string',
    value: 'N',
    title: 'where to listen on 127.0.0.1; default: any free port',
    commands: ['simulate'],
  },
  pools: {
    type: 'string',
    value: 'N',
    title: 'how many pools of workers; default: as fits the hosts',
    commands: ['simulate'],
  },
  cluster: {
    type: 'string',
    value: 'SHAPE',
    title: 'one cluster that nobody else touches: 3+9@v1.31.14-2 has three control-plane and nine worker hosts',
    commands: ['demo', 'simulate'],
  },
  waiting: {
    type: 'string',
    value: 'N',
    title: 'machines that wait unregistered and boot the next ISO that is built; default: 6',
    commands: ['demo', 'simulate'],
  },
  clusterapi: {
    type: 'string',
    value: 'VERSION',
    title: `simulate, create render: version of Cluster API, ${CLUSTER_API.join(' or ')}; default: what a real server serves, else v1beta1`,
    commands: ['simulate', 'create'],
  },
  writeKubeconfig: {
    type: 'string',
    value: 'FILE',
    title: 'where to write the kubeconfig; default: a temporary file',
    commands: ['simulate'],
  },
  tls: {
    type: 'boolean',
    on: true,
    title: 'speak TLS, as kubectl wants it to send its token; --no-tls turns it off',
    commands: ['simulate'],
  },
  scenario: {
    type: 'string',
    value: 'NAME',
    title: 'the trouble to begin with; --list-scenarios tells which there is',
    commands: ['demo', 'simulate'],
  },
  listScenarios: { type: 'boolean', title: 'prints every scenario and what to look for, and starts nothing' },
  still: { type: 'boolean', title: 'nothing happens that nobody asked for', commands: ['demo', 'simulate'] },
  against: {
    type: 'string',
    value: 'KUBECONFIG',
    title: 'run the simulated controllers on this real API server instead',
    commands: ['simulate'],
  },
  controllers: {
    type: 'string',
    value: 'LIST',
    title: `with --against, which of ${CONTROLLERS.join(',')}; default: all`,
    commands: ['simulate'],
  },
  amongRealHosts: {
    type: 'string',
    value: 'NAME',
    title: 'with --against, go on though hosts are there that are not simulated: NAME is namespace@host',
    commands: ['simulate'],
  },
  demo: {
    type: 'boolean',
    title: 'on a simulated datacenter that ends with the command; it has a journal of its own',
    commands: ['snapshot', 'explain', 'run', 'journal', 'upgrade', 'output', 'report'],
  },
} as const satisfies Record<string, Flag>;

/** The flag as it is typed, without dashes in front: `asGroup` is `as-group`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** For each flag as it is typed, long and short: whether a value follows it. */
export function takesValue(): Map<string, boolean> {
  return new Map(
    (Object.entries(FLAGS) as [string, Flag][]).flatMap(([name, { type, short }]) =>
      [`--${dashed(name)}`, ...(short ? [`-${short}`] : [])].map((flag): [string, boolean] => [
        flag,
        type !== 'boolean',
      ]),
    ),
  );
}
