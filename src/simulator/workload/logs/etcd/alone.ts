/**
 * What a member says while there is no quorum: it has lost its leader, or is none any more, begins election after election, and
 * answers nobody. Source: go.etcd.io/raft v3, raft.go (checkQuorum, preVote), and etcd 3.5 and 3.6, etcdserver/v3_server.go.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { type EtcdMember, type EtcdOutage, termAt } from '../../etcd-past.ts';
import { chance, rhythm } from '../run.ts';
import { indexAt, line, raft, type Voice } from './line.ts';
import { connected } from './members.ts';

/** A request waits so long, and an election so long at least, ms. */
const [waits, election] = [7000, 1000];
/** Of each of these the last so many are told. */
const most = 500;

/** The lines of all times without a quorum that this run has been through. */
export const alone = (voice: Voice): LogLine[] =>
  (voice.past.outages ?? []).flatMap((outage) => {
    const isThere = outage.from > voice.self.since && !outage.lost.includes(voice.self.id);
    return isThere ? through(voice, outage) : [];
  });

function through(voice: Voice, { from, to, lost }: EtcdOutage): LogLine[] {
  const { run, self, past, late } = voice;
  const { id } = self;
  const until = Math.min(to === undefined ? run.until : to - 600, run.until);
  const peers = past.members.filter((one) => lost.includes(one.id));
  const { term, leader } = termAt(past, from);
  const noticed = from + election + chance(id, from).integer(100, 900);
  const warn = { level: 'warn' };
  const stepped = leader === id ? [`${id} stepped down to follower since quorum is not active`] : [];
  const ends = [
    ...stepped.map((msg) => raft(voice, noticed, msg)),
    ...(leader === id ? [raft(voice, noticed, `${id} became follower at term ${term}`)] : []),
    raft(voice, noticed + 1, `raft.node: ${id} lost leader ${leader} at term ${term}`),
  ];
  const index = indexAt(voice, from);
  const asked = (at: number, peer: EtcdMember) =>
    raft(voice, at, `${id} [logterm: ${term}, index: ${index}] sent MsgPreVote request to ${peer.id} at term ${term}`);
  const every = (ms: number, of: string, late = 0) =>
    rhythm({ at: noticed, every: ms, of: `${id}/${from}/${of}`, late }, { until, most }).filter(({ at }) => at < until);
  const elections = every(election * 1.5, 'election', 0.4).flatMap(({ at }) => [
    raft(voice, at, `${id} is starting a new election at term ${term}`),
    raft(voice, at, `${id} became pre-candidate at term ${term}`),
    raft(voice, at, `${id} received MsgPreVoteResp from ${id} at term ${term}`),
    ...peers.map((peer) => asked(at, peer)),
  ]);
  const server = (early: number, later: number) => `etcdserver/v3_server.go:${late ? later : early}`;
  const timeouts = every(waits, 'requests', 0.1).map(({ at }) =>
    line(
      at,
      server(932, 1021),
      'timed out waiting for read index response (local node might have slow network)',
      { timeout: '7s' },
      warn,
    ),
  );
  const back = to === undefined ? [] : peers.flatMap((peer, turn) => connected(voice, to - 590 + turn * 11, peer));
  return [...ends, ...elections, ...timeouts, ...back].filter(({ at }) => at >= from);
}
