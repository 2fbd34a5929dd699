/**
 * The guide on the simulated datacenter, from nothing: a driver that forgets everything after every single write, as one
 * that is killed there does, and reads from the cluster where it stands.
 */
import { afterEach, expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../../src/domain/matrix.ts';
import type { Course, Known } from '../../../src/guides/contract.ts';
import { courseOf, create } from '../../../src/guides/create/guide.ts';
import { knownOf } from '../../../src/guides/create/known.ts';
import { createOperations } from '../../../src/guides/create/operations.ts';
import { rebuildOf } from '../../../src/guides/create/stages.ts';
import { isUnsound, wishUpon } from '../../../src/guides/create/wish.ts';
import { answersText } from '../../../src/guides/create/write.ts';
import { onlyPlanned } from '../../../src/guides/session.ts';
import { operationNamed } from '../../../src/operations/index.ts';
import { ANY_IMAGE } from '../../../src/simulator/controllers/faults.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { Rack } from '../../../src/simulator/rack.ts';
import { hardwareAt } from '../../../src/simulator/world/hardware.ts';
import { imageCatalog, platformRegistry } from '../../../src/simulator/world/releases.ts';
import { carryOut, pictureOf, withNeeds } from '../../operations/support/datacenter.ts';
import { type Lab, minute, openLab } from '../../simulator/harness.ts';
import { draftWith } from './fixtures.ts';

let lab: Lab;
afterEach(() => lab?.runtime.stop());

const hardware = [0, 1, 2, 3, 4, 5].map((n) => hardwareAt('rack', n));
const host = (n: number, hostname: string) => ({ uuid: hardware[n]!.uuid, hostname });
const TEXT = answersText(
  draftWith({
    'controlPlane.hosts': [0, 1, 2].map((n) => host(n, `depot-cp-${n + 1}`)),
    'workers.hosts': [3, 4, 5].map((n) => host(n, `depot-worker-${n - 2}`)),
    'endpoint.host': '10.20.1.200',
    'networks.join': '100.65.0.0/16',
    profile: 'hardened',
  }),
);
const session = onlyPlanned({ guide: 'create', targets: [], values: { answers: TEXT } });

async function begin(): Promise<void> {
  lab = await openLab({ empty: true });
  await lab.client.create(kinds.ConfigMap, imageCatalog());
  await lab.client.create(kinds.Secret, platformRegistry());
  new Rack(lab.runtime, hardware).start();
  await lab.run(1_000);
}

/** Where it stands, from nothing but the cluster. */
async function look(): Promise<{ course: Course; known: Known }> {
  const picture = await pictureOf(lab);
  const bare: Known = { ...picture, matrix: PUBLISHED, learnt: NOTHING_LEARNT };
  const request = { operation: 'create', targets: [], values: {} };
  const asking = { ...createOperations[0]!, needs: () => create.needs(bare, session) };
  const known: Known = { ...bare, ...(await withNeeds(lab, picture, asking, request)) };
  expect(create.refuse(known, session)).toBeUndefined();
  return { course: create.course(known, session), known };
}

it('makes a 3+3 cluster from nothing, forgetting everything after each write', async () => {
  await begin();
  const sent: string[] = [];
  for (let turn = 0; turn < 400; turn += 1) {
    const { course, known } = await look();
    const { next } = course;
    if (next.what === 'end') break;
    if (next.what === 'repair') throw new Error(next.why);
    if (next.what !== 'send') {
      await lab.run(minute / 2);
      continue;
    }
    const operation = createOperations.find(({ id }) => id === next.request.operation)!;
    // What is not there cannot be read: `null`, as the runner has it.
    const raw = new Map(operation.needs!(known, next.request).map((need) => [`${need.kind}/${need.name}`, null]));
    const world = { ...known, raw: new Map([...raw, ...known.raw]) };
    expect(operation.refuse(world, next.request)).toBeUndefined();
    const plan = operation.plan(world, next.request);
    const [first] = plan.steps;
    sent.push(first!.id);
    await carryOut(lab, { ...plan, steps: [first!] });
  }
  expect(sent).toEqual([
    'apply registration depot-registration',
    'apply seedImage depot-registration-iso',
    'apply pool depot-control-plane-pool',
    'apply pool depot-worker-pool',
    'apply baremetalCluster depot',
    'apply baremetalMachineTemplate depot-control-plane-template',
    'apply controlPlane depot-control-plane',
    'apply cluster depot',
    'apply baremetalMachineTemplate depot-worker-template',
    'apply bootstrapTemplate depot-worker-bootstrap',
    'apply deployment depot-workers',
  ]);
  const { course, known } = await look();
  expect(course).toMatchObject({ outcome: 'done', next: { what: 'end' } });
  expect(course.stages.at(-1)!.progress.milestones.map(({ state }) => state)).toEqual(Array(6).fill('done'));
  // Once more, nothing is written: all of it stands.
  for (const operation of createOperations) {
    const request = { operation: operation.id, targets: [], values: { answers: TEXT } };
    const world = await withNeeds(lab, known, operation, request);
    expect(operation.refuse(world, request)).toBe('all of it stands already');
  }

  const cluster = known.fleet.clusters.list[0]!;
  const down = operationNamed('delete-cluster')!;
  const request = {
    operation: down.id,
    targets: [{ kind: 'cluster' as const, uid: cluster.uid, name: 'depot' }],
    values: {},
  };
  const plan = down.plan(known, request);
  expect(plan.confirm).toEqual(['depot']);
  const told = plan.expected.map(({ text }) => text).join('\n');
  for (const row of known.fleet.machines.list)
    expect(told).toContain(`${row.name} goes: ${row.host} is cleaned, and goes back to ${row.pool}`);
  const at = lab.clock.now();
  await carryOut(lab, plan);
  const progress = async () =>
    down.done(await pictureOf(lab), { request, memo: plan.memo, at, written: plan.steps.map(({ id }) => id) });
  expect((await progress()).outcome).toBeUndefined();
  for (let turn = 0; turn < 200 && (await progress()).outcome === undefined; turn += 1) await lab.run(minute / 2);
  const { milestones, outcome } = await progress();
  expect(outcome).toBe('done');
  expect(milestones.filter(({ title }) => title.endsWith('clean and free'))).toHaveLength(6);
  const after = await pictureOf(lab);
  expect(after.fleet.hosts.list.map(({ use }) => use)).toEqual(Array(6).fill('free'));
}, 60_000);

/** Writes the whole of the stage that is next. */
async function write(): Promise<void> {
  const { course, known } = await look();
  const { next } = course;
  if (next.what !== 'send') throw new Error(JSON.stringify(next));
  const operation = createOperations.find(({ id }) => id === next.request.operation)!;
  const raw = new Map(operation.needs!(known, next.request).map((need) => [`${need.kind}/${need.name}`, null]));
  await carryOut(lab, operation.plan({ ...known, raw: new Map([...raw, ...known.raw]) }, next.request));
}

/** What builds the ISO again, as the board has it. */
async function rebuilding(): Promise<string | undefined> {
  const { course, known } = await look();
  const wish = wishUpon(TEXT, knownOf(known.fleet, known.freshness));
  if (isUnsound(wish)) throw new Error(JSON.stringify(wish));
  const request = rebuildOf(known, wish.answers, course);
  return request && `${request.operation} ${request.targets[0]?.name}`;
}

async function rebuildIt(): Promise<void> {
  const { known } = await look();
  const [image] = known.fleet.seedImages.list;
  const targets = [{ kind: 'seedImage' as const, uid: image!.uid, name: image!.name }];
  const operation = operationNamed('rebuild')!;
  await carryOut(lab, operation.plan(known, { operation: 'rebuild', targets, values: {} }));
}

it('offers to build an ISO again whose build has failed, says why it failed, and goes on', async () => {
  await begin();
  lab.faults.image(ANY_IMAGE, 'build');
  expect(await rebuilding()).toBeUndefined();
  await write();
  expect(await rebuilding()).toBeUndefined();
  await lab.run(15 * minute);
  const { course } = await look();
  expect(course.outcome).toBe('failed');
  expect(course.next).toMatchObject({
    what: 'repair',
    why: expect.stringMatching(/^ISO depot-registration-iso built: .* cannot be had: the build has failed/),
  });
  expect(await rebuilding()).toBe('rebuild depot-registration-iso');
  lab.faults.image(ANY_IMAGE, undefined);
  await rebuildIt();
  expect(await rebuilding()).toBeUndefined();
  await lab.run(20 * minute);
  expect((await look()).course.stages.find(({ id }) => id === 'registration')?.state).toBe('done');
});

it('offers to build an ISO again whose time is over, for as long as hosts are awaited', async () => {
  await begin();
  await write();
  await lab.run(20 * minute);
  for (const { metadata } of await lab.client.list(kinds.MachineInventory))
    await lab.client.remove(kinds.MachineInventory, metadata.name);
  await lab.run(minute);
  expect(await rebuilding()).toBeUndefined();
  await lab.run(3 * 60 * minute);
  expect((await look()).course.stages.find(({ id }) => id === 'registration')?.state).toBe('done');
  expect(await rebuilding()).toBe('rebuild depot-registration-iso');
  await rebuildIt();
  await lab.run(20 * minute);
  expect(await rebuilding()).toBeUndefined();
});

it('names the host that has not come, and the one that is another than expected', async () => {
  await begin();
  const other = TEXT.replace(hardware[5]!.uuid, '00000000-1111-4222-8333-444444444444').replace(
    `uuid: ${hardware[0]!.uuid}`,
    `uuid: ${hardware[0]!.uuid}\n      serial: WRONG`,
  );
  const picture = await pictureOf(lab);
  const wish = (known: Known) => {
    const found = wishUpon(other, knownOf(known.fleet, known.freshness));
    if (isUnsound(found)) throw new Error(found.findings.map(({ text }) => text).join());
    return found;
  };
  const bare: Known = { ...picture, matrix: PUBLISHED, learnt: NOTHING_LEARNT };
  const [operation] = createOperations;
  const request = { operation: operation!.id, targets: [], values: { answers: other } };
  const raw = new Map(operation!.needs!(bare, request).map((need) => [`${need.kind}/${need.name}`, null]));
  await carryOut(lab, operation!.plan({ ...bare, raw }, request));
  const before = courseOf(bare, session, wish(bare)).stages.find(({ id }) => id === 'hosts')!;
  expect(before.progress.milestones.map(({ detail }) => detail)).toEqual(Array(6).fill('has not registered'));
  await lab.run(20 * minute);
  const now: Known = { ...(await pictureOf(lab)), matrix: PUBLISHED, learnt: NOTHING_LEARNT };
  const found = wishUpon(other, knownOf(now.fleet, now.freshness));
  expect(isUnsound(found) && found.findings[0]!.text).toMatch(/serial is .*, not WRONG/);
  const late = wishUpon(other.replace(/\n {6}serial: WRONG/, ''), knownOf(now.fleet, now.freshness));
  if (isUnsound(late)) throw new Error('sound without the wrong serial');
  const stage = courseOf(now, session, late).stages.find(({ id }) => id === 'hosts')!;
  expect(stage.progress.milestones.map(({ state }) => state)).toEqual([...Array(5).fill('done'), 'now']);
  expect(stage.progress.milestones.at(-1)!.title).toContain('00000000-1111');
}, 30_000);
