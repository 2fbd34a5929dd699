/**
 * etcd: how it begins, each compaction that the API server asks for, and reads that took long. Source: the log lines of
 * etcd 3.5 and 3.6. All members compact at the same moment to the same revision, and find the same hash.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { micros } from '../log-times.ts';
import {
  addressOf,
  chance,
  clusterOf,
  memberOf,
  paced,
  planeNodes,
  type Run,
  records,
  slowMoments,
  type Teller,
} from './run.ts';

/** The API server has it compacted so often, in ms, to what was there one turn ago; of so many the lines are kept. */
const every = 300_000;
const compactions = 96;
/** So many revisions lie between two snapshots: kubeadm says so. */
const span = 10_000;

const line = (at: number, caller: string, msg: string, rest: object = {}, level = 'info'): LogLine => ({
  at,
  text: JSON.stringify({ level, ts: `${micros(at, caller)}Z`, caller, msg, ...rest }),
});

const size = (bytes: number): string =>
  bytes >= 1e8 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(1).replace(/\.0$/, '')} MB`;

/**
 * The identity of a member, as etcd draws it from its addresses and the moment it was added: who comes back under the same
 * name is another one. Of whom a run was told before they came back, only the name is left.
 */
function identity(run: Run, node: string, until = Number.POSITIVE_INFINITY): string {
  const found = planeNodes(run).find(({ metadata }) => metadata.name === node);
  const born = Date.parse(found?.metadata.creationTimestamp ?? '');
  const added = born <= until ? String(born) : '';
  const digit = (at: number) => chance('member', clusterOf(run), node, added, at).integer(0, 15).toString(16);
  return Array.from({ length: 16 }, (_, at) => digit(at)).join('');
}

/** Whom this member saw come after it had begun. */
function joined(run: Run): LogLine[] {
  return planeNodes(run).flatMap((node) => {
    const { name, creationTimestamp } = node.metadata;
    const at = Date.parse(creationTimestamp ?? '');
    if (name === run.node || !(at > run.since)) return [];
    const peer = identity(run, name);
    const own = identity(run, run.node);
    const urls = [`https://${addressOf(node)}:2380`];
    // It is added before its kubelet registers its Node, as one that learns, and has a vote once it has caught up.
    const jitter = chance(run.key, name, at);
    const added = at - jitter.integer(14_000, 21_000);
    const active = added + jitter.integer(900, 2600);
    const told = { 'local-member-id': own };
    const promoted = active + jitter.integer(400, 1500);
    return [
      line(added, 'membership/cluster.go:421', 'added member', {
        ...told,
        'added-peer-id': peer,
        'added-peer-peer-urls': urls,
      }),
      line(added + 1, 'rafthttp/peer.go:133', 'starting remote peer', { 'remote-peer-id': peer }),
      line(active, 'rafthttp/peer_status.go:53', 'peer became active', { 'peer-id': peer }),
      line(promoted, 'membership/cluster.go:558', 'promote member', { ...told, 'promoted-member-id': peer }),
    ];
  });
}

/** The log of a member. */
export const etcd: Teller = (run) => {
  const late = /^v?3\.6/.test(run.version);
  const cluster = clusterOf(run);
  return [...begun(run), ...joined(run), ...compacted(run, cluster, late), ...slow(run)];
};

/** Of whom it was told when it came, by the names of their Nodes; whoever is there where its Pod does not say. */
function membersOf(run: Run): string[] {
  const flag = records(run.question.pod.spec?.['containers'])
    .flatMap(({ command }) => (Array.isArray(command) ? command.map(String) : []))
    .find((one) => one.startsWith('--initial-cluster='));
  if (flag === undefined) return planeNodes(run).map(({ metadata }) => metadata.name);
  return flag
    .slice('--initial-cluster='.length)
    .split(',')
    .map((one) => one.replace(/=.*/, ''));
}

