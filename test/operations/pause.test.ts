import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/operations/contract.ts';
import { pause } from '../../src/operations/pause.ts';
import { resume } from '../../src/operations/resume.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, ref, sentOf, warnings, worldOf } from './support/world.ts';

const raws = workerFleet();
const workers = ref('MachineDeployment', 'workers');
const plane = ref('KubeadmControlPlane', 'control-plane');
const prod = ref('Cluster', 'prod');
const annotated = changed(raws, 'MachineDeployment', 'workers', ['metadata', 'annotations'], {
  'cluster.x-k8s.io/paused': '',
});
const body = (operation: Operation, fleet: make.Raw[], target = workers, values: Record<string, string> = {}) =>
  operation
    .plan(worldOf(fleet), ask(operation, [target], values))
    .steps.map(({ write }) => 'body' in write && write.body);
const seen = (uid: string) => ({ uid, resourceVersion: '1' });

describe('pause', () => {
  it('writes the annotation of a group, the field of a cluster or of a rollout', () => {
    expect(body(pause, raws)).toEqual([
      { metadata: { annotations: { 'cluster.x-k8s.io/paused': 'true' }, ...seen('MachineDeployment/workers') } },
    ]);
    expect(body(pause, raws, plane)).toEqual([
      {
        metadata: { annotations: { 'cluster.x-k8s.io/paused': 'true' }, ...seen('KubeadmControlPlane/control-plane') },
      },
    ]);
    expect(body(pause, raws, prod)).toEqual([{ spec: { paused: true }, metadata: seen('Cluster/prod') }]);
    expect(body(pause, raws, workers, { hold: 'rollout' })).toEqual([
      { spec: { paused: true }, metadata: seen('MachineDeployment/workers') },
    ]);
  });

  it.each([
    ['what is paused', annotated, workers, {}, 'workers is paused already'],
    ['a word it does not know', raws, workers, { hold: 'half' }, 'neither all nor rollout'],
    ['the rollout of a control plane', raws, plane, { hold: 'rollout' }, 'only the rollout of a MachineDeployment'],
    [
      'what is being deleted',
      changed(raws, 'Cluster', 'prod', ['metadata', 'deletionTimestamp'], make.at(5)),
      prod,
      {},
      'prod is being deleted',
    ],
  ])('refuses %s', (_what, fleet, target, values, why) => {
    expect(pause.refuse(worldOf(fleet), ask(pause, [target], values))).toContain(why);
  });

  it('says what stops half way', () => {
    const going = changed(raws, 'Machine', 'w1', ['metadata', 'deletionTimestamp'], make.at(5));
    expect(warnings(pause.plan(worldOf(going), ask(pause, [prod])))).toEqual([
      'machines being deleted: w1: they stop where they are',
    ]);
  });

  it('is done when it is seen, and taken back by resuming', () => {
    const request = ask(pause, [workers]);
    const sent = sentOf(request, pause.plan(worldOf(raws), request));
    expect(lines(pause, worldOf(raws), sent)).toEqual(['done Written', 'now workers paused']);
    expect(pause.takeBack?.(worldOf(raws), sent)).toBeUndefined();
    expect(pause.done(worldOf(annotated), sent)).toMatchObject({ outcome: 'done' });
    expect(pause.takeBack?.(worldOf(annotated), sent)).toEqual(ask(resume, [workers]));
  });
});

describe('resume', () => {
  it('takes off all that holds it, in one write', () => {
    const both = changed(annotated, 'MachineDeployment', 'workers', ['spec', 'paused'], true);
    expect(body(resume, both)).toEqual([
      {
        spec: { paused: false },
        metadata: { annotations: { 'cluster.x-k8s.io/paused': null }, ...seen('MachineDeployment/workers') },
      },
    ]);
  });

  it('refuses what is not paused, and points to the cluster where that is', () => {
    expect(resume.refuse(worldOf(raws), ask(resume, [workers]))).toBe('workers is not paused');
    const cluster = changed(raws, 'Cluster', 'prod', ['spec', 'paused'], true);
    expect(resume.refuse(worldOf(cluster), ask(resume, [workers]))).toContain('its cluster prod is');
  });

  it('names the machines that go at once, and wants to be sure then', () => {
    const held = changed(annotated, 'MachineDeployment', 'workers', ['spec', 'replicas'], 2);
    const plan = resume.plan(worldOf(held), ask(resume, [workers]));
    expect(plan).toMatchObject({ severity: 'destructive', confirm: ['workers'] });
    expect(plan.expected[0]?.text).toContain('w1 goes: first by name');
    const calm = resume.plan(worldOf(annotated), ask(resume, [workers]));
    expect(calm).toMatchObject({ severity: 'reversible', confirm: [] });
  });
});
