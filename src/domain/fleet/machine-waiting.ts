/** What a machine waits for while all goes its normal way, in a few words. */
import { PRE_DRAIN_HOOK, PRE_TERMINATE_HOOK } from '../annotations.ts';
import { findCondition } from '../conditions.ts';
import type { BaremetalMachine, Condition, Machine } from '../objects.ts';
import { shorten } from '../text.ts';
import type { MachineFacts } from './machine-facts.ts';
import { readiness } from './machine-readiness.ts';
import { isRunning } from './plans.ts';

const PHRASE = 72;
const NODE = 'its node to join';

/** What a deletion's phrase is made of. */
export type Going = Pick<MachineFacts, 'machine' | 'baremetal' | 'host'>;

type DeletionPhrase = (facts: Going, condition: Condition) => string;

/** The first Pods a drain's message names, as `pod a/b` or `pods a/b, c/d`; undefined where it names none. */
export function podsIn(message: string): string | undefined {
  const [, word, names] = /\b(pods?) ([^\s:]+\/[^\n:]+)/i.exec(message) ?? [];
  return word && names ? `${word.toLowerCase()} ${names.trim()}` : undefined;
}

/** The pods of a drain message, or what it says at all. Its head only tells when the drain began. */
function drainPhrase(message: string | undefined): string {
  if (!message) return 'drain';
  const detail = message
    .replace(/^Drain not completed yet[^:\n]*(?::\d\d:\d\dZ?\))?:?\s*/i, '')
    .replace(/^\s*\*\s*/, '');
  return shorten(`drain: ${podsIn(detail) ?? (detail || message)}`, PHRASE);
}

/** The hook's own name: from the message, or else from the annotation that is the hook. */
function hookPhrase(kind: string, prefix: string, { machine }: Going, message: string | undefined): string {
  const told = /hooks?: ([^)]+)\)/
    .exec(message ?? '')?.[1]
    ?.split(',')[0]
    ?.trim();
  const hook = told ?? Object.keys(machine?.annotations ?? {}).find((key) => key.startsWith(prefix));
  const name = hook?.slice(prefix.length).replace(/^[/.]/, '');
  return shorten(name ? `${kind} hook ${name}` : `${kind} hook`, PHRASE);
}

const preDrain: DeletionPhrase = (facts, { message }) => hookPhrase('pre-drain', PRE_DRAIN_HOOK, facts, message);
const preTerminate: DeletionPhrase = (facts, { message }) =>
  hookPhrase('pre-terminate', PRE_TERMINATE_HOOK, facts, message);

function cleaning({ baremetal, host }: Going): string {
  const where = baremetal?.inventory ?? host?.name;
  if (where !== undefined) return `clean plan on ${where}`;
  return baremetal ? 'release of its host' : 'infrastructure deletion';
}

/** Cluster API's stages of a deletion: reasons of the v1beta2 `Deleting` condition. */
const DELETION_STAGES: Readonly<Record<string, DeletionPhrase>> = {
  WaitingForPreDrainHook: preDrain,
  DrainingNode: (_, { message }) => drainPhrase(message),
  WaitingForVolumeDetach: () => 'volume detach',
  WaitingForPreTerminateHook: preTerminate,
  WaitingForInfrastructureDeletion: cleaning,
  WaitingForBootstrapDeletion: () => 'bootstrap config deletion',
  DeletingNode: () => 'node deletion',
  DeletionCompleted: () => 'last finalizers',
};

/** The same from v1beta1 conditions, for controllers that write no others. The first that stands at False is the stage. */
const LEGACY_STAGES: readonly (readonly [type: string, phrase: DeletionPhrase])[] = [
  ['PreDrainDeleteHookSucceeded', preDrain],
  [
    'DrainingSucceeded',
    (_, { message }) => (message === 'Draining the node before deletion' ? 'drain' : drainPhrase(message)),
  ],
  ['VolumeDetachSucceeded', () => 'volume detach'],
  ['PreTerminateDeleteHookSucceeded', preTerminate],
];

function deletionOf(facts: Going, machine: Machine): string {
  const deleting = findCondition(machine.conditions, 'Deleting');
  if (deleting?.status === 'True') {
    const stage =
      deleting.reason !== undefined && Object.hasOwn(DELETION_STAGES, deleting.reason) ? deleting.reason : undefined;
    if (stage !== undefined) return DELETION_STAGES[stage]!(facts, deleting);
    return shorten(deleting.message ?? deleting.reason ?? 'deletion', PHRASE);
  }
  for (const [type, phrase] of LEGACY_STAGES) {
    const condition = findCondition(machine.conditions, type);
    if (condition?.status === 'False') return phrase(facts, condition);
  }
  return facts.baremetal?.deleting === undefined ? 'deletion to begin' : cleaning(facts);
}

function plan(facts: MachineFacts, baremetal: BaremetalMachine): string {
  const on = baremetal.inventory ?? 'its host';
  return facts.plan?.type === 'reprovision' && facts.plan.state.word === 'applied' ? NODE : `reprovision plan on ${on}`;
}

function provisioning(facts: MachineFacts): string | undefined {
  const { machine, baremetal } = facts;
  if (!baremetal) {
    if (!machine) return undefined;
    if (machine.infrastructureReady === true) return machine.node === undefined ? NODE : undefined;
    return machine.bootstrapReady === false
      ? 'bootstrap data'
      : facts.baremetalComplete
        ? 'BaremetalMachine'
        : 'infrastructure';
  }
  if (isRunning(baremetal)) {
    if (!machine) return undefined;
    if (machine.node === undefined) return NODE;
    return readiness(machine).word === 'pending' ? 'readiness checks' : undefined;
  }
  if (baremetal.inventory === undefined) return `host in pool ${baremetal.pool ?? '?'}`;
  const bootstrap = findCondition(baremetal.conditions, 'BootstrapReady');
  if (bootstrap?.status === 'False' || machine?.bootstrapReady === false) return 'bootstrap data';
  const storage = findCondition(baremetal.conditions, 'StorageReady');
  if (storage?.status === 'False' && facts.plan?.state.word === 'applied') return 'storage';
  return plan(facts, baremetal);
}

/** The step that a machine's deletion is at, or nothing where it is not being deleted. */
export function deletionWaiting(facts: Going): string | undefined {
  const { machine, baremetal } = facts;
  if (machine?.deleting !== undefined) return deletionOf(facts, machine);
  return baremetal?.deleting === undefined ? undefined : cleaning(facts);
}

/** The phrase, or nothing where the machine waits for nothing. */
export function machineWaiting(facts: MachineFacts): string | undefined {
  const { machine, baremetal } = facts;
  const going = deletionWaiting(facts);
  if (going !== undefined) return going;
  if (baremetal?.phase === 'Preparing') return cleaning(facts);
  if (machine?.phase === 'Updating') return 'update in place';
  return provisioning(facts);
}
