/** What members of etcd say while a control plane is rolled: all of them the same, each as what it is. */
import { expect, it } from 'vitest';
import type { LogQuestion } from '../../../src/simulator/api/pod-logs.ts';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import type { Departure } from '../../../src/simulator/controllers/capi/departures.ts';
import { runningNode } from '../../../src/simulator/controllers/hosts/node.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { EtcdHistory } from '../../../src/simulator/workload/etcd-past.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';

const version = 'v1.33.7-2';
const born = '2026-11-01T00:00:00Z';
const day = (time: string) => Date.parse(`2026-11-21T${time}Z`);

function plane(name: string, joined: string): Node {
  const identity = { cluster: 'prod', node: name, providerID: `baremetal:///${name}`, version, controlPlane: true };
  const inventory = { apiVersion: 'elemental.cattle.io/v1beta1', kind: 'MachineInventory', metadata: { name } };
  const made = runningNode(identity, inventory, 'boot', { joined, ready: joined });
  made.metadata = { ...made.metadata, uid: `uid-${name}-${joined}`, creationTimestamp: joined };
  made.status = { ...made.status, addresses: [{ type: 'InternalIP', address: `10.0.0.${name.at(-1)}` }] };
  return made;
}

const nodes = [plane('cp-1', born), plane('cp-2', '2026-11-01T00:05:00Z'), plane('cp-3', '2026-11-01T00:10:00Z')];
const [asked, left] = [day('01:00:00.500'), day('01:01:00.250')];

function cluster(uid: string) {
  const history = new EtcdHistory();
  let there = nodes;
  let now = day('00:50:00');
  return {
    history,
    look(time: string, of: readonly Node[], departures: readonly Departure[] = []) {
      now = day(time);
      there = [...of];
      return history.look({ plane: of, cluster: uid, born: Date.parse(born), now, departures })!;
    },
    log(name: string): { msg: string; [key: string]: unknown }[] {
      const objects = systemObjects({ nodes: there, version, born, renewed: new Date(now).toISOString(), now });
      const all = [...objects, ...(there as unknown as KubeObject[])];
      const pod = objects.find(({ metadata }) => metadata.name === `etcd-${name}`)!;
      const question: Partial<LogQuestion> = {
        ...{ pod, container: 'etcd', now, revision: 1, events: () => [] },
        revisionAt: (at) => Math.floor((at - Date.parse(born)) / 400),
        objects: (plural) => all.filter(({ kind }) => `${kind.toLowerCase()}s` === plural),
      };
      return componentLogs(question as LogQuestion, history.past).map(({ text }) => JSON.parse(text));
    },
  };
}

it('moves the lead before a member goes, and tells of it in all of them', () => {
  const one = cluster('u-1');
  const [first, second, third] = one.look('00:50:00', nodes).members;
  const gone = { node: 'cp-1', machine: 'm-1', asked, left };
  const past = one.look('01:01:02', nodes, [gone]);
  expect(past.terms.map(({ term, leader }) => [term, leader])).toEqual([
    [2, first!.id],
    [3, third!.id],
  ]);
  expect(past.terms.at(-1)!.at).toBeLessThan(asked);

  const stays = one.log('cp-2');
  const at = (log: typeof stays, words: string) => log.findIndex(({ msg }) => msg.includes(words));
  expect(at(stays, `raft.node: ${second!.id} elected leader ${third!.id} at term 3`)).toBeGreaterThan(0);
  expect(stays.find(({ msg }) => msg === 'removed member')).toMatchObject({
    'removed-remote-peer-id': first!.id,
    'removed-remote-peer-urls': ['https://10.0.0.1:2380'],
  });
  expect(at(stays, 'removed member')).toBeGreaterThan(at(stays, 'elected leader'));
  expect(at(stays, 'removed remote peer')).toBeGreaterThan(at(stays, 'stopping remote peer'));
  const applied = [...stays, ...one.log('cp-3')].filter(
    (line) => line['raft-conf-change'] === 'ConfChangeRemoveNode' && line['raft-conf-change-node-id'] === first!.id,
  );
  expect(applied).toHaveLength(1);
  expect(at(one.log('cp-3'), `${third!.id} became leader at term 3`)).toBeGreaterThan(0);
  // Its kubelet has started it again, and nobody wants it.
  const leaves = one.log('cp-1');
  expect(leaves[1]!.msg).toBe('Running: ');
  expect(leaves.find(({ msg }) => msg === 'server error')).toMatchObject({
    error: 'the member has been permanently removed from the cluster',
  });
  const stamps = leaves.map(({ ts }) => String(ts));
  expect(stamps).toEqual([...new Set(stamps)].sort());
});

