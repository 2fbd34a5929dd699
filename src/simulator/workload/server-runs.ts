/**
 * What becomes of an API server whose etcd has no quorum. It answers that it is not well, and its kubelet ends it; whatever is begun then
 * ends itself, for nothing can be written. Source: kubeadm's probes (every 10 s, eight in a row), k8s.io/apiserver 1.28 to 1.34
 * (server/healthz, server/hooks.go) and k8s.io/kubernetes, pkg/controlplane (the first repair of Services' addresses may take a minute) and
 * pkg/kubelet (a container that is to end has 30 s, one that ends by itself rests).
 */

import { digest } from '../controllers/digest.ts';
import type { Outage } from '../controllers/hosts/outages.ts';
import { pauseOf } from '../controllers/kubernetes/container-steps.ts';
import type { End } from './containers.ts';
import type { EtcdOutage, EtcdPast } from './etcd-past.ts';

/** One run of a server; times are Unix times in ms. */
export interface ServerRun {
  /** When its container began; undefined of the one that ran before. */
  began?: number;
  /** From when until when it answers; without end of the one that goes on. */
  serves: number;
  refuses: number;
  /** When its kubelet told it to end, where it did. */
  killed?: number;
  /** When and how it ended; left out of the one that goes on. */
  end?: { at: number; exitCode: number; reason: string };
  /** When the next one begins, where it ended, and how long its kubelet lets it rest, ms. */
  next?: number;
  rest?: number;
}

const second = 1000;
/** Its kubelet asks so often, and is answered after so long that etcd has not answered, ms; so many failures in a row are its end. */
export const probing = { period: 10 * second, answered: 2 * second, most: 8 } as const;
/** A server that is to end tries for so long to take itself from the endpoints, and is killed in the end, ms. */
const [leaving, grace] = [20 * second, 30 * second];
/** One that begins can be asked after so long, and ends itself a minute later, ms. */
const [coming, patience] = [3 * second, 60 * second];
/** What was about to end when there is a quorum again does so soon, ms. */
const soon = 3 * second;
/** So many runs at most are told of one outage. */
const most = 500;

/** Its runs in an outage on a host, up to Unix time `now` in ms: the one that was there before is the first. */
export function serverRuns({ from, to }: Outage, host: string, now: number): ServerRun[] {
  const share = (of: string) => Number.parseInt(digest(`${host}/${from}/${of}`).slice(0, 6), 16) / 2 ** 24;
  const { period, answered, most: failures } = probing;
  const killed = firstProbe(from, host) + (failures - 1) * period + answered;
  const first: ServerRun = { serves: Number.NEGATIVE_INFINITY, refuses: Number.POSITIVE_INFINITY };
  if ((to !== undefined && to <= killed) || now < killed) return [first];
  const isBack = to !== undefined && to < killed + leaving;
  const gone = isBack ? to + soon : killed + grace;
  const exit = isBack ? { exitCode: 0, reason: 'Completed' } : { exitCode: 137, reason: 'Error' };
  const runs: ServerRun[] = [
    { ...first, killed, refuses: isBack ? gone : killed + leaving, end: { at: whole(gone), ...exit } },
  ];
  while (runs.length < most) {
    const last = runs.at(-1)!;
    const rest = pauseOf(runs.length - 1);
    // A kubelet looks again some time after a rest is over.
    const began = whole(last.end!.at + rest + second + (rest > 0 ? share(`${runs.length}`) * 4 * second : 0));
    Object.assign(last, { next: began, rest });
    if (last.end!.at > now || began > now) break;
    const serves = began + coming;
    const fails = serves + patience + Math.floor(share(`fails/${runs.length}`) * 900);
    if ((to !== undefined && to + soon < fails) || now < fails) {
      runs.push({ began, serves, refuses: Number.POSITIVE_INFINITY });
      break;
    }
    runs.push({ began, serves, refuses: fails, end: { at: whole(fails), exitCode: 255, reason: 'Error' } });
  }
  return runs;
}

/** When the kubelet of a host asks its server for the first time that etcd has no quorum, Unix time in ms. */
export function firstProbe(from: number, host: string): number {
  return from + (Number.parseInt(digest(`probes/${host}`).slice(0, 6), 16) % probing.period);
}

/** Whether a server on one of these hosts answers, in an outage, at Unix time `now` in ms. */
export const anyServes = (outage: Outage, hosts: readonly string[], now: number): boolean =>
  hosts.some((host) => {
    const { serves, refuses } = serverRuns(outage, host, now).at(-1)!;
    return serves <= now && now < refuses;
  });

/** When the last of the servers on these hosts that were there before answers no more, in an outage that goes on: Unix time in ms. */
export const lastAnswer = (outage: Outage, hosts: readonly string[]): number =>
  Math.max(0, ...hosts.map((host) => serverRuns(outage, host, outage.from + 2 * patience)[0]!.refuses));

/** The outages that the host of a member of etcd lived through with power. */
export const livedThrough = (past: EtcdPast | undefined, host: string): EtcdOutage[] =>
  (past?.outages ?? []).filter(({ from, lost }) => {
    const own = past?.members.findLast(({ name, since }) => name === host && since < from);
    return own !== undefined && !lost.includes(own.id) && !(own.removed !== undefined && own.removed < from);
  });

/** All runs of the server of a host in such outages, up to Unix time `now` in ms; those before are not in it. */
export const runsOn = (past: EtcdPast | undefined, host: string, now: number): ServerRun[] =>
  livedThrough(past, host).flatMap((outage) => serverRuns(outage, host, now));

/** So long after it has begun it is ready at the latest, ms. */
const comesUp = 21 * second;

/** Its kubelet asks each second whether it is ready, waits for two for the answer, and believes the third of them, ms. */
const unreadyAfter = 8 * second;

const whole = (ms: number): number => Math.floor(ms / second) * second;

/** What a host's member of etcd and its server went through while there was no quorum. */
export interface Trouble {
  /** How its server ended, each time. */
  failures: readonly End[];
  /** Since when both were not ready the last time, and until when they at least stayed so: Unix times in ms; never where left out. */
  unready?: { since: number; until: number };
  /** When the next of all that changes for its Pod does, Unix time in ms; never where left out. */
  next?: number;
}

/** What a Pod of a program on a host went through up to Unix time `now` in ms; nothing where its program does without etcd. */
export function troubleOf(program: string, past: EtcdPast | undefined, host: string, now: number): Trouble {
  if (program !== 'etcd' && program !== 'kube-apiserver') return { failures: [] };
  const last = livedThrough(past, host).findLast(({ from, to = now }) => to - from > unreadyAfter);
  const runs = program === 'etcd' ? [] : runsOn(past, host, now);
  const failures = runs.flatMap(({ end, next, rest }): End[] =>
    end && next !== undefined && end.at <= now ? [{ ...end, again: next, ...(rest ? { rest } : {}) }] : [],
  );
  if (!last) return { failures };
  const { from, to = Number.POSITIVE_INFINITY } = last;
  // One that began meanwhile is asked whether it has started before it is asked anything else.
  const { began } = runs.findLast((run) => run.serves < to) ?? {};
  const asked = began === undefined ? to : began + Math.ceil((to - began) / probing.period) * probing.period;
  const until = asked + second;
  const changes = [until, ...failures.flatMap(({ again }) => [again, again + comesUp])].filter((at) => at > now);
  return { failures, unready: { since: whole(from + unreadyAfter), until }, next: Math.min(...changes) };
}
