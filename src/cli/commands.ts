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
export const TABLES = ['table', 'wide', 'json', 'yaml'] as const;
/** Formats of a command that knows fewer than all. */
export const FORMATS: Partial<Record<Command, readonly (typeof OUTPUTS)[number][]>> = {
  snapshot: TABLES,
  explain: TABLES,
  run: TABLES,
  journal: TABLES,
  upgrade: ['table', 'json', 'yaml'],
  output: ['text', 'json'],
  create: TABLES,
  delete: TABLES,
};

/** What the words behind a command may be: `confirm CLUSTER GATE WORDS`, and what that does. */
type Forms = readonly (readonly [form: string, does: string])[];

export const FORMS = {
  upgrade: [
    ['plan CLUSTER --to VERSION', 'the way, the gates, the writes and the hours; without --to where it can go'],
    ['start CLUSTER --to VERSION', 'begins, and goes on as resume does'],
    ['status CLUSTER', 'where it stands, and what it waits for'],
    ['confirm CLUSTER GATE WORDS', 'says what a gate asks for, in words of your own'],
    ['override CLUSTER GATE', 'goes through a gate that stands in the way; with --confirm=GATE'],
    ['resume CLUSTER', 'makes the next write, if --confirm says its words; with --wait all of them'],
    ['hold CLUSTER [machine|stage]', 'holds on before the next machine or the next stage'],
    ['go-on CLUSTER', 'ends a hold'],
    ['order CLUSTER GROUP...', 'lets the groups that are still to come go in another order'],
    ['take-back CLUSTER', 'takes the present stage back, before the line behind which there is forward only'],
    ['repair CLUSTER', 'mends what is in trouble at the present stage, as by replacing a machine'],
    ['leave CLUSTER [WHY]', 'closes the session: it is not to be gone on with'],
    ['report CLUSTER', 'what was said, done and seen, in Markdown'],
  ],
  journal: [
    ['list', 'what was done from here on the server of the kubeconfig, the oldest first; --all-servers'],
    ['show ID', 'one operation: its steps, their answers, its outcome'],
    ['resume ID', 'finishes what was broken off; with --take-back takes back what was written'],
    ['leave ID [WHY]', 'leaves what was broken off as it is'],
    ['export', 'every entry of every operation, one JSON object a line'],
  ],
  create: [
    ['init', 'a file of answers to begin with'],
    ['fill', 'fills in what the cluster already says'],
    ['validate', 'what is wrong with the answers'],
    ['render', 'the manifests, in a folder'],
    ['diff', 'what apply would change'],
    ['apply', 'makes the cluster, stage by stage'],
    ['status', 'how far it is'],
    ['schema', 'the JSON schema of the file of answers'],
    ['hosts TARGET', 'more hosts, for registration/NAME, seedimage/NAME or pool/NAME'],
  ],
  explain: [
    ['', 'all causes there are'],
    ['cluster|group|machine|host|pool NAME', 'why that one is not as it should be'],
  ],
  run: [['OPERATION KIND/NAME... [--FIELD VALUE]', 'runs it; without words lists the operations there are']],
  output: [['HOST [--instruction NAME]', 'what the instructions of its plan said']],
  delete: [['cluster NAME', 'takes it down, and follows its hosts back to their pools']],
} as const satisfies Partial<Record<Command, Forms>>;

/** The first words of a command's forms. */
const verbsOf = (forms: Forms): string[] => forms.map(([form]) => form.split(' ', 1)[0]!);

/** The verbs of an upgrade that is driven; `plan` has no session. */
export const SESSION_VERBS: readonly string[] = verbsOf(FORMS.upgrade).filter((verb) => verb !== 'plan');

/** What each exit code means, and of which commands. */
export const EXIT_CODES: readonly (readonly [of: string, commands: readonly Command[], lines: readonly string[]])[] = [
  [
    'snapshot and explain',
    ['snapshot', 'explain'],
    ['0 healthy   1 something needs attention   2 could not know (stale, forbidden, unreachable)'],
  ],
  [
    'output and report',
    ['output', 'report'],
    ['0 printed, written   1 no such plan or instruction   2 no such host, or could not know'],
  ],
  [
    'upgrade plan',
    ['upgrade'],
    ['0 nothing stands in the way, or it is there already   1 something does   2 could not know'],
  ],
  [
    'upgrade start, resume and the rest',
    ['upgrade'],
    [
      '0 done   1 refused or failed   2 could not know   3 half done   4 under way',
      '5 waits for somebody: an answer, a --confirm, the end of a hold',
    ],
  ],
  [
    'run and journal',
    ['run', 'journal'],
    [
      '0 done   1 refused or failed; with nothing written where it says so   2 could not know   3 half done',
      '4 written, and not seen to its end in time   5 written, and overtaken by a later change',
    ],
  ],
  [
    'create and delete',
    ['create', 'delete'],
    [
      '0 done, sound, no difference   1 refused, failed, not sound, different   2 could not know',
      '3 there is more to do, or to wait for   4 not seen to its end in time',
    ],
  ],
];

/** Commands that words may follow. */
export const WORDY: readonly string[] = ['run', 'journal', 'output', 'explain', 'create', 'delete', 'upgrade'];

/** Where `create apply --until` may end. */
export const STAGES = ['registration', 'hosts', 'pools', 'control-plane', 'workers', 'verification'] as const;

export const CLUSTER_API = ['v1beta1', 'v1beta2'] as const;
export const CONTROLLERS = ['elemental', 'hosts', 'provider', 'capi'] as const;
