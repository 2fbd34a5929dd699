import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFleet, type FleetIndex } from '../../../src/domain/fleet/index.ts';
import type { Fleet, Rows } from '../../../src/domain/fleet/rows.ts';
import { KINDS, type Kind } from '../../../src/domain/kinds.ts';
import type { Change, PlanDetail } from '../../../src/domain/objects.ts';
import * as raw from '../fixtures.ts';

/** One thing that happens to one uid; things of one uid keep their order, all others may be shuffled. */
type Happening = { uid: string } & ({ change: Change } | { detail: PlanDetail | undefined; planUid: string });

const NAMES = ['a', 'b', 'c', 'd'] as const;
const name = fc.constantFrom(...NAMES);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const deleting = fc.constantFrom(undefined, undefined, undefined, raw.at(100));

const allocation = fc.constantFrom(
  'Available',
  'Allocated',
  'Preparing',
  'Reprovisioning',
  'Unavailable',
  'Weird',
  undefined,
);
const status = fc.constantFrom('True', 'False', 'Unknown');
const badCondition = (types: readonly string[], reasons: readonly string[]) =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...types), status, fc.constantFrom(...reasons), fc.integer({ min: 0, max: 50 }))
      .map(([type, state, reason, seconds]) =>
        raw.condition(type, state, reason, { lastTransitionTime: raw.at(seconds) }),
      ),
    { maxLength: 2 },
  );

type Make = (uid: string, name: string) => raw.Raw;

const hostArbitrary: fc.Arbitrary<Make> = fc
  .record({
    allocation,
    pool: maybe(name),
    bmm: maybe(name),
    secret: maybe(name),
    state: fc.constantFrom('Applied', 'Failed', undefined),
    deleting,
    ready: fc.constantFrom('WaitingForPlan', 'PlanFailure', 'PlanSuccessfullyApplied'),
  })
  .map(
    (r) => (uid, own) =>
      raw.host(own, r.allocation, {
        uid,
        pool: r.pool,
        bmm: r.bmm,
        plan: { state: r.state, secretRef: r.secret === undefined ? undefined : { name: r.secret } },
        ready: raw.condition('Ready', r.ready === 'PlanSuccessfullyApplied' ? 'True' : 'False', r.ready),
        meta: { deletionTimestamp: r.deleting },
      }),
  );

const planArbitrary: fc.Arbitrary<Make> = fc
  .record({ type: fc.constantFrom('clean', 'reprovision', undefined), owner: maybe(name) })
  .map(
    (r) => (uid, own) =>
      raw.plan(own, r.type, {
        uid,
        meta: { ownerReferences: r.owner ? [raw.owner('MachineInventory', r.owner, `host/${r.owner}/0`)] : [] },
      }),
  );

const poolArbitrary: fc.Arbitrary<Make> = fc
  .record({
    members: fc.array(name, { maxLength: 5 }),
    cluster: name,
    available: maybe(fc.integer({ min: 0, max: 4 })),
    total: maybe(fc.integer({ min: 0, max: 4 })),
    deleting,
  })
  .map(
    (r) => (uid, own) =>
      raw.pool(own, r.members, {
        uid,
        cluster: r.cluster,
        status: { available: r.available, total: r.total },
        meta: { deletionTimestamp: r.deleting },
      }),
  );

const bmmArbitrary: fc.Arbitrary<Make> = fc
  .record({
    inventory: maybe(name),
    phase: fc.constantFrom('Pending', 'Allocated', 'Reprovisioning', 'Running', 'Preparing', 'Failed', undefined),
    owner: maybe(name),
    generation: fc.constantFrom(0, 1),
    deployment: maybe(name),
    deleting,
    conditions: badCondition(
      ['InventoryAllocated', 'ImageResolved', 'BootstrapReady'],
      ['PoolExhausted', 'PoolMissing', 'ImageCatalogMiss', 'BootstrapWaiting'],
    ),
  })
  .map(
    (r) => (uid, own) =>
      raw.bmm(own, r.inventory, r.phase, {
        uid,
        conditions: r.conditions,
        labels: r.deployment ? { 'cluster.x-k8s.io/deployment-name': r.deployment } : {},
        meta: {
          deletionTimestamp: r.deleting,
          ownerReferences: r.owner ? [raw.owner('Machine', r.owner, `machine/${r.owner}/${r.generation}`)] : [],
        },
      }),
  );

