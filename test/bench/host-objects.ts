/** The four objects of a host as their controllers write them, of the size they have in life. */
import { gzipSync } from 'node:zlib';
import { type HostPlace, hexOf, THEN, uuidOf, VERSION } from './layout.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const condition = (type: string, status: string, reason: string, message = '') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: THEN,
});
const legacy = (type: string) => ({ type, status: 'True', lastTransitionTime: THEN });
const next = (type: string, reason: string, status = 'True') => ({
  ...condition(type, status, reason),
  observedGeneration: 3,
});

function disk(host: HostPlace, number: number) {
  const eui = hexOf(`disk ${host.index} ${number}`, 32);
  return {
    id: `nvme-eui:${eui}`,
    kind: 'DirectDisk',
    systemRole: number === 0 ? 'System' : 'Data',
    path: `/dev/nvme${number}n1`,
    stablePaths: [`/dev/disk/by-id/nvme-eui.${eui}`],
    model: 'SAMSUNG MZQL27T6HBLA',
    serial: hexOf(`serial ${host.index} ${number}`, 14).toUpperCase(),
    transport: 'nvme',
    sizeBytes: 7_681_501_126_656,
    rotational: false,
    ...(number === 0 ? { partitionTableType: 'gpt', systemEvidence: ['contains COS_STATE'] } : {}),
  };
}

/** The plan's text, whose sha256 is its checksum. */
export function planText(host: HostPlace): string {
  const script = `set -eu\nelemental upgrade --reboot --system registry.example:443/os/alauda:${VERSION} --host ${host.name}\n`;
  const file = (path: string, text: string) => ({ path, permissions: '0600', content: base64(text) });
  return `${JSON.stringify({
    files: [
      file('/oem/90_bootstrap.yaml', `${script}${'stage: network\nname: join\n'.repeat(12)}`),
      file('/var/lib/metadata.json', JSON.stringify({ host: host.name, machine: host.machine, version: VERSION })),
    ],
    instructions: ['reset persistent state', 'install the image', 'reboot'].map((name) => ({
      name,
      command: '/bin/sh',
      args: ['-c', script],
      saveOutput: true,
    })),
  })}\n`;
}

export function inventory(host: HostPlace) {
  const gateway = host.address.replace(/\d+$/, '1');
  return {
    apiVersion: 'elemental.cattle.io/v1beta1',
    kind: 'MachineInventory',
    metadata: {
      name: host.name,
      finalizers: ['machineinventory.elemental.cattle.io'],
      labels: {
        'elemental.cattle.io/serial-number': hexOf(`sn ${host.index}`, 7).toUpperCase(),
        'pool.baremetal.alauda.io/eligible': 'true',
        'app.kubernetes.io/part-of': 'cluster-api-provider-baremetal',
      },
      annotations: {
        'baremetal.alauda.io/allocation-state': 'Allocated',
        'baremetal.alauda.io/pool': host.pool,
        'baremetal.alauda.io/owner-cluster': host.cluster,
        'baremetal.alauda.io/owner-machine': host.machine,
        'baremetal.alauda.io/owner-baremetalmachine': host.machine,
        'elemental.cattle.io/machine-uuid': host.uuid,
        'elemental.cattle.io/registration-ip': host.address,
        'elemental.cattle.io/os.pretty-name': 'Alauda OS 4.3',
        'elemental.cattle.io/os.version-id': '4.3',
        'elemental.cattle.io/reg-version': '2',
        'elemental.cattle.io/auth': 'tpm',
        'elemental.cattle.io/resettable': 'true',
      },
    },
    spec: {
      tpmHash: hexOf(`tpm ${host.index}`),
      machineHash: hexOf(`hash ${host.index}`),
      observedNetwork: {
        interfaces: [
          { name: 'eno8303', mac: 'b4:96:91:00:00:01', mtu: 1500, addresses: [`${host.address}/24`] },
          { name: 'eno8403', mac: 'b4:96:91:00:00:02', mtu: 1500 },
        ],
        routes: [{ destination: 'default', gateway, interface: 'eno8303', metric: 100 }],
        dnsServers: ['10.1.0.53', '10.1.1.53'],
        searchDomains: ['dc1.example'],
      },
    },
  };
}

