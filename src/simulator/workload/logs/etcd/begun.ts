/** How a member begins: one that founds its cluster, one that joins it, one that is not of it any more. Source: etcd 3.5 and 3.6. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { databasePages } from '../../../api/storage/busy.ts';
import { type EtcdMember, identity, promotedOf, termAt, votersAt } from '../../etcd-past.ts';
import { all, chance, records } from '../run.ts';
import { configured, indexAt, line, raft, sizeOf, type Voice } from './line.ts';
import { connected, started } from './members.ts';
import { restored } from './restored.ts';
import { bareVersion, clusterVersionAt, seriesOf } from './versions.ts';

const data = '/var/lib/etcd';

/** The command of its container, and what flags say. */
function commandOf({ run }: Voice): { command: string[]; flag: (name: string) => string } {
  const command = records(run.question.pod.spec?.['containers']).flatMap(({ command: one }) =>
    Array.isArray(one) ? one.map(String) : [],
  );
  return { command, flag: (name) => command.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '' };
}

/** The lines of a beginning at `since`; `again`: it has run before. */
export function begun(voice: Voice, since = voice.run.since, again = false): LogLine[] {
  const { run, self, late, past } = voice;
  const told = (after: number, places: readonly [early: string, late: string], msg: string, rest = {}, how = {}) =>
    line(since + after, places[late ? 1 : 0], msg, rest, how);
  const warn = { level: 'warn' };
  const drawn = chance(run.key, 'begun', since);
  const tls = (kind: string) =>
    `cert = /etc/kubernetes/pki/etcd/${kind}.crt, key = /etc/kubernetes/pki/etcd/${kind}.key, client-cert=, client-key=, trusted-ca = /etc/kubernetes/pki/etcd/ca.crt, client-cert-auth = true, crl-file = `;
  const others = again
    ? votersAt(past, since).filter(({ id }) => id !== self.id)
    : past.members.filter((one) => one.id !== self.id && one.added < self.added && !(one.removed! < self.added));
  const founds = !again && self.added >= self.since;
  const single = [
    embed('config.go', 689, 1209),
    'Running http and grpc server on single port. This is not recommended for production.',
  ] as const;
  const { command } = commandOf(voice);
  const local = { 'local-member-id': self.id };
  const index = indexAt(voice, since);
  const { term, leader } = termAt(past, since);
  const peers = again ? [self, ...others].map(({ id }) => id).sort() : [];
  const at = 30 + drawn.integer(4, 40);
  const raftState = again
    ? `[peers: [${peers.join(',')}], term: ${term}, commit: ${index}, applied: ${index - 4000}, lastindex: ${index}, lastterm: ${term}]`
    : '[peers: [], term: 0, commit: 0, applied: 0, lastindex: 0, lastterm: 0]';
  return [
    told(0, single[0], single[1], {}, warn),
    told(0, both('etcdmain/etcd.go', 73, 64), 'Running: ', { args: command }),
    ...(again
      ? [
          told(
            1,
            both('etcdmain/etcd.go', 116, 107),
            `server has ${late ? 'already been' : 'been already'} initialized`,
            {
              ...{ 'data-dir': data, 'dir-type': 'member' },
            },
          ),
          told(1, single[0], single[1], {}, warn),
        ]
      : []),
    told(1, embed('etcd.go', 140, 138), 'configuring peer listeners', { 'listen-peer-urls': [url(self, 2380)] }),
    told(1, embed('etcd.go', 528, 544), 'starting with peer TLS', { 'tls-info': tls('peer'), 'cipher-suites': [] }),
    told(2, embed('etcd.go', 148, 146), 'configuring client listeners', {
      'listen-client-urls': ['https://127.0.0.1:2379', url(self, 2379)],
    }),
    told(3, embed('etcd.go', 323, 323), 'starting an etcd server', settings(voice, again)),
    ...(late ? opened(since + at - 9) : []),
    told(at, ['etcdserver/backend.go:81', 'storage/backend.go:80'], 'opened backend db', {
      path: `${data}/member/snap/db`,
      took: `${drawn.integer(2_100_000, 9_800_000) / 1e6}ms`,
    }),
    ...(late ? bootstrapped(since + at + 24) : [localMember(voice, since + at + 30, again, index)]),
    again
      ? configured(voice, since + at + 30)
      : raft(voice, since + at + 30, `${self.id} switched to configuration voters=()`),
    raft(voice, since + at + 30, `${self.id} became follower at term ${again ? term : 0}`),
    raft(voice, since + at + 30, `newRaft ${self.id} ${raftState}`),
    ...(founds
      ? [
          raft(voice, since + at + 30, `${self.id} became follower at term 1`),
          raft(voice, since + at + 30, `${self.id} switched to configuration voters=(${BigInt(`0x${self.id}`)})`),
        ]
      : []),
    told(
      at + 34,
      ['auth/store.go:1241', 'auth/store.go:1135'],
      'simple token is not cryptographically signed',
      {},
      warn,
    ),
    told(at + 36, ['mvcc/kvstore.go:425', 'mvcc/kvstore.go:408'], 'kvstore restored', {
      'current-rev': again ? run.question.revisionAt(since) : 1,
    }),
    told(at + 38, ['etcdserver/quota.go:94', 'storage/quota.go:93'], 'enabled backend quota with default value', {
      ...{ 'quota-name': 'v3-applier', 'quota-size-bytes': 2_147_483_648, 'quota-size': '2.1 GB' },
    }),
    ...others.flatMap((peer) => started(voice, since + at + 39, peer)),
    told(at + 42, both('etcdserver/server.go', 866, 589), 'starting etcd server', {
      ...{ ...local, 'local-server-version': versionOf(voice), 'cluster-version': 'to_be_decided' },
    }),
    ...['snap.db', 'snap', 'wal'].map((suffix) =>
      told(at + 42, both('fileutil/purge.go', 50, 49), 'started to purge file', {
        ...{ dir: `${data}/member/${suffix === 'wal' ? 'wal' : 'snap'}`, suffix, max: 5, interval: '30s' },
      }),
    ),
    told(at + 45, embed('etcd.go', 762, 766), 'starting with client TLS', {
      'tls-info': tls('server'),
      'cipher-suites': [],
    }),
    told(at + 45, embed('etcd.go', 633, 640), 'serving peer traffic', { address: `${self.address}:2380` }),
    told(at + 45, embed('etcd.go', 603, 611), 'cmux::serve', { address: `${self.address}:2380` }),
    told(at + 46, embed('etcd.go', 292, 292), 'now serving peer/client/metrics', {
      ...{ ...local, 'initial-advertise-peer-urls': [url(self, 2380)], 'listen-peer-urls': [url(self, 2380)] },
      'advertise-client-urls': [url(self, 2379)],
      'listen-client-urls': ['https://127.0.0.1:2379', url(self, 2379)],
      'listen-metrics-urls': ['http://127.0.0.1:2381'],
    }),
    told(at + 46, embed('etcd.go', 908, 911), 'serving metrics', { address: 'http://127.0.0.1:2381' }),
    ...(again ? [] : founds ? [] : learned(voice, others, { term, leader, at: since + at + 90 })),
    ...(again ? [] : serves(voice, founds ? termAt(past, since + 5000).at + 8 : since + at + 340)),
  ];
}