const machineArbitrary: fc.Arbitrary<Make> = fc
  .record({
    phase: fc.constantFrom('Pending', 'Provisioning', 'Running', 'Failed'),
    infra: maybe(name),
    group: maybe(name),
    set: maybe(name),
    kcp: maybe(name),
    deleting,
  })
  .map(
    (r) => (uid, own) =>
      raw.machine(own, r.phase, {
        uid,
        group: r.group ?? '',
        labels: {
          ...(r.set ? { 'cluster.x-k8s.io/set-name': r.set } : {}),
          ...(r.kcp ? { 'cluster.x-k8s.io/control-plane-name': r.kcp } : {}),
        },
        spec: { infrastructureRef: r.infra ? { kind: 'BaremetalMachine', name: r.infra } : undefined },
        meta: { deletionTimestamp: r.deleting },
      }),
  );

const figures = fc.record({
  replicas: maybe(fc.nat(4)),
  updatedReplicas: maybe(fc.nat(4)),
  readyReplicas: maybe(fc.nat(4)),
  availableReplicas: maybe(fc.nat(4)),
});

const deploymentArbitrary: fc.Arbitrary<Make> = fc
  .record({ replicas: fc.nat(4), figures, cluster: name, infra: name, deleting, paused: fc.boolean() })
  .map(
    (r) => (uid, own) =>
      raw.deployment(own, r.replicas, r.figures, {
        uid,
        spec: {
          clusterName: r.cluster,
          paused: r.paused,
          template: { spec: { infrastructureRef: { kind: 'BaremetalMachineTemplate', name: r.infra } } },
        },
        meta: { deletionTimestamp: r.deleting },
      }),
  );

const controlPlaneArbitrary: fc.Arbitrary<Make> = fc.record({ replicas: fc.nat(4), figures, infra: name }).map(
  (r) => (uid, own) =>
    raw.controlPlane(own, r.replicas, r.figures, {
      uid,
      spec: { machineTemplate: { infrastructureRef: { kind: 'BaremetalMachineTemplate', name: r.infra } } },
    }),
);

const setArbitrary: fc.Arbitrary<Make> = fc
  .record({
    of: name,
    conditions: badCondition(['MachinesCreated'], ['PreflightCheckFailed', 'MachineCreationFailed']),
  })
  .map((r) => (uid, own) => raw.machineSet(own, r.of, 2, { uid, conditions: r.conditions }));

const clusterArbitrary: fc.Arbitrary<Make> = fc.record({ paused: fc.boolean(), infra: name, deleting }).map(
  (r) => (uid, own) =>
    raw.cluster(own, {
      uid,
      spec: { paused: r.paused, infrastructureRef: { kind: 'BaremetalCluster', name: r.infra } },
      meta: { deletionTimestamp: r.deleting },
    }),
);

const withUid =
  (make: (name: string) => raw.Raw): Make =>
  (uid, own) => {
    const made = make(own);
    return { ...made, metadata: { ...(made['metadata'] as raw.Raw), uid } };
  };

const MAKERS: readonly (readonly [Kind, fc.Arbitrary<Make>])[] = [
  ['host', hostArbitrary],
  ['plan', planArbitrary],
  ['pool', poolArbitrary],
  ['baremetalMachine', bmmArbitrary],
  ['machine', machineArbitrary],
  ['deployment', deploymentArbitrary],
  ['controlPlane', controlPlaneArbitrary],
  ['machineSet', setArbitrary],
  ['cluster', clusterArbitrary],
  [
    'baremetalCluster',
    status.map((s) => withUid((own) => raw.baremetalCluster(own, [raw.condition('EndpointReady', s)]))),
  ],
  ['baremetalMachineTemplate', name.map((p) => withUid((own) => raw.template(own, p)))],
  ['bootstrapTemplate', fc.constant(withUid(raw.bootstrapTemplate))],
  [
    'seedImage',
    status.map((s) =>
      withUid((own) => raw.seedImage(own, [raw.condition('SeedImageReady', s, 'SeedImageBuildFailure')])),
    ),
  ],
  ['registration', status.map((s) => withUid((own) => raw.registration(own, [raw.condition('Ready', s, 'X')])))],
];

const detailArbitrary: fc.Arbitrary<PlanDetail | undefined> = maybe(
  fc.record({
    resourceVersion: fc.constant('1'),
    planType: fc.constantFrom('clean', 'reprovision', undefined),
    checksum: fc.constantFrom('x', undefined),
    appliedChecksum: fc.constantFrom('x', 'y', undefined),
    failedChecksum: fc.constantFrom('x', 'y', undefined),
    failureCount: maybe(fc.nat(4)),
    maxFailures: maybe(fc.nat(4)),
    instructions: fc.constant([]),
  }),
);

/** What happens to one name of one kind: it is written, deleted, re-created under a new uid; a plan's data is read. */
type Event = {
  kind: Kind;
  name: string;
  make: Make;
  what: 'set' | 'delete' | 'recreate' | 'detail';
  detail: PlanDetail | undefined;
};

