import { describe, expect, it } from 'vitest';
import type { KubeError } from '../../src/kube/types.ts';
import { Client, CONTENT, type Connection, type Item, refused } from './client.ts';

/**
 * What a refusal says, field by field, sorted: the real server finds fields in no order, old ones name no indexes, and
 * they say "Invalid value" of a text that is too long and of a list that has too many items.
 */
function said(error: KubeError): string[] {
  const { causes = [] } =
    (error.status as { details?: { causes?: { field: string; message: string }[] } }).details ?? {};
  return causes
    .map(({ field, message }) => `${field}: ${message}`.replace(/\[\d+\](?=[:. ])/g, ''))
    .map((line) => line.replace(/^(.*): Invalid value: .*should be at most (\d+) chars long$/, '$1: too long for $2'))
    .map((line) => line.replace(/^(.*): Too long: may not be more than (\d+) bytes$/, '$1: too long for $2'))
    .map((line) => line.replace(/^(.*): Invalid value: .*should have at most (\d+) items$/, '$1: too many for $2'))
    .map((line) => line.replace(/^(.*): Too many: \d+: must have at most (\d+) items$/, '$1: too many for $2'))
    .sort();
}

const ELEMENTAL = 'elemental.cattle.io/v1beta1';
const INFRASTRUCTURE = 'infrastructure.cluster.x-k8s.io/v1beta1';

