/** Who of several controllers of Kube-OVN leads: the Lease that says so, and how many there are. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { timestamp } from '../../../src/simulator/controllers/time.ts';
import type { Seen } from '../../../src/simulator/workload/kube-ovn/candidates.ts';
import { ovnLease } from '../../../src/simulator/workload/kube-ovn/lease.ts';
import { Remembered } from '../../../src/simulator/workload/remembered.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const at = Date.parse('2026-11-21T02:00:00Z');
const name = 'kube-ovn-controller';
const pod = (of: string, startedAt: string, more: object = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ name: of, namespace: 'kube-system', labels: { app: name }, uid: of, creationTimestamp: startedAt },
    ...more,
  },
  spec: { nodeName: `on-${of}` },
  status: { containerStatuses: [{ name, state: { running: { startedAt } } }] },
});
const [a, b, c] = [
  pod('a', '2026-11-01T00:00:03Z'),
  pod('b', '2026-11-01T00:00:09Z'),
  pod('c', '2026-11-01T00:00:12Z'),
] as const;

interface World {
  pods: readonly KubeObject[];
  nodes?: readonly KubeObject[];
  gone?: Record<string, { object: KubeObject; at: number }[]>;
  made?: string;
}
const seenIn = ({ pods, nodes = [], gone = {}, made }: World, known?: KubeObject): Seen => {
  const deployment = { metadata: { name, creationTimestamp: made } } as unknown as KubeObject;
  return {
    all: ({ kind }) => [...(kind === 'Pod' ? pods : kind === 'Node' ? nodes : [])],
    find: ({ kind }) => (kind === 'Lease' ? known : made ? deployment : undefined),
    removed: (plural) => gone[plural] ?? [],
  };
};
const leaseOf = (world: World, known?: KubeObject, now = at): KubeObject | undefined =>
  ovnLease(seenIn(world, known), now)[0];
const time = (lease: KubeObject | undefined, field: string) => Date.parse(String(lease?.spec?.[field]));

/** The Lease that is told until somebody leads, and when: looked at every 100 ms. */
function until(holds: (lease: KubeObject) => boolean, world: World, from: KubeObject, since: number) {
  let lease = from;
  for (let now = since; now < since + 60_000; now += 100) {
    lease = leaseOf(world, lease, now) ?? lease;
    if (holds(lease)) return { lease, now };
  }
  throw new Error('nobody came to lead');
}

describe('the Lease of the controllers of Kube-OVN', () => {
  it('names the Pod that began first, which keeps it', () => {
    const first = leaseOf({ pods: [b, c, a] })!;
    expect(first.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 30, leaseTransitions: 0 });
    expect(time(first, 'acquireTime') - Date.parse('2026-11-01T00:00:03Z')).toBeGreaterThanOrEqual(1900);
    expect(Date.parse(first.metadata.creationTimestamp!)).toBeLessThanOrEqual(time(first, 'acquireTime'));
    const later = leaseOf({ pods: [b, c, a] }, first, at + 60_000)!;
    expect(later.spec).toMatchObject({ holderIdentity: 'a', acquireTime: first.spec?.['acquireTime'] });
    expect(time(later, 'renewTime')).toBeGreaterThan(at + 50_000);
  });

  it('is given back by one that ends in order, and taken by one that waits at its next try', () => {
    const known = leaseOf({ pods: [a, b, c] }, undefined, at)!;
    const ends = { deletionTimestamp: timestamp(at + 40_000), deletionGracePeriodSeconds: 30 };
    const world = { pods: [pod('a', '2026-11-01T00:00:03Z', ends), b, c] };
    const free = leaseOf(world, known, at + 11_060)!;
    expect(free.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(free.spec?.['acquireTime']).toBe(free.spec?.['renewTime']);
    const next = until(({ spec }) => spec?.['holderIdentity'] !== '', { pods: [b, c] }, free, at + 11_100);
    expect(['b', 'c']).toContain(next.lease.spec?.['holderIdentity']);
    expect(next.lease.spec).toMatchObject({ leaseDurationSeconds: 30, leaseTransitions: 1 });
    expect(next.now - (at + 11_000)).toBeLessThan(13_200);
  });

  it('runs out where its holder falls silent, before another takes it', () => {
    const known = leaseOf({ pods: [a, b, c] }, undefined, at)!;
    const gone = { nodes: [{ object: nodeNamed('on-a', { joined: '2026-11-01T00:00:00Z' }) as never, at: at + 1000 }] };
    const world = { pods: [a, b, c], gone };
    const told = time(known, 'renewTime');
    const next = until(({ spec }) => spec?.['holderIdentity'] !== 'a', world, known, at + 1000);
    expect(next.lease.spec?.['holderIdentity']).toMatch(/^[bc]$/);
    expect(time(next.lease, 'acquireTime')).toBeGreaterThanOrEqual(told + 30_000);
    expect(time(next.lease, 'acquireTime')).toBeLessThan(told + 45_000);
  });

  it('is what it would have been had somebody read it all the time', () => {
    const known = leaseOf({ pods: [a, b, c] }, undefined, at)!;
    const ended = (of: string, born: string, second: number) => ({
      object: pod(of, born, {
        deletionTimestamp: timestamp(at + second * 1000 + 30_000),
        deletionGracePeriodSeconds: 30,
      }),
      at: at + second * 1000 + 2500,
    });
    // Two go, one after the other: whoever took over from the first may be the second.
    const pods = [ended('a', '2026-11-01T00:00:03Z', 60), ended('b', '2026-11-01T00:00:09Z', 120)];
    const late = leaseOf({ pods: [c], gone: { pods } }, known, at + 180_000)!;
    const first = until(
      ({ spec }) => /[bc]/.test(String(spec?.['holderIdentity'])),
      { pods: [b, c], gone: { pods: pods.slice(0, 1) } },
      known,
      at + 60_000,
    );
    const second = until(
      ({ spec }) => spec?.['holderIdentity'] === 'c',
      { pods: [c], gone: { pods } },
      first.lease,
      at + 120_000,
    );
    const { renewTime: _late, ...spec } = late.spec!;
    expect(second.lease.spec).toMatchObject(spec);
  });

  it('has been handed on where all Pods are much younger than their Deployment', () => {
    const lease = leaseOf({ pods: [a, b, c], made: '2026-10-01T00:00:00Z' })!;
    expect(lease.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 2 });
    expect(lease.metadata.creationTimestamp).toBe('2026-10-01T00:01:00Z');
  });

  it('is made anew by its holder where somebody takes it away', () => {
    const seen = seenIn({ pods: [a, b] });
    const [first] = ovnLease(seen, at);
    const lost = { at, holder: 'b' };
    expect(ovnLease(seen, at + 1, lost)).toEqual([]);
    const [again] = ovnLease(seen, at + 6000, lost);
    expect(again!.metadata.uid).not.toBe(first!.metadata.uid);
    expect(Date.parse(again!.metadata.creationTimestamp!)).toBeGreaterThanOrEqual(at);
    expect(again!.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 0 });
  });
});

