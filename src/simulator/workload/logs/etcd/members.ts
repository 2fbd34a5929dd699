/** What a member says of others that come and go. Source: etcd 3.5 and 3.6, server/etcdserver/api/rafthttp and membership. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { databasePages } from '../../../api/storage/busy.ts';
import { type EtcdMember, promotedOf, termAt, votersAt } from '../../etcd-past.ts';
import { chance } from '../run.ts';
import { configured, indexAt, line, sizeOf, type Voice } from './line.ts';

const streams = ['stream MsgApp v2', 'stream Message'] as const;

/** Steps one after the other, a fraction of a ms to a few apart: each is told its time. */
function steps(at: number, key: string, lines: readonly ((at: number) => LogLine)[]): LogLine[] {
  const drawn = chance(key, at);
  let now = at;
  return lines.map((one) => {
    const told = one(now);
    now += drawn.integer(0, 3) === 0 ? 1 : 0;
    return told;
  });
}

/**
 * All that a member tells of others that came after it, or went. `again`: when it was started once more though it belongs
 * to them no longer.
 */
export function comings(voice: Voice, again?: number): LogLine[] {
  const { past, self } = voice;
  if (again !== undefined) return ended(voice, again + refusal);
  const gone = self.removed ?? Number.POSITIVE_INFINITY;
  return past.members.flatMap((other) => {
    if (other.id === self.id) return self.removed === undefined ? [] : expelled(voice, self.removed);
    const comes = other.added > self.since && other.added < gone;
    const goes = other.removed !== undefined && other.removed > self.since && other.removed < gone;
    return [...(comes ? joined(voice, other) : []), ...(goes ? left(voice, other, other.removed!) : [])];
  });
}

/** A peer is taken on. */
export function started({ self, late }: Voice, at: number, { id, address }: EtcdMember): LogLine[] {
  const about = { 'local-member-id': self.id, 'remote-peer-id': id };
  return steps(at, `${self.id}/${id}/start`, [
    (when) => line(when, 'rafthttp/peer.go:133', 'starting remote peer', { 'remote-peer-id': id }),
    (when) => line(when, 'rafthttp/pipeline.go:72', 'started HTTP pipelining with remote peer', about),
    (when) => line(when, `rafthttp/stream.go:${late ? 168 : 169}`, 'started stream writer with remote peer', about),
    (when) => line(when, `rafthttp/stream.go:${late ? 168 : 169}`, 'started stream writer with remote peer', about),
    (when) => line(when, 'rafthttp/peer.go:137', 'started remote peer', { 'remote-peer-id': id }),
    (when) =>
      line(when, 'rafthttp/transport.go:317', 'added remote peer', {
        ...about,
        'remote-peer-urls': [`https://${address}:2380`],
      }),
    ...streams.map(
      (type) => (when: number) =>
        line(when, `rafthttp/stream.go:${late ? 394 : 395}`, 'started stream reader with remote peer', {
          'stream-reader-type': type,
          ...about,
        }),
    ),
  ]);
}

/** A peer is there. */
export function connected({ self, late }: Voice, at: number, { id }: EtcdMember): LogLine[] {
  const about = { 'local-member-id': self.id, 'remote-peer-id': id };
  const established = 'established TCP streaming connection with remote peer';
  const place = (early: number) => `rafthttp/stream.go:${late ? early - 1 : early}`;
  const both = chance(self.id, id).integer(0, 1) === 0 ? streams : [...streams].reverse();
  return steps(at, `${self.id}/${id}/active`, [
    (when) => line(when, 'rafthttp/peer_status.go:53', 'peer became active', { 'peer-id': id }),
    ...both.map(
      (type) => (when: number) => line(when, place(412), established, { 'stream-reader-type': type, ...about }),
    ),
    ...both.flatMap((type) => [
      (when: number) => line(when, place(249), 'set message encoder', { from: self.id, to: id, 'stream-type': type }),
      (when: number) => line(when, place(274), established, { 'stream-writer-type': type, ...about }),
    ]),
  ]);
}

/** Who of the others was asked to change the members: whoever asks, asks one. */
const askedOf = (voice: Voice, at: number, what: string, other: EtcdMember): EtcdMember | undefined => {
  const voters = votersAt(voice.past, at).filter(({ id }) => id !== other.id);
  return voters[chance(other.id, what).integer(0, Math.max(0, voters.length - 1))];
};

