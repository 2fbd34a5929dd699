import { describe, expect, it } from 'vitest';
import { remediate, selects } from '../../src/operations/remediate.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, withObject, worldOf } from './support/world.ts';

function health(
  selector: make.Raw,
  status: make.Raw = { remediationsAllowed: 1, expectedMachines: 3, currentHealthy: 3 },
) {
  return {
    apiVersion: 'cluster.x-k8s.io/v1beta1',
    kind: 'MachineHealthCheck',
    metadata: { name: 'mhc', namespace: 'cpaas-system', uid: 'MachineHealthCheck/mhc', resourceVersion: '1' },
    spec: { clusterName: 'prod', selector },
    status,
  };
}

const exists = { matchExpressions: [{ key: 'cluster.x-k8s.io/deployment-name', operator: 'Exists' }] };
const raws = [...workerFleet(), health(exists)];
const w1 = ask(remediate, [ref('Machine', 'w1')]);
const annotate = (key: string) => changed(raws, 'Machine', 'w1', ['metadata', 'annotations'], { [key]: '' });

it.each([
  ['without a health check', workerFleet(), 'no MachineHealthCheck looks after w1'],
  [
    'one it does not select',
    [...workerFleet(), health({ matchLabels: { role: 'gpu' } })],
    'no MachineHealthCheck looks after w1',
  ],
  ['one that is excluded', annotate('cluster.x-k8s.io/skip-remediation'), 'excluded from remediation'],
  ['one that is asked for already', annotate('cluster.x-k8s.io/remediate-machine'), 'to be remediated already'],
  [
    'where too many are ill',
    [...workerFleet(), health(exists, { remediationsAllowed: 0, expectedMachines: 3, currentHealthy: 1 })],
    'mhc allows no remediation now: 1 of 3 are healthy',
  ],
  [
    'without a free host',
    withObject(raws, 'MachineInventory', 'h4', () => make.host('h4', 'Allocated', { pool: 'workers-pool' })),
    'spare hosts in workers-pool: none free, 1 needed, and w1 runs: add a host to the pool first',
  ],
  ['where that is not known', [...workerFleet(), health(exists, {})], 'how many mhc may remediate is not known'],
])('refuses %s', (_what, fleet, why) => {
  expect(remediate.refuse(reading(fleet, 'mhc'), w1)).toContain(why);
});

it('is offered before the check is read whole, and planned only then', () => {
  expect(remediate.needs?.(worldOf(raws), w1)).toEqual([{ kind: 'healthCheck', name: 'mhc' }]);
  expect(remediate.refuse(worldOf(raws), w1)).toBeUndefined();
  expect(() => remediate.plan(worldOf(raws), w1)).toThrow(RangeError);
});

it('is not offered where no host is free, read or not', () => {
  const full = withObject(raws, 'MachineInventory', 'h4', () => make.host('h4', 'Allocated', { pool: 'workers-pool' }));
  expect(remediate.refuse(worldOf(full), w1)).toContain('spare hosts in workers-pool: none free, 1 needed');
});

it('writes the annotation and is done when the replacement runs', () => {
  const plan = remediate.plan(reading(raws, 'mhc'), w1);
  expect(plan.steps.map(({ write }) => write)).toEqual([
    {
      verb: 'patch',
      kind: 'machine',
      name: 'w1',
      type: 'merge',
      body: {
        metadata: {
          annotations: { 'cluster.x-k8s.io/remediate-machine': '' },
          uid: 'Machine/w1',
          resourceVersion: '1',
        },
      },
      seen: { uid: 'Machine/w1', resourceVersion: '1' },
    },
  ]);
  expect(plan).toMatchObject({ severity: 'destructive', confirm: ['w1'] });
  const sent = sentOf(w1, plan);
  const words = (fleet: make.Raw[]) => lines(remediate, worldOf(fleet), sent).map((line) => line.split(' ')[0]);
  expect(words(raws)).toEqual(['done', 'now', 'todo', 'todo', 'todo', 'todo']);
  let now = withObject(raws, 'Machine', 'w1', () => undefined);
  now = withObject(now, 'BaremetalMachine', 'w1', () => undefined);
  now = withObject(now, 'MachineInventory', 'h1', () => make.host('h1', 'Available', { pool: 'workers-pool' }));
  expect(words(now)).toEqual(['done', 'done', 'done', 'done', 'now', 'todo']);
  const meta = { ownerReferences: [make.owner('MachineSet', 'workers-abc')] };
  now = [...now, make.machine('w9', 'Running', { meta }), make.bmm('w9', 'h1', 'Running')];
  expect(remediate.done(worldOf(now), sent)).toMatchObject({ outcome: 'done' });
});

describe('selectors', () => {
  const labels = { a: '1' };
  it.each([
    [{}, true],
    [{ matchLabels: { a: '1' } }, true],
    [{ matchLabels: { a: '2' } }, false],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, false],
    [{ matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['1'] }] }, true],
    [{ matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'Like' }] }, false],
    ['odd', true],
  ])('%j: %s', (selector, taken) => {
    expect(selects(selector, labels)).toBe(taken);
  });
});
