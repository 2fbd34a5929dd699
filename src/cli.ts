/** Commands and flags: one table. What meow parses and what the help says both come from it. */
import meow from 'meow';
import { splitFields } from './cli-fields.ts';
import { oneOf, positive, someOf, UsageError, whole } from './cli-values.ts';

export { UsageError } from './cli-values.ts';

interface Flag {
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

export const COMMANDS = {
  dashboard: 'the live dashboard (the default)',
  demo: 'the dashboard on a simulated datacenter; nothing real is touched',
  simulate: 'serves a simulated datacenter for kubectl and others, until it is stopped',
  snapshot: 'prints what the dashboard would show, once, for scripts',
  output: "prints what the instructions of a host's plan said: output HOST [--instruction NAME]",
  report: 'collects what is wrong, and what it has to do with, into one file for others: report [-o FILE]',
  explain:
    'why something is not as it should be: explain [cluster|group|machine|host|pool NAME]; all causes without one',
  run: 'runs one operation: run OPERATION KIND/NAME... [--FIELD VALUE]; --dry-run only asks the server',
  journal: 'what was done from here: list, show ID, resume ID (--take-back), leave ID, export',
} as const;

export type Command = keyof typeof COMMANDS;

export const VIEWS = [
  'overview',
  'pools',
  'hosts',
  'machines',
  'groups',
  'plans',
  'clusters',
  'onboarding',
  'events',
  'attention',
] as const;
export const OUTPUTS = ['table', 'wide', 'json', 'yaml', 'text'] as const;
const TABLES = ['table', 'wide', 'json', 'yaml'] as const;
/** Formats of a command that knows fewer than all. */
const FORMATS: Partial<Record<Command, readonly (typeof OUTPUTS)[number][]>> = {
  snapshot: TABLES,
  run: TABLES,
  journal: TABLES,
  output: ['text', 'json'],
};

export const CLUSTER_API = ['v1beta1', 'v1beta2'] as const;
export const CONTROLLERS = ['elemental', 'hosts', 'provider', 'capi'] as const;

const FLAGS = {
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
    title: `one of ${OUTPUTS.join(', ')}; for report, the file to write`,
    commands: ['snapshot', 'explain', 'run', 'journal', 'output', 'report'],
  },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    title: 'how long to wait for the first complete lists (default: 30), or with --wait to the end (default: 3600)',
    commands: ['snapshot', 'explain', 'run', 'journal', 'output', 'report'],
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
  dryRun: {
    type: 'boolean',
    title: 'shows the plan and what the server says to it; nothing is written',
    commands: ['run', 'journal'],
  },
  confirm: {
    type: 'string',
    many: true,
    value: 'NAME',
    title: 'what a destructive operation wants typed; its plan says what',
    commands: ['run', 'journal'],
  },
  wait: { type: 'boolean', title: 'waits until it is seen to be done', commands: ['run', 'journal'] },
  takeBack: {
    type: 'boolean',
    title: 'takes back what was written, where finishing is the default',
    commands: ['journal'],
  },
  takeOver: {
    type: 'boolean',
    title: 'goes on with what a process on another host began: it is certain that it does not run any more',
    commands: ['journal'],
  },
  readOnly: { type: 'boolean', title: 'nothing can be written; also in the config file, for all or by context' },
  hosts: {
    type: 'string',
    value: 'N',
    title: 'how many hosts to simulate; default: 42',
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
  waiting: {
    type: 'string',
    value: 'N',
    title: 'machines that wait unregistered and boot the next ISO that is built; default: 6',
    commands: ['simulate'],
  },
  clusterapi: {
    type: 'string',
    value: 'VERSION',
    title: `version of Cluster API, ${CLUSTER_API.join(' or ')}; default: v1beta1, or what a real server serves`,
    commands: ['simulate'],
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
  still: { type: 'boolean', title: 'nothing happens that nobody asked for', commands: ['simulate'] },
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
    commands: ['snapshot', 'explain', 'run', 'journal', 'output', 'report'],
  },
} as const satisfies Record<string, Flag>;

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

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The help text, made of the table. */
export function helpText(): string {
  const lines = ['Usage', '  $ metaldeck [command] [flags]', '', 'Commands'];
  for (const [name, title] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(12)} ${title}`);
  lines.push('', 'Flags');
  for (const [name, flag] of Object.entries(FLAGS) as [string, Flag][]) {
    const short = flag.short ? `-${flag.short}, ` : '';
    const left = `${short}--${dashed(name)}${flag.value ? ` ${flag.value}` : ''}`;
    const where = flag.commands ? ` (${flag.commands.join(', ')})` : '';
    lines.push(`  ${left.padEnd(24)} ${flag.title}${where}`);
  }
  lines.push(
    '',
    'Exit codes of snapshot and explain',
    '  0 healthy   1 something needs attention   2 could not know (stale, forbidden, unreachable)',
    'Exit codes of output and report',
    '  0 printed, written   1 no such host, plan or instruction   2 could not know',
    'Exit codes of run and journal',
    '  0 done   1 refused or failed; with nothing written where it says so   2 could not know   3 half done',
    '  4 written, and not seen to its end in time',
  );
  return lines.join('\n');
}

/** Commands that words may follow. */
const WORDY = ['run', 'journal', 'output', 'explain'];

function takesValue(): Map<string, boolean> {
  return new Map(
    (Object.entries(FLAGS) as [string, Flag][]).flatMap(([name, { type, short }]) =>
      [`--${dashed(name)}`, ...(short ? [`-${short}`] : [])].map((flag): [string, boolean] => [
        flag,
        type !== 'boolean',
      ]),
    ),
  );
}

/** Parses the command line. Prints and exits for --help and --version. Throws UsageError. */
export function parseArguments(
  argv: readonly string[],
  meta: ImportMeta,
  pkg: { name: string; version: string; description: string },
): Options {
  const flags = Object.fromEntries(
    (Object.entries(FLAGS) as [string, Flag][]).map(([name, flag]) => [
      name,
      {
        type: flag.type,
        ...(flag.short ? { shortFlag: flag.short } : {}),
        ...(flag.many ? { isMultiple: true } : {}),
        ...(flag.on ? { default: true } : {}),
      },
    ]),
  ) as Record<string, { type: 'string' }>;
  const { own, fields, lacking } = splitFields(argv, 'run', takesValue());
  if (lacking !== undefined) throw new UsageError(`--${lacking} takes a value; nothing was done.`);
  const cli = meow(helpText(), {
    importMeta: meta,
    // meow helps only where nothing else was said.
    argv: own.includes('--help') ? ['--help'] : own,
    flags,
    pkg,
    description: pkg.description,
    allowUnknownFlags: false,
  });
  const given = cli.flags as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === 'string' ? (given[name] as string) : undefined);
  const [word = 'dashboard', ...rest] = cli.input;
  if (!(word in COMMANDS) || (rest.length > 0 && !WORDY.includes(word))) {
    throw new UsageError(
      `there is no command "${[word, ...rest].join(' ')}"; there are ${Object.keys(COMMANDS).join(', ')}. Nothing was started.`,
    );
  }
  return {
    command: word as Command,
    kubeconfig: text('kubeconfig'),
    context: text('context'),
    namespace: text('namespace'),
    as: text('as'),
    asGroups: (given['asGroup'] as string[] | undefined) ?? [],
    view: oneOf('view', text('view'), VIEWS),
    output:
      word === 'report' ? 'table' : (oneOf('output', text('output'), FORMATS[word as Command] ?? OUTPUTS) ?? 'table'),
    watch: given['watch'] === true,
    instruction: text('instruction'),
    file: word === 'report' ? text('output') : undefined,
    timeout: positive('timeout', text('timeout'), 30, 86_400) * 1000,
    hosts: positive('hosts', text('hosts'), 42, 20_000, true),
    speed: positive('speed', text('speed'), 10, 1000),
    seed: text('seed') ?? 'metaldeck',
    demo: given['demo'] === true,
    scenario: text('scenario'),
    listScenarios: given['listScenarios'] === true,
    simulate: {
      port: whole('port', text('port'), 65_535),
      pools: whole('pools', text('pools'), 1000),
      waiting: text('waiting') === '0' ? 0 : (whole('waiting', text('waiting'), 1000) ?? 6),
      clusterApi: oneOf('clusterapi', text('clusterapi'), CLUSTER_API),
      writeKubeconfig: text('writeKubeconfig'),
      tls: given['tls'] !== false,
      still: given['still'] === true,
      against: text('against'),
      controllers: someOf('controllers', text('controllers'), CONTROLLERS),
      amongRealHosts: text('amongRealHosts'),
    },
    operate: {
      words: rest,
      fields,
      dryRun: given['dryRun'] === true,
      confirm: (given['confirm'] as string[] | undefined) ?? [],
      wait: given['wait'] === true,
      waitMs: text('timeout') === undefined ? undefined : positive('timeout', text('timeout'), 0, 86_400) * 1000,
      takeBack: given['takeBack'] === true,
      takeOver: given['takeOver'] === true,
      readOnly: given['readOnly'] === true,
    },
  };
}
