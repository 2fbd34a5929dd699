/** How a container is by its probes: when each asks, and what follows. After k8s.io/kubernetes/pkg/kubelet/prober. */

import { isScript } from './listening.ts';
import { answerOf, type Failure, hostOf, type Probe } from './probe-answers.ts';
import type { Container } from './shapes.ts';

export type Kind = 'Startup' | 'Liveness' | 'Readiness';

/** A container that runs. */
export interface Run {
  /** When its Pod began, and it: Unix ms. */
  since: number;
  startedAt: number;
  address: string;
}

/** A question that was answered badly. */
export interface Complaint extends Failure {
  kind: Kind;
  /** The how many-th question it was. */
  turn: number;
}

export interface Health {
  started: boolean;
  ready: boolean;
  /** What the last question of each probe heard, where that was bad. */
  complaints: Complaint[];
  /** Since when it is told to end, Unix ms, by which probe, and how long it may take, s. */
  killed?: { at: number; by: Kind; grace?: number };
  /** When the next question is asked. */
  next?: number;
}

/** Nobody looks further back: what has failed for so long has been ended. */
const memory = 5000;

interface Series {
  kind: Kind;
  probe: Probe;
  base: number;
  period: number;
  /** The last question so far; less than nothing where there was none. */
  last: number;
  heard(turn: number): Failure | undefined;
}

/** The probe of a kind. */
export const probeOf = (container: Container, kind: Kind): Probe | undefined =>
  container[`${kind.toLowerCase()}Probe`] as Probe | undefined;

/** A question that was asked of a container: when, for which page of whom, and what was wrong with the answer. */
export interface Asked {
  at: number;
  path?: string;
  host?: string;
  words?: string | undefined;
  /** The how many-th of all it was, from 1. */
  number: number;
}

/** The last `most` questions by which a container was asked whether it lives and is ready; the oldest first. */
export function answersOf(container: Container, run: Run, now: number, most: number): Asked[] {
  const all = seriesOf(container, run, now);
  const begun = begin(all('Startup', run.startedAt), run.startedAt);
  let count = 0;
  const asked = [all('Liveness', begun.from ?? now), all('Readiness', begun.from ?? now)].flatMap((series) => {
    if (!series || series.last < 0) return [];
    count += series.last + 1;
    const first = Math.max(0, series.last + 1 - most);
    return Array.from({ length: series.last + 1 - first }, (_, index) => {
      const turn = first + index;
      const { httpGet } = series.probe;
      const page = httpGet && {
        path: `/${(httpGet.path ?? '').replace(/^\//, '')}`,
        host: hostOf(container, series.probe, run.address),
      };
      return { at: series.base + turn * series.period, ...page, words: series.heard(turn)?.words };
    });
  });
  const kept = asked.sort((a, b) => a.at - b.at).slice(-most);
  return kept.map((one, index) => ({ ...one, number: count - kept.length + index + 1 }));
}

/** How a container is at a time. */
export function healthOf(container: Container, run: Run, now: number): Health {
  const series = seriesOf(container, run, now);
  const begun = begin(series('Startup', run.startedAt), run.startedAt);
  if (begun.from === undefined) return { started: false, ready: false, ...begun.health };
  const asked = [series('Liveness', begun.from), series('Readiness', begun.from)].filter((one) => one !== undefined);
  const liveness = asked.find(({ kind }) => kind === 'Liveness');
  const killed = liveness && end(liveness);
  const readiness = asked.find(({ kind }) => kind === 'Readiness');
  // Whoever is being ended is asked no more whether it lives.
  const complaints = asked.flatMap((one) =>
    complaint(one === liveness && killed ? { ...one, last: Math.round((killed.at - one.base) / one.period) } : one),
  );
  const ready = readiness ? isReady(readiness) : true;
  // Whoever is well and stays so need not be looked at.
  const isQuiet = ready && complaints.length === 0 && !isScript(container);
  const nexts = isQuiet ? [] : asked.map(nextOf);
  return {
    ...{ started: true, ready, complaints },
    ...(killed ? { killed } : {}),
    ...(nexts.length > 0 ? { next: Math.min(...nexts) } : {}),
  };
}

/** When each probe asks, and what it hears. */
function seriesOf(container: Container, run: Run, now: number) {
  return (kind: Kind, from: number): Series | undefined => {
    const probe = probeOf(container, kind);
    if (!probe) return undefined;
    const period = Math.max(1, probe.periodSeconds ?? 10) * 1000;
    const delay = Math.max(0, probe.initialDelaySeconds ?? 0) * 1000;
    const least = Math.max(from, run.startedAt + delay);
    // A kubelet asks in the beat of the Pod; whether one is ready it wants to know as soon as it has begun.
    const base =
      kind === 'Readiness' && delay === 0
        ? from + 1000
        : run.since + Math.max(1, Math.ceil((least - run.since) / period)) * period;
    const heard = (turn: number) => answerOf(container, probe, base + turn * period - run.startedAt, run.address);
    return { kind, probe, base, period, last: Math.floor((now - base) / period), heard };
  };
}

const nextOf = ({ base, period, last }: Series): number => base + Math.max(0, last + 1) * period;

function complaint({ kind, last, heard }: Series): Complaint[] {
  const failure = last < 0 ? undefined : heard(last);
  return failure ? [{ ...failure, kind, turn: last }] : [];
}

const failures = ({ probe }: Series): number => Math.max(1, probe.failureThreshold ?? 3);
const isBad = (failure: Failure | undefined): boolean => failure !== undefined && !failure.isError;

/** Until when it was not asked how it is because it had not started yet, or that it has not. */
function begin(
  series: Series | undefined,
  startedAt: number,
): { from?: number; health: Pick<Health, 'complaints' | 'killed' | 'next'> } {
  if (!series) return { from: startedAt, health: { complaints: [] } };
  const most = failures(series);
  let bad = 0;
  for (let turn = 0; turn <= series.last && turn < memory; turn += 1) {
    const failure = series.heard(turn);
    if (!failure) return { from: series.base + turn * series.period, health: { complaints: [] } };
    if (isBad(failure)) bad += 1;
    if (bad < most) continue;
    const killed = {
      at: series.base + turn * series.period,
      by: series.kind,
      grace: series.probe.terminationGracePeriodSeconds,
    };
    return { health: { complaints: complaint({ ...series, last: turn }), killed } };
  }
  return { health: { complaints: complaint(series), next: nextOf(series) } };
}

/** When it has failed so often in a row that it is ended. */
function end(series: Series): Health['killed'] {
  let first = series.last + 1;
  while (first > 0 && series.last - first < memory && isBad(series.heard(first - 1))) first -= 1;
  const turn = first + failures(series) - 1;
  if (turn > series.last) return undefined;
  return { at: series.base + turn * series.period, by: series.kind, grace: series.probe.terminationGracePeriodSeconds };
}

/** Whether the last answers in a row make it ready; with none it is not. */
function isReady(series: Series): boolean {
  const good = Math.max(1, series.probe.successThreshold ?? 1);
  for (let turn = series.last; turn >= 0; ) {
    const failure = series.heard(turn);
    const wanted = failure ? failures(series) : good;
    let run = 1;
    while (run < wanted && turn - run >= 0 && (series.heard(turn - run) === undefined) === (failure === undefined))
      run += 1;
    if (run >= wanted) return failure === undefined;
    turn -= run;
  }
  return false;
}