const both = (file: string, early: number, late: number): [string, string] => [`${file}:${early}`, `${file}:${late}`];
const embed = (file: string, early: number, late: number) => both(`embed/${file}`, early, late);
const url = ({ address }: EtcdMember, port: number): string => `https://${address}:${port}`;
const versionOf = ({ run }: Voice): string => bareVersion(run.version);

/** It as the others know it: its beginning may be told a moment off. */
const known = ({ past, self }: Voice): EtcdMember | undefined => past.members.find(({ id }) => id === self.id);
const beganOf = (voice: Voice): number => known(voice)?.since ?? voice.self.since;

/** One that joins hears of the others, gets what is there, and in the end a vote. */
function learned(
  voice: Voice,
  others: readonly EtcdMember[],
  { term, leader, at }: { term: number; leader: string; at: number },
): LogLine[] {
  const { self, past, late, run } = voice;
  const local = { 'local-member-id': self.id };
  const bytes = 4096 * databasePages(past.cluster, run.question.revisionAt(beganOf(voice)));
  const size = { 'incoming-snapshot-size-bytes': bytes, 'incoming-snapshot-size': sizeOf(bytes) };
  const index = indexAt(voice, beganOf(voice) + 100);
  const promoted = promotedOf(known(voice) ?? self);
  const from = others.find(({ id }) => id === leader)?.id ?? others[0]?.id ?? leader;
  const snapshot = { ...local, 'remote-snapshot-sender-id': from, 'incoming-snapshot-index': index };
  const path = `${data}/member/snap/${index.toString(16).padStart(16, '0')}.snap.db`;
  const server = (early: number, later: number) => `etcdserver/server.go:${late ? later : early}`;
  return [
    ...others.flatMap((peer, turn) => connected(voice, at + turn * 3, peer)),
    raft(
      voice,
      at + 20,
      `${self.id} [term: 0] received a MsgHeartbeat message with higher term from ${leader} [term: ${term}]`,
    ),
    raft(voice, at + 20, `${self.id} became follower at term ${term}`),
    raft(voice, at + 20, `raft.node: ${self.id} elected leader ${leader} at term ${term}`),
    line(at + 34, 'rafthttp/http.go:257', 'receiving database snapshot', {
      ...{ ...snapshot, 'incoming-snapshot-message-size-bytes': 8_214 },
    }),
    line(at + 34 + 96, 'snap/db.go:83', 'saved database snapshot to disk', {
      path,
      bytes,
      size: size['incoming-snapshot-size'],
    }),
    line(at + 34 + 97, 'rafthttp/http.go:287', 'received and saved database snapshot', { ...snapshot, ...size }),
    raft(
      voice,
      at + 132,
      `log [committed=0, applied=0, applying=0, unstable.offset=1, unstable.offsetInProgress=1, len(unstable.Entries)=0] starts to restore snapshot [index: ${index}, term: ${term}]`,
    ),
    configured(voice, at + 132, self),
    line(at + 133, server(1221, 996), 'applying snapshot', {
      ...{ 'current-snapshot-index': 0, 'current-applied-index': 0, 'incoming-leader-snapshot-index': index },
      'incoming-leader-snapshot-term': term,
    }),
    ...restored(voice, at + 133, { revision: run.question.revisionAt(at), index, peers: others }),
    line(at + 221, server(1342, 1114), 'applied snapshot', {
      ...{ 'current-snapshot-index': 0, 'current-applied-index': 0, 'incoming-leader-snapshot-index': index },
      'incoming-leader-snapshot-term': term,
    }),
    configured(voice, promoted),
    line(promoted, `membership/cluster.go:${late ? 589 : 558}`, 'promote member', {
      ...{ 'cluster-id': voice.cluster, ...local, 'promoted-member-id': self.id },
    }),
  ];
}

