/** The manifests, held against what the provider's document says: fact by fact, in its order and with its names. */

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { isoImageOf } from '../../../src/domain/base-image.ts';
import { differences } from '../../../src/guides/create/diff.ts';
import { type Manifest, manifestsOf, manifestText } from '../../../src/guides/create/render/index.ts';
import { wantedOf } from '../../../src/guides/create/wish.ts';
import { pathOf } from '../../../src/kube/kinds.ts';
import type { Raw } from '../../../src/operations/contract.ts';
import { createApi } from '../../../src/simulator/api/api.ts';
import { apiTransport } from '../../../src/simulator/api/transport.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { webhooks } from '../../../src/simulator/webhooks/index.ts';
import { managementResources } from '../../../src/simulator/world/management/kinds.ts';
import { answers, HOSTS, KEY, KNOWN } from './fixtures.ts';

/** What the document answers: its example installs in place, with an emulated TPM and resolvers on the ISO. */
const DOCUMENT = {
  'registration.installDevice': undefined,
  'registration.ejectCd': undefined,
  'registration.reboot': false,
  'registration.emulateTpm': true,
  'registration.emulatedTpmSeed': -1,
  'dns.servers': ['10.0.0.53'],
  'dns.place': 'iso',
  'iso.cleanupAfterMinutes': 60,
  'iso.statePartitionMiB': 20_480,
  'images.kubeOvn': undefined,
};

const rendered = (changes = {}) => manifestsOf(answers({ ...DOCUMENT, ...changes }), KNOWN);

/** Every leaf of what is parsed back from the text, as `path = value`; text that holds YAML or JSON is opened. */
function facts(manifest: Manifest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifestText(manifest))) {
    const object = document.toJS() as { kind: string; metadata: { name: string } };
    found[`${object.kind} ${object.metadata.name}`] = leaves(object, '');
  }
  return found;
}

