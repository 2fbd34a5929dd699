/** When a Machine is unwell, and when its health check may do something about it. */

import { describe, expect, it } from 'vitest';
import { allowance, judge, looksAfter } from '../../src/simulator/controllers/capi/health-judgement.ts';
import type { Cluster, Machine, MachineHealthCheck } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { minute, start } from './harness.ts';

const at = (ms: number): string => new Date(start + ms).toISOString();
const apiVersion = 'cluster.x-k8s.io/v1beta1';
const labels = { 'cluster.x-k8s.io/cluster-name': 'prod', role: 'worker' };
type Spec = NonNullable<MachineHealthCheck['spec']>;

const check = (spec: Spec = {}): MachineHealthCheck => ({
  apiVersion,
  kind: 'MachineHealthCheck',
  metadata: { name: 'workers' },
  spec: {
    clusterName: 'prod',
    selector: { matchLabels: { role: 'worker' } },
    unhealthyConditions: [
      { type: 'Ready', status: 'Unknown', timeout: '10m0s' },
      { type: 'DiskPressure', status: 'True', timeout: '5m0s' },
    ],
    ...spec,
  },
});
const machine = (metadata: object = {}, status: Machine['status'] = { nodeRef: { name: 'n' } }): Machine => ({
  apiVersion,
  kind: 'Machine',
  metadata: { name: 'm', labels, creationTimestamp: at(0), ...metadata },
  status,
});
const node = (...conditions: [type: string, status: string, ago: number][]): Node =>
  ({
    metadata: { name: 'n' },
    status: {
      conditions: conditions.map(([type, status, ago]) => ({ type, status, lastTransitionTime: at(-ago) })),
    },
  }) as unknown as Node;
const said = (type: string, when: number, status = 'True') => ({
  type,
  status,
  reason: 'x',
  message: '',
  lastTransitionTime: at(when),
});
const cluster = (status: Cluster['status'] = {}): Cluster => ({
  apiVersion,
  kind: 'Cluster',
  metadata: { name: 'prod' },
  status: {
    infrastructureReady: true,
    conditions: [{ type: 'ControlPlaneInitialized', status: 'True', lastTransitionTime: at(-minute) }],
    ...status,
  },
});
/** `now` is so many ms after the Machine was made. */
const judged = (of: MachineHealthCheck, one: Machine, its?: Node, now = 0, its_: Cluster = cluster()) =>
  judge(of, its_, one, its, (when) => start + now - Date.parse(when ?? ''));

