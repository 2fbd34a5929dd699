/** The command line: its words and flags, which are tables in `cli/`, parsed into options. */
import meow from 'meow';
import {
  CLUSTER_API,
  COMMANDS,
  CONTROLLERS,
  type Command,
  FORMATS,
  OUTPUTS,
  STAGES,
  VIEWS,
  WORDY,
} from './cli/commands.ts';
import { splitFields } from './cli/fields.ts';
import { FLAGS, type Flag, takesValue } from './cli/flags.ts';
import { helpText } from './cli/help.ts';
import type { Options } from './cli/options.ts';
import { oneOf, positive, shapeOf, someOf, UsageError, whole } from './cli/values.ts';

export { SESSION_VERBS } from './cli/commands.ts';
export type { Options } from './cli/options.ts';
export { UsageError } from './cli/values.ts';

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
  const help = own.includes('--help');
  const cli = meow(helpText(help ? commandIn(own) : undefined), {
    importMeta: meta,
    // meow helps only where nothing else was said.
    argv: help ? ['--help'] : own,
    flags,
    pkg,
    description: pkg.description,
    allowUnknownFlags: false,
  });
  const given = cli.flags as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === 'string' ? (given[name] as string) : undefined);
  const cluster = shapeOf('cluster', text('cluster'));
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
    hosts: hostsOf(text('hosts'), cluster !== undefined),
    cluster,
    waiting: text('waiting') === '0' ? 0 : (whole('waiting', text('waiting'), 1000) ?? 6),
    still: given['still'] === true,
    speed: positive('speed', text('speed'), 10, 1000),
    seed: text('seed') ?? 'metaldeck',
    demo: given['demo'] === true,
    scenario: text('scenario'),
    listScenarios: given['listScenarios'] === true,
    simulate: {
      // 0 is any free port, as elsewhere.
      port: positive('port', text('port'), 0, 65_535, true, 'from 0 on') || undefined,
      pools: whole('pools', text('pools'), 1000),
      clusterApi: oneOf('clusterapi', text('clusterapi'), CLUSTER_API),
      writeKubeconfig: text('writeKubeconfig'),
      tls: given['tls'] !== false,
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
      allServers: given['allServers'] === true,
      readOnly: given['readOnly'] === true,
    },
    create: {
      from: text('from') ?? text('answers'),
      out: text('out'),
      set: (given['set'] as string[] | undefined) ?? [],
      offline: given['offline'] === true,
      clusterApi: oneOf('clusterapi', text('clusterapi'), CLUSTER_API),
      until: oneOf('until', text('until'), STAGES),
      force: text('force'),
    },
    upgrade: { to: text('to'), rows: text('rows'), groups: text('groups'), offline: given['offline'] === true },
  };
}

/** The first word that is a command, whatever flags stand before it. */
function commandIn(argv: readonly string[]): Command | undefined {
  const takes = takesValue();
  const word = argv.find((each, at) => !each.startsWith('-') && takes.get(argv[at - 1] ?? '') !== true);
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? (word as Command) : undefined;
}

/** 0 hosts are an empty datacenter; undefined are as many as a cluster of a shape needs. */
function hostsOf(text: string | undefined, shaped: boolean): number | undefined {
  return text === undefined && shaped ? undefined : positive('hosts', text, 42, 20_000, true, 'from 0 on');
}
