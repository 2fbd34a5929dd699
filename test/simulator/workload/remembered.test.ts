/** What stays as it was told when other Nodes of the control plane come and go. */
import { expect, it } from 'vitest';
import type { LogQuestion } from '../../../src/simulator/api/pod-logs.ts';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { toldOf } from '../../../src/simulator/workload/lately.ts';
import { pastLeases } from '../../../src/simulator/workload/leases.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { Remembered } from '../../../src/simulator/workload/remembered.ts';
import { make, systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const version = 'v1.33.7-2';
const born = '2026-11-01T00:00:00Z';
let octet = 10;
function plane(name: string, joined: string): Node {
  const made = nodeNamed(name, { controlPlane: true, joined });
  made.status = { ...made.status, addresses: [{ type: 'InternalIP', address: `10.0.0.${octet++}` }] };
  return made;
}
const old = [plane('old-1', born), plane('old-2', '2026-11-01T00:05:00Z'), plane('old-3', '2026-11-01T00:10:00Z')];
const fresh = plane('new-1', '2026-11-21T01:00:00Z');

/** Looks at these Nodes at a time of 21 November. */
function look(remembered: Remembered, nodes: readonly Node[], time: string) {
  const renewed = `2026-11-21T${time}Z`;
  const now = Date.parse(renewed);
  const objects = systemObjects({ nodes, version, born, renewed, now, remembered });
  const of = (name: string) => objects.find(({ metadata }) => metadata.name === name)!;
  const told = toldOf(objects, now, { before: pastLeases(remembered, born, now, make) });
  const leaders = told
    .filter(
      ({ reason, involvedObject }) =>
        reason === 'LeaderElection' && (involvedObject as unknown as { name: string }).name === 'kube-scheduler',
    )
    .map((event) => event as unknown as { message: string; firstTimestamp: string });
  return { objects, of, leaders, now };
}

const flags = ({ spec }: KubeObject) => (spec as { containers: { command: string[] }[] }).containers[0]!.command;
const lease = (of: (name: string) => KubeObject) =>
  of('kube-scheduler').spec as {
    holderIdentity: string;
    acquireTime: string;
    renewTime: string;
    leaseTransitions: number;
  };

it('leaves the file of an etcd as it was written when its Node joined', () => {
  const remembered = new Remembered();
  const before = look(remembered, [...old, fresh], '01:01:00').of('etcd-new-1');
  expect(flags(before).find((one) => one.startsWith('--initial-cluster='))).toMatch(/old-1=.*old-2=.*old-3=.*new-1=/);
  const after = look(remembered, [fresh], '01:30:00').of('etcd-new-1');
  expect(after.spec).toEqual(before.spec);
  expect(flags(after)).toContain('--initial-cluster-state=existing');
});

it('keeps what a server that is gone was known by until nobody has renewed it for an hour, and it is collected', () => {
  const remembered = new Remembered();
  const servers = (nodes: readonly Node[], time: string) =>
    look(remembered, nodes, time)
      .objects.filter(({ metadata }) => metadata.name.startsWith('apiserver-'))
      .map(({ metadata, spec }) => [
        metadata.labels?.['kubernetes.io/hostname'],
        String(spec?.['renewTime']).slice(11, 19),
      ]);
  expect(servers(old, '01:00:00')).toHaveLength(3);
  const left = old.slice(1);
  servers(left, '01:05:00');
  expect(servers(left, '02:04:00')).toContainEqual(['old-1', '01:04:59']);
  expect(servers(left, '03:06:00').map(([host]) => host)).toEqual(['old-2', 'old-3']);
  expect(servers([...left, fresh], '03:07:00')).toHaveLength(3);
});

it('lets a host that serves again under another Node go on with what it was known by', () => {
  const remembered = new Remembered();
  const server = (nodes: readonly Node[], time: string) =>
    look(remembered, nodes, time).objects.find(
      ({ metadata }) => metadata.labels?.['kubernetes.io/hostname'] === 'old-1',
    )!;
  const before = server(old, '01:00:00');
  expect(server(old.slice(1), '01:05:00').spec?.['holderIdentity']).toBe(before.spec?.['holderIdentity']);
  const again = { ...plane('old-1', '2026-11-21T01:08:00Z') };
  again.metadata = { ...again.metadata, uid: 'another' };
  const after = server([...old.slice(1), again], '01:10:00');
  expect(after.metadata).toEqual(before.metadata);
  expect(after.spec?.['holderIdentity']).not.toBe(before.spec?.['holderIdentity']);
});

it('lets a survivor take over when the Node of a leader goes, never one that has just joined', () => {
  const remembered = new Remembered();
  const first = lease(look(remembered, old, '00:59:00').of);
  expect(first.holderIdentity).toMatch(/^old-1_/);
  expect(lease(look(remembered, [...old, fresh], '01:01:00').of).acquireTime).toBe(first.acquireTime);

  const left = [old[1]!, old[2]!, fresh];
  const waits = lease(look(remembered, left, '01:05:00').of);
  expect(waits).toMatchObject({ holderIdentity: first.holderIdentity, acquireTime: first.acquireTime });
  expect(remembered.due(Date.parse('2026-11-21T01:05:14Z'))).toBe(false);
  expect(remembered.due(Date.parse('2026-11-21T01:05:19Z'))).toBe(true);

  const { of, objects, leaders, now } = look(remembered, left, '01:05:30');
  const second = lease(of);
  expect(second.holderIdentity).toMatch(/^old-2_/);
  expect(second.leaseTransitions).toBe(first.leaseTransitions + 1);
  expect(second.acquireTime).toMatch(/^2026-11-21T01:05:1[5-8]\.\d{6}Z$/);
  expect(leaders.map(({ message, firstTimestamp }) => [message, firstTimestamp])).toEqual([
    [`${second.holderIdentity} became leader`, `${second.acquireTime.slice(0, 19)}Z`],
  ]);
  const question: Partial<LogQuestion> = { revision: 1, revisionAt: () => 1, events: () => [] };
  const ofKind = (plural: string) => objects.filter(({ kind }) => `${kind.toLowerCase()}s` === plural);
  const pod = of('kube-scheduler-old-2');
  const log = componentLogs({ ...question, pod, container: 'kube-scheduler', now, objects: ofKind } as LogQuestion);
  const acquired = log.find(({ text }) => text.includes('successfully acquired'));
  expect(new Date(acquired!.at).toISOString().slice(0, 23)).toBe(second.acquireTime.slice(0, 23));

  look(remembered, [old[2]!, fresh], '01:10:00');
  expect(lease(look(remembered, [old[2]!, fresh], '01:10:30').of).holderIdentity).toMatch(/^old-3_/);
  look(remembered, [fresh], '01:15:00');
  const { of: at, leaders: all } = look(remembered, [fresh], '01:15:30');
  expect(lease(at).holderIdentity).toMatch(/^new-1_/);
  // What was told of those before is told for an hour.
  expect(all.map(({ message }) => message.replace(/_.*/, '')).sort()).toEqual(['new-1', 'old-2', 'old-3']);
});

it('lets another take over from one that is silent, and leads on when that one is back', () => {
  const remembered = new Remembered();
  look(remembered, old, '00:59:00');
  const silent = structuredClone(old[0]!);
  const ready = silent.status!.conditions!.find(({ type }) => type === 'Ready')!;
  Object.assign(ready, { status: 'Unknown', lastTransitionTime: '2026-11-21T01:00:00Z' });
  const { acquireTime, holderIdentity } = lease(look(remembered, [silent, old[1]!, old[2]!], '01:01:00').of);
  expect(acquireTime).toMatch(/^2026-11-21T01:00:1[5-8]/);
  expect(holderIdentity).toMatch(/^old-2_/);
  expect(lease(look(remembered, old, '01:09:00').of)).toMatchObject({ acquireTime, holderIdentity });
});

it('lets another take over from one whose member of etcd was removed, before its Node goes', () => {
  const remembered = new Remembered();
  look(remembered, old, '00:59:00');
  remembered.parted = new Map([['old-1', Date.parse('2026-11-21T01:00:00Z')]]);
  look(remembered, old, '01:00:01');
  const { acquireTime, holderIdentity } = lease(look(remembered, old, '01:01:00').of);
  expect(holderIdentity).toMatch(/^old-2_/);
  expect(acquireTime).toMatch(/^2026-11-21T01:00:1[5-8]/);
});

it('elects nobody whose container has not begun', () => {
  const remembered = new Remembered();
  const cluster = (time: string) =>
    systemObjects({
      nodes: [fresh],
      version,
      born: '2026-11-21T00:59:00Z',
      renewed: `2026-11-21T${time}Z`,
      remembered,
    }).find(({ metadata }) => metadata.name === 'kube-scheduler');
  expect(cluster('01:00:00')).toBeUndefined();
  expect(String(cluster('01:00:30')?.spec?.['acquireTime'])).toMatch(/^2026-11-21T01:00:(0[7-9]|1[0-4])/);
});