function applied(voice: Voice, at: number, what: string, other: EtcdMember): LogLine[] {
  if (askedOf(voice, at, what, other)?.id !== voice.self.id) return [];
  return [
    line(at, `etcdserver/server.go:${voice.late ? 1758 : 1991}`, 'applied a configuration change through raft', {
      'local-member-id': voice.self.id,
      'raft-conf-change': what,
      'raft-conf-change-node-id': other.id,
    }),
  ];
}

/** It is added as one that learns, runs, gets what is there, and then a vote. */
function joined(voice: Voice, other: EtcdMember): LogLine[] {
  const { self, past, cluster, late } = voice;
  const { added, since } = other;
  const local = { 'cluster-id': cluster, 'local-member-id': self.id };
  const drawn = chance(self.id, other.id);
  const promoted = promotedOf(other);
  const active = Math.min(promoted - 40, since + 160 + drawn.integer(0, 90));
  const sends = termAt(past, active).leader === self.id;
  const bytes = 4096 * databasePages(past.cluster, voice.run.question.revisionAt(since));
  const size = { bytes, size: sizeOf(bytes) };
  return [
    configured(voice, added, other),
    line(added, `membership/cluster.go:${late ? 433 : 421}`, 'added member', {
      ...local,
      'added-peer-id': other.id,
      'added-peer-peer-urls': [`https://${other.address}:2380`],
      ...(late ? { 'added-peer-is-learner': true } : {}),
    }),
    ...started(voice, added + 1, other),
    ...applied(voice, added + 6, 'ConfChangeAddLearnerNode', other),
    ...connected(voice, active, other),
    ...(sends
      ? [
          line(active + 21, 'etcdserver/snapshot_merge.go:66', 'sent database snapshot to writer', size),
          line(active + 22, 'rafthttp/snapshot_sender.go:82', 'sending database snapshot', {
            ...{ 'snapshot-index': indexAt(voice, since + 100), 'remote-peer-id': other.id, ...size },
          }),
          line(active + 22 + drawn.integer(60, 180), 'rafthttp/snapshot_sender.go:133', 'sent database snapshot', {
            ...{ 'snapshot-index': indexAt(voice, since + 100), 'remote-peer-id': other.id, ...size },
          }),
        ]
      : []),
    configured(voice, promoted),
    line(promoted, `membership/cluster.go:${late ? 589 : 558}`, 'promote member', {
      ...local,
      'promoted-member-id': other.id,
    }),
    ...applied(voice, promoted + 2, 'ConfChangeAddNode', other),
  ];
}

/** One is removed: its streams are cut. */
function left(voice: Voice, other: EtcdMember, removed: number): LogLine[] {
  const { self, cluster, late } = voice;
  const drawn = chance(self.id, other.id, 'left');
  const at = removed + drawn.integer(0, 3);
  return [
    configured(voice, at),
    line(at, `membership/cluster.go:${late ? 491 : 472}`, 'removed member', {
      ...{ 'cluster-id': cluster, 'local-member-id': self.id, 'removed-remote-peer-id': other.id },
      'removed-remote-peer-urls': [`https://${other.address}:2380`],
      ...(late ? { 'removed-remote-peer-is-learner': false } : {}),
    }),
    ...stopped(voice, at + 1, other, 'context canceled'),
    ...applied(voice, at + 5, 'ConfChangeRemoveNode', other),
    ...refused(voice, other, removed),
  ];
}

