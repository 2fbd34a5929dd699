/** What a member says of others that cannot be reached: a host that is off, or cut off. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { chance, paced, planeNodes, type Run, readinessOf } from '../run.ts';
import { line, type Voice } from './line.ts';

/** A Node's state is unknown so long after its last word, about, ms. */
const grace = 44_000;
/** Peers are looked at so often, in ms, and so many of the last looks are told. */
const every = 30_000;
const most = 120;

/** The lines about those that are silent now. */
export function silences(voice: Voice): LogLine[] {
  const { run, past, self, late } = voice;
  return planeNodes(run).flatMap((node) => {
    const { status, since } = readinessOf(node);
    const peer = past.members.findLast(({ name, removed }) => name === node.metadata.name && removed === undefined);
    if (status !== 'Unknown' || Number.isNaN(since) || !peer || peer.id === self.id || self.removed !== undefined)
      return [];
    const lost = since - grace;
    const about = { 'local-member-id': self.id, 'remote-peer-id': peer.id };
    const error = `read tcp ${self.address}:${chance(self.id, peer.id).integer(32_800, 60_900)}->${peer.address}:2380: i/o timeout`;
    const warn = { level: 'warn' };
    const cut = lost + 5000 + chance(self.id, lost).integer(0, 90);
    const place = `rafthttp/stream.go:${late ? 420 : 421}`;
    const apart: Run = { ...run };
    const looks = paced(apart, { at: lost + 6000, every, of: '', late: 0 }, most);
    return [
      ...['stream MsgApp v2', 'stream Message'].flatMap((type, index) => [
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
      ]),
      ...looks.flatMap(({ at }) =>
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
      ),
    ].filter(({ at }) => at > self.since);
  });
}
