import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/domain/kinds.ts';
import { relatedOf, resolveRef } from '../../src/domain/related.ts';
import {
  bmm,
  controlPlane,
  controlPlaneMachine,
  deployment,
  fleetOf,
  machine,
  registration,
  seedImage,
  settled,
  smallFleet,
} from './fixtures.ts';

const { fleet } = fleetOf(
  ...smallFleet(),
  // A control plane of the same name as the workers: names are told apart by kind.
  controlPlane('workers', 1, settled(1)),
  controlPlaneMachine('c1', 'Running'),
  machine('zz', 'Running', { spec: { infrastructureRef: { kind: 'BaremetalMachine', name: 'other-name' } } }),
  bmm('other-name', undefined, 'Pending', { meta: { ownerReferences: [] } }),
  seedImage('image', []),
  registration('reg', []),
  { kind: 'Event', metadata: { name: 'e', uid: 'e' }, involvedObject: { kind: 'MachineInventory', name: 'h1' } },
  { kind: 'MachineHealthCheck', metadata: { name: 'mhc', uid: 'mhc' }, spec: { clusterName: 'prod' } },
);

const ref = (kind: Kind, name: string) => {
  const found = resolveRef(fleet, kind, name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const jumps = (kind: Kind, name: string) =>
  relatedOf(fleet, ref(kind, name)).map((related) => `${related.label}: ${related.ref.kind} ${related.ref.name}`);

describe('relatedOf', () => {
  it('leads from a host to all it has to do with', () => {
    expect(jumps('host', 'h1')).toEqual([
      'plan: plan h1',
      'pool: pool workers-pool',
      'machine: machine w1',
      'baremetal machine: baremetalMachine w1',
      'group: deployment workers',
      'cluster: cluster prod',
    ]);
  });

  it('leads from a machine, by either half', () => {
    const both = [
      'host: host h1',
      'plan: plan h1',
      'group: deployment workers',
      'pool: pool workers-pool',
      'template: baremetalMachineTemplate workers-template',
      'cluster: cluster prod',
    ];
    expect(jumps('machine', 'w1')).toEqual([
      both[0],
      both[1],
      'baremetal machine: baremetalMachine w1',
      ...both.slice(2),
    ]);
    expect(jumps('baremetalMachine', 'w1')).toEqual([both[0], both[1], 'machine: machine w1', ...both.slice(2)]);
  });

  it('leads on from every other kind', () => {
    expect(jumps('plan', 'h1')).toEqual(['host: host h1', 'machine: machine w1']);
    expect(jumps('deployment', 'workers')).toEqual([
      'cluster: cluster prod',
      'template: baremetalMachineTemplate workers-template',
      'pool: pool workers-pool',
      'bootstrap template: bootstrapTemplate workers-bootstrap',
      'machine set: machineSet workers-abc',
      'machine: machine w1',
      'machine: machine w2',
      'machine: machine w3',
      'machine: machine zz',
    ]);
    expect(jumps('pool', 'workers-pool')).toEqual([
      'cluster: cluster prod',
      'template: baremetalMachineTemplate workers-template',
      'group: deployment workers',
      'host: host h1',
      'host: host h2',
      'host: host h3',
      'host: host h4',
    ]);
    expect(jumps('cluster', 'prod')).toEqual([
      'baremetal cluster: baremetalCluster prod',
      'group: controlPlane workers',
      'group: deployment workers',
      'pool: pool workers-pool',
      'health check: healthCheck mhc',
    ]);
    expect(jumps('machineSet', 'workers-abc')).toEqual(['group: deployment workers']);
    expect(jumps('baremetalMachineTemplate', 'workers-template')).toEqual([
      'pool: pool workers-pool',
      'group: deployment workers',
    ]);
    expect(jumps('bootstrapTemplate', 'workers-bootstrap')).toEqual(['group: deployment workers']);
    expect(jumps('baremetalCluster', 'prod')).toEqual(['cluster: cluster prod']);
    expect(jumps('healthCheck', 'mhc')).toEqual(['cluster: cluster prod']);
    expect(jumps('seedImage', 'image')).toEqual(['registration: registration reg']);
    expect(jumps('registration', 'reg')).toEqual(['seed image: seedImage image']);
    expect(jumps('event', 'e')).toEqual(['about: host h1']);
  });

  it('leads nowhere from what is gone', () => {
    expect(relatedOf(fleet, { kind: 'host', uid: 'gone', name: 'gone' })).toEqual([]);
  });
});

describe('resolveRef', () => {
  it('finds by kind and name', () => {
    expect(ref('controlPlane', 'workers').uid).toBe('KubeadmControlPlane/workers');
    expect(ref('deployment', 'workers').uid).toBe('MachineDeployment/workers');
    expect(ref('baremetalMachine', 'other-name').uid).toBe('BaremetalMachine/other-name');
    expect(ref('machine', 'zz').uid).toBe('Machine/zz');
  });

  it.each<Kind>(['host', 'machine', 'baremetalMachine', 'deployment', 'controlPlane', 'catalog', 'event', 'pool'])(
    'finds no %s that is not there',
    (kind) => {
      expect(resolveRef(fleet, kind, 'nope')).toBeUndefined();
      expect(resolveRef(fleetOf().fleet, kind, 'w1')).toBeUndefined();
    },
  );

  it('tells kinds apart among rows of one name', () => {
    expect(resolveRef(fleetOf(deployment('x', 1, {})).fleet, 'controlPlane', 'x')).toBeUndefined();
  });
});
