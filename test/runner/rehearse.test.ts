/** Before anything is written the server is asked: may I, and would you take it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { KubeRequest } from '../../src/kube/types.ts';
import { KubeError } from '../../src/kube/types.ts';
import type { Operation, Step } from '../../src/operations/contract.ts';
import { askMark, go, mark, openRoom, planned, type Room } from './support.ts';

let room: Room;
afterEach(() => room.lab.stop());

const isDry = ({ query }: KubeRequest) => query?.['dryRun'] === 'All';
const one = () => askMark(room.machines().slice(0, 1));

/** A machine deleted. */
const drop: Operation = {
  ...mark,
  id: 'drop',
  plan(world, request) {
    const plan = mark.plan(world, request);
    const steps = plan.steps.map((step): Step => {
      const { kind, name, seen } = step.write as Extract<typeof step.write, { verb: 'patch' }>;
      return { ...step, write: { verb: 'delete', kind, name, seen } };
    });
    return { ...plan, steps };
  },
};

/** A template made, and a group told to use it. */
const swap: Operation = {
  ...mark,
  id: 'swap',
  on: ['deployment'],
  refuse: () => undefined,
  plan(world, { targets }) {
    const { object } = world.fleet.groups.byUid.get(targets[0]!.uid)!;
    const base = { why: '', diff: [] };
    const seen = { uid: object.uid, resourceVersion: object.resourceVersion };
    const body = {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'BaremetalMachineTemplate',
      metadata: { name: 'swapped' },
      spec: { template: { spec: { machineInventoryPoolRef: { name: 'some-pool' } } } },
    };
    const to = { spec: { template: { spec: { infrastructureRef: { name: 'swapped' } } } } };
    const steps: Step[] = [
      {
        ...base,
        id: 'make',
        title: 'Make',
        write: { verb: 'create', kind: 'baremetalMachineTemplate', name: 'swapped', body },
      },
      {
        ...base,
        id: 'swap',
        title: 'Swap',
        write: { verb: 'patch', kind: 'deployment', name: object.name, type: 'merge', body: to, seen },
      },
    ];
    return { ...mark.plan(world, { operation: 'mark', targets: [], values: {} }), steps, memo: {} };
  },
  done: () => ({ milestones: [] }),
  takeBack: undefined,
};

function askSwap() {
  const group = room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
  return {
    operation: 'swap',
    targets: [{ kind: 'deployment' as const, uid: group.uid, name: group.name }],
    values: {},
  };
}