/** What 3.5 says of itself before raft begins. */
function localMember({ self, cluster }: Voice, at: number, again: boolean, index: number): LogLine {
  const [own, of] = [{ 'local-member-id': self.id }, { 'cluster-id': cluster }];
  return again
    ? line(at, 'etcdserver/raft.go:540', 'restarting local member', { ...of, ...own, 'commit-index': index })
    : line(at, 'etcdserver/raft.go:505', 'starting local member', { ...own, ...of });
}

/** What 3.6 says in its place. */
const bootstrapped = (at: number): LogLine[] => [
  ...['cluster', 'storage', 'raft'].map((what, turn) =>
    line(at + turn * 2, `etcdserver/bootstrap.go:${94 + turn * 7}`, `bootstrapping ${what}`),
  ),
  line(at + 5, 'etcdserver/server.go:312', 'bootstrap successfully'),
];

/** How its file is opened: since 3.6 bbolt speaks for itself. */
function opened(at: number): LogLine[] {
  const bbolt = { logger: 'bbolt' };
  const options =
    '{Timeout: 0s, NoGrowSync: false, NoFreelistSync: true, PreLoadFreelist: false, FreelistType: hashmap, ReadOnly: false, MmapFlags: 8000, InitialMmapSize: 10737418240, PageSize: 0, NoSync: false, OpenFile: 0x0, Mlock: false, Logger: 0xc00012a0b8}';
  const file = `${data}/member/snap/db`;
  const opens = `Opening db file (${file}) with mode -rw------- and with options: ${options}`;
  return [
    line(at, 'backend/backend.go:203', opens, {}, bbolt),
    line(at + 7, 'bbolt@v1.4.3/db.go:321', `Opening bbolt db (${file}) successfully`, {}, bbolt),
  ];
}

