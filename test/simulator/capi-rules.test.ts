/** Cluster API's arithmetic and choices, rule by rule, without a datacenter around them. */

import { describe, expect, it } from 'vitest';
import { deleteOrder } from '../../src/simulator/controllers/capi/delete-order.ts';
import { emptiest } from '../../src/simulator/controllers/capi/failure-domains.ts';
import { selectForScaleDown } from '../../src/simulator/controllers/capi/kcp-machines.ts';
import {
  firstToRemediate,
  inProgress,
  judgeRemediation,
  remediates,
  remediationFor,
} from '../../src/simulator/controllers/capi/kcp-remediation.ts';
import { setMachineStatus } from '../../src/simulator/controllers/capi/machine-status.ts';
import { setDeploymentStatus } from '../../src/simulator/controllers/capi/machinedeployment-status.ts';
import { preflight } from '../../src/simulator/controllers/capi/preflight.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type {
  Cluster,
  KubeadmControlPlane,
  Machine,
  MachineDeployment,
  MachineSet,
} from '../../src/simulator/controllers/shapes/capi.ts';
import type { Meta } from '../../src/simulator/controllers/shapes/meta.ts';
import { minute, start } from './harness.ts';

const at = (ms: number): string => new Date(start + ms).toISOString();
const well = [
  'APIServerPodHealthy',
  'ControllerManagerPodHealthy',
  'SchedulerPodHealthy',
  'EtcdPodHealthy',
  'EtcdMemberHealthy',
];

function machine(
  name: string,
  meta: Partial<Meta> = {},
  status: Machine['status'] = {},
  spec: Machine['spec'] = {},
): Machine {
  return {
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: { name, creationTimestamp: at(0), ...meta },
    spec: { readinessGates: well.map((conditionType) => ({ conditionType })), ...spec },
    status: {
      nodeRef: { name },
      v1beta2: {
        conditions: well.map((type) => ({ type, status: 'True', reason: 'x', message: '', lastTransitionTime: at(0) })),
      },
      ...status,
    },
  };
}

const names = (list: readonly Machine[]): string[] => list.map(({ metadata }) => metadata.name);

describe('which Machines of a set go first', () => {
  it('deleting, then marked with any value, then unwell, then the lowest name', () => {
    const all = [
      machine('d'),
      machine('c'),
      machine('unwell', {}, { nodeRef: undefined }),
      machine('failed', {}, { failureReason: 'x' }),
      machine('marked', { annotations: { 'cluster.x-k8s.io/delete-machine': 'false' } }),
      machine('z-going', { deletionTimestamp: at(0) }),
    ];
    expect(names(deleteOrder(all, 'Random', start))).toEqual(['z-going', 'marked', 'failed', 'unwell', 'c', 'd']);
    expect(names(deleteOrder(all, undefined, start))).toEqual(names(deleteOrder(all, '', start)));
  });

  it('the oldest or the newest, and by name where they are of an age', () => {
    const day = 24 * 60 * minute;
    const all = [
      machine('b', { creationTimestamp: at(-day) }),
      machine('a', { creationTimestamp: at(-day) }),
      machine('old', { creationTimestamp: at(-9 * day) }),
      machine('new'),
    ];
    expect(names(deleteOrder(all, 'Oldest', start))).toEqual(['old', 'a', 'b', 'new']);
    expect(names(deleteOrder(all, 'Newest', start))).toEqual(['new', 'a', 'b', 'old']);
  });
});

const cluster = (failureDomains?: NonNullable<Cluster['status']>['failureDomains']): Cluster => ({
  apiVersion: kinds.Cluster.apiVersion,
  kind: 'Cluster',
  metadata: { name: 'prod' },
  status: failureDomains ? { failureDomains } : {},
});