const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  ...MAKERS.map(([kind, maker]) =>
    fc.record({
      kind: fc.constant(kind),
      name,
      make: maker,
      what: fc.constantFrom<Event['what']>(
        'set',
        'set',
        'set',
        'set',
        'delete',
        'recreate',
        kind === 'plan' ? 'detail' : 'set',
      ),
      detail: detailArbitrary,
    }),
  ),
);

interface World {
  happenings: Happening[];
  final: Happening[];
}

/** Plays the events on an imagined server: what its watches would tell, and what it holds in the end. */
function play(events: readonly Event[]): World {
  const born = new Map<string, number>();
  const live = new Map<string, raw.Raw>();
  const details = new Map<string, PlanDetail | undefined>();
  const happenings: Happening[] = [];
  for (const { kind, name: own, make, what, detail } of events) {
    const key = `${kind}/${own}`;
    const uid = `${key}/${born.get(key) ?? 0}`;
    const put = (id: string) => {
      const made = make(id, own);
      live.set(key, made);
      happenings.push({ uid: id, change: raw.set(made) });
    };
    const drop = () => {
      const old = live.get(key);
      if (!old) return;
      live.delete(key);
      details.delete(uid);
      born.set(key, (born.get(key) ?? 0) + 1);
      happenings.push({ uid, change: raw.gone(old) });
    };
    if (what === 'set') put(uid);
    else if (what === 'delete') drop();
    else if (what === 'recreate') {
      drop();
      put(`${key}/${born.get(key) ?? 0}`);
    } else if (live.has(key)) {
      details.set(uid, detail);
      happenings.push({ uid, planUid: uid, detail });
    }
  }
  const final: Happening[] = [...live.values()].map((made) => ({ uid: 'x', change: raw.set(made) }));
  for (const [planUid, detail] of details) final.push({ uid: planUid, planUid, detail });
  return { happenings, final };
}

/** A shuffle that keeps the order within each uid, by seeded picks. */
function shuffled(happenings: readonly Happening[], picks: readonly number[]): Happening[] {
  const queues = new Map<string, Happening[]>();
  for (const each of happenings) queues.set(each.uid, [...(queues.get(each.uid) ?? []), each]);
  const order: Happening[] = [];
  for (let turn = 0; queues.size > 0; turn += 1) {
    const keys = [...queues.keys()];
    const key = keys[(picks[turn % picks.length] ?? 0) % keys.length]!;
    const queue = queues.get(key)!;
    order.push(queue.shift()!);
    if (queue.length === 0) queues.delete(key);
  }
  return order;
}

function happen(index: FleetIndex, happenings: readonly Happening[]): void {
  for (const each of happenings) {
    if ('change' in each) index.apply([each.change]);
    else index.setPlanDetail(each.planUid, each.detail);
  }
}

const rowsOf = (fleet: Fleet) =>
  Object.entries(fleet).filter(
    (entry): entry is [string, Rows<{ uid: string }>] => typeof entry[1] === 'object' && 'byUid' in entry[1],
  );

/** The picture without its revisions, which tell of the way and not of the picture. */
function picture(fleet: Fleet) {
  return {
    ...Object.fromEntries(rowsOf(fleet).map(([sort, rows]) => [sort, rows.list])),
    counters: fleet.counters,
    attention: fleet.attention,
    catalog: fleet.catalog,
  };
}

describe('a fleet', () => {
  it('is the same whatever the order and the batches of the changes', () => {
    fc.assert(
      fc.property(
        fc.array(eventArbitrary, { maxLength: 60, size: 'max' }),
        fc.array(fc.nat(10_000), { minLength: 1, maxLength: 80 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
        fc.subarray([...KINDS]),
        (events, picks, batches, complete) => {
          const { happenings, final } = play(events);
          const built = createFleet();
          built.setComplete(new Set(complete));
          happen(built, final);

          const grown = createFleet();
          let rest = shuffled(happenings, picks);
          for (let turn = 0; rest.length > 0; turn += 1) {
            const size = batches[turn % batches.length]!;
            happen(grown, rest.slice(0, size));
            rest = rest.slice(size);
            if (turn === 1) grown.setComplete(new Set(complete));
            grown.snapshot();
          }
          grown.setComplete(new Set(complete));
          const fleet = grown.snapshot();

          expect(picture(fleet)).toEqual(picture(built.snapshot()));
          for (const [, rows] of rowsOf(fleet)) {
            expect(rows.byUid.size).toBe(rows.list.length);
            for (const row of rows.list) expect(rows.byUid.get(row.uid)).toBe(row);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('comes back to nothing when everything is deleted', () => {
    const raws = raw.smallFleet();
    const { index } = raw.fleetOf(...raws);
    index.apply(raws.map(raw.gone));
    expect(picture(index.snapshot())).toEqual(picture(createFleet().snapshot()));
  });
});