describe('a Machine', () => {
  it('is unwell when any condition of its Node has been as told for too long', () => {
    expect(judged(check(), machine(), node(['Ready', 'True', 0], ['DiskPressure', 'False', 0]))).toMatchObject({
      healthy: true,
    });
    expect(judged(check(), machine(), node(['Ready', 'False', 60 * minute]))).toMatchObject({ healthy: true });
    expect(judged(check(), machine(), node(['Ready', 'Unknown', 4 * minute]))).toEqual({
      machine: machine(),
      wait: 6 * minute + 1000,
    });
    const pressed = node(['Ready', 'True', 0], ['DiskPressure', 'True', 5 * minute + 1]);
    expect(judged(check(), machine(), pressed).problem).toEqual({
      legacy: {
        reason: 'UnhealthyNode',
        message: 'Condition DiskPressure on node is reporting status True for more than 5m0s',
      },
      fresh: {
        reason: 'UnhealthyNode',
        message: 'Health check failed: Condition DiskPressure on Node is reporting status True for more than 5m0s',
      },
    });
  });

  it('must have its Node in time, counted from the last thing it waited for', () => {
    const young = machine({}, {});
    const late = (one: Machine, now: number, spec: Spec = {}, of?: Cluster) =>
      judged(check(spec), one, undefined, now, of).problem?.legacy.reason;
    expect(judged(check(), young, undefined, 4 * minute).wait).toBe(6 * minute + 1000);
    expect(late(young, 10 * minute)).toBeUndefined();
    expect(late(young, 10 * minute + 1)).toBe('NodeStartupTimeout');
    expect(late(young, 60 * minute, { nodeStartupTimeout: '0s' })).toBeUndefined();
    const provisioned = machine({}, { v1beta2: { conditions: [said('InfrastructureReady', 5 * minute)] } });
    expect(late(provisioned, 12 * minute)).toBeUndefined();
    expect(late(provisioned, 15 * minute + 1)).toBe('NodeStartupTimeout');
    const waiting = cluster({ conditions: [] });
    expect(late(young, 60 * minute, {}, waiting)).toBeUndefined();
    const first = machine({ labels: { ...labels, 'cluster.x-k8s.io/control-plane': '' } }, {});
    expect(late(first, 60 * minute, {}, waiting)).toBe('NodeStartupTimeout');
    expect(late(young, 60 * minute, {}, cluster({ infrastructureReady: false }))).toBeUndefined();
  });

  it('is unwell without its Node, after a failure, and when somebody says so', () => {
    expect(judged(check(), machine()).problem).toEqual({
      legacy: { reason: 'NodeNotFound' },
      fresh: { reason: 'NodeDeleted', message: 'Health check failed: Node n has been deleted' },
    });
    const failed = machine({}, { nodeRef: { name: 'n' }, failureReason: 'CreateError' });
    expect(judged(check(), failed, node()).problem).toEqual({
      legacy: { reason: 'MachineHasFailure', message: 'FailureReason: CreateError' },
    });
    const marked = machine({ annotations: { 'cluster.x-k8s.io/remediate-machine': '' } });
    expect(judged(check(), marked, node()).problem?.fresh).toEqual({
      reason: 'HasRemediateAnnotation',
      message: 'Health check failed: marked for remediation via cluster.x-k8s.io/remediate-machine annotation',
    });
    // One that goes counts as neither.
    expect(judged(check(), machine({ deletionTimestamp: at(0) }), node())).not.toHaveProperty('healthy');
  });

  it('is judged by its own conditions too from v1beta2 on, and no longer by a failure', () => {
    const spec = {
      unhealthyMachineConditions: [
        { type: 'InfrastructureReady', status: 'False', timeout: '5m0s' },
        { type: 'Ready', status: 'Unknown', timeout: '20m0s' },
      ],
    };
    const verdict = (one: Machine, its: Node | undefined, now: number) =>
      judge(check(spec), cluster(), one, its, (when) => start + now - Date.parse(when ?? ''), 'v1beta2');
    const fine = node(['Ready', 'True', 0]);
    const failed = machine({}, { nodeRef: { name: 'n' }, failureReason: 'CreateError' });
    expect(verdict(failed, fine, 0)).toMatchObject({ healthy: true });
    const broken = (nodeRef?: { name: string }) =>
      machine({}, { nodeRef, v1beta2: { conditions: [said('InfrastructureReady', 0, 'False')] } });
    expect(verdict(broken({ name: 'n' }), fine, 2 * minute).wait).toBe(3 * minute + 1000);
    const own = 'Condition InfrastructureReady on Machine is reporting status False for more than 5m0s';
    const why = (one: Machine, its: Node | undefined) => verdict(one, its, 6 * minute).problem;
    const problem = (...lines: string[]) => ({
      legacy: { reason: 'UnhealthyMachine', message: lines.join('; ') },
      fresh: { reason: 'UnhealthyMachine', message: `Health check failed: ${lines.join('; ')}` },
    });
    expect(why(broken({ name: 'n' }), fine)).toEqual(problem(own));
    expect(why(broken(), undefined)).toEqual(problem(own));
    expect(why(broken({ name: 'n' }), undefined)).toEqual(problem('Node n has been deleted', own));
    const silent = 'Condition Ready on Node is reporting status Unknown for more than 10m0s';
    expect(why(broken({ name: 'n' }), node(['Ready', 'Unknown', 20 * minute]))).toEqual(problem(silent, own));
  });

  it('is looked after in its cluster, unless it is paused or to be skipped', () => {
    expect(looksAfter(check(), machine())).toBe(true);
    expect(looksAfter(check({ clusterName: 'edge' }), machine())).toBe(false);
    for (const key of ['paused', 'skip-remediation']) {
      expect(looksAfter(check(), machine({ annotations: { [`cluster.x-k8s.io/${key}`]: '' } }))).toBe(false);
    }
  });
});

describe('what a health check may do', () => {
  const may = (spec: Spec, healthy: number) => {
    const { allowed, left } = allowance(check(spec), 5, healthy, 5 - healthy);
    return allowed ? left : 'nothing';
  };

  it('ends with maxUnhealthy, a number or a share rounded down; all may go where it is not told', () => {
    expect([may({}, 0), may({ maxUnhealthy: 2 }, 4), may({ maxUnhealthy: 2 }, 3), may({ maxUnhealthy: 2 }, 2)]).toEqual(
      [0, 1, 0, 'nothing'],
    );
    expect([may({ maxUnhealthy: '59%' }, 3), may({ maxUnhealthy: '59%' }, 2)]).toEqual([0, 'nothing']);
    expect(allowance(check({ maxUnhealthy: '40%' }), 5, 1, 3).message).toBe(
      'Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy ' +
        '(total: 5, unhealthy: 3, maxUnhealthy: 40%)',
    );
  });

  it('begins and ends with unhealthyRange', () => {
    const range = { unhealthyRange: '[2-3]', maxUnhealthy: 1 };
    expect([may(range, 4), may(range, 3), may(range, 2), may(range, 1)]).toEqual(['nothing', 1, 0, 'nothing']);
  });
});
