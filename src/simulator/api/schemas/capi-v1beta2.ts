/** Cluster API's kinds in v1beta2, as of v1.13. */
import {
  addresses,
  availabilityGates,
  bootstrapDataName,
  clusterName,
  deletePolicy,
  groupPhase,
  kubernetesVersion,
  machineDeletion,
  machinePhase,
  nodeInfo,
  replicaCounts,
} from './capi-shared.ts';
import {
  checks,
  counted,
  deletion,
  deprecated,
  failure,
  metadata,
  name,
  observed,
  readinessGates,
  reference,
  remediation,
  replicas,
  rollout,
  seconds,
  taints,
} from './capi-v1beta2-parts.ts';
import { KUBEADM_CONFIG_SPEC } from './kubeadm.ts';
import { kind, labelSelector } from './meta.ts';
import {
  about,
  bool,
  choice,
  int32,
  intOrString,
  list,
  map,
  object,
  type Schema,
  some,
  string,
  text,
  time,
} from './schema.ts';
import { topologyV1beta2 } from './topology.ts';

const cidrs = object({ 'cidrBlocks!': list(text(1, 43), { min: 1, max: 100, atomic: true }) });
const port = int32(1, 65535);

const Cluster = kind(
  'A Cluster is a workload cluster with its network, control plane and infrastructure.',
  some({
    availabilityGates: availabilityGates({ min: 1 }),
    clusterNetwork: some({ apiServerPort: port, pods: cidrs, serviceDomain: text(1, 253), services: cidrs }),
    controlPlaneEndpoint: about(
      'Host and port of the API server of the workload cluster.',
      some({ host: text(1, 512), port }),
    ),
    controlPlaneRef: reference,
    infrastructureRef: reference,
    paused: about('Stops reconciliation of the Cluster and of everything that belongs to it.', bool),
    topology: topologyV1beta2({ deletion, checks, remediation, rollout, taints }),
  }),
  some({
    ...observed,
    controlPlane: replicaCounts,
    deprecated: deprecated(failure),
    failureDomains: list(object({ attributes: map(string), controlPlane: bool, 'name!': text(1, 256) }), {
      min: 1,
      max: 100,
      keys: ['name'],
    }),
    initialization: some({ controlPlaneInitialized: bool, infrastructureProvisioned: bool }),
    phase: choice('Pending', 'Provisioning', 'Provisioned', 'Deleting', 'Failed', 'Unknown'),
    workers: replicaCounts,
  }),
  { required: true },
);

const machineSpec = object({
  'bootstrap!': object({
    configRef: about('Reference to the bootstrap provider object that generates the bootstrap data.', reference),
    dataSecretName: bootstrapDataName,
  }),
  'clusterName!': clusterName,
  deletion: some(deletion),
  failureDomain: text(1, 256),
  'infrastructureRef!': about('Reference to the infrastructure provider object that backs the machine.', reference),
  minReadySeconds: seconds,
  providerID: about('Provider ID of the machine; equals spec.providerID of its Node.', text(1, 512)),
  readinessGates,
  taints,
  version: about('Kubernetes version, such as v1.33.7-2.', text(1, 256)),
});

const Machine = kind(
  'A Machine is one node of a Cluster, with its bootstrap data and its infrastructure.',
  machineSpec,
  some({
    ...observed,
    addresses: list(addresses, { max: 256, atomic: true }),
    certificatesExpiryDate: time,
    deletion: machineDeletion,
    deprecated: deprecated(failure),
    failureDomain: text(1, 256),
    initialization: some({ bootstrapDataSecretCreated: bool, infrastructureProvisioned: bool }),
    lastUpdated: time,
    nodeInfo: nodeInfo({ swap: true }),
    nodeRef: object({ 'name!': name }),
    phase: machinePhase('Updating'),
  }),
  { required: true },
);

const template = about('Template of the machines that are created.', object({ metadata, 'spec!': machineSpec }));
const machineNaming = some({ template: text(1, 256) });
const selector = about('Label selector for the machines; must match the labels of the template.', labelSelector);
const order = some({ order: deletePolicy });

