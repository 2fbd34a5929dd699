/** Taking a cluster down: what is refused, the one write, and a deletion that a finalizer holds. */
import { describe, expect, it } from 'vitest';
import { begunDeletion, deleteCluster } from '../../src/operations/delete-cluster.ts';
import * as make from '../domain/fixtures.ts';
import { planeFleet, workerFleet } from './support/fleets.ts';
import { ask, changed, ref, sentOf, worldOf } from './support/world.ts';

const IMPORTED = 'capi.cpaas.io/imported';
const prod = [ref('Cluster', 'prod')];
const raws = planeFleet();
const HOSTS = ['p1', 'p2', 'p3'];

describe('delete-cluster', () => {
  it.each([
    ['a paused cluster', changed(raws, 'Cluster', 'prod', ['spec', 'paused'], true), 'prod is paused'],
    [
      'one that goes already',
      changed(raws, 'Cluster', 'prod', ['metadata', 'deletionTimestamp'], make.at(5)),
      'deleted',
    ],
  ])('refuses %s', (_what, given, says) => {
    expect(deleteCluster.refuse(worldOf(given), ask(deleteCluster, prod))).toContain(says);
  });

  it('refuses the management cluster itself', () => {
    const world = worldOf([...raws, make.cluster('global')]);
    expect(deleteCluster.refuse(world, ask(deleteCluster, [ref('Cluster', 'global')]))).toContain('management cluster');
  });

  it('writes one delete of what was seen, and nothing else', () => {
    const { steps, confirm } = deleteCluster.plan(worldOf(raws), ask(deleteCluster, prod));
    expect(confirm).toEqual(['prod']);
    expect(steps.map(({ write }) => write)).toEqual([
      { verb: 'delete', kind: 'cluster', name: 'prod', seen: expect.objectContaining({ uid: prod[0]!.uid }) },
    ]);
  });

  describe('a worker that does not go', () => {
    const full = workerFleet();
    const before = worldOf(full);
    const plan = deleteCluster.plan(before, ask(deleteCluster, prod));
    const names = before.fleet.machines.list.filter(({ controlPlane }) => !controlPlane).map(({ name }) => name);
    const going = names.reduce(
      (raws, name) => changed(raws, 'Machine', name, ['metadata', 'deletionTimestamp'], make.at(50)),
      full,
    );
    const { milestones } = deleteCluster.done(worldOf(going), sentOf(ask(deleteCluster, prod), plan));

    it('is told before the control plane, which is not late with anything', () => {
      const machines = milestones.filter(({ title }) => title.endsWith(' gone') && !title.startsWith('Cluster'));
      expect(machines.map(({ title }) => title)).toEqual([...names, 'c1', 'c2', 'c3'].map((name) => `${name} gone`));
      expect(milestones.find(({ state }) => state === 'now')?.title).toBe(`${names[0]} gone`);
      for (const plane of ['c1', 'c2', 'c3'])
        expect(milestones.find(({ title }) => title === `${plane} gone`)).toEqual({
          title: `${plane} gone`,
          state: 'todo',
          detail: 'goes after the workers',
          since: undefined,
        });
      expect(milestones.find(({ title }) => title === 'p1 clean and free')).toMatchObject({ detail: 'in use' });
    });
  });

  it('is followed by whoever comes later, with what is left of it', () => {
    const going = changed(workerFleet(), 'Cluster', 'prod', ['metadata', 'deletionTimestamp'], make.at(5));
    const world = worldOf(going);
    const row = world.fleet.clusters.list.find(({ name }) => name === 'prod')!;
    const sent = begunDeletion(world, row);
    const gone = world.fleet.machines.list.map(({ name }) => `${name} gone`);
    const { milestones, outcome } = deleteCluster.done(world, sent);
    expect(outcome).toBeUndefined();
    expect(
      milestones
        .filter(({ title }) => title.endsWith(' gone'))
        .map(({ title }) => title)
        .sort(),
    ).toEqual([...gone, 'Cluster prod gone'].sort());
    const after = worldOf(
      going.filter(({ kind }) => kind !== 'Cluster' && kind !== 'Machine' && kind !== 'BaremetalMachine'),
    );
    const last = deleteCluster.done(after, sent).milestones.at(-1);
    expect(last).toMatchObject({ title: 'Cluster prod gone', state: 'done' });
  });

  describe('followed', () => {
    const sent = sentOf(ask(deleteCluster, prod), deleteCluster.plan(worldOf(raws), ask(deleteCluster, prod)));
    /** What is left: the cluster alone, held so, and its hosts, clean and free. */
    const left = (...finalizers: string[]) => [
      make.cluster('prod', { meta: { deletionTimestamp: make.at(0), finalizers } }),
      make.pool('cp-pool', HOSTS),
      ...HOSTS.flatMap((name) => [make.host(name, 'Available', { pool: 'cp-pool' }), make.plan(name, 'clean')]),
    ];
    const last = (given: readonly make.Raw[], more: Parameters<typeof worldOf>[1] = {}) => {
      const { milestones, outcome } = deleteCluster.done(worldOf(given, more), sent);
      return { outcome, ...milestones.at(-1)! };
    };

    it('says that the finalizer of the platform holds it, and what to look at; it strips none', () => {
      const { outcome, state, detail } = last(left(IMPORTED));
      expect([outcome, state]).toEqual(['failed', 'bad']);
      expect(detail).toContain(`does not take its finalizer ${IMPORTED} off`);
      expect(detail).toContain('make sure that nothing of it is left');
      expect(deleteCluster.takeBack?.(worldOf(left(IMPORTED)), sent)).toBeUndefined();
    });

    it('does not call it failed at once: the platform is the last in every deletion', () => {
      const { outcome, state, detail } = last(left(IMPORTED), { now: Date.parse(make.at(60)) });
      expect([outcome, state]).toEqual([undefined, 'now']);
      expect(detail).toContain(`does not take its finalizer ${IMPORTED} off; make sure that nothing of it is left`);
    });

    it('waits for a finalizer of Cluster API, which takes its own off', () => {
      const { outcome, state } = last(left('cluster.cluster.x-k8s.io'));
      expect(outcome).toBeUndefined();
      expect(state).not.toBe('bad');
    });

    it('is done with the cluster when it is gone', () => {
      expect(last(left(IMPORTED).slice(1)).state).toBe('done');
    });
  });
});
