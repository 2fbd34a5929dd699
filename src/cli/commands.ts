/** What can be asked for: the commands, and the words that choose among their forms. */

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
  create:
    'a cluster from bare hosts, from a file of answers: create init|fill|validate|render|diff|apply|status|schema; more of them: create hosts TARGET',
  delete: 'takes a cluster down, and follows its hosts back to their pools: delete cluster NAME',
  upgrade:
    'a Kubernetes upgrade: upgrade plan CLUSTER --to VERSION (--offline: a document); then start, resume, status, report',
  journal: 'what was done from here: list, show ID, resume ID (--take-back), leave ID [WHY], export',
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
export const FORMATS: Partial<Record<Command, readonly (typeof OUTPUTS)[number][]>> = {
  snapshot: TABLES,
  run: TABLES,
  journal: TABLES,
  upgrade: ['table', 'json', 'yaml'],
  output: ['text', 'json'],
  create: TABLES,
  delete: TABLES,
};

/** Commands that words may follow. */
export const WORDY: readonly string[] = ['run', 'journal', 'output', 'explain', 'create', 'delete', 'upgrade'];

/** Where `create apply --until` may end. */
export const STAGES = ['registration', 'hosts', 'pools', 'control-plane', 'workers', 'verification'] as const;

export const CLUSTER_API = ['v1beta1', 'v1beta2'] as const;
export const CONTROLLERS = ['elemental', 'hosts', 'provider', 'capi'] as const;
