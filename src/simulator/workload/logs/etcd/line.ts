/** A member of etcd whose log is told, and the manner of its lines: zap's JSON. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Node } from '../../../controllers/shapes/core.ts';
import { type EtcdMember, type EtcdPast, guessed, identity, votersAt } from '../../etcd-past.ts';
import { micros } from '../../log-times.ts';
import { all, clusterOf, planeNodes, type Run, timeOf } from '../run.ts';

/** Whose log it is. */
export interface Voice {
  run: Run;
  past: EtcdPast;
  self: EtcdMember;
  /** Whether it is etcd 3.6 or later: its lines come from other places. */
  late: boolean;
  /** What the cluster is called among its members. */
  cluster: string;
}

/** Who speaks in a run: as its past tells, or the Nodes where nobody has followed it. */
export function voiceOf(run: Run): Voice {
  const past = run.past ?? pastOf(run);
  const own = past.members.filter(({ name }) => name === run.node);
  const self = own.find(({ since }) => Math.abs(since - run.since) < 5000) ?? own.at(-1);
  const address = String(run.question.pod.status?.['hostIP'] ?? '');
  return {
    ...{ run, past, late: !/^v?3\.[0-5]\./.test(run.version), cluster: identity(`${past.cluster}/etcd`) },
    self: { ...{ id: identity(run.key), name: run.node, address, added: run.since }, ...self, since: run.since },
  };
}

function pastOf(run: Run): EtcdPast {
  const namespace = all(run, 'namespaces').find(({ metadata }) => metadata.name === 'kube-system');
  const plane = planeNodes(run) as unknown as Node[];
  const first = plane.map(({ metadata }) => timeOf(metadata.creationTimestamp)).sort((a, b) => a - b)[0] ?? run.since;
  const born = timeOf(namespace?.metadata.creationTimestamp) || first;
  const nobody = {
    cluster: clusterOf(run),
    members: [],
    terms: [{ term: 2, leader: '', at: 0, cause: 'first' }],
  } as const;
  return plane.length > 0 ? guessed({ plane, cluster: clusterOf(run), born, now: run.question.now }) : nobody;
}

/** A line: `level` is info where left out, `logger` nothing. */
export function line(
  at: number,
  caller: string,
  msg: string,
  rest: object = {},
  { level = 'info', logger }: { level?: string; logger?: string } = {},
): LogLine {
  const head = { level, ts: `${micros(at, `${caller}${msg}`)}Z`, ...(logger ? { logger } : {}) };
  return { at, text: JSON.stringify({ ...head, caller, msg, ...rest }) };
}

/** Where in raft 3.6 a line comes from, by how it goes on after the member's identity. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^newRaft/, 'raft.go:493'],
  [/became follower/, 'raft.go:897'],
  [/became candidate/, 'raft.go:912'],
  [/became pre-candidate/, 'raft.go:930'],
  [/became leader/, 'raft.go:970'],
  [/is starting a new election/, 'raft.go:988'],
  [/sent Msg/, 'raft.go:1064'],
  [/received Msg(Pre)?VoteResp/, 'raft.go:1077'],
  [/with higher term/, 'raft.go:1108'],
  [/cast Msg/, 'raft.go:1237'],
  [/starts to transfer/, 'raft.go:1638'],
  [/sends MsgTimeoutNow/, 'raft.go:1644'],
  [/has received \d/, 'raft.go:1693'],
  [/received MsgTimeoutNow/, 'raft.go:1744'],
  [/switched to configuration/, 'raft.go:1981'],
  [/elected leader/, 'node.go:370'],
  [/changed leader/, 'node.go:372'],
  [/lost leader/, 'node.go:376'],
];

/** A line of raft. */
export function raft({ late }: Voice, at: number, msg: string): LogLine {
  const place = PLACES.find(([words]) => words.test(msg))?.[1] ?? 'raft.go:1103';
  return line(at, late ? `v3@v3.6.0/${place}` : 'etcdserver/zap_raft.go:77', msg, {}, { logger: 'raft' });
}

const decimal = ({ id }: EtcdMember): bigint => BigInt(`0x${id || '0'}`);
const listed = (members: readonly EtcdMember[]): string =>
  members
    .map(decimal)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(' ');

/** That raft counts on other members from now on. */
export function configured(voice: Voice, at: number, learner?: EtcdMember): LogLine {
  const voters = votersAt(voice.past, at).filter(({ id }) => id !== learner?.id);
  const learns = learner ? ` learners=(${listed([learner])})` : '';
  return raft(voice, at, `${voice.self.id} switched to configuration voters=(${listed(voters)})${learns}`);
}

/** About which index the log of raft had at a moment: it also counts what changes nothing. */
export function indexAt({ run, past }: Voice, at: number): number {
  const more = 1.03 + (Number.parseInt(identity(`${past.cluster}/index`).slice(0, 4), 16) / 65_536) * 0.11;
  return Math.floor(run.question.revisionAt(at) * more) + 1200;
}

/** A size as etcd tells it: up to ten with one decimal. */
export function sizeOf(bytes: number): string {
  const unit = bytes >= 1e6 ? 'MB' : 'kB';
  const value = Math.round((bytes / (unit === 'MB' ? 1e6 : 1e3)) * 10) / 10;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