it('lets whoever comes after it learn first, from whom leads', () => {
  const one = cluster('u-1');
  one.look('00:50:00', nodes);
  const gone = { node: 'cp-1', machine: 'm-1', asked, left };
  const came = plane('cp-1', '2026-11-21T01:10:00Z');
  const past = one.look('01:20:00', [...nodes.slice(1), came], [gone]);
  const [, , leader, fresh] = past.members;
  const log = one.log('cp-1');
  expect(log.find(({ msg }) => msg === 'starting an etcd server')).toMatchObject({
    'initial-cluster-state': 'existing',
  });
  expect(log.map(({ msg }) => msg)).toContain(`raft.node: ${fresh!.id} elected leader ${leader!.id} at term 3`);
  const sent = one.log('cp-3').find(({ msg }) => msg === 'sending database snapshot');
  const got = log.find(({ msg }) => msg === 'receiving database snapshot');
  expect(sent?.['snapshot-index']).toBe(got?.['incoming-snapshot-index']);
  // Those that came later count from where they came in.
  const promoted = one.log('cp-2').find((line) => line['promoted-member-id'] === fresh!.id);
  expect(promoted).toBeDefined();
});

it('elects another leader where the host of one is silent, once', () => {
  const one = cluster('u-1');
  const [first, second] = one.look('00:50:00', nodes).members;
  const silent = structuredClone(nodes[0]!);
  const ready = silent.status!.conditions!.find(({ type }) => type === 'Ready')!;
  Object.assign(ready, { status: 'Unknown', lastTransitionTime: '2026-11-21T01:00:00Z' });
  one.look('01:01:00', [silent, ...nodes.slice(1)]);
  const { terms } = one.look('01:02:00', [silent, ...nodes.slice(1)]);
  expect(terms).toHaveLength(2);
  expect(terms[1]).toMatchObject({ term: 3, before: first!.id, cause: 'silence' });
  const log = one.log('cp-2').map(({ msg }) => msg);
  expect(log).toContain(`raft.node: ${second!.id} lost leader ${first!.id} at term 3`);
  expect(log).toContain('prober detected unhealthy status');
});

it('raises the version of the cluster when the last of the old ones has gone, and not before', () => {
  const one = cluster('u-1');
  one.look('00:50:00', nodes);
  const versions = (log: ReturnType<typeof one.log>) =>
    log.flatMap(({ msg, from, to }) => (msg === 'updated cluster version' ? [`${from} ${to}`] : []));
  const images = (tags: string[]) => new Map(tags.map((tag, at) => [`cp-${at + 1}`, tag]));
  one.history.see(images(['v3.5.28-1', 'v3.5.28-1', 'v3.5.28-1']));
  const fresh = plane('cp-4', '2026-11-21T00:59:00Z');
  one.look('01:00:00', [...nodes, fresh]);
  one.history.see(images(['v3.5.28-1', 'v3.5.28-1', 'v3.5.28-1', 'v3.6.13-1']));
  expect(one.log('cp-1').map(({ msg }) => msg)).toContain('leader found higher-versioned member');
  expect(versions(one.log('cp-4'))).toEqual([]);
  const gone = nodes.map((_node, at) => ({
    ...{ node: `cp-${at + 1}`, machine: `m-${at}` },
    ...{ asked: day('01:00:10') + at * 60_000, left: day('01:00:30') + at * 60_000 },
  }));
  one.look('01:10:00', [fresh], gone);
  expect(versions(one.log('cp-4'))).toEqual(['3.5 3.6']);
});

