/** Cluster API v1beta2 on the wire: what is read and written there keeps its meaning, and nothing of it is lost. */

import { afterEach, describe, expect, it } from 'vitest';
import { type Kind, kinds } from '../../src/simulator/controllers/kinds.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import { wireOf } from '../../src/simulator/controllers/versions/wire.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { recordedObjects } from './recorded.ts';

const wire = wireOf('v1beta2');
const byKind = new Map(Object.values(kinds).map((kind) => [kind.kind, kind as unknown as Kind]));

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

/** What a controller writes into the inner shape must come out where v1beta2 has it. */
function written<T extends KubeObject>(kind: Kind<T>, rest: Omit<T, 'metadata' | 'apiVersion' | 'kind'>) {
  const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'a' }, ...rest };
  return wire.encode(kind as unknown as Kind, object as unknown as KubeObject);
}

describe('the wire of v1beta2', () => {
  it('gives back every recorded object as it was', () => {
    const objects = recordedObjects('v1beta2').filter(({ kind }) => kind !== 'Event');
    expect(objects.length).toBeGreaterThan(1000);
    const lost = new Set<string>();
    for (const object of objects) {
      const kind = byKind.get(object.kind)!;
      const back = wire.encode(kind, wire.decode(kind, object));
      if (JSON.stringify(sorted(back)) !== JSON.stringify(sorted(object))) lost.add(object.kind);
    }
    expect([...lost]).toEqual([]);
  });

  it('puts references, timeouts, orders and limits where v1beta2 has them', () => {
    expect(
      written(kinds.MachineDeployment, {
        spec: {
          clusterName: 'prod',
          replicas: 3,
          rolloutAfter: '2026-11-21T02:00:00Z',
          minReadySeconds: 10,
          progressDeadlineSeconds: 600,
          revisionHistoryLimit: 1,
          selector: { matchLabels: {} },
          strategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: 0, maxUnavailable: 1, deletePolicy: 'Oldest' },
          },
          template: {
            spec: {
              clusterName: 'prod',
              nodeDrainTimeout: '1h5m10s',
              bootstrap: { configRef: { apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1', kind: 'K', name: 'b' } },
              infrastructureRef: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'I', name: 'i' },
            },
          },
        },
      }),
    ).toEqual({
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'MachineDeployment',
      metadata: { name: 'a' },
      spec: {
        clusterName: 'prod',
        replicas: 3,
        rollout: {
          after: '2026-11-21T02:00:00Z',
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        },
        deletion: { order: 'Oldest' },
        selector: { matchLabels: {} },
        template: {
          spec: {
            clusterName: 'prod',
            minReadySeconds: 10,
            deletion: { nodeDrainTimeoutSeconds: 3910 },
            bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'K', name: 'b' } },
            infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'I', name: 'i' },
          },
        },
      },
    });
    expect(
      written(kinds.MachineHealthCheck, {
        spec: {
          clusterName: 'prod',
          selector: {},
          maxUnhealthy: '40%',
          nodeStartupTimeout: '30m0s',
          unhealthyConditions: [{ type: 'Ready', status: 'False', timeout: '10m0s' }],
        },
      })['spec'],
    ).toEqual({
      clusterName: 'prod',
      selector: {},
      checks: {
        nodeStartupTimeoutSeconds: 1800,
        unhealthyNodeConditions: [{ type: 'Ready', status: 'False', timeoutSeconds: 600 }],
      },
      remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%' } },
    });
  });

  it('writes arguments as a list and leaves out what is empty', () => {
    const spec = {
      format: 'cloud-config',
      clusterConfiguration: {
        apiServer: { extraArgs: { profiling: 'false', b: '' }, timeoutForControlPlane: '4m0s' },
        scheduler: {},
        networking: {},
      },
      joinConfiguration: { controlPlane: { localAPIEndpoint: {} }, nodeRegistration: { taints: [] } },
    };
    expect(written(kinds.KubeadmConfig, { spec })['spec']).toEqual({
      clusterConfiguration: {
        apiServer: {
          extraArgs: [
            { name: 'b', value: '' },
            { name: 'profiling', value: 'false' },
          ],
        },
      },
      joinConfiguration: {
        controlPlane: {},
        nodeRegistration: { taints: [] },
        timeouts: { controlPlaneComponentHealthCheckSeconds: 240 },
      },
    });
  });

  it.each([undefined, null, 'text', 7, [], {}])('takes objects whose spec and status are %j', (odd) => {
    for (const kind of byKind.values()) {
      const raw = { apiVersion: 'x', kind: kind.kind, metadata: { name: 'a' }, spec: odd, status: odd };
      expect(() => wire.encode(kind, wire.decode(kind, raw))).not.toThrow();
    }
  });
});

describe('a world of v1beta2', () => {
  it('is at rest from the first moment: the controllers find nothing to write', async () => {
    const writes: string[] = [];
    lab = await openLab({
      clusterApi: 'v1beta2',
      prepare: (runtime) => {
        for (const kind of byKind.values()) {
          if (!/cluster\.x-k8s\.io/.test(kind.apiVersion)) continue;
          runtime.informer(kind).onChange(({ metadata }, change) => {
            if (change !== 'added') writes.push(`${kind.kind}/${metadata.name}`);
          });
        }
      },
    });
    await lab.run(5 * minute);
    expect(lab.errors).toEqual([]);
    expect(writes).toEqual([]);
  });

  it('is served as v1beta2 and lives: a group grows and is upgraded', async () => {
    lab = await openLab({ clusterApi: 'v1beta2' });
    const { runtime, client, management } = lab;
    const group = () => runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
    await client.change(kinds.MachineDeployment, group(), (draft) => {
      draft.spec!.replicas = 5;
      draft.spec!.template!.spec!.version = 'v1.33.7-3';
    });
    const done = () => {
      const { status } = group();
      return status?.updatedReplicas === 5 && status.readyReplicas === 5 && status.replicas === 5;
    };
    await lab.until(done, 90 * minute, 'the upgrade');
    expect(lab.errors).toEqual([]);
    const path = '/apis/cluster.x-k8s.io/v1beta2/namespaces/cpaas-system/machinedeployments/prod-workers';
    const raw = await management.json<{ spec: object; status: object }>({ path });
    expect(raw.spec).toMatchObject({ rollout: { strategy: { rollingUpdate: { maxSurge: 0 } } } });
    expect(raw.status).toMatchObject({ upToDateReplicas: 5, deprecated: { v1beta1: { updatedReplicas: 5 } } });
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
