/** A host's or a machine's story in sections: where it is in its life, its plan, its storage, and what happened. */
import { formatDuration, timeText } from '../../src/domain/age.ts';
import { LEAST_TO_JUDGE, type Learnt, NOTHING_LEARNT, usual } from '../../src/domain/durations/learnt.ts';
import { usualText } from '../../src/domain/explain/attention.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { COOLDOWN_MS } from '../../src/domain/output/decode.ts';
import { planStateText } from '../../src/domain/plan-words.ts';
import { lifecycleOf, type Stage } from '../../src/domain/story/lifecycle.ts';
import type { Observed } from '../../src/domain/story/observed.ts';
import { mutationMeaning, operationMeaning, retryAdvice, storageMeaning } from '../../src/domain/story/storage.ts';
import { subjectsOf } from '../../src/domain/story/subjects.ts';
import { timelineOf, type Witness } from '../../src/domain/story/timeline.ts';
import { planStateTone } from '../parts/cells.ts';
import { conditionLines } from './conditions.ts';
import { type DetailLine, field, section } from './line.ts';

/** The newest moments shown; the report has them all. */
const MOMENTS = 40;

/** Whether an object has a story: a host, or a machine on one. */
export function hasStory({ kind }: ObjectRef): boolean {
  return kind === 'host' || kind === 'machine' || kind === 'baremetalMachine';
}

const TONES = { done: 'dim', now: 'busy', failed: 'bad', ahead: 'dim', 'passed by': 'dim' } as const;

/** The stages that are nothing but plans and what follows them. */
const PARTS: Partial<Record<Stage['name'], readonly string[]>> = {
  Preparing: ['clean'],
  Reprovisioning: ['reprovision', 'join'],
};

/**
 * How long a stage usually takes, ms; `undefined` where a few alone were seen, and of a stage that was over before any was:
 * what took its time then, on what ran there then, is not what was learnt since.
 */
function usualStage(learnt: Learnt, cluster: string | undefined, { name, since, took }: Stage): number | undefined {
  const parts = PARTS[name];
  if (!parts) return undefined;
  const known = parts.flatMap((what) => usual(learnt, cluster, what) ?? []);
  if (known.length < parts.length || known.some(({ count }) => count < LEAST_TO_JUDGE)) return undefined;
  const first = Math.min(...learnt.samples.flatMap(({ what, at, ms }) => (parts.includes(what) ? at - ms : [])));
  if (since !== undefined && took !== undefined && since + took < first) return undefined;
  return known.reduce((sum, { median }) => sum + median, 0);
}

function stageLine({ name, state, since, took }: Stage, usually: number | undefined): DetailLine {
  const text = [
    state === 'ahead' ? '-' : state,
    since === undefined ? '' : `from ${timeText(since)}`,
    took === undefined ? '' : `took ${formatDuration(took)}`,
    usually === undefined || state === 'passed by' ? '' : `usually ${formatDuration(usually)}`,
  ];
  const running = state === 'now' || state === 'failed';
  return {
    id: name,
    label: name,
    text: text.filter(Boolean).join(', '),
    tone: TONES[state],
    since: running ? since : undefined,
  };
}

/** The phases of the provider's machine; the one it is at in brackets. */
export function storySection(
  fleet: Fleet,
  ref: ObjectRef,
  observed: readonly Observed[],
  learnt: Learnt = NOTHING_LEARNT,
): DetailLine[] {
  if (!hasStory(ref)) return [];
  const subjects = subjectsOf(fleet, ref);
  const stages = lifecycleOf(subjects, observed);
  const cluster = subjects.machine?.cluster;
  const strip = stages
    .map(({ name, state }) => (state === 'now' ? `[${name}]` : state === 'failed' ? `[${name}: FAILED]` : name))
    .join(' > ');
  return section(
    'STORY',
    stages.map((stage) => stageLine(stage, usualStage(learnt, cluster, stage))),
    strip,
  );
}

