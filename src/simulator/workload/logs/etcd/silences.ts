/** What a member says of others that cannot be reached: a host that is off, or cut off. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Outage } from '../../../controllers/hosts/outages.ts';
import type { EtcdMember } from '../../etcd-past.ts';
import { chance, paced, planeNodes, type Run, readinessOf } from '../run.ts';
import { line, type Voice } from './line.ts';
import { connected } from './members.ts';

/** A Node's state is unknown so long after its last word, about, ms. */
const grace = 44_000;
/** Peers are looked at so often, in ms, and so many of the last looks are told. */
const every = 30_000;
const most = 120;

/** The lines about those that are silent now, and those that are known to have been. */
export function silences(voice: Voice): LogLine[] {
  const { run, past, self } = voice;
  if (self.removed !== undefined) return [];
  return planeNodes(run).flatMap((node) => {
    const { status, since } = readinessOf(node);
    const peer = past.members.findLast(({ name, removed }) => name === node.metadata.name && removed === undefined);
    if (!peer || peer.id === self.id) return [];
    const known = past.cuts?.get(peer.id) ?? [];
    const isTold = known.some(({ to }) => to === undefined);
    const guess = status === 'Unknown' && !Number.isNaN(since) && !isTold ? [{ from: since - grace }] : [];
    return [...known, ...guess].flatMap((cut) => silent(voice, peer, cut)).filter(({ at }) => at > self.since);
  });
}

/** What it says of one that was silent for a time. */
function silent(voice: Voice, peer: EtcdMember, { from: lost, to }: Outage): LogLine[] {
  const { run, past, self, late } = voice;
  const about = { 'local-member-id': self.id, 'remote-peer-id': peer.id };
  const error = `read tcp ${self.address}:${chance(self.id, peer.id).integer(32_800, 60_900)}->${peer.address}:2380: i/o timeout`;
  const warn = { level: 'warn' };
  const cut = lost + 5000 + chance(self.id, lost).integer(0, 90);
  const place = `rafthttp/stream.go:${late ? 420 : 421}`;
  const apart: Run = { ...run, until: Math.min(run.until, to ?? run.until) };
  const looks = paced(apart, { at: lost + 6000, every, of: '', late: 0 }, most);
  const streams = ['stream MsgApp v2', 'stream Message'].flatMap((type, index) => [
    line(
      cut + index * 6,
      place,
      'lost TCP streaming connection with remote peer',
      { 'stream-reader-type': type, ...about, error },
      warn,
    ),
    ...(index === 0
      ? [
          line(
            cut,
            'rafthttp/peer_status.go:66',
            'peer became inactive (message send to peer failed)',
            { 'peer-id': peer.id, error: `failed to read ${peer.id} on stream MsgApp v2 (${error})` },
            warn,
          ),
        ]
      : []),
  ]);
  const unhealthy = looks.flatMap(({ at }) =>
    ['ROUND_TRIPPER_SNAPSHOT', 'ROUND_TRIPPER_RAFT_MESSAGE'].map((name) =>
      line(
        at,
        'rafthttp/probing_status.go:68',
        'prober detected unhealthy status',
        {
          ...{ 'round-tripper-name': name, 'remote-peer-id': peer.id, rtt: '0s' },
          error: `dial tcp ${peer.address}:2380: i/o timeout`,
        },
        warn,
      ),
    ),
  );
  // By which there is a quorum again, that is told of with the quorum.
  const isQuorum =
    to !== undefined && past.outages?.some((one) => one.lost.includes(peer.id) && one.from < to && !(one.to! < lost));
  const back = to === undefined || isQuorum ? [] : connected(voice, to + 1100, peer);
  return [...streams, ...unhealthy].filter(({ at }) => !(to !== undefined && at >= to)).concat(back);
}
