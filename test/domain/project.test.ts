import { describe, expect, it } from 'vitest';
import * as raw from './fixtures.ts';

const { projectedAs, condition, at, T0 } = raw;

describe('what every object keeps', () => {
  const made = projectedAs('machine', {
    metadata: {
      name: 'm1',
      namespace: 'cpaas-system',
      uid: 'u1',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: at(1),
      deletionTimestamp: at(2),
      labels: { a: 'b', empty: '' },
      annotations: {
        'cluster.x-k8s.io/delete-machine': 'false',
        'pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup': '',
        'controlplane.cluster.x-k8s.io/kubeadm-cluster-configuration': '{"huge":true}',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
      managedFields: [{ manager: 'x' }],
      finalizers: ['machine.cluster.x-k8s.io'],
      ownerReferences: [{ kind: 'MachineSet', name: 's', uid: 'su', controller: true }, { kind: 'Broken' }],
    },
  });

  it('is its names, times, labels, owners and the annotations metaldeck uses', () => {
    expect(made).toMatchObject({
      kind: 'machine',
      uid: 'u1',
      name: 'm1',
      namespace: 'cpaas-system',
      resourceVersion: '7',
      generation: 2,
      created: T0 + 1000,
      deleting: T0 + 2000,
      owners: [{ apiKind: 'MachineSet', name: 's', uid: 'su', controller: true }],
      finalizers: ['machine.cluster.x-k8s.io'],
      deleteMark: true,
      machineSet: 's',
    });
    expect({ ...made.labels }).toEqual({ a: 'b', empty: '' });
    expect(Object.keys(made.annotations)).toEqual([
      'cluster.x-k8s.io/delete-machine',
      'pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup',
    ]);
    expect(JSON.stringify(made)).not.toMatch(/huge|manager/);
  });
});

describe('conditions', () => {
  it('of both generations are kept, the served one first, equal in copies', () => {
    const v1beta1 = projectedAs('machine', {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      metadata: { name: 'm', uid: 'u' },
      status: {
        conditions: [condition('Ready', 'False', 'Draining', { severity: 'Info', message: 'x\ny' })],
        v1beta2: { conditions: [condition('Ready', 'False', 'NotReady'), { type: 'Deleting', status: 'True' }] },
      },
    });
    expect(v1beta1.conditions).toEqual([
      {
        type: 'Ready',
        status: 'False',
        reason: 'Draining',
        severity: 'Info',
        message: 'x\ny',
        since: T0,
        generation: 'v1beta1',
      },
      { type: 'Ready', status: 'False', reason: 'NotReady', since: T0, generation: 'v1beta2' },
      { type: 'Deleting', status: 'True', generation: 'v1beta2' },
    ]);
    expect({ ...v1beta1 }.conditions).toEqual(v1beta1.conditions);
    expect(JSON.parse(JSON.stringify(v1beta1)).conditions).toHaveLength(3);

    const v1beta2 = projectedAs('machine', {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      metadata: { name: 'm', uid: 'u' },
      status: {
        conditions: [condition('Ready', 'True', 'Ready')],
        deprecated: { v1beta1: { conditions: [condition('Ready', 'True')] } },
      },
    });
    expect(v1beta2.conditions.map(({ generation }) => generation)).toEqual(['v1beta2', 'v1beta1']);
  });

  it('without a type are none, without a status Unknown', () => {
    const made = projectedAs('pool', {
      metadata: { name: 'p', uid: 'u' },
      status: { conditions: [{ status: 'True' }, { type: 'Ready' }, null, 'x'] },
    });
    expect(made.conditions).toEqual([{ type: 'Ready', status: 'Unknown', generation: 'plain' }]);
  });
});

describe('the provider’s and Elemental’s kinds', () => {
  it('read a host', () => {
    const made = projectedAs('host', {
      metadata: {
        name: 'h',
        uid: 'u',
        labels: { 'elemental.cattle.io/serial-number': 'SN1' },
        annotations: {
          'baremetal.alauda.io/pool': 'p',
          'baremetal.alauda.io/allocation-state': 'Allocated',
          'baremetal.alauda.io/owner-cluster': 'c',
          'baremetal.alauda.io/owner-machine': 'm',
          'baremetal.alauda.io/owner-baremetalmachine': 'b',
          'elemental.cattle.io/machine-uuid': 'uuid',
          'elemental.cattle.io/registration-ip': '10.0.0.1',
          'elemental.cattle.io/os.name': 'Alauda OS',
          'elemental.cattle.io/os.version': '4.2',
        },
      },
      spec: {
        observedNetwork: {
          interfaces: [
            { name: 'lo', addresses: ['127.0.0.1/8'] },
            { name: 'eth0', mac: 'aa:bb', addresses: ['10.0.0.1/24', 'fe80::1/64', 'fd00::1/64'] },
            { mac: 'no name' },
          ],
        },
      },
      status: {
        plan: { state: 'Applied', checksum: 'x', secretRef: { name: 'h' } },
        storage: { phase: 'Prepared', operation: { type: 'Prepare', phase: 'Failed', mutationState: 'Unknown' } },
        observedStorage: { bootID: 'boot', observedAt: at(5), devices: [{ id: 'huge' }] },
        conditions: [condition('Ready', 'True')],
      },
    });
    expect(made).toMatchObject({
      planSecret: 'h',
      reportedPlanState: 'Applied',
      reportedPlanChecksum: 'x',
      allocation: 'Allocated',
      poolAnnotation: 'p',
      ownerCluster: 'c',
      ownerMachine: 'm',
      ownerBaremetalMachine: 'b',
      machineUuid: 'uuid',
      serial: 'SN1',
      os: 'Alauda OS 4.2',
      registrationIp: '10.0.0.1',
      addresses: ['10.0.0.1', 'fd00::1'],
      interfaces: [{ name: 'lo' }, { name: 'eth0', mac: 'aa:bb' }],
      storagePhase: 'Prepared',
      storageOperation: { type: 'Prepare', phase: 'Failed', mutationState: 'Unknown' },
      bootId: 'boot',
      storageObservedAt: T0 + 5000,
    });
    expect(JSON.stringify(made)).not.toContain('huge');
  });

  it('find a BaremetalMachine’s inventory in its provider ID too', () => {
    expect(
      projectedAs('baremetalMachine', { metadata: { name: 'b', uid: 'u' }, spec: { providerID: 'baremetal:///h1' } })
        .inventory,
    ).toBe('h1');
    expect(
      projectedAs('baremetalMachine', { metadata: { name: 'b', uid: 'u' }, spec: { providerID: 'aws:///h1' } })
        .inventory,
    ).toBeUndefined();
    expect(
      projectedAs('baremetalMachine', {
        metadata: { name: 'b', uid: 'u' },
        spec: { providerID: 'baremetal:///old' },
        status: { machineInventoryRef: { name: 'h2' } },
      }).inventory,
    ).toBe('h2');
  });

  it('keep a pool’s members in order and its absent figures absent', () => {
    const made = projectedAs('pool', {
      metadata: { name: 'p', uid: 'u' },
      spec: { clusterName: 'c', machineInventories: [{ name: 'b', hostname: 'node-b' }, { name: 'a' }, 'c', {}, 7] },
      status: { total: 3, available: 0 },
    });
    expect(made.members).toEqual([{ name: 'b', hostname: 'node-b' }, { name: 'a' }, { name: 'c' }]);
    expect(made.reported).toEqual({ total: 3, available: 0 });
    expect(projectedAs('pool', { metadata: { name: 'p', uid: 'u' } }).reported).toBeUndefined();
  });

  it('keep the URLs of registrations and seed images whole', () => {
    const url = `https://h.example/elemental/registration/${'t'.repeat(600)}`;
    expect(
      projectedAs('registration', { metadata: { name: 'r', uid: 'u' }, status: { registrationURL: url } }).url,
    ).toBe(url);
    expect(
      projectedAs('seedImage', { metadata: { name: 's', uid: 'u' }, status: { downloadURL: url } }).downloadUrl,
    ).toBe(url);
  });

  it('read the catalog, and events of both ways to tell a time', () => {
    expect({
      ...projectedAs('catalog', {
        metadata: { name: 'c', uid: 'u' },
        data: { 'v1.33.7-2': 'registry/image:1', bad: 7 },
      }).images,
    }).toEqual({ 'v1.33.7-2': 'registry/image:1' });
    const about = { kind: 'Machine', name: 'm', uid: 'mu' };
    expect(
      projectedAs('event', {
        metadata: { name: 'e', uid: 'u' },
        involvedObject: about,
        firstTimestamp: at(1),
        lastTimestamp: at(2),
        count: 4,
        type: 'Warning',
      }),
    ).toMatchObject({
      about: { apiKind: 'Machine', name: 'm', uid: 'mu' },
      occurrences: 4,
      firstSeen: T0 + 1000,
      lastSeen: T0 + 2000,
    });
    expect(
      projectedAs('event', {
        metadata: { name: 'e', uid: 'u' },
        eventTime: '2026-11-21T01:00:03.123456Z',
        series: { count: 9, lastObservedTime: at(9) },
      }),
    ).toMatchObject({
      occurrences: 9,
      firstSeen: T0 + 3123,
      lastSeen: T0 + 9000,
    });
  });

  it('do not believe an Event that it was seen after it was written, unless it came again', () => {
    const written = { metadata: { name: 'e', uid: 'u', creationTimestamp: at(5) }, lastTimestamp: at(3_600) };
    expect(projectedAs('event', { ...written, firstTimestamp: at(3_600), count: 1 })).toMatchObject({
      firstSeen: T0 + 5_000,
      lastSeen: T0 + 5_000,
    });
    expect(projectedAs('event', { ...written, firstTimestamp: at(4), count: 2 })).toMatchObject({
      firstSeen: T0 + 4_000,
      lastSeen: T0 + 3_600_000,
    });
    expect(
      projectedAs('event', { ...written, lastTimestamp: null, eventTime: '2026-11-21T01:00:05.900000Z' }),
    ).toMatchObject({ lastSeen: T0 + 5_900 });
  });

  it('take both types of a plan from its Secret’s metadata, and nothing of its data', () => {
    const made = projectedAs('plan', { ...raw.plan('h', 'clean'), data: { plan: 'c2VjcmV0' } });
    expect(made).toMatchObject({ planType: 'clean', elementalType: 'empty' });
    expect(JSON.stringify(made)).not.toContain('c2VjcmV0');
  });
});
