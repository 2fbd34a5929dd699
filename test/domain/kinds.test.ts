import { describe, expect, it } from 'vitest';
import { API_KIND, KINDS, kindOfApi } from '../../src/domain/kinds.ts';
import { KINDS_TABLE, pathOf } from '../../src/kube/kinds.ts';

describe('the table of watched kinds', () => {
  it.each([
    ['host', 'v1beta1', '/apis/elemental.cattle.io/v1beta1/namespaces/cpaas-system/machineinventories'],
    ['pool', 'v1beta1', '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools'],
    ['machine', 'v1beta2', '/apis/cluster.x-k8s.io/v1beta2/namespaces/cpaas-system/machines'],
    [
      'controlPlane',
      'v1beta1',
      '/apis/controlplane.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/kubeadmcontrolplanes',
    ],
    ['plan', 'v1', '/api/v1/namespaces/cpaas-system/secrets'],
    ['catalog', 'v1', '/api/v1/namespaces/cpaas-system/configmaps'],
  ] as const)('%s in %s is served at %s', (kind, version, path) => {
    expect(pathOf(kind, version, 'cpaas-system')).toBe(path);
    expect(pathOf(kind, version, 'cpaas-system', 'a b')).toBe(`${path}/a%20b`);
  });

  it('prefers v1beta2 of Cluster API alone, and never asks for the contents of secrets', () => {
    const preferring = KINDS.filter((kind) => KINDS_TABLE[kind].versions[0] === 'v1beta2');
    expect(preferring).toEqual([
      'machine',
      'machineSet',
      'deployment',
      'controlPlane',
      'cluster',
      'bootstrapTemplate',
      'healthCheck',
    ]);
    for (const kind of preferring) expect(KINDS_TABLE[kind].versions).toEqual(['v1beta2', 'v1beta1']);
    expect(KINDS_TABLE.plan).toMatchObject({ metadataOnly: true, fieldSelector: 'type=elemental.cattle.io/plan' });
    expect(KINDS_TABLE.catalog.fieldSelector).toBe('metadata.name=elemental-image-catalog');
    expect(KINDS_TABLE.event.keep).toBe(1_000);
    expect(KINDS_TABLE.event.fieldSelector).toBeUndefined();
  });

  it('projects every kind into an object of that kind', () => {
    for (const kind of KINDS) {
      const raw = { apiVersion: 'x/v1', kind: API_KIND[kind], metadata: { name: 'n', uid: 'u' } };
      expect(KINDS_TABLE[kind].project(raw)).toMatchObject({
        kind,
        name: 'n',
        uid: 'u',
        namespace: '',
        labels: {},
        owners: [],
      });
      expect(KINDS_TABLE[kind].project({ metadata: { name: 'n' } })).toBeUndefined();
      expect(KINDS_TABLE[kind].project({ metadata: { uid: 'u' } })).toBeUndefined();
      expect(kindOfApi(API_KIND[kind])).toBe(kind);
    }
  });
});