/** The plan's state with everything that decides it. */
export function planSection(fleet: Fleet, ref: ObjectRef, learnt: Learnt = NOTHING_LEARNT): DetailLine[] {
  const host = hasStory(ref) ? subjectsOf(fleet, ref).host : undefined;
  const plan = host?.plan;
  if (!plan) return [];
  const { detail, state } = plan;
  const retries = state.word === 'retrying' && detail?.lastApplied !== undefined;
  const failures = detail?.failureCount ?? 0;
  return section(
    'PLAN',
    [
      ...field('type', plan.type, { ref: { kind: 'plan', uid: plan.uid, name: plan.name } }),
      ...field('state', planStateText(state), { tone: planStateTone(state) }),
      ...field('usually', usualText(usual(learnt, host?.cluster, plan.type))),
      ...field('checksum', detail?.checksum?.slice(0, 12)),
      ...field('applied checksum', sameOr(detail?.appliedChecksum, detail?.checksum)),
      ...field('failed checksum', sameOr(detail?.failedChecksum, detail?.checksum)),
      ...field('failed tries', detail && `${failures} of ${detail.maxFailures ?? 'any number'}`, {
        tone: failures > 0 ? 'warn' : undefined,
      }),
      ...field('last run', detail?.lastApplied === undefined ? undefined : timeText(detail.lastApplied), {
        since: detail?.lastApplied,
      }),
      ...field('next try', retries ? `from ${timeText(detail!.lastApplied! + COOLDOWN_MS)}, 30 s after the last` : '', {
        tone: 'warn',
      }),
      ...(detail?.instructions ?? []).map((name, index) => ({
        id: `step/${index}`,
        label: `step ${index + 1}`,
        text: name,
      })),
    ],
    'O shows what its instructions printed',
  );
}

function sameOr(checksum: string | undefined, plan: string | undefined): string | undefined {
  if (checksum === undefined) return undefined;
  return checksum === plan ? 'that of this plan' : `${checksum.slice(0, 12)}, of an earlier plan`;
}

/** Managed storage, as the provider's journal has it: for reading only. */
export function storageSection(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const host = hasStory(ref) ? subjectsOf(fleet, ref).host?.object : undefined;
  if (!host?.storagePhase && !host?.storage) return [];
  const { storage, storagePhase } = host;
  const operation = storage?.operation;
  const advice = retryAdvice(storage);
  const meaning = (word: string | undefined, means: string | undefined) =>
    [word, means].filter(Boolean).join(': ') || undefined;
  const bad = storagePhase === 'Failed' || storagePhase === 'Degraded';
  return [
    ...section('STORAGE', [
      ...field('phase', meaning(storagePhase, storageMeaning(storagePhase)), { tone: bad ? 'bad' : undefined }),
      ...field('reported', host.storageObservedAt === undefined ? undefined : 'by the host', {
        since: host.storageObservedAt,
      }),
      ...field(
        'operation',
        operation &&
          [operation.type, meaning(operation.phase, operationMeaning(operation.phase))].filter(Boolean).join(' '),
        { since: operation?.updated, tone: operation?.phase === 'Failed' ? 'bad' : undefined },
      ),
      ...field('on the disks', meaning(operation?.mutationState, mutationMeaning(operation?.mutationState))),
      ...field('began', operation?.started === undefined ? undefined : timeText(operation.started)),
      ...field('operation id', operation?.id),
      ...field('pending', storage?.pendingSpecHash ? 'a changed declaration waits to be taken up' : undefined),
      ...field('advice', advice, { tone: 'warn' }),
      ...(storage?.volumes ?? []).map((volume) => ({
        id: `volume/${volume.name}`,
        label: volume.name,
        text: [
          volume.mountPath,
          volume.filesystem,
          volume.phase,
          volume.active === undefined ? '' : volume.active ? 'active' : 'not active',
          volume.required === false ? 'optional' : '',
          volume.mutationState && volume.mutationState !== 'None' ? mutationMeaning(volume.mutationState) : '',
          volume.reason,
          volume.message,
        ]
          .filter(Boolean)
          .join('  '),
        tone: volume.phase === 'Failed' ? ('bad' as const) : undefined,
      })),
    ]),
    ...conditionLines(storage?.conditions ?? []).map((line) => ({
      ...line,
      id: `storage/${line.id}`,
      label: line.tone === 'title' ? 'STORAGE CONDITIONS' : line.label,
    })),
  ];
}

/** What happened, newest first: the server's Events and conditions, what was seen here, and what was done from here. */
export function timelineSection(fleet: Fleet, ref: ObjectRef, witness: Witness): DetailLine[] {
  return section(
    'TIMELINE',
    timelineOf(fleet, ref, witness, MOMENTS).map(({ id, at, source, about, text, tone }) => ({
      id,
      label: `${about} ${source}`,
      text,
      tone,
      since: at,
    })),
    'newest first; "seen" is since metaldeck started',
  );
}