/** A peer is no longer served. */
export function stopped({ self, late }: Voice, at: number, { id }: EtcdMember, error: string): LogLine[] {
  const about = { 'local-member-id': self.id, 'remote-peer-id': id };
  const place = (early: number) => `rafthttp/stream.go:${late ? early - 1 : early}`;
  const warn = { level: 'warn' };
  return steps(at, `${self.id}/${id}/stop`, [
    (when) => line(when, `rafthttp/peer.go:${late ? 316 : 330}`, 'stopping remote peer', { 'remote-peer-id': id }),
    ...streams.flatMap((type) => {
      const writer = { 'stream-writer-type': type, 'remote-peer-id': id };
      return [
        (when: number) => line(when, place(286), 'closed TCP streaming connection with remote peer', writer, warn),
        (when: number) => line(when, place(294), 'stopped TCP streaming connection with remote peer', writer),
      ];
    }),
    (when) => line(when, 'rafthttp/pipeline.go:85', 'stopped HTTP pipelining with remote peer', about),
    ...streams.flatMap((type, index) => {
      const reader = { 'stream-reader-type': type, ...about };
      const lost = 'lost TCP streaming connection with remote peer';
      const failed = `failed to read ${id} on ${type} (${error})`;
      return [
        (when: number) => line(when, place(421), lost, { ...reader, error }, warn),
        ...(index === 0
          ? [
              (when: number) =>
                line(
                  when,
                  'rafthttp/peer_status.go:66',
                  'peer became inactive (message send to peer failed)',
                  { 'peer-id': id, error: failed },
                  warn,
                ),
            ]
          : []),
        (when: number) => line(when, place(442), 'stopped stream reader with remote peer', reader),
      ];
    }),
    (when) => line(when, `rafthttp/peer.go:${late ? 321 : 335}`, 'stopped remote peer', { 'remote-peer-id': id }),
    (when) =>
      line(when, `rafthttp/transport.go:${late ? 354 : 355}`, 'removed remote peer', {
        ...{ 'local-member-id': self.id, 'removed-remote-peer-id': id },
      }),
  ]);
}

/** A member that was removed is started again by its kubelet so long after, ms, and turned away a moment later. */
const restarts = [1400, 13_700, 36_000, 78_600, 160_800, 323_800];
const refusal = 210;

/** When a member that was removed at a moment is started again. */
export const afterwards = (removed: number): number[] => restarts.map((after) => removed + after);

/** As long as its host is there, one that was removed is started again, and asks. */
function refused({ self, run, late }: Voice, other: EtcdMember, removed: number): LogLine[] {
  const until = other.gone ?? run.until;
  return afterwards(removed)
    .map((at) => at + refusal - 8)
    .filter((at) => at < until - 400)
    .flatMap((at) =>
      streams.map((_stream, index) =>
        line(
          at + index * 2 + chance(self.id, at).integer(0, 1),
          `rafthttp/http.go:${late ? 397 : 413}`,
          'rejected stream from remote peer because it was removed',
          {
            ...{ 'local-member-id': self.id, 'remote-peer-id-stream-handler': self.id },
            'remote-peer-id-from': other.id,
          },
          { level: 'warn' },
        ),
      ),
    );
}

/** It is itself removed: a second later it ends. */
function expelled(voice: Voice, removed: number): LogLine[] {
  const { self, past, cluster, late } = voice;
  const others = votersAt(past, removed).filter(({ id }) => id !== self.id);
  const place = (early: number) => `rafthttp/stream.go:${late ? early - 1 : early}`;
  return [
    configured(voice, removed),
    line(removed, `membership/cluster.go:${late ? 491 : 472}`, 'removed member', {
      ...{ 'cluster-id': cluster, 'local-member-id': self.id, 'removed-remote-peer-id': self.id },
      'removed-remote-peer-urls': [`https://${self.address}:2380`],
      ...(late ? { 'removed-remote-peer-is-learner': false } : {}),
    }),
    ...others.flatMap(({ id }, index) =>
      streams.map((type, stream) =>
        line(
          removed + 3 + index + stream,
          place(421),
          'lost TCP streaming connection with remote peer',
          { 'stream-reader-type': type, 'local-member-id': self.id, 'remote-peer-id': id, error: 'EOF' },
          { level: 'warn' },
        ),
      ),
    ),
    ...ended(voice, removed + 106 + others.length * 2),
  ];
}

/** What it says when it ends because it belongs to nobody. */
function ended(voice: Voice, at: number): LogLine[] {
  const { self, past, late } = voice;
  const server = (early: number, later: number) => `etcdserver/server.go:${late ? later : early}`;
  const error = 'the member has been permanently removed from the cluster';
  const warn = { level: 'warn' };
  const others = votersAt(past, at).filter(({ id }) => id !== self.id);
  const failed = (id: string) => ({ 'peer-id': id, error: `failed to dial ${id} on stream MsgApp v2 (${error})` });
  return [
    ...others.map(({ id }, index) =>
      line(
        at - 2 + index,
        'rafthttp/peer_status.go:66',
        'peer became inactive (message send to peer failed)',
        failed(id),
        warn,
      ),
    ),
    line(at, server(1204, 947), 'server error', { error }, warn),
    line(at, server(1205, 948), 'data-dir used by this member must be removed', {}, warn),
    ...others.flatMap((other, index) => stopped(voice, at + 1 + index * 2, other, 'context canceled')),
  ];
}
