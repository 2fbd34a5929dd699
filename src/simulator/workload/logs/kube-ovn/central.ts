/**
 * The members of OVN's databases, on the control plane. Source: kubeovn/kube-ovn, dist/images/start-db.sh, and what the scripts ovn-ctl and
 * ovs-lib print: the databases write into files, and who leads is said by labels alone.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { KubeObject } from '../../../api/types.ts';
import { all, chance, planeNodes, type Run, removed, type Teller, timeOf } from '../run.ts';
import { said } from './attached.ts';

/** Whoever is younger than its cluster by more is none of its first Nodes, and a database that is older has been there before; ms. */
const founding = 300_000;
const young = 600_000;

/** How a member comes up: it makes the databases, it joins those of others, or it has its own from before. */
type Way = 'creates' | 'joins' | 'has';

/** The log of a member of OVN's databases. */
export const central: Teller = (run) => {
  const { since, question } = run;
  const own = String(question.pod.status?.['hostIP'] ?? '');
  const way = wayOf(run);
  const drawn = chance(run.key, 'databases');
  let at = since;
  const raw = (text: string, after = 1): LogLine => {
    at += after;
    return { at, text };
  };
  const done = (text: string, after = 40) => raw(` * ${text}`, after);
  const row = () => `[{"uuid":["uuid","${drawn.uuid()}"]},{"uuid":["uuid","${drawn.uuid()}"]}]`;
  const refused = (address: string) =>
    raw(`ovsdb-client: failed to connect to "tcp:[${address}]:6641" (Connection refused)`, 9);
  // It asks each for who leads: the first one asks itself.
  const silent = way === 'creates' ? [own] : [];
  const database = (name: 'nb' | 'sb', called: string): LogLine[] => {
    const file = `/etc/ovn/ovn${name}_db.db`;
    const socket = `unix:/var/run/ovn/ovn${name}_db.sock`;
    const made = { creates: `Creating cluster database ${file}`, joins: `Joining ${file} to cluster`, has: '' }[way];
    const lines = [...(made ? [done(made, 80)] : []), done(`Starting ovsdb-${name}`, 55)];
    lines.push(reconnect(raw, 1, socket, 'connecting...', 130), reconnect(raw, 2, socket, 'connected', 1));
    // Who joins has it once its leader has sent all of it.
    lines.push(done(`Waiting for ${called} to come up`, way === 'joins' ? drawn.integer(1900, 3800) : 260));
    return lines;
  };
  return [
    raw('PROBE_INTERVAL is set to 180000', 0),
    raw('OVN_LEADER_PROBE_INTERVAL is set to 5', 0),
    raw('OVN_NORTHD_N_THREADS is set to 1', 0),
    raw('ENABLE_COMPACT is set to false', 0),
    raw(own, 12),
    done('ovn-northd is not running'),
    done('ovnnb_db is not running', 11),
    done('ovnsb_db is not running', 11),
    raw(row(), 45),
    raw(row(), 44),
    ...silent.map(refused),
    ...database('nb', 'OVN_Northbound'),
    ...database('sb', 'OVN_Southbound'),
    done('Starting ovn-northd', 90),
    said(at + 210, 'ovn.go:106', 'no --kubeconfig, use in-cluster kubernetes config'),
  ];
};

const reconnect = (
  raw: (text: string, after: number) => LogLine,
  turn: number,
  socket: string,
  words: string,
  after: number,
) => {
  const line = raw('', after);
  return {
    ...line,
    text: `${new Date(line.at).toISOString().slice(0, 19)}Z|0000${turn}|reconnect|INFO|${socket}: ${words}`,
  };
};

/** How the databases of a run come up. */
function wayOf(run: Run): Way {
  const { since, node: name, question } = run;
  const planes = [
    ...planeNodes(run),
    ...removed(run, 'nodes').flatMap(({ object }) => (isPlane(object) ? [object] : [])),
  ].sort((a, b) => bornOf(a) - bornOf(b));
  const node = planeNodes(run).find(({ metadata }) => metadata.name === name);
  const born = node ? bornOf(node) : since;
  const before = removed(run, 'pods').some(({ object: { metadata, spec } }) => {
    const same = metadata.labels?.['app'] === 'ovn-central' && spec?.['nodeName'] === name;
    return (
      same && metadata.uid !== question.pod.metadata.uid && bornOf({ metadata }) >= born && bornOf({ metadata }) < since
    );
  });
  if (before || since - born > young) return 'has';
  const space = all(run, 'namespaces').find(({ metadata }) => metadata.name === 'kube-system');
  const isFirst = planes[0]?.metadata.name === name && planes[0].metadata.uid === node?.metadata.uid;
  return isFirst && !(space && born - bornOf(space) > founding) ? 'creates' : 'joins';
}

const isPlane = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
const bornOf = ({ metadata }: Pick<KubeObject, 'metadata'>): number => timeOf(metadata.creationTimestamp);