describe('which Machine of a control plane goes first', () => {
  const marked = { annotations: { 'cluster.x-k8s.io/delete-machine': '' } };
  const old = machine('old', { creationTimestamp: at(-3 * minute) });
  const middle = machine('middle', { creationTimestamp: at(-2 * minute) });
  const young = machine('young', { creationTimestamp: at(-minute) });
  const pick = (all: Machine[], outdated: string[]) =>
    selectForScaleDown(all, new Set(outdated), cluster())?.metadata.name;

  it('the oldest outdated; a marked one before it, an unwell outdated one too', () => {
    expect(pick([young, middle, old], ['young', 'middle'])).toBe('middle');
    expect(pick([young, middle, old], [])).toBe('old');
    expect(pick([machine('marked', marked), middle, old], ['middle', 'old'])).toBe('marked');
    const unwell = machine('unwell', {}, { v1beta2: { conditions: [] } });
    expect(pick([unwell, middle, old], ['unwell', 'middle', 'old'])).toBe('unwell');
  });

  it('of the fullest failure domain, and the next comes into the emptiest', () => {
    const domains = { a: { controlPlane: true }, b: { controlPlane: true }, w: { controlPlane: false } };
    const of = (name: string, failureDomain: string, age: number) =>
      machine(name, { creationTimestamp: at(-age * minute) }, {}, { failureDomain });
    const all = [of('a1', 'a', 9), of('b1', 'b', 3), of('b2', 'b', 2)];
    expect(selectForScaleDown(all, new Set(), cluster(domains))?.metadata.name).toBe('b1');
    expect(emptiest(cluster(domains), all)).toBe('a');
    expect(emptiest(cluster(), all)).toBeUndefined();
    const stray = [...all, of('s', 'gone', 1)];
    expect(selectForScaleDown(stray, new Set(), cluster(domains))?.metadata.name).toBe('s');
  });
});

const plane = (
  spec: KubeadmControlPlane['spec'] = {},
  status: KubeadmControlPlane['status'] = {},
): KubeadmControlPlane => ({
  apiVersion: kinds.KubeadmControlPlane.apiVersion,
  kind: 'KubeadmControlPlane',
  metadata: { name: 'prod-control-plane', namespace: 'cpaas-system' },
  spec: { version: 'v1.34.5', ...spec },
  status: { version: 'v1.34.5', initialized: true, ...status },
});

describe('preflight checks', () => {
  const set = (version: string, skip?: string): MachineSet => ({
    apiVersion: kinds.MachineSet.apiVersion,
    kind: 'MachineSet',
    metadata: {
      name: 'a',
      annotations: skip ? { 'machineset.cluster.x-k8s.io/skip-preflight-checks': skip } : {},
    },
    spec: { template: { spec: { version, bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: 'b' } } } } },
  });
  const failing = (...given: Parameters<typeof preflight>): string[] =>
    preflight(...given).map((line) => /\("(\w+)" preflight/.exec(line)?.[1] ?? line);

  it('pass for equal minor versions under a stable control plane', () => {
    expect(preflight(set('v1.34.1'), plane())).toEqual([]);
    expect(preflight(set('v1.34.1'), undefined)).toEqual([]);
  });

  it('hold a set back that is ahead, that kubeadm cannot join, that is too far behind', () => {
    expect(failing(set('v1.35.6-acp.1'), plane())).toEqual(['KubernetesVersionSkew', 'KubeadmVersionSkew']);
    expect(failing(set('v1.33.7-2'), plane())).toEqual(['KubeadmVersionSkew']);
    expect(failing(set('v1.30.1'), plane())).toEqual(['KubernetesVersionSkew', 'KubeadmVersionSkew']);
  });

  it('hold every set back while the control plane comes up or is upgraded', () => {
    expect(failing(set('v1.34.5'), plane({}, { version: undefined }))).toEqual(['ControlPlaneIsStable']);
    expect(failing(set('v1.33.7'), plane({}, { version: 'v1.33.7' }))).toEqual([
      'ControlPlaneIsStable',
      'KubeadmVersionSkew',
    ]);
  });

  it('can be skipped, one by one or all', () => {
    expect(preflight(set('v1.33.7-2', 'KubeadmVersionSkew'), plane())).toEqual([]);
    expect(preflight(set('v1.36.0', 'All'), plane())).toEqual([]);
    expect(failing(set('v1.36.0', 'KubeadmVersionSkew'), plane())).toEqual(['KubernetesVersionSkew']);
  });
});