/** It can be asked from now on. */
export function serves(voice: Voice, at: number): LogLine[] {
  const { self, late } = voice;
  const local = { 'local-member-id': self.id };
  const minor = clusterVersionAt(voice.past, at) ?? seriesOf(versionOf(voice));
  const embedded = (early: number, later: number) => `embed/serve.go:${late ? later : early}`;
  return [
    line(at, `etcdserver/server.go:${late ? 1804 : 2156}`, 'published local member to cluster through raft', {
      ...{ ...local, 'local-member-attributes': `{Name:${self.name} ClientURLs:[${url(self, 2379)}]}` },
      ...(late ? {} : { 'request-path': `/0/members/${self.id}/attributes` }),
      ...{ 'cluster-id': voice.cluster, 'publish-timeout': '7s' },
    }),
    line(at + 1, embedded(103, 138), 'ready to serve client requests'),
    line(at + 1, embedded(103, 138), 'ready to serve client requests'),
    line(at + 1, `etcdmain/main.go:44`, 'notifying init daemon'),
    line(at + 1, `etcdmain/main.go:50`, 'successfully notified init daemon'),
    line(at + 2, `membership/cluster.go:${late ? 686 : 652}`, 'set initial cluster version', {
      ...{ 'cluster-id': voice.cluster, ...local, 'cluster-version': minor },
    }),
    line(at + 2, 'api/capability.go:75', 'enabled capabilities for version', { 'cluster-version': minor }),
    line(at + 3, embedded(187, 220), 'serving client traffic securely', {
      traffic: 'grpc+http',
      address: '127.0.0.1:2379',
    }),
    line(at + 3, embedded(187, 220), 'serving client traffic securely', {
      ...{ traffic: 'grpc+http', address: `${self.address}:2379` },
    }),
  ];
}

/** What it says that it is begun with. */
function settings(voice: Voice, again: boolean): object {
  const { run, self, late } = voice;
  const { flag } = commandOf(voice);
  const node = all(run, 'nodes').find(({ metadata }) => metadata.name === run.node);
  const cpus = Number((node?.status?.['capacity'] as { cpu?: string } | undefined)?.cpu) || 8;
  return {
    ...{ 'etcd-version': versionOf(voice), 'git-sha': identity(`etcd ${versionOf(voice)}`).slice(0, late ? 7 : 9) },
    ...{ 'go-version': late ? 'go1.24.11' : 'go1.24.10', 'go-os': 'linux', 'go-arch': 'amd64' },
    ...{ 'max-cpu-set': cpus, 'max-cpu-available': cpus, 'member-initialized': again, name: self.name },
    ...{ 'data-dir': data, 'wal-dir': '', 'wal-dir-dedicated': '', 'member-dir': `${data}/member` },
    ...{ 'force-new-cluster': false, 'heartbeat-interval': '100ms', 'election-timeout': '1s' },
    ...{ 'initial-election-tick-advance': true, 'snapshot-count': 10_000, 'max-wals': 5, 'max-snapshots': 5 },
    ...{ 'snapshot-catchup-entries': 5000, 'initial-advertise-peer-urls': [url(self, 2380)] },
    ...{ 'listen-peer-urls': [url(self, 2380)], 'advertise-client-urls': [url(self, 2379)] },
    ...{ 'listen-client-urls': ['https://127.0.0.1:2379', url(self, 2379)] },
    ...{ 'listen-metrics-urls': ['http://127.0.0.1:2381'], ...(late ? { 'local-address': '' } : {}) },
    ...{ cors: ['*'], 'host-whitelist': ['*'], 'initial-cluster': again ? '' : flag('initial-cluster') },
    ...{ 'initial-cluster-state': flag('initial-cluster-state') || 'new' },
    ...{ 'initial-cluster-token': again ? '' : 'etcd-cluster', 'quota-backend-bytes': 2_147_483_648 },
    ...{ 'max-request-bytes': 1_572_864, 'max-concurrent-streams': 4_294_967_295, 'pre-vote': true },
    ...(late ? { 'feature-gates': 'InitialCorruptCheck=true' } : {}),
    ...{ 'initial-corrupt-check': true, 'corrupt-check-time-interval': '0s' },
    ...(late ? {} : { 'compact-check-time-enabled': false }),
    ...{ 'compact-check-time-interval': '1m0s', 'auto-compaction-mode': 'periodic' },
    ...{ 'auto-compaction-retention': '0s', 'auto-compaction-interval': '0s', 'discovery-url': '' },
    ...{ 'discovery-proxy': '', 'downgrade-check-interval': '5s', ...(late ? { 'max-learners': 1 } : {}) },
  };
}
