/**
 * Each compaction that the API server asks for, and the snapshots of raft's log between them. All members compact at the
 * same moment to the same revision and find the same hash; each takes snapshots by a count of its own.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { databasePages } from '../../../api/storage/busy.ts';
import { termAt } from '../../etcd-past.ts';
import { chance, paced } from '../run.ts';
import { indexAt, line, sizeOf, type Voice } from './line.ts';

/** The API server has it compacted so often, in ms, to what was there one turn ago; of so many the lines are kept. */
const every = 300_000;
const compactions = 96;
/** More entries than this lie between two snapshots, by one or a few: kubeadm says so. */
const span = 10_000;
/** So many entries are kept for those that are behind, and so many snapshots. */
const [behind, kept] = [5000, 5];

/** The lines of both. */
export function compacted(voice: Voice): LogLine[] {
  const { run, self, past, late } = voice;
  const { question, since } = run;
  const gone = self.removed ?? Number.POSITIVE_INFINITY;
  const cluster = past.cluster;
  const first = Math.floor(since / every) * every;
  const offset = chance(cluster, 'compaction').integer(0, every - 1);
  return paced(run, { at: first + offset, every, of: '', late: 0 }, compactions).flatMap(({ at }) => {
    if (at >= gone || at < since) return [];
    const [to, before] = [question.revisionAt(at - every), question.revisionAt(at - 2 * every)];
    const snapshots = snapped(voice, at - every, at);
    // Nothing is asked for where nothing was written.
    if (to <= 1 || to === before) return snapshots;
    const own = chance(self.id, at);
    // Nobody defragments it: it is as large as the snapshot that a member gets then, and as its server says.
    const file = databasePages(cluster, question.revisionAt(at));
    const bytes = 4096 * file;
    const when = at + own.integer(0, 6);
    const took = own.integer(9_000_000, 27_000_000) / 1e6 + ((to - before) * own.integer(3, 7)) / 1000;
    // What is used comes and goes with the writes of the last minutes.
    const used = Math.floor(
      file * (0.34 + (to - before) / 40_000 + chance(cluster, 'used', at).integer(0, 90) / 10_000),
    );
    const hash = chance(cluster, 'db', to).integer(100_000_000, 4_294_967_295);
    const done = when + Math.ceil(took);
    return [
      line(when, `mvcc/index.go:${late ? 194 : 214}`, 'compact tree index', { revision: to }),
      line(done, 'mvcc/kvstore_compaction.go:72', 'finished scheduled compaction', {
        ...{ 'compact-revision': to, took: `${Number(took.toFixed(6))}ms`, hash },
        ...{ 'current-db-size-bytes': bytes, 'current-db-size': sizeOf(bytes) },
        ...{ 'current-db-size-in-use-bytes': used * 4096, 'current-db-size-in-use': sizeOf(used * 4096) },
      }),
      line(done, `mvcc/hash.go:${late ? 157 : 151}`, 'storing new hash', {
        ...{ hash, revision: to, 'compact-revision': before },
      }),
      ...snapshots,
    ];
  });
}

/** At which index a member takes its `turn`th snapshot: they are more than a span apart, by what was applied at once. */
const snapshotAt = (id: string, turn: number): number =>
  chance(id, 'snapshots').integer(0, span) + turn * (span + 3) + chance(id, 'snapshot', turn).integer(0, 2);

/** The snapshots that a member took within some minutes. */
function snapped(voice: Voice, from: number, to: number): LogLine[] {
  const { self } = voice;
  const [low, high] = [indexAt(voice, from), indexAt(voice, to)];
  const told: LogLine[] = [];
  for (let turn = Math.max(1, Math.floor(low / (span + 3)) - 2); snapshotAt(self.id, turn) <= high; turn++) {
    const index = snapshotAt(self.id, turn);
    if (index <= low) continue;
    let [begin, end] = [from, to];
    while (end - begin > 1) {
      const middle = Math.floor((begin + end) / 2);
      if (indexAt(voice, middle) < index) begin = middle;
      else end = middle;
    }
    told.push(...snapshot(voice, end, turn, index));
  }
  return told.filter(({ at }) => at > voice.run.since + span);
}

function snapshot(voice: Voice, at: number, turn: number, index: number): LogLine[] {
  const { self, late, past } = voice;
  const server = (early: number, later: number) => `etcdserver/server.go:${late ? later : early}`;
  const drawn = chance(self.id, 'saved', turn);
  const saved = at + drawn.integer(9, 41);
  const old = snapshotAt(self.id, turn - kept);
  const name = `${termAt(past, at).term.toString(16).padStart(16, '0')}-${old.toString(16).padStart(16, '0')}.snap`;
  // It looks every 30 s from its beginning on.
  const looks = self.since + Math.ceil((saved - self.since) / 30_000) * 30_000;
  return [
    line(at, server(1451, 2120), 'triggering snapshot', {
      ...{ 'local-member-id': self.id, 'local-member-applied-index': index },
      'local-member-snapshot-index': snapshotAt(self.id, turn - 1),
      'local-member-snapshot-count': span,
      ...(late ? { 'snapshot-forced': false } : {}),
    }),
    line(saved, server(2476, 2189), late ? 'saved snapshot to disk' : 'saved snapshot', { 'snapshot-index': index }),
    // Later ones keep what is in memory short all the time, and say nothing of it.
    ...(late ? [] : [line(saved + 1, server(2506, 0), 'compacted Raft logs', { 'compact-index': index - behind })]),
    ...(old > 0 && looks > saved
      ? [line(looks, `fileutil/purge.go:${late ? 97 : 96}`, 'purged', { path: `/var/lib/etcd/member/snap/${name}` })]
      : []),
  ];
}