describe('the remediation of a control-plane Machine', () => {
  const now = { at: at(0), since: (when: string) => start - Date.parse(when) };
  const three = () => [machine('a'), machine('b'), machine('c')];
  const remembered = (retryCount: number, ago: number) => ({
    annotations: { [remediationFor]: JSON.stringify({ machine: 'z', timestamp: at(-ago), retryCount }) },
  });
  const why = (...given: Parameters<typeof judgeRemediation>): string => {
    const verdict = judgeRemediation(...given);
    return 'refused' in verdict
      ? `${verdict.refused.reason}: ${verdict.refused.fresh}`
      : `try ${verdict.remediation.retryCount}`;
  };

  it('goes ahead where the others keep the quorum, and waits where they would not', () => {
    const [a, b, c] = three() as [Machine, Machine, Machine];
    expect(why(plane(), [a, b, c], a, now)).toBe('try 0');
    const unwell = machine('b', {}, { v1beta2: { conditions: [] } });
    expect(why(plane(), [a, unwell, c], a, now)).toMatch(/etcd loosing quorum/);
    expect(why(plane(), [a, unwell, c], unwell, now)).toBe('try 0');
    expect(why(plane(), [a], a, now)).toMatch(/^CannotBeRemediated: .*replicas are less or equal to 1/);
    const going = machine('b', { deletionTimestamp: at(0) });
    expect(why(plane(), [a, going, c], a, now)).toMatch(/^RemediationDeferred: .*waiting for .* Machine deletion/);
    const coming = machine('b', {}, { nodeRef: undefined });
    expect(why(plane(), [a, coming, c], a, now)).toMatch(/^RemediationDeferred: .*waiting for .* Machine provisioning/);
    const failed = { conditions: [{ type: 'HealthCheckSucceeded', status: 'False', lastTransitionTime: at(0) }] };
    const all = ['a', 'b', 'c'].map((name) => machine(name, {}, failed));
    expect(why(plane(), all, all[0]!, now)).toMatch(/^CannotBeRemediated: .*no healthy Machine to forward etcd/);
  });

  it('takes the one that never came up first, then the oldest; and one after the other', () => {
    const [young, old] = [machine('a', { creationTimestamp: at(minute) }), machine('b')];
    expect(firstToRemediate([young, old])).toBe(old);
    const lost = machine('c', { creationTimestamp: at(2 * minute) }, { nodeRef: undefined });
    expect(firstToRemediate([young, old, lost])).toBe(lost);
    const busy = plane();
    busy.metadata.annotations = { [inProgress]: JSON.stringify({ machine: 'z', timestamp: at(0), retryCount: 0 }) };
    expect([remediates(plane(), [old]), remediates(busy, [old]), remediates(busy, [old, young])]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('counts tries, no more than maxRetry, not before retryPeriod, anew after minHealthyPeriod', () => {
    const remediationStrategy = { maxRetry: 2, retryPeriod: '10m0s', minHealthyPeriod: '2h0m0s' };
    const limited = plane({ remediationStrategy });
    const tried = (count: number, ago: number) => {
      const ill = machine('a', remembered(count, ago));
      return why(limited, [ill, machine('b'), machine('c')], ill, now);
    };
    expect(tried(0, 20 * minute)).toBe('try 1');
    expect(tried(0, 5 * minute)).toMatch(/^RemediationDeferred: .*failed in the latest 10m0s \(RetryPeriod\)/);
    expect(tried(2, 20 * minute)).toMatch(/failed 2 times \(MaxRetry\)/);
    expect(tried(2, 180 * minute)).toBe('try 0');
  });
});

describe('a MachineDeployment with too few Machines', () => {
  it('warns of it, and says how many it needs', () => {
    const group: MachineDeployment = {
      apiVersion: kinds.MachineDeployment.apiVersion,
      kind: 'MachineDeployment',
      metadata: { name: 'workers', generation: 1 },
      spec: { replicas: 3, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
    };
    const set = (availableReplicas: number): MachineSet => ({
      apiVersion: kinds.MachineSet.apiVersion,
      kind: 'MachineSet',
      metadata: { name: 'workers-a' },
      spec: { replicas: 3 },
      status: { replicas: 3, readyReplicas: availableReplicas, availableReplicas },
    });
    const said = (available: number) => {
      const draft = structuredClone(group);
      setDeploymentStatus(draft, [set(available)], set(available), [], at(0));
      const { conditions, unavailableReplicas } = draft.status!;
      return { ready: conditions!.find(({ type }) => type === 'Available'), unavailableReplicas };
    };
    expect(said(1)).toMatchObject({
      ready: {
        status: 'False',
        severity: 'Warning',
        reason: 'WaitingForAvailableMachines',
        message: 'Minimum availability requires 2 replicas, current 1 available',
      },
      unavailableReplicas: 2,
    });
    expect(said(2)).toMatchObject({ ready: { status: 'True' }, unavailableReplicas: 1 });
  });
});

it('a Machine whose infrastructure is there is Provisioned until it has its Node', () => {
  const draft = machine('m', {}, { nodeRef: undefined });
  const infra = { apiVersion: '', kind: 'BaremetalMachine', metadata: { name: 'm' }, status: { ready: true } };
  setMachineStatus(draft, { infra, config: undefined, node: undefined }, at(0));
  expect(draft.status).toMatchObject({ phase: 'Provisioned', lastUpdated: at(0), infrastructureReady: true });
});
