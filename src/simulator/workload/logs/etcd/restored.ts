/** How a member takes up the snapshot that it was sent: one store after the other, and then its peers anew. Source: etcd 3.5 and 3.6, applySnapshot. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { EtcdMember } from '../../etcd-past.ts';
import { line, type Voice } from './line.ts';
import { connected, started, stopped } from './members.ts';

/** What one says of it, and where in 3.5; later ones say the same some lines higher. */
const stores: readonly (readonly [after: number, place: number, words: string])[] = [
  [41, 1252, 'restoring lease store'],
  [41, 1256, 'restored lease store'],
  [41, 1259, 'restoring mvcc store'],
];
const others: typeof stores = [
  [58, 1274, 'closing old backend file'],
  [58, 1285, 'restoring alarm store'],
  [58, 1291, 'restored alarm store'],
  [58, 1294, 'restoring auth store'],
  [58, 1298, 'restored auth store'],
  [58, 1301, 'restoring v2 store'],
  [59, 1310, 'restored v2 store'],
  [59, 1314, 'restoring cluster configuration'],
  [59, 1318, 'restored cluster configuration'],
  [59, 1319, 'removing old peers from network'],
];
const higher = 226;

/**
 * The lines between the one that it applies the snapshot, at `at`, Unix time in ms, and the one that it has. `revision`, `index`: those of
 * the snapshot; `peers`: the other members.
 */
export function restored(
  voice: Voice,
  at: number,
  { revision, index, peers }: { revision: number; index: number; peers: readonly EtcdMember[] },
): LogLine[] {
  const { late } = voice;
  const server = (place: number) => `etcdserver/server.go:${late ? place - higher : place}`;
  const said = (lines: typeof stores) => lines.map(([after, place, words]) => line(at + after, server(place), words));
  return [
    ...said(stores),
    line(at + 57, late ? 'mvcc/kvstore.go:408' : 'mvcc/kvstore.go:425', 'kvstore restored', {
      'current-rev': revision,
    }),
    line(at + 57, server(1266), 'restored mvcc store', { 'consistent-index': index }),
    ...said(others),
    ...peers.flatMap((peer) => stopped(voice, at + 60, peer, 'context canceled')),
    line(at + 74, server(1324), 'removed old peers from network'),
    line(at + 74, server(1325), 'adding peers from new cluster configuration'),
    ...peers.flatMap((peer) => started(voice, at + 75, peer)),
    line(at + 84, server(1334), 'added peers from new cluster configuration'),
    line(at + 85, server(1276), 'closed old backend file'),
    ...peers.flatMap((peer, turn) => connected(voice, at + 92 + turn * 2, peer)),
  ];
}