describe('a rehearsal', () => {
  it('sends every step as a dry run, and changes nothing', async () => {
    room = await openRoom();
    const plan = await planned(room.runner, askMark(room.machines()));
    const rehearsed = await room.runner.dryRun(plan);
    expect(rehearsed.steps.map(({ result }) => result)).toEqual(plan.plan.steps.map(() => 'accepted'));
    expect(room.line.sent.filter(isDry)).toHaveLength(plan.plan.steps.length);
    expect(Object.values(await room.marks()).every((value) => value === undefined)).toBe(true);
    expect(room.files.texts.size).toBe(0);
  });

  it('refuses a version that is not served, also where the step depends on an earlier one', async () => {
    const unserved: Operation = {
      ...swap,
      plan(world, request) {
        const plan = swap.plan(world, request);
        const body = {
          apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta9',
          kind: 'BaremetalMachineTemplate',
          metadata: { name: 'later', annotations: { after: 'swapped' } },
        };
        const write = { verb: 'create', kind: 'baremetalMachineTemplate', name: 'later', body } as const;
        return { ...plan, steps: [plan.steps[0]!, { ...plan.steps[1]!, write }] };
      },
    };
    room = await openRoom([unserved]);
    const rehearsed = await room.runner.dryRun(await planned(room.runner, askSwap()));
    expect(rehearsed.steps).toMatchObject([{ result: 'accepted' }, { result: 'refused' }]);
    expect(rehearsed.refused).toContain('does not serve infrastructure.cluster.x-k8s.io/v1beta9');
  });

  it('of a delete deletes nothing', async () => {
    room = await openRoom([drop]);
    const before = room.machines().map(({ uid }) => uid);
    const plan = await planned(room.runner, { ...askMark(room.machines().slice(0, 1)), operation: 'drop' });
    expect((await room.runner.dryRun(plan)).steps).toMatchObject([{ result: 'accepted' }]);
    await room.lab.run(1000);
    await room.sight.refresh();
    const rows = room.sight.picture().fleet.machines.list;
    expect(rows.filter(({ uid, deleting }) => before.includes(uid) && !deleting)).toHaveLength(before.length);
  });

  it('names each right that is missing, and asks nothing more', async () => {
    room = await openRoom();
    const plan = await planned(room.runner, askMark(room.machines().slice(0, 2)));
    room.lab.api.faults.deny('machines');
    const rehearsed = await room.runner.dryRun(plan);
    const [first, second] = room.machines();
    expect(rehearsed.missing).toMatchObject([
      { verb: 'patch', resource: 'machines.cluster.x-k8s.io', name: first!.name },
      { verb: 'patch', resource: 'machines.cluster.x-k8s.io', name: second!.name },
    ]);
    expect(rehearsed.refused).toContain(`you may not patch machines.cluster.x-k8s.io "${first!.name}"`);
    expect(room.line.sent.filter(isDry)).toEqual([]);
    expect(await room.runner.run(plan, rehearsed)).toMatchObject({ result: 'refused', why: rehearsed.refused });
    expect(room.line.writes).toEqual([]);
  });

  it('gives the refusal of an admission webhook word for word, and then nothing is run', async () => {
    room = await openRoom();
    const words = 'admission webhook "validation.machine.cluster.x-k8s.io" denied the request: spec.version: Forbidden';
    room.line.fault = (request) => (isDry(request) ? { before: new KubeError(403, 'Forbidden', words) } : undefined);
    const result = await go(room.runner, one());
    expect(result).toMatchObject({ result: 'refused', why: expect.stringContaining(words) });
    expect(room.line.writes).toEqual([]);
  });

  it('does not take silence, or a webhook without dry runs, for a yes or a no', async () => {
    room = await openRoom();
    const plan = await planned(room.runner, one());
    for (const error of [
      new KubeError(0, 'Timeout', 'no answer'),
      new KubeError(400, 'BadRequest', 'admission webhook "x" does not support dry run'),
    ]) {
      room.line.fault = (request) => (isDry(request) ? { before: error } : undefined);
      expect(await room.runner.dryRun(plan)).toMatchObject({
        refused: undefined,
        steps: [{ result: 'unknown', message: error.message }],
      });
    }
  });

  it('says which step cannot be judged before an earlier one is written', async () => {
    room = await openRoom([swap]);
    const plan = await planned(room.runner, askSwap());
    expect(await room.runner.dryRun(plan)).toMatchObject({
      steps: [
        { step: 'make', after: undefined },
        { step: 'swap', after: 'make' },
      ],
    });
    const missing = new KubeError(422, 'Invalid', 'template swapped not found');
    room.line.fault = (request) => (isDry(request) && request.method === 'PATCH' ? { before: missing } : undefined);
    const rehearsed = await room.runner.dryRun(plan);
    expect(rehearsed).toMatchObject({
      refused: undefined,
      steps: [{}, { result: 'depends', after: 'make', message: 'template swapped not found' }],
    });
    expect(await room.runner.run(plan, rehearsed)).toMatchObject({ result: 'written' });
    expect(await room.get('baremetalMachineTemplate', 'swapped')).toBeTruthy();
  });

  it.each(['before', 'after'] as const)(
    'makes a thing once when the connection breaks %s the create arrives',
    async (when) => {
      room = await openRoom([swap]);
      room.line.fault = (_request, write) =>
        write === 1 ? { [when]: new KubeError(0, 'Network', 'broke') } : undefined;
      expect(await go(room.runner, askSwap())).toMatchObject({ result: 'written' });
      expect(room.line.writes.filter(({ method }) => method === 'POST')).toHaveLength(when === 'after' ? 1 : 2);
    },
  );

  it('does not take over a thing that somebody else made meanwhile', async () => {
    room = await openRoom([swap]);
    const plan = await planned(room.runner, askSwap());
    const rehearsed = await room.runner.dryRun(plan);
    const { write } = plan.plan.steps[0]!;
    const body = 'body' in write ? write.body : {};
    const path = room.line.sent.find(({ method }) => method === 'POST' && isDry)!.path;
    await room.lab.management.json({ method: 'POST', path: path.includes('review') ? TEMPLATES : path, body });
    expect(await room.runner.run(plan, rehearsed)).toMatchObject({
      result: 'nothing written',
      why: expect.stringContaining('already exists'),
    });
    expect(await room.runner.prepare(askSwap())).toEqual({ refused: 'swapped exists already' });
  });
});

