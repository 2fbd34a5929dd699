import { describe, expect, it } from 'vitest';
import { projectedAs } from './fixtures.ts';

describe('Cluster API in two versions', () => {
  it('gives one MachineDeployment', () => {
    const ref = { kind: 'BaremetalMachineTemplate', name: 't' };
    const v1beta1 = projectedAs('deployment', {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      metadata: { name: 'd', uid: 'u', generation: 3 },
      spec: {
        clusterName: 'c',
        replicas: 3,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: 0, maxUnavailable: '25%', deletePolicy: 'Oldest' },
        },
        template: {
          spec: { version: 'v1', infrastructureRef: ref, bootstrap: { configRef: { kind: 'K', name: 'b' } } },
        },
      },
      status: {
        observedGeneration: 3,
        replicas: 3,
        updatedReplicas: 2,
        readyReplicas: 1,
        availableReplicas: 1,
        unavailableReplicas: 2,
        phase: 'ScalingUp',
      },
    });
    const v1beta2 = projectedAs('deployment', {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      metadata: { name: 'd', uid: 'u', generation: 3 },
      spec: {
        clusterName: 'c',
        replicas: 3,
        rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '25%' } } },
        deletion: { order: 'Oldest' },
        template: {
          spec: { version: 'v1', infrastructureRef: ref, bootstrap: { configRef: { kind: 'K', name: 'b' } } },
        },
      },
      status: {
        observedGeneration: 3,
        replicas: 3,
        upToDateReplicas: 2,
        readyReplicas: 1,
        availableReplicas: 1,
        phase: 'ScalingUp',
        deprecated: { v1beta1: { updatedReplicas: 9 } },
      },
    });
    expect(v1beta2).toEqual(v1beta1);
    expect(v1beta1).toMatchObject({
      replicas: { desired: 3, current: 3, upToDate: 2, ready: 1, available: 1 },
      rollout: { type: 'RollingUpdate', maxSurge: '0', maxUnavailable: '25%' },
      deletePolicy: 'Oldest',
      infraTemplate: { apiKind: 'BaremetalMachineTemplate', name: 't' },
      bootstrapTemplate: { apiKind: 'K', name: 'b' },
    });
  });

  it('gives one KubeadmControlPlane', () => {
    const v1beta1 = projectedAs('controlPlane', {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
      metadata: { name: 'k', uid: 'u', labels: { 'cluster.x-k8s.io/cluster-name': 'c' } },
      spec: {
        replicas: 3,
        version: 'v2',
        rolloutStrategy: { rollingUpdate: { maxSurge: 1 } },
        machineTemplate: { infrastructureRef: { kind: 'T', name: 't' } },
      },
      status: {
        replicas: 3,
        updatedReplicas: 1,
        readyReplicas: 2,
        unavailableReplicas: 1,
        initialized: true,
        version: 'v1',
      },
    });
    const v1beta2 = projectedAs('controlPlane', {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2',
      metadata: { name: 'k', uid: 'u', labels: { 'cluster.x-k8s.io/cluster-name': 'c' } },
      spec: {
        replicas: 3,
        version: 'v2',
        rollout: { strategy: { rollingUpdate: { maxSurge: 1 } } },
        machineTemplate: { spec: { infrastructureRef: { kind: 'T', name: 't' } } },
      },
      status: {
        replicas: 3,
        upToDateReplicas: 1,
        readyReplicas: 2,
        availableReplicas: 2,
        initialization: { controlPlaneInitialized: true },
        version: 'v1',
      },
    });
    expect(v1beta2).toEqual(v1beta1);
    expect(v1beta1).toMatchObject({
      clusterName: 'c',
      replicas: { upToDate: 1, ready: 2, available: 2 },
      version: 'v2',
      statusVersion: 'v1',
      initialized: true,
    });
  });

  it('gives one Machine and one Cluster', () => {
    const meta = { name: 'm', uid: 'u' };
    expect(
      projectedAs('machine', {
        apiVersion: 'cluster.x-k8s.io/v1beta2',
        metadata: meta,
        spec: { infrastructureRef: { apiGroup: 'x', kind: 'BaremetalMachine', name: 'b' } },
        status: {
          nodeRef: { name: 'n' },
          initialization: { bootstrapDataSecretCreated: true, infrastructureProvisioned: false },
          deprecated: { v1beta1: { failureReason: 'Broken' } },
        },
      }),
    ).toEqual(
      projectedAs('machine', {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        metadata: meta,
        spec: { infrastructureRef: { apiVersion: 'x/v1', kind: 'BaremetalMachine', name: 'b' } },
        status: {
          nodeRef: { kind: 'Node', name: 'n' },
          bootstrapReady: true,
          infrastructureReady: false,
          failureReason: 'Broken',
        },
      }),
    );
    expect(
      projectedAs('cluster', {
        apiVersion: 'cluster.x-k8s.io/v1beta2',
        metadata: meta,
        spec: { paused: true, controlPlaneEndpoint: { host: 'h', port: 1 } },
        status: { initialization: { infrastructureProvisioned: true, controlPlaneInitialized: false } },
      }),
    ).toEqual(
      projectedAs('cluster', {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        metadata: meta,
        spec: { paused: true, controlPlaneEndpoint: { host: 'h', port: 1 } },
        status: { infrastructureReady: true, controlPlaneReady: false },
      }),
    );
  });

  it('never makes a zero of an absent figure', () => {
    for (const version of ['v1beta1', 'v1beta2']) {
      const made = projectedAs('machineSet', {
        apiVersion: `cluster.x-k8s.io/${version}`,
        metadata: { name: 's', uid: 'u' },
        spec: {},
        status: {},
      });
      expect(made.replicas).toEqual({
        desired: undefined,
        current: undefined,
        upToDate: undefined,
        ready: undefined,
        available: undefined,
      });
    }
  });

  it('reads both limits of a MachineHealthCheck', () => {
    const meta = { name: 'h', uid: 'u' };
    expect(
      projectedAs('healthCheck', {
        apiVersion: 'x/v1beta1',
        metadata: meta,
        spec: { maxUnhealthy: '40%', unhealthyRange: '[1-2]' },
      }),
    ).toMatchObject({ maxUnhealthy: '40%', unhealthyRange: '[1-2]' });
    expect(
      projectedAs('healthCheck', {
        apiVersion: 'x/v1beta2',
        metadata: meta,
        spec: { remediation: { triggerIf: { unhealthyLessThanOrEqualTo: 1, unhealthyInRange: '[1-2]' } } },
      }),
    ).toMatchObject({ maxUnhealthy: '1', unhealthyRange: '[1-2]' });
  });
});
