/** Who leads, as raft tells of it. Source: go.etcd.io/raft v3, raft.go and node.go, and etcd's server for a lead that is moved. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { type EtcdMember, type EtcdTerm, votersAt } from '../../etcd-past.ts';
import { chance } from '../run.ts';
import { indexAt, line, raft, type Voice } from './line.ts';

/** All changes of the lead that a member was there for. */
export function elections(voice: Voice): LogLine[] {
  const { past, self } = voice;
  const gone = self.removed ?? Number.POSITIVE_INFINITY;
  return past.terms.flatMap((term, index) => {
    if (!(term.at > self.since) || term.at >= gone || term.cause === 'unknown') return [];
    if (term.cause === 'first') return self.id === term.leader ? first(voice, term.at) : [];
    return changed(voice, term, past.terms[index - 1]?.term ?? term.term - 1);
  });
}

/** The one that begins a cluster elects itself. */
function first(voice: Voice, at: number): LogLine[] {
  const { id } = voice.self;
  const said = (msg: string) => raft(voice, at, msg);
  return [
    said(`${id} is starting a new election at term 1`),
    said(`${id} became pre-candidate at term 1`),
    said(`${id} received MsgPreVoteResp from ${id} at term 1`),
    ...(voice.late ? [said(`${id} has received 1 MsgPreVoteResp votes and 0 vote rejections`)] : []),
    said(`${id} became candidate at term 2`),
    said(`${id} received MsgVoteResp from ${id} at term 2`),
    ...(voice.late ? [said(`${id} has received 1 MsgVoteResp votes and 0 vote rejections`)] : []),
    said(`${id} became leader at term 2`),
    said(`raft.node: ${id} elected leader ${id} at term 2`),
  ];
}

function changed(voice: Voice, { term, leader, before = '', at, cause }: EtcdTerm, old: number): LogLine[] {
  const { past, self } = voice;
  const { id } = self;
  const state = `logterm: ${old}, index: ${indexAt(voice, at)}`;
  const said = (after: number, msg: string) => raft(voice, at + after, msg);
  // Before anybody knows of the next there is a moment without any.
  const elected = at + 3 + chance(past.cluster, term).integer(0, 3);
  const won = (when: number) => raft(voice, when, `raft.node: ${id} elected leader ${leader} at term ${term}`);
  if (id === leader) return led(voice, { term, before, at, old, cause, elected, state });
  if (id === before && cause === 'silence') return [];
  const waits = cause === 'silence' || cause === 'quorum';
  const votes = [
    said(2, `${id} [term: ${old}] received a MsgVote message with higher term from ${leader} [term: ${term}]`),
    said(2, `${id} became follower at term ${term}`),
    said(2, `${id} [${state}, vote: 0] cast MsgVote for ${leader} [${state}] at term ${term}`),
    // Without a quorum it has had none for long.
    ...(cause === 'quorum' ? [] : [said(2, `raft.node: ${id} lost leader ${before} at term ${term}`)]),
    won(elected + 1),
  ];
  if (waits)
    return [
      said(0, `${id} [${state}, vote: ${before}] cast MsgPreVote for ${leader} [${state}] at term ${old}`),
      ...votes,
    ];
  if (id !== before) return votes;
  const server = (early: number, late: number) => `etcdserver/server.go:${voice.late ? late : early}`;
  const took = 100 + chance(id, at).integer(200_000, 1_900_000) / 1e6;
  return [
    line(at, server(1502, 1256), 'leadership transfer starting', {
      ...{ 'local-member-id': id, 'current-leader-member-id': id, 'transferee-member-id': leader },
    }),
    said(0, `${id} [term ${old}] starts to transfer leadership to ${leader}`),
    said(0, `${id} sends MsgTimeoutNow to ${leader} immediately as ${leader} already has up-to-date log`),
    ...votes,
    line(at + Math.round(took), server(1520, 1274), 'leadership transfer finished', {
      ...{ 'local-member-id': id, 'old-leader-member-id': id, 'new-leader-member-id': leader, took: `${took}ms` },
    }),
  ];
}

interface Won {
  term: number;
  before: string;
  at: number;
  old: number;
  cause: EtcdTerm['cause'];
  elected: number;
  state: string;
}

/** What the one says that wins. */
function led(voice: Voice, { term, before, at, old, cause, elected, state }: Won): LogLine[] {
  const { past, self } = voice;
  const { id } = self;
  const others = votersAt(past, at).filter((one) => one.id !== id);
  const said = (after: number, msg: string) => raft(voice, at + after, msg);
  const voter = (others.find((one) => one.id !== before) ?? others[0])?.id ?? before;
  const asks = (what: string, of: number) =>
    others.map((one: EtcdMember) => said(1, `${id} [${state}] sent ${what} request to ${one.id} at term ${of}`));
  const waits = cause === 'silence' || cause === 'quorum';
  const begins = waits
    ? [
        said(0, `${id} is starting a new election at term ${old}`),
        said(0, `${id} became pre-candidate at term ${old}`),
        said(0, `${id} received MsgPreVoteResp from ${id} at term ${old}`),
        ...asks('MsgPreVote', old),
        raft(voice, at + 2, `${id} received MsgPreVoteResp from ${voter} at term ${old}`),
        raft(voice, at + 2, `${id} has received 2 MsgPreVoteResp votes and 0 vote rejections`),
      ]
    : [said(1, `${id} [term ${old}] received MsgTimeoutNow from ${before} and starts an election to get leadership.`)];
  const after = waits ? 2 : 1;
  return [
    ...begins,
    said(after, `${id} became candidate at term ${term}`),
    said(after, `${id} received MsgVoteResp from ${id} at term ${term}`),
    ...others.map((one) => said(after, `${id} [${state}] sent MsgVote request to ${one.id} at term ${term}`)),
    ...(cause === 'quorum' ? [] : [said(after, `raft.node: ${id} lost leader ${before} at term ${term}`)]),
    raft(voice, elected, `${id} received MsgVoteResp from ${voter} at term ${term}`),
    raft(voice, elected, `${id} has received 2 MsgVoteResp votes and 0 vote rejections`),
    raft(voice, elected, `${id} became leader at term ${term}`),
    raft(voice, elected, `raft.node: ${id} elected leader ${id} at term ${term}`),
  ];
}
