/** More hosts, on the simulated datacenter: from an ISO that is built again to machines that run; and less than that. */
import { afterEach, describe, expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import type { Ask, Course, Known, Note, Session, SessionOperation } from '../../src/guides/contract.ts';
import { fieldsOf } from '../../src/guides/hosts/fields.ts';
import { hosts } from '../../src/guides/hosts/guide.ts';
import { askOf, FIELD_NAMES, offeredLine } from '../../src/guides/hosts/line.ts';
import { hostnamesOf } from '../../src/guides/hosts/wish.ts';
import { onlyPlanned } from '../../src/guides/session.ts';
import { pathOf } from '../../src/kube/kinds.ts';
import { operationNamed } from '../../src/operations/index.ts';
import { Rack } from '../../src/simulator/rack.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { carryOut, pictureOf, withNeeds } from '../operations/support/datacenter.ts';
import { type Lab, minute, openLab } from '../simulator/harness.ts';

let lab: Lab;
afterEach(() => lab?.runtime.stop());

/** A datacenter with clusters, and so many machines in the rack that nobody has booted. */
async function begin(waiting: number): Promise<Known> {
  lab = await openLab({ hosts: 16, even: true });
  new Rack(
    lab.runtime,
    Array.from({ length: waiting }, (_, n) => hardwareAt('rack', n)),
  ).start();
  await lab.run(1_000);
  return known();
}

async function known(): Promise<Known> {
  return { ...(await pictureOf(lab)), matrix: PUBLISHED, learnt: NOTHING_LEARNT };
}

/** A group of workers with its pool. */
function workersIn({ fleet }: Known) {
  const group = fleet.groups.list.find((row) => !row.controlPlane && row.pool !== undefined)!;
  const pool = fleet.pools.list.find(({ name }) => name === group.pool)!;
  return { group, pool };
}

const refOf = (kind: ObjectRef['kind'], { uid, name }: { uid: string; name: string }): ObjectRef => ({
  kind,
  uid,
  name,
});

/** Follows a session to its end. `forget`: nothing of it is known at each turn but what its journal has. */
async function follow(ask: Ask): Promise<{ sent: string[]; session: Session; course: Course }> {
  const notes: Note[] = [];
  const operations = new Map<string, SessionOperation>();
  const session: Session = { ask: hosts.settle(await known(), ask), began: lab.clock.now(), notes, operations };
  const sent: string[] = [];
  for (let turn = 0; turn < 300; turn += 1) {
    const now = await known();
    expect(hosts.refuse(now, session)).toBeUndefined();
    const course = hosts.course(now, session);
    for (const fact of course.keep) notes.push({ ...fact, at: now.now, by: 'me' });
    const { next } = course;
    if (next.what === 'end') return { sent, session, course };
    if (next.what === 'repair') throw new Error(next.why);
    if (next.what !== 'send') {
      await lab.run(minute / 2);
      continue;
    }
    const operation = operationNamed(next.request.operation)!;
    const world = await withNeeds(lab, now, operation, next.request);
    expect(operation.refuse(world, next.request)).toBeUndefined();
    const plan = operation.plan(world, next.request);
    const id = `op-${sent.length}`;
    const at = lab.clock.now();
    await carryOut(lab, plan);
    const written = plan.steps.map((step) => step.id);
    operations.set(id, { id, sent: { request: next.request, memo: plan.memo, at, written } });
    notes.push({ note: 'sent', stage: next.stage, operation: id, how: 'forward', at, by: 'me' });
    sent.push(`${next.stage}: ${next.request.operation}`);
  }
  throw new Error(`it did not end: ${JSON.stringify(hosts.course(await known(), session).next)}`);
}

describe('more hosts', () => {
  it('builds the ISO again, takes who registers into the pool in order, with hostnames, and scales', async () => {
    const before = await begin(2);
    const { group, pool } = workersIn(before);
    const image = before.fleet.seedImages.list[0]!;
    const line = `hosts=2 image=rebuild pool=${pool.name} names=more-{08} group=${group.name}`;
    const { sent, session, course } = await follow(askOf(refOf('seedImage', image), line));
    expect(sent).toEqual(['image: rebuild', 'pool: pool-add', 'scale: scale']);
    expect(course.outcome).toBe('done');
    const { fleet } = await known();
    const members = fleet.pools.byUid.get(pool.uid)!.members.slice(pool.members.length);
    expect(members.map(({ hostname }) => hostname)).toEqual(['more-08', 'more-09']);
    const arrived = members.map(({ host }) => host!.object.created!);
    expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
    expect(fleet.groups.byUid.get(group.uid)!.replicas.desired).toBe(group.replicas.desired! + 2);
    // Whoever goes on with the journal alone, without the operations in it, finds it done as well.
    const elsewhere = { ...session, operations: new Map() };
    expect(hosts.course(await known(), elsewhere).outcome).toBe('done');
  }, 60_000);

  it('names those that came too, and says why they are not taken', async () => {
    const before = await begin(5);
    const { group, pool } = workersIn(before);
    const image = before.fleet.seedImages.list[0]!;
    const line = `hosts=2 image=rebuild pool=${pool.name} group=${group.name}`;
    const { course } = await follow(askOf(refOf('seedImage', image), line));
    const { fleet } = await known();
    const stage = (id: string) => course.stages.find((one) => one.id === id)!;
    const came = fleet.hosts.list.filter(({ use, object }) => use === 'unpooled' && object.created! > before.now);
    expect(came).toHaveLength(3);
    const told = stage('pool').progress.milestones.map(({ title }) => title);
    const why = /^not taken: (\S+) \((registered later|was not Ready as early); 2 hosts were asked for\)$/;
    const untaken = told.flatMap((title) => why.exec(title)?.[1] ?? []);
    expect(untaken).toEqual(expect.arrayContaining(came.map(({ name }) => name)));
    expect(stage('hosts').title).toBe(`2 hosts registered and Ready; ${untaken.length} more came, in no pool`);
    const [members, ready] = [fleet.pools.byUid.get(pool.uid)!.members.slice(pool.members.length), stage('hosts')];
    expect(ready.progress.milestones.map(({ title }) => title)).toEqual(
      expect.arrayContaining(members.map(({ name }) => name)),
    );
  }, 60_000);

  it('registers only, and makes the ISO that is missing', async () => {
    const before = await begin(1);
    for (const { name } of before.fleet.seedImages.list)
      await lab.management.json({ method: 'DELETE', path: pathOf('seedImage', 'v1beta1', 'cpaas-system', name) });
    const registration = before.fleet.registrations.list[0]!;
    const { sent, course } = await follow(askOf(refOf('registration', registration), 'hosts=1'));
    expect(sent).toEqual(['image: build-image']);
    expect((await known()).fleet.seedImages.list.map(({ name }) => name)).toEqual([`${registration.name}-iso`]);
    expect(course.stages.map(({ id }) => id)).toEqual(['image', 'hosts']);
    // What has come is put into a pool by another session, which needs no ISO.
    const { pool } = workersIn(before);
    const come = (await known()).fleet.hosts.list.find(({ use }) => use === 'unpooled')!;
    const again = await follow(askOf(refOf('pool', pool), `hosts=${come.name} pool=${pool.name} names=late-1`));
    expect(again.sent).toEqual(['pool: pool-add']);
  }, 60_000);

  /** Takes away what hosts register by, and who is in no pool, as where a cluster was made by other means. */
  async function withoutRegistrations({ fleet }: Known): Promise<void> {
    for (const kind of ['seedImage', 'registration'] as const)
      for (const { name } of fleet[`${kind}s`].list)
        await lab.management.json({ method: 'DELETE', path: pathOf(kind, 'v1beta1', 'cpaas-system', name) });
    for (const { name, use } of fleet.hosts.list)
      if (use === 'unpooled')
        await lab.management.json({ method: 'DELETE', path: pathOf('host', 'v1beta1', 'cpaas-system', name) });
    await lab.run(minute);
  }

  it('makes the registration that is missing, its ISO, and takes who comes by it into the pool', async () => {
    const before = await begin(2);
    const { group, pool } = workersIn(before);
    await withoutRegistrations(before);
    const now = await known();
    expect(now.fleet.registrations.list).toEqual([]);
    const target = refOf('pool', pool);
    const told = (line: string) => hosts.course(now, onlyPlanned(askOf(target, line)));
    // Who asks for none is told that nobody can come.
    const [alone] = told(`hosts=2 pool=${pool.name}`).stages;
    expect(alone).toMatchObject({ id: 'hosts', gates: [{ name: 'registration-there', result: 'warn' }] });
    const offered = offeredLine(now.fleet, target);
    expect(offered).toContain(`registration=${pool.cluster}-registration tpm=real`);
    const line = `hosts=2 registration=annex-registration tpm=emulated device=/dev/nvme0n1 pool=${pool.name} group=${group.name}`;
    expect(told(line).stages.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'registration next',
      'image todo',
      'hosts todo',
      'pool todo',
      'scale todo',
    ]);
    const { sent, course } = await follow(askOf(target, line));
    expect(sent).toEqual(['registration: make-registration', 'image: build-image', 'pool: pool-add', 'scale: scale']);
    expect(course.outcome).toBe('done');
    const { fleet } = await known();
    const come = fleet.pools.byUid.get(pool.uid)!.members.slice(pool.members.length);
    expect(come.map(({ name }) => name.startsWith('annex-'))).toEqual([true, true]);
    const made = await lab.management.json<{ spec: { config: { elemental: unknown } } }>({
      path: pathOf('registration', 'v1beta1', 'cpaas-system', 'annex-registration'),
    });
    expect(made.spec.config.elemental).toMatchObject({
      install: { device: '/dev/nvme0n1' },
      registration: { 'emulate-tpm': true, 'emulated-tpm-seed': -1 },
    });
  }, 60_000);

  it('registers hosts where there is nothing but the catalog', async () => {
    const before = await begin(1);
    await withoutRegistrations(before);
    const target = refOf('catalog', before.fleet.catalog!);
    const { sent, course } = await follow(askOf(target, 'hosts=1 registration=rack-registration'));
    expect(sent).toEqual(['registration: make-registration', 'image: build-image']);
    expect(course.title).toBe('Register 1 host by rack-registration');
    expect((await known()).fleet.hosts.list.filter(({ name }) => name.startsWith('rack-'))).toHaveLength(1);
    // What is there by then is used: nobody makes it twice.
    const again = await follow(askOf(target, 'hosts=1 registration=rack-registration'));
    expect(again.sent).toEqual([]);
    const says = (line: string) => hosts.refuse(before, onlyPlanned(askOf(target, line)));
    expect(says('hosts=1')).toMatch(/registration=NAME is missing/);
    expect(says('hosts=1 registration=Rack')).toMatch(/is not a name/);
    expect(says(`hosts=1 registration=${'a'.repeat(64)}`)).toMatch(/at most 63/);
    expect(says('hosts=1 registration=rack tpm=maybe')).toMatch(/real or emulated/);
    expect(says('hosts=1 registration=rack device=sda')).toMatch(/is no disk/);
    expect(says('hosts=1 registration=rack image=rebuild')).toMatch(/there is no SeedImage/);
    const other = before.fleet.registrations.list[0]!;
    const onIt = (line: string) => hosts.refuse(before, onlyPlanned(askOf(refOf('registration', other), line)));
    expect(onIt('hosts=1 registration=rack')).toMatch(/has its registration/);
    expect(onIt('hosts=1 tpm=real')).toMatch(/of a registration that is made/);
  }, 60_000);

  it('says what is wrong with a line before anything is begun', async () => {
    const now = await begin(0);
    const { group, pool } = workersIn(now);
    const target = refOf('pool', pool);
    const other = now.fleet.groups.list.find((row) => row.pool !== undefined && row.pool !== pool.name)!;
    const says = (line: string) => hosts.refuse(now, onlyPlanned(askOf(target, line)));
    expect(says('')).toMatch(/hosts is missing/);
    expect(says('hosts=0')).toMatch(/from 1 to/);
    expect(says('hosts=99999999999')).toMatch(/from 1 to/);
    expect(says('hosts=a,a')).toBe('a is listed twice');
    expect(says('hosts=A')).toMatch(/is not a name/);
    expect(says('rm -rf /')).toMatch(/there is no field "rm"/);
    expect(says('hosts=1 hosts=2')).toBe('hosts is given twice');
    expect(says('hosts=1 __proto__=x')).toBeDefined();
    expect(says('hosts=1 pool=nobody')).toBe('there is no pool nobody');
    expect(says('hosts=1 names=a')).toMatch(/pool=NAME is missing/);
    expect(says(`hosts=2 pool=${pool.name} names=a`)).toMatch(/1 names for 2 hosts/);
    expect(says(`hosts=1 pool=${pool.name} names=${pool.members[0]!.hostname ?? pool.members[0]!.name}`)).toMatch(
      /is taken/,
    );
    expect(says(`hosts=1 group=${group.name}`)).toMatch(/pool=.* is missing/);
    expect(says(`hosts=1 pool=${pool.name} group=${other.name}`)).toMatch(/takes its hosts from/);
    expect(says(`hosts=1 pool=${pool.name} group=${group.name} replicas=0`)).toMatch(/only adds/);
    // The image of the registration that the pool's hosts came by.
    expect(says('hosts=1 image=rebuild')).toBeUndefined();
    expect(says(`hosts=1 pool=${pool.name} names=x-{1} group=${group.name}`)).toBeUndefined();
    expect(says(offeredLine(now.fleet, target))).toBeUndefined();
    // What is given as an example can be entered as it stands, but for what is not there yet.
    const fields = fieldsOf(now.fleet, target);
    expect(fields.map(({ name }) => name)).toEqual([...FIELD_NAMES]);
    const text = (name: string) => fields.find((field) => field.name === name)!;
    expect(text('pool').values).toContain(pool.name);
    expect(text('group').says).toContain(`group=${group.name}`);
    for (const name of ['pool', 'names', 'group', 'image']) {
      const [value] = text(name).values;
      const line = { pool: '', names: `pool=${pool.name}`, group: `pool=${pool.name}`, image: '' }[name];
      expect(says(`hosts=1 ${line} ${name}=${value}`), name).toBeUndefined();
    }
  });

  it.each([
    ['w-{4}', 3, ['w-4', 'w-5', 'w-6']],
    ['w{009}.rack', 2, ['w009.rack', 'w010.rack']],
    ['a,b', 2, ['a', 'b']],
    ['', 2, []],
  ])('counts hostnames of %s', (text, count, names) => {
    expect(hostnamesOf(text, count)).toEqual(names);
  });

  it.each([['{}'], ['W{1}'], ['a{1}{2}'], ['a,a'], ['-{1}'], ['a'.repeat(300)]])('refuses hostnames %s', (text) => {
    expect(hostnamesOf(text, 2)).toBeTypeOf('string');
  });
});