export function schemaContract(connection: () => Connection): void {
  const create = (apiVersion: string, kind: string, plural: string, spec: unknown, query = {}): Promise<Item> => {
    const client = new Client(connection());
    const path = `/apis/${apiVersion}/namespaces/${connection().namespace}/${plural}`;
    const metadata = { name: `${client.id}-a` };
    return client.json<Item>({ method: 'POST', path, body: { apiVersion, kind, metadata, spec }, query });
  };
  const capi = (kind: string, plural: string, spec: unknown) =>
    create(`cluster.x-k8s.io/${connection().clusterApi}`, kind, plural, spec);
  const inventory = (spec: unknown) => create(ELEMENTAL, 'MachineInventory', 'machineinventories', spec);
  const invalid = async (request: Promise<unknown>) => said(await refused(request, 422, 'Invalid'));

  describe('pruning', () => {
    it('drops fields that the schema does not know, wherever they are', async () => {
      const made = await create(INFRASTRUCTURE, 'BaremetalCluster', 'baremetalclusters', {
        networkType: 'kube-ovn',
        unknown: 1,
        controlPlaneLoadBalancer: { host: 'h', port: 6443, unknown: { deep: true } },
      });
      expect(made.spec).toEqual({
        networkType: 'kube-ovn',
        controlPlaneLoadBalancer: { host: 'h', port: 6443, type: 'Internal' },
      });
    });

    it('drops fields beside spec and status, and of a status', async () => {
      const client = new Client(connection());
      const body = { ...client.pool('a'), unknown: { a: 1 } };
      expect(
        await client.json({ method: 'POST', path: client.path('machineinventorypools'), body }),
      ).not.toHaveProperty('unknown');
      const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
      const status = { total: 1, unknown: 2 };
      const reported = await client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: { status } });
      expect(reported.status).toEqual({ total: 1 });
    });

    it('keeps everything where the schema says so', async () => {
      const config = { a: 1, b: null, c: [{ d: null }] };
      const made = await inventory({ network: { config } });
      expect(made.spec).toEqual({ network: { config, configurator: 'none' } });
    });

    it('drops nulls of fields that may not be null, and of maps', async () => {
      const made = await create(INFRASTRUCTURE, 'BaremetalCluster', 'baremetalclusters', {
        networkType: null,
        controlPlaneEndpoint: null,
      });
      expect(made.spec).toEqual({});
      const registration = await create(ELEMENTAL, 'MachineRegistration', 'machineregistrations', {
        machineInventoryLabels: { a: 'b', c: null },
      });
      expect(registration.spec).toEqual({ machineInventoryLabels: { a: 'b' } });
    });
  });

  describe('defaults', () => {
    it('are filled in where their parent is, and into each other', async () => {
      const none = await create(ELEMENTAL, 'MachineRegistration', 'machineregistrations', {});
      expect(none.spec).toEqual({});
      const some = await create(ELEMENTAL, 'MachineRegistration', 'machineregistrations', {
        config: {
          elemental: { install: { snapshotter: { maxSnaps: 5 } }, registration: {}, reset: null },
          network: {},
        },
      });
      expect(some.spec).toEqual({
        config: {
          elemental: {
            install: { snapshotter: { maxSnaps: 5, type: 'loopdevice' } },
            registration: { auth: 'tpm' },
            reset: { reboot: true, 'reset-oem': true, 'reset-persistent': true },
          },
          network: { configurator: 'none' },
        },
      });
      const { spec } = await create(ELEMENTAL, 'SeedImage', 'seedimages', { registrationRef: {}, size: null });
      expect(spec).toEqual({ registrationRef: {}, type: 'iso', size: 6442450944, cleanupAfterMinutes: 60 });
    });

    it('come before validation', async () => {
      const volumes = [
        {
          name: 'a',
          filesystem: { type: 'xfs', policy: 'Adopt' },
          mount: { path: '/a' },
          source: { deviceID: 'wwn-1', multipath: {} },
        },
      ];
      const { spec } = await inventory({ storage: { volumes } });
      expect(spec).toEqual({
        storage: {
          retryNonce: 0,
          volumes: [
            {
              name: 'a',
              filesystem: { type: 'xfs', policy: 'Adopt' },
              mount: { path: '/a', required: true },
              source: { deviceID: 'wwn-1', multipath: { minimumActivePaths: 1 } },
            },
          ],
        },
      });
    });
  });

  describe('validation', () => {
    it('says what is wrong with types, bounds, choices and formats, word for word', async () => {
      const wrong = create(INFRASTRUCTURE, 'BaremetalCluster', 'baremetalclusters', {
        controlPlaneEndpoint: { host: '', port: 1.5 },
        controlPlaneLoadBalancer: { host: 5, port: 70000, type: 'Nope', vrid: -1 },
      });
      expect(await invalid(wrong)).toEqual([
        'spec.controlPlaneEndpoint.host: Invalid value: "": spec.controlPlaneEndpoint.host in body should be at least 1 chars long',
        'spec.controlPlaneEndpoint.port: Invalid value: "number": spec.controlPlaneEndpoint.port in body must be of type integer: "number"',
        'spec.controlPlaneLoadBalancer.host: Invalid value: "integer": spec.controlPlaneLoadBalancer.host in body must be of type string: "integer"',
        'spec.controlPlaneLoadBalancer.port: Invalid value: 70000: spec.controlPlaneLoadBalancer.port in body should be less than or equal to 65535',
        'spec.controlPlaneLoadBalancer.type: Unsupported value: "Nope": supported values: "Internal", "External"',
        'spec.controlPlaneLoadBalancer.vrid: Invalid value: -1: spec.controlPlaneLoadBalancer.vrid in body should be greater than or equal to 0',
      ]);
      expect(await invalid(create(INFRASTRUCTURE, 'BaremetalCluster', 'baremetalclusters', 'x'))).toEqual([
        'spec: Invalid value: "string": spec in body must be of type object: "string"',
      ]);
    });

    it('says what is wrong with lists', async () => {
      const pool = create(INFRASTRUCTURE, 'MachineInventoryPool', 'machineinventorypools', {
        clusterName: 'a',
        machineInventories: [{ name: '' }, null, 7, {}],
      });
      expect(await invalid(pool)).toEqual([
        'spec.machineInventories.name: Invalid value: "": spec.machineInventories.name in body should be at least 1 chars long',
        'spec.machineInventories.name: Required value',
        'spec.machineInventories: Invalid value: "integer": spec.machineInventories in body must be of type object: "integer"',
        'spec.machineInventories: Invalid value: "null": spec.machineInventories in body must be of type object: "null"',
      ]);
      const volume = {
        filesystem: { type: 'xfs', policy: 'Adopt' },
        mount: { path: '/a' },
        source: { deviceID: 'wwn-1' },
      };
      const volumes = [
        { ...volume, name: 'a', mount: { path: '/', options: Array.from({ length: 17 }, () => 'x') } },
        { ...volume, name: 'a', source: { deviceID: 'wwn-1', minimumSize: 'x y' } },
      ];
      expect(await invalid(inventory({ storage: { volumes } }))).toEqual([
        'spec.storage.volumes.mount.options: too many for 16',
        'spec.storage.volumes.mount.path: Invalid value: "/": spec.storage.volumes.mount.path in body should be at least 2 chars long',
        `spec.storage.volumes.source.minimumSize: Invalid value: "x y": spec.storage.volumes.source.minimumSize in body should match '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$'`,
        'spec.storage.volumes: Duplicate value: map[string]interface {}{"name":"a"}',
      ]);
    });

    it('says what is wrong with a number or text, and with a pattern', async () => {
      const image = create(ELEMENTAL, 'SeedImage', 'seedimages', {
        registrationRef: {},
        size: true,
        targetPlatform: 'noslash',
        cleanupAfterMinutes: '5',
      });
      expect(await invalid(image)).toEqual([
        '<nil>: Invalid value: "": "spec.size" must validate at least one schema (anyOf)',
        'spec.cleanupAfterMinutes: Invalid value: "string": spec.cleanupAfterMinutes in body must be of type integer: "string"',
        'spec.size: Invalid value: "boolean": spec.size in body must be of type integer,string: "boolean"',
        'spec.size: Invalid value: "boolean": spec.size in body must be of type integer: "boolean"',
        'spec.targetPlatform: Invalid value: "noslash": spec.targetPlatform in body should match \'^$|^\\S+\\/\\S+$\'',
      ]);
    });

    it('judges Cluster API’s kinds', async () => {
      const group = { clusterName: 'c'.repeat(64), selector: { matchLabels: { a: 1 } } };
      expect(await invalid(capi('MachineHealthCheck', 'machinehealthchecks', group))).toEqual([
        'spec.clusterName: too long for 63',
        'spec.selector.matchLabels.a: Invalid value: "integer": spec.selector.matchLabels.a in body must be of type string: "integer"',
      ]);
      const { clusterApi } = connection();
      const path = `/apis/controlplane.cluster.x-k8s.io/${clusterApi}/namespaces/${connection().namespace}/kubeadmcontrolplanes`;
      const kind = 'KubeadmControlPlane';
      const apiVersion = `controlplane.cluster.x-k8s.io/${clusterApi}`;
      const body = {
        ...{ apiVersion, kind, metadata: { name: 'x' } },
        spec: { version: '', kubeadmConfigSpec: { files: [{ content: 'a', encoding: 'rot13' }], verbosity: 'loud' } },
      };
      const error = await refused(new Client(connection()).json({ method: 'POST', path, body }), 422, 'Invalid');
      expect(said(error)).toEqual([
        'spec.kubeadmConfigSpec.files.encoding: Unsupported value: "rot13": supported values: "base64", "gzip", "gzip+base64"',
        'spec.kubeadmConfigSpec.files.path: Required value',
        'spec.kubeadmConfigSpec.verbosity: Invalid value: "string": spec.kubeadmConfigSpec.verbosity in body must be of type integer: "string"',
        'spec.machineTemplate: Required value',
        'spec.version: Invalid value: "": spec.version in body should be at least 1 chars long',
      ]);
      expect(error.message).toMatch(new RegExp(`^${kind}\\.controlplane\\.cluster\\.x-k8s\\.io "x" is invalid: \\[`));
    });

    it('wants nothing empty in v1beta2, and a time to be one', async () => {
      const { clusterApi } = connection();
      const isNew = clusterApi === 'v1beta2';
      const spec = isNew
        ? { clusterNetwork: {}, availabilityGates: [] }
        : { topology: { class: 'c', version: 'v', rolloutAfter: 'yesterday' } };
      const field = 'spec.topology.rolloutAfter';
      expect(await invalid(capi('Cluster', 'clusters', spec))).toEqual(
        isNew
          ? [
              'spec.availabilityGates: Invalid value: 0: spec.availabilityGates in body should have at least 1 items',
              'spec.clusterNetwork: Invalid value: 1: spec.clusterNetwork in body should have at least 1 properties',
            ]
          : [`${field}: Invalid value: "yesterday": ${field} in body must be of type date-time: "yesterday"`],
      );
    });

    it('judges a dry run too', async () => {
      const bad = create(
        INFRASTRUCTURE,
        'BaremetalCluster',
        'baremetalclusters',
        { networkType: 1 },
        { dryRun: 'All' },
      );
      expect(await invalid(bad)).toHaveLength(1);
    });
  });
}