function leaves(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return value.length > 0 ? value.flatMap((item, at) => leaves(item, `${path}[${at}]`)) : [`${path} = []`];
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length > 0
      ? keys.flatMap((key) => leaves((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`))
      : [`${path} = {}`];
  }
  if (typeof value === 'string' && value.includes('\n') && !path.includes('resolv')) {
    const inside: unknown = parse(value);
    if (typeof inside === 'object') return leaves(inside, `${path}:`);
  }
  return [`${path} = ${JSON.stringify(value)}`];
}

/** Without the lines every object has. */
const own = (lines: readonly string[] = []) =>
  lines.filter((line) => !/^(apiVersion|kind|metadata\.(name|namespace)) =/.test(line));

describe('the manifests', () => {
  it('are five, in the order of the document, every object in its namespace and named after the cluster', () => {
    expect(rendered().map(({ file }) => file)).toEqual([
      '01-machineregistration-seedimage.yaml',
      '02-machineinventorypool.yaml',
      '03-cluster.yaml',
      '04-worker-templates.yaml',
      '05-machinedeployment.yaml',
    ]);
    expect(rendered().flatMap((manifest) => Object.keys(facts(manifest)))).toEqual([
      'MachineRegistration depot-registration',
      'SeedImage depot-registration-iso',
      'MachineInventoryPool depot-control-plane-pool',
      'MachineInventoryPool depot-worker-pool',
      'BaremetalCluster depot',
      'BaremetalMachineTemplate depot-control-plane-template',
      'KubeadmControlPlane depot-control-plane',
      'Cluster depot',
      'BaremetalMachineTemplate depot-worker-template',
      'KubeadmConfigTemplate depot-worker-bootstrap',
      'MachineDeployment depot-workers',
    ]);
    for (const { objects } of rendered()) {
      for (const object of objects) expect(object['metadata']).toMatchObject({ namespace: 'cpaas-system' });
    }
  });

  it('say of the registration and its ISO what the document says', () => {
    const all = facts(rendered()[0]!);
    const smbios = (path: string) => `\${System Information/${path}}`;
    const uuid = smbios('UUID');
    expect(own(all['MachineRegistration depot-registration'])).toEqual([
      'metadata.labels.app.kubernetes.io/part-of = "cluster-api-provider-baremetal"',
      `spec.machineName = "depot-${uuid}"`,
      'spec.machineInventoryLabels.app.kubernetes.io/part-of = "cluster-api-provider-baremetal"',
      'spec.machineInventoryLabels.pool.baremetal.alauda.io/eligible = "true"',
      `spec.machineInventoryLabels.elemental.cattle.io/serial-number = "${smbios('Serial Number')}"`,
      `spec.machineInventoryAnnotations.elemental.cattle.io/machine-uuid = "${uuid}"`,
      'spec.config.elemental.install.reboot = false',
      'spec.config.elemental.install.snapshotter.type = "btrfs"',
      'spec.config.elemental.install.snapshotter.maxSnaps = 4',
      'spec.config.elemental.registration.emulate-tpm = true',
      'spec.config.elemental.registration.emulated-tpm-seed = -1',
    ]);
    expect(own(all['SeedImage depot-registration-iso'])).toEqual([
      'metadata.labels.app.kubernetes.io/part-of = "cluster-api-provider-baremetal"',
      'spec.type = "iso"',
      'spec.baseImage = "registry.example/tkestack/baremetal-base-image-iso:v0.0.0-beta-1.33.7-2"',
      'spec.registrationRef.apiVersion = "elemental.cattle.io/v1beta1"',
      'spec.registrationRef.kind = "MachineRegistration"',
      'spec.registrationRef.name = "depot-registration"',
      'spec.registrationRef.namespace = "cpaas-system"',
      'spec.targetPlatform = "linux/amd64"',
      'spec.size = "20Gi"',
      'spec.cleanupAfterMinutes = 60',
      'spec.cloud-config.write_files[0].path = "/etc/resolv.conf"',
      'spec.cloud-config.write_files[0].permissions = "0644"',
      'spec.cloud-config.write_files[0].content = "nameserver 10.0.0.53\\n"',
      'spec.cloud-config.write_files[1].path = "/etc/elemental/config.d/partitions.yaml"',
      'spec.cloud-config.write_files[1].permissions = "0644"',
      'spec.cloud-config.write_files[1].content:.install.partitions.state.size = 20480',
    ]);
  });

  it('install on the named disk, eject and reboot, with resolvers in the registration, as the newer document has it', () => {
    const [registration, image] = manifestsOf(answers({ 'dns.servers': ['10.0.0.53'] }), KNOWN)[0]!.objects;
    expect(registration).toMatchObject({
      spec: {
        config: {
          'cloud-config': { write_files: [{ path: '/etc/resolv.conf' }] },
          elemental: {
            install: { device: '/dev/nvme0n1', 'eject-cd': true, reboot: true },
            registration: { 'emulate-tpm': false },
          },
        },
      },
    });
    expect(image).toMatchObject({ spec: { cleanupAfterMinutes: 120 } });
    expect(JSON.stringify(image)).not.toContain('cloud-config');
  });

  it('list the pools in the order answered, a hostname only where there is one', () => {
    const [plane, workers] = rendered()[1]!.objects;
    expect(plane).toMatchObject({
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      spec: {
        clusterName: 'depot',
        machineInventories: [1, 2, 3].map((n) => ({ name: HOSTS[n - 1]!.name, hostname: `depot-cp-${n}` })),
      },
    });
    expect((workers!['spec'] as { machineInventories: unknown }).machineInventories).toEqual([
      { name: HOSTS[3]!.name, hostname: 'depot-worker-1' },
      { name: HOSTS[4]!.name },
      { name: HOSTS[5]!.name },
    ]);
  });

  it('say of the cluster what the document says, in the minimal profile', () => {
    const all = facts(rendered({ profile: 'minimal' })[2]!);
    expect(own(all['BaremetalCluster depot'])).toEqual([
      'spec.controlPlaneLoadBalancer.type = "Internal"',
      'spec.controlPlaneLoadBalancer.host = "10.20.1.200"',
      'spec.controlPlaneLoadBalancer.port = 6443',
      'spec.controlPlaneLoadBalancer.vrid = 60',
      'spec.networkType = "kube-ovn"',
    ]);
    expect(own(all['BaremetalMachineTemplate depot-control-plane-template'])).toEqual([
      'spec.template.spec.machineInventoryPoolRef.name = "depot-control-plane-pool"',
    ]);
    expect(own(all['KubeadmControlPlane depot-control-plane']).sort()).toEqual([...PLANE, ...MINIMAL].sort());
    expect(own(all['Cluster depot'])).toEqual([
      'metadata.annotations.capi.cpaas.io/resource-group-version = "infrastructure.cluster.x-k8s.io/v1beta1"',
      'metadata.annotations.capi.cpaas.io/resource-kind = "BaremetalCluster"',
      'metadata.annotations.cpaas.io/kube-ovn-join-cidr = "100.65.0.0/16"',
      'metadata.annotations.cpaas.io/sentry-deploy-type = "Baremetal"',
      'metadata.annotations.cpaas.io/alb-address-type = "ClusterAddress"',
      'metadata.labels.cluster-type = "ProviderBaremetal"',
      'spec.clusterNetwork.pods.cidrBlocks[0] = "10.99.0.0/16"',
      'spec.clusterNetwork.services.cidrBlocks[0] = "10.100.0.0/16"',
      'spec.controlPlaneRef.apiVersion = "controlplane.cluster.x-k8s.io/v1beta1"',
      'spec.controlPlaneRef.kind = "KubeadmControlPlane"',
      'spec.controlPlaneRef.name = "depot-control-plane"',
      'spec.infrastructureRef.apiVersion = "infrastructure.cluster.x-k8s.io/v1beta1"',
      'spec.infrastructureRef.kind = "BaremetalCluster"',
      'spec.infrastructureRef.name = "depot"',
    ]);
  });

  it('say of a hardened control plane what the appendix says', () => {
    const all = facts(rendered()[2]!);
    expect(own(all['KubeadmControlPlane depot-control-plane']).sort()).toEqual([...PLANE, ...HARDENED].sort());
  });

  it('say of the workers what the document says', () => {
    const [templates, deployment] = [facts(rendered()[3]!), facts(rendered()[4]!)];
    const kubelet = 'spec.template.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs';
    expect(own(templates['KubeadmConfigTemplate depot-worker-bootstrap'])).toEqual([
      ...USER.map((line) => `spec.template.spec.${line}`),
      ...patch('spec.template.spec.files[0]', true),
      'spec.template.spec.joinConfiguration.patches.directory = "/etc/kubernetes/patches"',
      `${kubelet}.tls-min-version = "VersionTLS12"`,
      `${kubelet}.tls-cipher-suites = "${suites('CHACHA20_POLY1305_SHA256')}"`,
    ]);
    const ref = (path: string, apiVersion: string, kind: string, name: string) =>
      Object.entries({ apiVersion, kind, name, namespace: 'cpaas-system' }).map(
        ([key, value]) => `spec.template.spec.${path}.${key} = "${value}"`,
      );
    expect(own(deployment['MachineDeployment depot-workers'])).toEqual([
      'spec.clusterName = "depot"',
      'spec.replicas = 3',
      'spec.strategy.type = "RollingUpdate"',
      'spec.strategy.rollingUpdate.maxSurge = 0',
      'spec.strategy.rollingUpdate.maxUnavailable = 1',
      'spec.selector.matchLabels = {}',
      'spec.template.metadata.labels.cluster.x-k8s.io/cluster-name = "depot"',
      'spec.template.metadata.labels.pool.name = "depot-workers"',
      'spec.template.spec.clusterName = "depot"',
      'spec.template.spec.version = "v1.33.7-2"',
      'spec.template.spec.nodeDrainTimeout = "5m"',
      'spec.template.spec.nodeVolumeDetachTimeout = "5m"',
      ...ref(
        'bootstrap.configRef',
        'bootstrap.cluster.x-k8s.io/v1beta1',
        'KubeadmConfigTemplate',
        'depot-worker-bootstrap',
      ),
      ...ref(
        'infrastructureRef',
        'infrastructure.cluster.x-k8s.io/v1beta1',
        'BaremetalMachineTemplate',
        'depot-worker-template',
      ),
    ]);
  });

  it.each([
    ['minimal', 'v1.34.5', 0],
    ['minimal', 'v1.35.6-acp.1', 1],
    ['hardened', 'v1.34.5', 0],
    ['hardened', 'v1.35.6-acp.1', 1],
  ])('%s of %s: pulled images are not verified again %d times on the control plane', (profile, version, times) => {
    const text = rendered({ profile, kubernetesVersion: version, 'iso.baseImage': 'r.example/a/b-iso:1' }).map(
      manifestText,
    );
    expect(text[2]!.split('"imagePullCredentialsVerificationPolicy": "NeverVerify"').length - 1).toBe(times);
    expect(text[3]!.split('"imagePullCredentialsVerificationPolicy": "NeverVerify"').length - 1).toBe(times);
  });

  it('have no virtual router where the balancer is external', () => {
    const [infra] = rendered({ 'endpoint.type': 'External', 'endpoint.vrid': undefined })[2]!.objects;
    expect(infra!['spec']).toMatchObject({
      controlPlaneLoadBalancer: { type: 'External', host: '10.20.1.200', port: 6443 },
    });
    expect(JSON.stringify(infra)).not.toContain('vrid');
  });

  it('are the same bytes for the same answers', () => {
    const text = () => rendered().map(manifestText).join('\n');
    expect(text()).toBe(text());
    expect(text()).not.toMatch(/[&*]a\d/);
  });

  it('say what is missing where hosts have not registered or the image is not known', () => {
    const bare = manifestsOf(answers({ 'workers.hosts': [{ serial: 'SN9' }] }), {});
    expect(bare[0]!.missing).toMatch(/base image of the ISO is not known/);
    expect(bare[1]!.missing).toMatch(/no host that has registered is serial SN9/);
  });

  it('are those of the parts that are wanted', () => {
    const files = (parts: string[]) => manifestsOf(answers({ parts }), KNOWN).map(({ file }) => file.slice(0, 2));
    expect(files(['registration'])).toEqual(['01']);
    expect(files(['pools'])).toEqual(['02']);
    expect(files(['pools', 'controlPlane', 'workers'])).toEqual(['02', '03', '04', '05']);
  });
});

describe('the manifests for Cluster API v1beta2', () => {
  const known = { ...KNOWN, clusterApi: 'v1beta2' as const };
  const newer = (changes = {}) => manifestsOf(answers({ ...DOCUMENT, ...changes }), known);
  const named = (kind: string, changes = {}) =>
    newer(changes)
      .flatMap(({ objects }) => objects)
      .find((object) => object['kind'] === kind)!;

  it('leave what is of the provider and of elemental as it is', () => {
    const theirs = (manifests: readonly Manifest[]) =>
      manifests
        .flatMap(({ objects }) => objects)
        .filter(({ apiVersion }) => /^(infrastructure|elemental)/.test(String(apiVersion)));
    expect(theirs(newer())).toEqual(theirs(rendered()));
    const versions = newer().flatMap(({ objects }) => objects.map(({ kind, apiVersion }) => `${kind} ${apiVersion}`));
    expect(versions.filter((text) => text.endsWith('v1beta2'))).toEqual([
      'KubeadmControlPlane controlplane.cluster.x-k8s.io/v1beta2',
      'Cluster cluster.x-k8s.io/v1beta2',
      'KubeadmConfigTemplate bootstrap.cluster.x-k8s.io/v1beta2',
      'MachineDeployment cluster.x-k8s.io/v1beta2',
    ]);
  });

  it('refer by group, count in seconds, and list arguments', () => {
    const ref = (apiGroup: string, kind: string, name: string) => ({ apiGroup, kind, name });
    const infra = 'infrastructure.cluster.x-k8s.io';
    const deletion = { nodeDrainTimeoutSeconds: 300, nodeVolumeDetachTimeoutSeconds: 300 };
    expect(named('Cluster')['spec']).toEqual({
      clusterNetwork: { pods: { cidrBlocks: ['10.99.0.0/16'] }, services: { cidrBlocks: ['10.100.0.0/16'] } },
      controlPlaneRef: ref('controlplane.cluster.x-k8s.io', 'KubeadmControlPlane', 'depot-control-plane'),
      infrastructureRef: ref(infra, 'BaremetalCluster', 'depot'),
    });
    expect(named('KubeadmControlPlane', { profile: 'minimal' })['spec']).toMatchObject({
      replicas: 3,
      version: 'v1.33.7-2',
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } } },
      machineTemplate: {
        spec: { deletion, infrastructureRef: ref(infra, 'BaremetalMachineTemplate', 'depot-control-plane-template') },
      },
      kubeadmConfigSpec: {
        clusterConfiguration: {
          scheduler: {
            extraArgs: [
              { name: 'profiling', value: 'false' },
              { name: 'tls-min-version', value: 'VersionTLS12' },
            ],
          },
        },
        joinConfiguration: {
          nodeRegistration: { kubeletExtraArgs: [{ name: 'node-labels', value: 'kube-ovn/role=master' }] },
        },
      },
    });
    expect(named('MachineDeployment')['spec']).toEqual({
      clusterName: 'depot',
      replicas: 3,
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      selector: { matchLabels: {} },
      template: {
        metadata: { labels: { 'cluster.x-k8s.io/cluster-name': 'depot', 'pool.name': 'depot-workers' } },
        spec: {
          clusterName: 'depot',
          version: 'v1.33.7-2',
          deletion,
          bootstrap: {
            configRef: ref('bootstrap.cluster.x-k8s.io', 'KubeadmConfigTemplate', 'depot-worker-bootstrap'),
          },
          infrastructureRef: ref(infra, 'BaremetalMachineTemplate', 'depot-worker-template'),
        },
      },
    });
  });

  it.each(['minimal', 'hardened'])('are taken by an API that serves nothing older, %s', async (profile) => {
    const api = createApi({
      clusterApi: 'v1beta2',
      namespaces: ['cpaas-system'],
      resources: managementResources('v1beta2'),
      admission: webhooks('v1beta2', new Faults()),
    });
    const transport = apiTransport(api, {
      user: { name: 'admin', groups: ['system:masters'] },
      program: () => 'metaldeck',
    });
    for (const { kind, name, body } of wantedOf({ manifests: newer({ profile }) })) {
      const version = String(body['apiVersion']).split('/').at(-1)!;
      const live = await transport.json<Raw>({
        method: 'PATCH',
        path: pathOf(kind, version, 'cpaas-system', name),
        query: { fieldManager: 'metaldeck', fieldValidation: 'Strict' },
        contentType: 'application/apply-patch+yaml',
        body,
      });
      expect(differences(live, body)).toEqual([]);
    }
  });
});

it.each([
  ['r.example/tkestack/base:v1', 'r.example/tkestack/base-iso:v1'],
  ['r.example:5000/tkestack/base:v1', 'r.example:5000/tkestack/base-iso:v1'],
  ['r.example/base@sha256:ab', 'r.example/base-iso@sha256:ab'],
  ['r.example/base:v1@sha256:ab', 'r.example/base-iso:v1@sha256:ab'],
  ['r.example:5000/base', 'r.example:5000/base-iso'],
])('the ISO of %s is made from %s', (image, iso) => expect(isoImageOf(image)).toBe(iso));

const USER = [
  'users[0].name = "boot"',
  'users[0].sudo = "ALL=(ALL) NOPASSWD:ALL"',
  'users[0].shell = "/bin/bash"',
  `users[0].sshAuthorizedKeys[0] = "${KEY}"`,
];

const CONFIG = 'spec.kubeadmConfigSpec';

/** What every control plane is told. */
const PLANE = [
  'spec.replicas = 3',
  'spec.version = "v1.33.7-2"',
  'spec.rolloutStrategy.type = "RollingUpdate"',
  'spec.rolloutStrategy.rollingUpdate.maxSurge = 0',
  'spec.machineTemplate.nodeDrainTimeout = "5m"',
  'spec.machineTemplate.nodeVolumeDetachTimeout = "5m"',
  'spec.machineTemplate.infrastructureRef.apiVersion = "infrastructure.cluster.x-k8s.io/v1beta1"',
  'spec.machineTemplate.infrastructureRef.kind = "BaremetalMachineTemplate"',
  'spec.machineTemplate.infrastructureRef.name = "depot-control-plane-template"',
  ...USER.map((line) => `${CONFIG}.${line}`),
  `${CONFIG}.clusterConfiguration.imageRepository = "registry.example/tkestack"`,
  `${CONFIG}.clusterConfiguration.dns.imageTag = "1.12.4-v4.2.7"`,
  `${CONFIG}.clusterConfiguration.etcd.local.imageTag = "v3.5.25-251215"`,
  ...['apiServer', 'controllerManager', 'scheduler'].flatMap((component) => [
    `${CONFIG}.clusterConfiguration.${component}.extraArgs.profiling = "false"`,
    `${CONFIG}.clusterConfiguration.${component}.extraArgs.tls-min-version = "VersionTLS12"`,
  ]),
  ...['init', 'join'].map(
    (how) => `${CONFIG}.${how}Configuration.nodeRegistration.kubeletExtraArgs.node-labels = "kube-ovn/role=master"`,
  ),
];

/** And nothing else. */
const MINIMAL: string[] = [];

function suites(chacha: string): string {
  const names = ['ECDSA_WITH_AES_128_GCM_SHA256', 'RSA_WITH_AES_128_GCM_SHA256', `ECDSA_WITH_${chacha}`];
  return [...names, 'RSA_WITH_AES_256_GCM_SHA384', `RSA_WITH_${chacha}`, 'ECDSA_WITH_AES_256_GCM_SHA384']
    .map((name) => `TLS_ECDHE_${name}`)
    .join(',');
}

function patch(at: string, worker: boolean): string[] {
  return [
    `${at}.path = "/etc/kubernetes/patches/kubeletconfiguration0+strategic.json"`,
    `${at}.owner = "root:root"`,
    `${at}.permissions = "0644"`,
    `${at}.content:.apiVersion = "kubelet.config.k8s.io/v1beta1"`,
    `${at}.content:.kind = "KubeletConfiguration"`,
    `${at}.content:.protectKernelDefaults = true`,
    ...(worker ? [`${at}.content:.staticPodPath = null`] : []),
    `${at}.content:.tlsCertFile = "/etc/kubernetes/pki/kubelet.crt"`,
    `${at}.content:.tlsPrivateKeyFile = "/etc/kubernetes/pki/kubelet.key"`,
    `${at}.content:.streamingConnectionIdleTimeout = "5m"`,
    `${at}.content:.clientCAFile = "/etc/kubernetes/pki/ca.crt"`,
  ];
}

const AUDIT_RULES: Record<string, unknown>[] = [
  {
    level: 'None',
    users: [
      'system:kube-controller-manager',
      'system:kube-scheduler',
      'system:serviceaccount:kube-system:endpoint-controller',
    ],
    verbs: ['get', 'update'],
    namespaces: ['kube-system'],
    resources: [{ group: '', resources: ['endpoints'] }],
  },
  { level: 'None', nonResourceURLs: ['/healthz*', '/version', '/swagger*'] },
  { level: 'None', resources: [{ group: '', resources: ['events'] }] },
  { level: 'None', verbs: ['get', 'list', 'watch'] },
  { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
  {
    level: 'None',
    resources: [
      { group: 'authorization.k8s.io', resources: ['subjectaccessreviews', 'selfsubjectaccessreviews'] },
      { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
    ],
  },
  { level: 'Metadata', resources: [{ group: '', resources: ['secrets', 'configmaps'] }] },
  {
    level: 'RequestResponse',
    resources: ['', 'apps', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'networking.k8s.io'].map((group) => ({
      group,
    })),
  },
  { level: 'Metadata' },
];

const HARDENED = [
  `${CONFIG}.files[0].path = "/etc/kubernetes/admission/psa-config.yaml"`,
  `${CONFIG}.files[0].owner = "root:root"`,
  `${CONFIG}.files[0].permissions = "0644"`,
  ...leaves(
    {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AdmissionConfiguration',
      plugins: [
        {
          name: 'PodSecurity',
          configuration: {
            apiVersion: 'pod-security.admission.config.k8s.io/v1',
            kind: 'PodSecurityConfiguration',
            defaults: {
              enforce: 'privileged',
              'enforce-version': 'latest',
              audit: 'baseline',
              'audit-version': 'latest',
              warn: 'baseline',
              'warn-version': 'latest',
            },
            exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system', 'cpaas-system'] },
          },
        },
      ],
    },
    `${CONFIG}.files[0].content:`,
  ),
  ...patch(`${CONFIG}.files[1]`, false),
  `${CONFIG}.files[2].path = "/etc/kubernetes/audit/policy.yaml"`,
  `${CONFIG}.files[2].owner = "root:root"`,
  `${CONFIG}.files[2].permissions = "0644"`,
  ...leaves(
    { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: AUDIT_RULES },
    `${CONFIG}.files[2].content:`,
  ),
  `${CONFIG}.postKubeadmCommands[0] = "chmod 600 /var/lib/kubelet/config.yaml"`,
  ...Object.entries({
    'audit-log-format': 'json',
    'audit-log-maxage': '30',
    'audit-log-maxbackup': '10',
    'audit-log-maxsize': '200',
    'audit-log-mode': 'batch',
    'audit-log-path': '/etc/kubernetes/audit/audit.log',
    'audit-policy-file': '/etc/kubernetes/audit/policy.yaml',
    'tls-cipher-suites': suites('CHACHA20_POLY1305'),
    'admission-control-config-file': '/etc/kubernetes/admission/psa-config.yaml',
    'kubelet-certificate-authority': '/etc/kubernetes/pki/ca.crt',
  }).map(([key, value]) => `${CONFIG}.clusterConfiguration.apiServer.extraArgs.${key} = "${value}"`),
  ...leaves(
    [{ name: 'vol-dir-0', hostPath: '/etc/kubernetes', mountPath: '/etc/kubernetes', pathType: 'Directory' }],
    `${CONFIG}.clusterConfiguration.apiServer.extraVolumes`,
  ),
  ...['controllerManager', 'scheduler'].map(
    (component) => `${CONFIG}.clusterConfiguration.${component}.extraArgs.bind-address = "::"`,
  ),
  ...['init', 'join'].map((how) => `${CONFIG}.${how}Configuration.patches.directory = "/etc/kubernetes/patches"`),
];