export function inventoryStatus(host: HostPlace, namespace: string) {
  return {
    plan: {
      secretRef: { name: host.name, namespace },
      checksum: hexOf(planText(host)),
      state: host.failed ? 'Failed' : 'Applied',
    },
    conditions: [
      host.failed
        ? condition('Ready', 'False', 'PlanFailure', 'failed to apply plan')
        : condition('Ready', 'True', 'PlanSuccessfullyApplied', 'plan successfully applied'),
      condition('NetworkConfigReady', 'True', 'ReconcilingNetworkConfig', 'NetworkConfig is ready'),
    ],
    observedStorage: {
      bootID: uuidOf(`boot ${host.index}`),
      reportEpoch: 1,
      sequence: 1,
      observedAt: THEN,
      devices: [disk(host, 0), disk(host, 1)],
    },
    storage: { phase: 'Observed' },
  };
}

export function planSecret(host: HostPlace, owner: string) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'elemental.cattle.io/plan',
    metadata: {
      name: host.name,
      labels: { 'elemental.cattle.io/managed': 'true' },
      annotations: { 'elemental.cattle.io/plan.type': 'empty', 'baremetal.alauda.io/plan.type': 'reprovision' },
      ownerReferences: [
        {
          apiVersion: 'elemental.cattle.io/v1beta1',
          kind: 'MachineInventory',
          name: host.name,
          uid: owner,
          controller: true,
        },
      ],
    },
    data: { plan: base64(planText(host)), 'max-failures': base64('5') },
  };
}

/** What the agent on the host writes into the plan Secret. */
export function agentReport(host: HostPlace) {
  const output = gzipSync(JSON.stringify({ 'install the image': base64(hexOf(`out ${host.index}`).repeat(4)) }));
  const checksum = base64(hexOf(planText(host)));
  const time = base64('Thu Jan 15 08:00:00 UTC 2026');
  return host.failed
    ? {
        'failed-checksum': checksum,
        'failed-output': output.toString('base64'),
        'failure-count': base64('5'),
        'last-apply-time': time,
      }
    : {
        'applied-checksum': checksum,
        'applied-output': output.toString('base64'),
        'applied-periodic-output': gzipSync('{}').toString('base64'),
        'success-count': base64('1'),
        'failure-count': base64('0'),
        'last-apply-time': time,
        'probe-statuses': base64('{}'),
      };
}

function groupLabels(host: HostPlace): Record<string, string> {
  const cluster = { 'cluster.x-k8s.io/cluster-name': host.cluster };
  return host.controlPlane
    ? { ...cluster, 'cluster.x-k8s.io/control-plane': '', 'cluster.x-k8s.io/control-plane-name': host.group }
    : {
        ...cluster,
        'cluster.x-k8s.io/deployment-name': host.group,
        'cluster.x-k8s.io/set-name': host.machineSet,
        'machine-template-hash': host.machineSet.slice(host.group.length + 1),
      };
}

const reference = (apiVersion: string, kind: string, name: string, namespace: string) => ({
  apiVersion,
  kind,
  name,
  namespace,
});