const MachineDeployment = kind(
  'A MachineDeployment manages a group of worker machines and rolls changes out through MachineSets.',
  object({
    'clusterName!': clusterName,
    deletion: order,
    machineNaming,
    paused: bool,
    remediation: some({ maxInFlight: intOrString }),
    replicas,
    rollout,
    'selector!': selector,
    'template!': template,
  }),
  some({
    ...observed,
    ...counted,
    deprecated: deprecated({
      availableReplicas: int32(),
      readyReplicas: int32(),
      unavailableReplicas: int32(),
      updatedReplicas: int32(),
    }),
    phase: groupPhase,
  }),
  { required: true },
);

const MachineSet = kind(
  'A MachineSet maintains a number of machines created from one template.',
  object({
    'clusterName!': clusterName,
    deletion: order,
    machineNaming,
    replicas,
    'selector!': selector,
    'template!': template,
  }),
  some({
    ...observed,
    ...counted,
    deprecated: deprecated({
      availableReplicas: int32(),
      ...failure,
      fullyLabeledReplicas: int32(),
      readyReplicas: int32(),
    }),
  }),
  { required: true },
);

const MachineHealthCheck = kind(
  'A MachineHealthCheck defines which machines count as unhealthy and are to be remediated.',
  object({ checks, 'clusterName!': clusterName, remediation: some(remediation), 'selector!': selector }),
  some({
    ...observed,
    currentHealthy: seconds,
    deprecated: deprecated(),
    expectedMachines: seconds,
    remediationsAllowed: seconds,
    targets: list(text(1, 253), { max: 10000, atomic: true }),
  }),
  { required: true },
);

const kubeadmConfigSpec = KUBEADM_CONFIG_SPEC.v1beta2;

const KubeadmControlPlane = kind(
  'A KubeadmControlPlane manages the control plane machines of a Cluster with kubeadm.',
  object({
    kubeadmConfigSpec,
    machineNaming,
    'machineTemplate!': object({
      metadata,
      'spec!': object({ deletion: some(deletion), 'infrastructureRef!': reference, readinessGates, taints }),
    }),
    remediation: some({ maxRetry: int32(), minHealthyPeriodSeconds: seconds, retryPeriodSeconds: seconds }),
    replicas,
    rollout: some({
      after: time,
      before: some({ certificatesExpiryDays: int32(7) }),
      strategy: some({ rollingUpdate: some({ maxSurge: intOrString }), 'type!': choice('RollingUpdate') }),
    }),
    'version!': kubernetesVersion,
  }),
  some({
    ...observed,
    ...counted,
    deprecated: deprecated({
      ...failure,
      readyReplicas: int32(),
      unavailableReplicas: int32(),
      updatedReplicas: int32(),
    }),
    initialization: some({ controlPlaneInitialized: bool }),
    lastRemediation: object({ 'machine!': text(1, 253), 'retryCount!': seconds, 'time!': time }),
    version: text(1, 256),
  }),
  { required: true },
);

const KubeadmConfig = kind(
  'A KubeadmConfig holds the kubeadm settings from which the bootstrap data of a machine is generated.',
  kubeadmConfigSpec,
  some({
    ...observed,
    dataSecretName: text(1, 253),
    deprecated: deprecated({ failureMessage: text(1, 10240), failureReason: text(1, 256) }),
    initialization: some({ dataSecretCreated: bool }),
  }),
);

const KubeadmConfigTemplate = kind(
  'A KubeadmConfigTemplate is the template of the KubeadmConfigs of a machine group.',
  object({ 'template!': some({ metadata, spec: kubeadmConfigSpec }) }),
);

export const V1BETA2: Readonly<Record<string, Schema>> = {
  clusters: Cluster,
  machines: Machine,
  machinedeployments: MachineDeployment,
  machinesets: MachineSet,
  machinehealthchecks: MachineHealthCheck,
  kubeadmcontrolplanes: KubeadmControlPlane,
  kubeadmconfigs: KubeadmConfig,
  kubeadmconfigtemplates: KubeadmConfigTemplate,
};
