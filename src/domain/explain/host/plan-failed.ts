import { isStorageFailure } from '../../fleet/host-use.ts';
import type { PlanRow } from '../../fleet/rows.ts';
import { allocationOf, baremetalRef, conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef, machineRef, refTo } from '../lookup.ts';
import { agentJournal, describe, failedOutput, open, remedy } from '../steps.ts';
import type { Failure, Match, Told } from '../types.ts';

type Kind = 'reprovision' | 'clean' | 'other';

function kindOf(plan: PlanRow | undefined): Kind {
  return plan?.type === 'reprovision' || plan?.type === 'clean' ? plan.type : 'other';
}

/** The provider gives up machine and host together for this only (F8): its word tells of a plan that was not read. */
const isGivenUp = ({ plan, row, machine }: HostFacts): boolean =>
  (plan === undefined ? machine?.deleting !== true : plan.type === 'reprovision' && plan.state.word === 'unknown') &&
  row.object.allocation === 'Unavailable' &&
  machine?.baremetal?.phase === 'Failed';

/** A failing plan; on a host that was given up even one that is still tried is why. */
function matchOf(facts: HostFacts): Match | undefined {
  const { plan, row } = facts;
  if (isGivenUp(facts)) {
    // Its own row knows no more than that it is unavailable.
    const text = 'reprovision plan failed, by the word of its machine';
    return { severity: 'bad', text, since: row.problem?.since, decisive: true };
  }
  if (!plan?.problem || !['failed', 'retrying', 'rerun-failed'].includes(plan.state.word)) return undefined;
  const severity = row.use === 'unavailable' ? 'bad' : plan.problem.severity;
  return { severity, text: plan.problem.text, since: plan.problem.since ?? row.problem?.since };
}

function evidenceOf({ row, plan, machine }: HostFacts) {
  const said = plan?.detail?.said;
  return [
    planOf(plan),
    said === undefined ? undefined : fieldOf(refTo(plan!.object), 'failed-output', said, plan?.detail?.lastApplied),
    // The operator goes on saying that the plan before was applied.
    row.ready?.status === 'True' ? undefined : conditionOf(hostRef(row), row.ready),
    allocationOf(row),
    machine?.baremetal && {
      sort: 'field' as const,
      of: baremetalRef(machine),
      says: `status.phase: ${machine.baremetal.phase ?? 'not set'}`,
      ...(machine.baremetal.failure?.message === undefined ? {} : { message: machine.baremetal.failure.message }),
    },
  ];
}

/** The agent tries without end where the plan has no `max-failures`, and waits 30 s in between. */
function tries(facts: HostFacts): string {
  const said = facts.plan?.detail?.said;
  return `${course(facts)}${said === undefined ? '' : `. It said: ${said.replace(/\.$/, '')}`}`;
}

function course({ plan }: HostFacts): string {
  if (plan === undefined || plan.state.word === 'unknown') return 'its machine says so, and the plan was not read';
  if (plan?.state.word === 'retrying') return 'its agent goes on trying every 30 s';
  if (plan?.state.word === 'rerun-failed') return 'it had been applied before, and failed when it was run again';
  return 'its agent has given up';
}

/** A cause, and the words of an output that speak for it. */
type Likely = readonly [cause: string, words: RegExp];

/** What the output speaks for first. */
function likely({ plan }: HostFacts, causes: readonly Likely[]): string[] {
  const said = plan?.detail?.said ?? '';
  const told = causes.filter(([, words]) => words.test(said));
  return [...told, ...causes.filter((each) => !told.includes(each))].map(([cause]) => cause);
}

const RUNTIME = /containerd|runtime|cri\b|sock\b/i;

const failing =
  (kind: Kind) =>
  (facts: HostFacts): Match | undefined =>
    (isGivenUp(facts) ? 'reprovision' : kindOf(facts.plan)) === kind ? matchOf(facts) : undefined;

/** The remedy is a new machine on another host: the plan of a machine is written once. */
export const reprovisionFailed: Failure<HostFacts> = {
  id: 'reprovision-failed',
  mode: 'F8',
  test: failing('reprovision'),
  tell: (facts): Told => ({
    what: `${facts.machine?.name ?? 'its machine'} waits for ${facts.row.name} to be installed, and the reprovision plan fails; ${tries(facts)}.`,
    evidence: evidenceOf(facts),
    causes: likely(facts, [
      ['the host cannot reach the image registry, or the image is not there', /registry|pull|dial tcp|manifest|x509/i],
      [
        'the disk: full, worn out, or not the one the installation expects',
        /no space|disk|I\/O error|read-only|\/dev\//i,
      ],
      ['the container runtime or the network of the live system is broken', RUNTIME],
    ]),
    next: [
      failedOutput(facts.row),
      agentJournal(facts.row.object),
      { text: 'where several hosts of one rack fail alike, check what they share: registry, switch, DNS' },
      {
        text: 'once the host is repaired, replace its machine; the host stays Unavailable until the provider takes it back',
      },
    ],
    remedies: [facts.machine && remedy('replace', machineRef(facts.machine))],
  }),
};

/** A clean plan that fails holds the BaremetalMachine's finalizer, and with it the Machine. */
export const cleanFailed: Failure<HostFacts> = {
  id: 'clean-failed',
  mode: 'F10',
  test: failing('clean'),
  tell: (facts): Told => ({
    what: `${facts.row.name} is to be released${facts.machine ? ` by ${facts.machine.name}` : ''}, and its clean plan fails; ${tries(facts)}.`,
    evidence: [
      ...evidenceOf(facts),
      facts.machine?.baremetal && {
        sort: 'field',
        of: baremetalRef(facts.machine),
        says: `metadata.finalizers: ${facts.machine.baremetal.finalizers.join(' ') || 'none'}`,
        at: facts.machine.baremetal.deleting,
      },
    ],
    causes: likely(facts, [
      ['something on the host still uses a mount or a container, so that it cannot be taken down', /busy|mount/i],
      ['its container runtime does not answer', RUNTIME],
      ['a managed volume cannot be deactivated', /volume|deactivat/i],
    ]),
    next: [
      failedOutput(facts.row),
      agentJournal(facts.row.object),
      describe(facts.row.object, 'see its mounts and its storage operation'),
      { text: 'take no finalizer off by hand: the host would go back to its pool uncleaned' },
    ],
  }),
};

/** storage-prepare, storage-release, reset, or a type newer than us. Of a storage operation that failed its journal tells more. */
export const otherPlanFailed: Failure<HostFacts> = {
  id: 'plan-failed',
  test: (facts) => (isStorageFailure(facts.row.object, facts.plan?.type) ? undefined : failing('other')(facts)),
  tell: (facts): Told => ({
    what: `The ${facts.plan?.type ?? 'present'} plan of ${facts.row.name} fails; ${tries(facts)}.`,
    evidence: evidenceOf(facts),
    causes: ['the instruction named in its output failed on the host'],
    next: [
      failedOutput(facts.row),
      agentJournal(facts.row.object),
      open(facts.plan && { kind: 'plan', uid: facts.plan.uid, name: facts.plan.name }, 'open the plan'),
    ],
  }),
};