describe('the Deployments of Kube-OVN', () => {
  const plane = ['cp-1', 'cp-2', 'cp-3', 'cp-4'].map((of) => nodeNamed(of, { controlPlane: true }));
  const remembered = new Remembered();
  const replicas = (masters: number | undefined, kubeOvn = 'v4.2.24', nodes = plane.slice(0, 3)) => {
    const settings = { tokens: [], masters };
    const renewed = '2026-11-21T02:00:00Z';
    const all = systemObjects({ nodes, version: 'v1.33.7-2', kubeOvn, renewed, settings, remembered });
    const of = (one: string) => all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === one)!;
    return [name, 'ovn-central', 'kube-ovn-monitor'].map((one) => of(one).spec?.['replicas']);
  };

  it('have a Pod for each master that was wanted when their chart was rendered, and one monitor', () => {
    expect(replicas(3)).toEqual([3, 3, 1]);
    expect(replicas(3, 'v4.2.24', plane)).toEqual([3, 3, 1]);
    expect(replicas(5)).toEqual([3, 3, 1]);
    expect(replicas(5, 'v4.3.3')).toEqual([5, 5, 1]);
    expect(replicas(undefined, 'v4.3.3')).toEqual([5, 5, 1]);
  });

  it('goes to another once there is a quorum again, when who holds it has lost power, and runs again', () => {
    const first = leaseOf({ pods: [a, b, c] })!;
    const cut = at + 5000;
    const before = leaseOf({ pods: [a, b, c] }, first, cut) ?? first;
    const [from, to] = [cut + 12_000, cut + 120_000];
    const again = pod('a', timestamp(to + 1000));
    const terminated = {
      exitCode: 255,
      reason: 'Unknown',
      startedAt: '2026-11-01T00:00:03Z',
      finishedAt: timestamp(to),
    };
    const running = { startedAt: timestamp(to + 1000) };
    again.status = { containerStatuses: [{ name, state: { running }, lastState: { terminated } }] };
    const seen = (known: KubeObject): Seen => {
      return { ...seenIn({ pods: [again, b, c] }, known), cut: () => cut, outages: [{ from, to }] };
    };
    let lease = before;
    for (let now = to; now < to + 20_000; now += 100) lease = ovnLease(seen(lease), now)[0] ?? lease;
    expect(['b', 'c']).toContain(lease.spec?.['holderIdentity']);
    expect(lease.spec?.['leaseTransitions']).toBe(Number(before.spec?.['leaseTransitions']) + 1);
    expect(time(lease, 'acquireTime')).toBeGreaterThan(to);
    expect(time(lease, 'acquireTime')).toBeLessThan(to + 3000);
  });
});