it('takes snapshots by a count of each member, with more entries between them than the flag says', () => {
  const one = cluster('u-1');
  one.look('00:50:00', nodes);
  const of = (name: string) => one.log(name).filter(({ msg }) => msg === 'triggering snapshot');
  const indexes = of('cp-1').map((line) => Number(line['local-member-applied-index']));
  expect(indexes.length).toBeGreaterThan(2);
  for (const line of of('cp-1')) {
    const apart = Number(line['local-member-applied-index']) - Number(line['local-member-snapshot-index']);
    expect(apart).toBeGreaterThan(10_000);
    expect(apart).toBeLessThan(10_010);
  }
  expect(of('cp-2').map((line) => line['local-member-applied-index'])).not.toEqual(indexes);
});

it('takes up what it is sent one store after the other, and its peers anew, before the snapshot is applied', () => {
  const one = cluster('u-9');
  one.look('00:50:00', nodes);
  const fresh = plane('cp-4', '2026-11-21T01:00:00Z');
  one.look('01:02:00', [...nodes, fresh]);
  const said = one.log('cp-4').map(({ msg }) => msg);
  const from = said.indexOf('applying snapshot');
  const until = said.indexOf('applied snapshot');
  expect(from).toBeGreaterThan(0);
  const order = [
    ...['restoring lease store', 'restored lease store', 'restoring mvcc store', 'kvstore restored'],
    ...['restored mvcc store', 'restoring alarm store', 'restored alarm store', 'restoring auth store'],
    ...['restored auth store', 'restoring v2 store', 'restored v2 store', 'restoring cluster configuration'],
    ...['restored cluster configuration', 'removing old peers from network', 'removed old peers from network'],
    ...['adding peers from new cluster configuration', 'added peers from new cluster configuration'],
  ];
  const between = said.slice(from + 1, until);
  expect(between.filter((msg) => order.includes(msg))).toEqual(order);
  const count = (words: string, first: string, last: string) =>
    between.slice(between.indexOf(first), between.indexOf(last)).filter((msg) => msg === words).length;
  expect(count('removed remote peer', 'removing old peers from network', 'removed old peers from network')).toBe(3);
  const adding = 'adding peers from new cluster configuration';
  expect(count('added remote peer', adding, 'added peers from new cluster configuration')).toBe(3);
});

it('has one size of the file, that only grows: of compactions, and of what is sent to one that joins', () => {
  const one = cluster('u-9');
  one.look('00:50:00', nodes);
  const fresh = plane('cp-4', '2026-11-21T01:00:00Z');
  one.look('01:20:00', [...nodes, fresh]);
  const joined = Date.parse('2026-11-21T01:00:00Z');
  const sizes = (name: string) =>
    one.log(name).flatMap(({ ts, ...rest }) => {
      const bytes = rest['current-db-size-bytes'] ?? rest['incoming-snapshot-size-bytes'] ?? rest['bytes'];
      return bytes === undefined ? [] : [{ at: Date.parse(String(ts)), bytes: Number(bytes) }];
    });
  const every = ['cp-1', 'cp-2', 'cp-3', 'cp-4'].flatMap(sizes).sort((a, b) => a.at - b.at);
  expect(every.some(({ at }) => at > joined)).toBe(true);
  expect(every.some(({ at }) => at < joined)).toBe(true);
  for (const [index, { bytes }] of every.entries()) expect(bytes).toBeGreaterThanOrEqual(every[index - 1]?.bytes ?? 0);
});