function begun(run: Run): LogLine[] {
  const { since, node, version } = run;
  const host = String(run.question.pod.status?.['hostIP'] ?? '');
  const id = identity(run, node);
  const jitter = chance(run.key, 'begun');
  const members = membersOf(run);
  const url = (port: number) => `https://${host}:${port}`;
  const told = (at: number, caller: string, msg: string, rest?: object) => line(since + at, caller, msg, rest);
  const peers = members.filter((name) => name !== node);
  return [
    told(0, 'embed/etcd.go:140', 'configuring peer listeners', { 'listen-peer-urls': [url(2380)] }),
    told(2, 'embed/etcd.go:148', 'configuring client listeners', {
      'listen-client-urls': ['https://127.0.0.1:2379', url(2379)],
    }),
    told(3, 'embed/etcd.go:323', 'starting an etcd server', {
      'etcd-version': version.replace(/^v|-.*$/g, ''),
      'go-os': 'linux',
      'go-arch': 'amd64',
      name: node,
      'data-dir': '/var/lib/etcd',
      'snapshot-count': 10_000,
      'initial-cluster-state': peers.length > 0 ? 'existing' : 'new',
      'quota-backend-bytes': 2_147_483_648,
    }),
    told(20 + jitter.integer(1, 38), 'etcdserver/backend.go:81', 'opened backend db', {
      path: '/var/lib/etcd/member/snap/db',
      took: `${(jitter.integer(2100, 9800) / 1000).toFixed(3)}ms`,
    }),
    ...peers.map((peer) =>
      told(60 + jitter.integer(1, 60), 'rafthttp/peer_status.go:53', 'peer became active', {
        'peer-id': identity(run, peer, since),
      }),
    ),
    told(130 + jitter.integer(0, 9), 'etcdserver/server.go:2156', 'published local member to cluster through raft', {
      'local-member-id': id,
      'local-member-attributes': `{Name:${node} ClientURLs:[${url(2379)}]}`,
      'publish-timeout': '7s',
    }),
    told(143, 'embed/serve.go:187', 'serving client traffic securely', {
      traffic: 'grpc+http',
      address: `${host}:2379`,
    }),
    told(145, 'embed/serve.go:103', 'ready to serve client requests'),
  ];
}

function compacted(run: Run, cluster: string, late: boolean): LogLine[] {
  const { question, since } = run;
  const first = Math.floor(since / every) * every;
  const offset = chance(cluster, 'compaction').integer(0, every - 1);
  const turns = paced(run, { at: first + offset, every, of: '', late: 0 }, compactions);
  return turns.flatMap(({ at }) => {
    const [to, before] = [question.revisionAt(at - every), question.revisionAt(at - 2 * every)];
    if (to <= 1) return [];
    const drawn = chance(cluster, 'db', Math.floor(at / every));
    const own = chance(run.node, at);
    const when = at + own.integer(0, 6);
    const took = own.integer(11_000, 46_000) / 1000;
    // The file grows and is used again: it never gets smaller by itself.
    const bytes = 4096 * (16_100 + (chance(cluster, 'file').integer(0, 4000) % 4000));
    const used = Math.floor((bytes * drawn.integer(31, 58)) / 100 / 4096) * 4096;
    const hash = drawn.integer(100_000_000, 4_294_967_295);
    const done = when + Math.ceil(took);
    const [index, server] = late ? [194, 2_120] : [214, 1_451];
    const snapshot = Math.floor(to / span) !== Math.floor(before / span);
    const id = { 'local-member-id': identity(run, run.node) };
    const at10 = Math.floor(to / span) * span;
    return [
      line(when, `mvcc/index.go:${index}`, 'compact tree index', { revision: to }),
      line(done, 'mvcc/kvstore_compaction.go:72', 'finished scheduled compaction', {
        'compact-revision': to,
        took: `${took}ms`,
        hash,
        ...{ 'current-db-size-bytes': bytes, 'current-db-size': size(bytes) },
        ...{ 'current-db-size-in-use-bytes': used, 'current-db-size-in-use': size(used) },
      }),
      line(done, `mvcc/hash.go:${late ? 157 : 151}`, 'storing new hash', {
        hash,
        revision: to,
        'compact-revision': before,
      }),
      ...(snapshot
        ? [
            line(done + 40_000, `etcdserver/server.go:${server}`, 'triggering snapshot', {
              ...id,
              'local-member-applied-index': at10 + 1,
              'local-member-snapshot-index': at10 - span,
              'local-member-snapshot-count': span,
            }),
            line(done + 40_060, `etcdserver/server.go:${server + 1025}`, 'saved snapshot', {
              'snapshot-index': at10 + 1,
            }),
            line(done + 40_062, `etcdserver/server.go:${server + 1055}`, 'compacted Raft logs', {
              'compact-index': at10 + 1 - 5000,
            }),
          ]
        : []),
    ];
  });
}

/** Moments in which the disk of this member was slow. */
function slow(run: Run): LogLine[] {
  const own = memberOf(run);
  return slowMoments(run).flatMap(({ at, took, member, lease }) => {
    if (member !== own) return [];
    const ms = took - 12;
    const read = {
      took: `${ms}.${at % 997}ms`,
      'expected-duration': '100ms',
      prefix: 'read-only range ',
      request: `key:"/registry/leases/kube-system/${lease}" limit:1 `,
      response: 'range_response_count:1 size:510',
    };
    return [line(at + ms, 'txn/util.go:93', 'apply request took too long', read, 'warn')];
  });
}