export function machine(host: HostPlace, namespace: string, owner: string) {
  return {
    apiVersion: 'cluster.x-k8s.io/v1beta1',
    kind: 'Machine',
    metadata: {
      name: host.machine,
      finalizers: ['machine.cluster.x-k8s.io'],
      labels: groupLabels(host),
      ownerReferences: [
        host.controlPlane
          ? {
              apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
              kind: 'KubeadmControlPlane',
              name: host.group,
              uid: owner,
              controller: true,
              blockOwnerDeletion: true,
            }
          : {
              apiVersion: 'cluster.x-k8s.io/v1beta1',
              kind: 'MachineSet',
              name: host.machineSet,
              uid: owner,
              controller: true,
              blockOwnerDeletion: true,
            },
      ],
    },
    spec: {
      clusterName: host.cluster,
      version: VERSION,
      providerID: `baremetal:///${host.name}`,
      bootstrap: {
        configRef: reference('bootstrap.cluster.x-k8s.io/v1beta1', 'KubeadmConfig', host.machine, namespace),
        dataSecretName: host.machine,
      },
      infrastructureRef: reference(
        'infrastructure.cluster.x-k8s.io/v1beta1',
        'BaremetalMachine',
        host.machine,
        namespace,
      ),
      nodeDeletionTimeout: '10s',
      nodeDrainTimeout: '5m0s',
      nodeVolumeDetachTimeout: '5m0s',
    },
  };
}

export function machineStatus(host: HostPlace) {
  return {
    phase: 'Running',
    bootstrapReady: true,
    infrastructureReady: true,
    observedGeneration: 3,
    lastUpdated: THEN,
    addresses: [{ type: 'InternalIP', address: host.address }],
    nodeRef: { apiVersion: 'v1', kind: 'Node', name: host.name, uid: uuidOf(`node ${host.index}`) },
    nodeInfo: {
      architecture: 'amd64',
      bootID: uuidOf(`boot ${host.index}`),
      containerRuntimeVersion: 'containerd://1.7.29-4',
      kernelVersion: '6.4.0-150700.53-default',
      kubeProxyVersion: VERSION,
      kubeletVersion: VERSION,
      machineID: hexOf(`id ${host.index}`, 32),
      operatingSystem: 'linux',
      osImage: 'Alauda OS 4.3',
      systemUUID: host.uuid,
    },
    conditions: ['Ready', 'BootstrapReady', 'InfrastructureReady', 'NodeHealthy'].map(legacy),
    v1beta2: {
      conditions: [
        next('Available', 'Available'),
        next('Ready', 'Ready'),
        next('UpToDate', 'UpToDate'),
        next('BootstrapConfigReady', 'Ready'),
        next('InfrastructureReady', 'Ready'),
        next('NodeHealthy', 'NodeHealthy'),
        next('NodeReady', 'NodeReady'),
        next('Paused', 'NotPaused', 'False'),
        next('Deleting', 'NotDeleting', 'False'),
      ],
    },
  };
}

export function baremetalMachine(host: HostPlace, owner: string) {
  return {
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
    kind: 'BaremetalMachine',
    metadata: {
      name: host.machine,
      finalizers: ['baremetalmachine.infrastructure.cluster.x-k8s.io'],
      labels: groupLabels(host),
      annotations: {
        'cluster.x-k8s.io/cloned-from-groupkind': 'BaremetalMachineTemplate.infrastructure.cluster.x-k8s.io',
        'cluster.x-k8s.io/cloned-from-name': `${host.group}-template`,
      },
      ownerReferences: [
        {
          apiVersion: 'cluster.x-k8s.io/v1beta1',
          kind: 'Machine',
          name: host.machine,
          uid: owner,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { machineInventoryPoolRef: { name: host.pool }, providerID: `baremetal:///${host.name}` },
  };
}

export function baremetalMachineStatus(host: HostPlace) {
  return {
    phase: 'Running',
    ready: true,
    addresses: [{ type: 'InternalIP', address: host.address }],
    machineInventoryRef: { name: host.name },
    planSecretRef: { name: host.name },
    lastAppliedPlanChecksum: hexOf(planText(host)),
    lastAppliedBootstrapHash: hexOf(`bootstrap ${host.index}`),
    conditions: ['InventoryAllocated', 'BootstrapReady', 'ImageResolved', 'Ready'].map((type) =>
      condition(type, 'True', type),
    ),
  };
}