const TEMPLATES = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/baremetalmachinetemplates';

describe('preparing', () => {
  it('waits for the picture to catch up with the server, and plans upon that', async () => {
    room = await openRoom();
    const [{ name }] = room.machines() as unknown as [{ name: string }];
    await room.meddle('machine', name, { metadata: { labels: { new: 'one' } } });
    room.line.fault = (request) => (request.path.endsWith(name) ? { first: () => room.sight.refresh() } : undefined);
    const plan = await planned(room.runner, one());
    expect(plan.plan.steps[0]!.write).toMatchObject({
      seen: { resourceVersion: plan.objects.get(`machine/${name}`) && expect.any(String) },
    });
    expect(await room.runner.run(plan, await room.runner.dryRun(plan))).toMatchObject({ result: 'written' });
  });

  it('goes on at once where only the status is ahead of the picture', async () => {
    room = await openRoom();
    const [{ name }] = room.machines() as unknown as [{ name: string }];
    await room.meddle('machine', name, { status: { lastUpdated: '2026-11-21T03:00:00Z' } }, 'status');
    expect(await go(room.runner, one())).toMatchObject({ result: 'written' });
    expect(room.line.writes).toHaveLength(1);
    expect(room.clock.waited).not.toContain(1_500);
  });

  it('refuses what keeps moving, what is gone and what it may not read', async () => {
    room = await openRoom();
    const [{ name }] = room.machines() as unknown as [{ name: string }];
    await room.meddle('machine', name, { metadata: { labels: { new: 'one' } } });
    expect(await room.runner.prepare(one())).toEqual({
      refused: `${name} changes faster than it can be read; nothing was written`,
    });
    room.line.fault = () => ({ before: new KubeError(403, 'Forbidden', 'machines is forbidden') });
    expect(await room.runner.prepare(one())).toEqual({ refused: 'machines is forbidden' });
    room.line.fault = () => ({ before: new KubeError(404, 'NotFound', 'not found') });
    expect(await room.runner.prepare(one())).toEqual({ refused: `${name} is gone` });
    expect(await room.runner.prepare({ ...one(), operation: 'dance' })).toEqual({
      refused: 'there is no operation "dance"',
    });
  });

  it('keeps a plan on screen up to date until it is stopped', async () => {
    room = await openRoom();
    const plans: unknown[] = [];
    let heard: () => void = () => {};
    const stop = room.runner.watch(one(), (plan) => {
      plans.push(plan);
      heard();
    });
    const next = () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      });
    await next();
    room.sight.freshness = { ...room.sight.freshness, machine: { ...room.sight.freshness.machine, phase: 'stale' } };
    const second = next();
    await room.sight.refresh();
    await second;
    expect(plans).toMatchObject([{ plan: {} }, { refused: expect.stringContaining('not live') }]);
    // On a picture that changes nothing about it, nobody is asked.
    const asked = room.line.sent.length;
    await room.sight.refresh();
    expect([plans.length, room.line.sent.length]).toEqual([2, asked]);
    stop();
    await room.sight.refresh();
    expect(plans).toHaveLength(2);
  });
});
