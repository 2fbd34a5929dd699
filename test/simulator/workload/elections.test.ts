/** One story of who has led a control plane: Leases, restarts and logs agree about it. */
import { expect, it } from 'vitest';
import type { LogQuestion } from '../../../src/simulator/api/pod-logs.ts';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { Remembered } from '../../../src/simulator/workload/remembered.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const day = 86_400_000;
const born = Date.parse('2026-05-01T00:00:00Z');
const clusters = ['north', 'south', 'east', 'west'];
const programs = ['kube-scheduler', 'kube-controller-manager'];

function plane(cluster: string, size = 3) {
  return Array.from({ length: size }, (_, at) => {
    const node = nodeNamed(`${cluster}-cp-${at + 1}`, {
      controlPlane: true,
      joined: new Date(born + at * 400_000).toISOString().replace('.000', ''),
    });
    return { ...node, metadata: { ...node.metadata, uid: `${cluster}-${at}` } };
  });
}

interface Status {
  restartCount: number;
  state: { running: { startedAt: string } };
  lastState: { terminated?: { startedAt: string; finishedAt: string; exitCode: number } };
}

/** What a cluster tells of a program after so many days, by each Pod: when it led, now and before, and when it lost the lead. */
function told(nodes: ReturnType<typeof plane>, program: string, days: number, remembered = new Remembered()) {
  const now = born + days * day;
  const renewed = new Date(now).toISOString().replace('.000', '');
  const objects = systemObjects({ nodes, version: 'v1.33.7-2', renewed, now, remembered });
  const lease = objects.find(({ kind, metadata }) => kind === 'Lease' && metadata.name === program)!.spec as {
    holderIdentity: string;
    acquireTime: string;
    leaseTransitions: number;
  };
  const ofKind = (plural: string) => objects.filter(({ kind }) => `${kind.toLowerCase()}s` === plural);
  const at = (pod: KubeObject, previous: boolean, words: string) => {
    const question = { pod, container: program, previous, now, objects: ofKind, revision: 1, revisionAt: () => 1 };
    const asked = { ...question, events: () => [] } as unknown as LogQuestion;
    const terms = (of: string) => remembered.elections.terms(of);
    const lines = componentLogs(asked, undefined, undefined, undefined, terms);
    return lines.findLast(({ text }) => text.includes(words))?.at;
  };
  const pods = nodes.map(({ metadata: { name } }) => {
    const pod = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.name === `${program}-${name}`)!;
    const [status] = pod.status!['containerStatuses'] as [Status];
    const ended = status.restartCount > 0;
    return {
      ...{ name, pod, status, ...status.lastState.terminated },
      leads: at(pod, false, 'successfully acquired lease'),
      led: ended ? at(pod, true, 'successfully acquired lease') : undefined,
      lost: ended ? at(pod, true, 'eaderelection lost') : undefined,
    };
  });
  return { lease, pods };
}

const all = clusters.flatMap((cluster) => programs.map((program) => [cluster, program] as const));

it.each(all)('has the Lease of %s %s held by whose log says so, since then', (cluster, program) => {
  const { lease, pods } = told(plane(cluster), program, 190);
  const [holder, ...others] = pods.filter(({ leads }) => leads !== undefined);
  expect(others).toEqual([]);
  expect(lease.holderIdentity.startsWith(`${holder!.name}_`)).toBe(true);
  expect(new Date(holder!.leads!).toISOString().slice(0, 23)).toBe(lease.acquireTime.slice(0, 23));
});

it.each(all)('counts as many transitions in %s %s as leaders have ended', (cluster, program) => {
  const { lease, pods } = told(plane(cluster), program, 190);
  expect(lease.leaseTransitions).toBeGreaterThan(2);
  expect(pods.reduce((sum, { status }) => sum + status.restartCount, 0)).toBe(lease.leaseTransitions);
});

it.each(all)('lets the next of %s %s lead some seconds after one has lost the lead and ended', (cluster, program) => {
  const { lease, pods } = told(plane(cluster), program, 190);
  const ended = pods.filter(({ status }) => status.restartCount > 0);
  for (const { led, lost, finishedAt, exitCode, startedAt } of ended) {
    expect(exitCode).toBe(1);
    expect(led).toBeGreaterThan(Date.parse(startedAt!));
    expect(Math.abs(lost! - Date.parse(finishedAt!))).toBeLessThan(1000);
  }
  const last = Math.max(...ended.map(({ finishedAt }) => Date.parse(finishedAt!)));
  const waited = Date.parse(lease.acquireTime) - last;
  expect(waited).toBeGreaterThan(3000);
  expect(waited).toBeLessThan(9000);
  // Nobody leads while another does.
  const terms = ended.map(({ led, finishedAt }) => [led!, Date.parse(finishedAt!)] as const).sort(([a], [b]) => a - b);
  for (const [index, [, until]] of terms.entries()) expect(terms[index + 1]?.[0] ?? last + 1).toBeGreaterThan(until);
});

it.each(all)('lets a container of %s %s that has ended once have begun with its Pod', (cluster, program) => {
  for (const days of [40, 80, 120]) {
    for (const { pod, status, startedAt } of told(plane(cluster), program, days).pods) {
      if (status.restartCount !== 1) continue;
      const waited = Date.parse(startedAt!) - Date.parse(String(pod.status!['startTime']));
      expect(waited).toBeLessThan(10_000);
    }
  }
});

it('lets the only one of a control plane lead again once what it led by is over', () => {
  const { lease, pods } = told(plane('alone', 1), 'kube-scheduler', 190);
  const [{ status, leads, finishedAt }] = pods as [(typeof pods)[number]];
  expect(lease.leaseTransitions).toBe(status.restartCount);
  expect(status.restartCount).toBeGreaterThan(2);
  expect(leads! - Date.parse(finishedAt!)).toBeGreaterThan(15_000);
  expect(leads! - Date.parse(finishedAt!)).toBeLessThan(25_000);
});

it('tells the same story when another Node has gone', () => {
  const remembered = new Remembered();
  const nodes = plane('north');
  const before = told(nodes, 'kube-scheduler', 190, remembered);
  const gone = nodes.findIndex(({ metadata }) => !before.lease.holderIdentity.startsWith(metadata.name));
  const left = nodes.filter((_, at) => at !== gone);
  const after = told(left, 'kube-scheduler', 191, remembered);
  expect(after.lease).toMatchObject({
    holderIdentity: before.lease.holderIdentity,
    acquireTime: before.lease.acquireTime,
    leaseTransitions: before.lease.leaseTransitions,
  });
  expect(after.pods.map(({ status }) => status)).toEqual(
    before.pods.filter((_, at) => at !== gone).map((one) => one.status),
  );
});
