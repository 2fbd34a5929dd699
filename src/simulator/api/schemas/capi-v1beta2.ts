/** Cluster API's kinds in v1beta2, as of v1.13. */
import {
  addresses,
  availabilityGates,
  bootstrapDataName,
  clusterName,
  deletePolicy,
  groupPhase,
  kubernetesVersion,
  legacyConditions,
  machineDeletion,
  machinePhase,
  nodeInfo,
  replicaCounts,
} from './capi-shared.ts';
import { KUBEADM_CONFIG_SPEC } from './kubeadm.ts';
import { conditions, DNS_SUBDOMAIN, kind, labelSelector, labelsAndAnnotations, QUALIFIED_NAME } from './meta.ts';
import {
  about,
  bool,
  choice,
  type Fields,
  int32,
  int64,
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

const KIND = '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$';
const API_VERSION = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[a-z]([-a-z0-9]*[a-z0-9])?$';
const TAINT_KEY =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$';
const TAINT_VALUE = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';

const name = text(1, 253, DNS_SUBDOMAIN);

/** ContractVersionedObjectReference. */
const reference = object({ 'apiGroup!': name, 'kind!': text(1, 63, KIND), 'name!': name });

const observed: Fields = { conditions, observedGeneration: int64(1) };
const failure: Fields = { failureMessage: text(1, 10240), failureReason: string };
const deprecated = (more: Fields = {}) =>
  about(
    'What v1beta1 reported and v1beta2 will drop.',
    object({ v1beta1: object({ conditions: legacyConditions, ...more }) }),
  );
const replicas = about('How many machines are wanted.', int32());
const counted: Fields = {
  availableReplicas: int32(),
  readyReplicas: int32(),
  replicas: int32(),
  selector: text(1, 4096),
  upToDateReplicas: int32(),
};

const seconds = int32(0);
const deletion: Fields = {
  nodeDeletionTimeoutSeconds: about('How long to try to delete the Node.', seconds),
  nodeDrainTimeoutSeconds: about('How long to drain the Node; 0 for ever.', seconds),
  nodeVolumeDetachTimeoutSeconds: about('How long to wait for volumes to be detached; 0 for ever.', seconds),
};

const taints = list(
  object({
    'effect!': choice('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    'key!': text(1, 317, TAINT_KEY),
    'propagation!': choice('Always', 'OnInitialization'),
    value: text(1, 63, TAINT_VALUE),
  }),
  { min: 1, max: 64, keys: ['key', 'effect'] },
);

const readinessGates = availabilityGates({ min: 1 });
const metadata = some(labelsAndAnnotations);

const unhealthy = (type: Schema, status: Schema) =>
  list(object({ 'status!': status, 'timeoutSeconds!': seconds, 'type!': type }), { min: 1, max: 100, atomic: true });

const checks = about(
  'What makes a machine unhealthy, and after how long.',
  some({
    nodeStartupTimeoutSeconds: seconds,
    unhealthyMachineConditions: unhealthy(text(1, 316, QUALIFIED_NAME), choice('True', 'False', 'Unknown')),
    unhealthyNodeConditions: unhealthy(text(1), text(1)),
  }),
);

const remediation: Fields = {
  templateRef: object({ 'apiVersion!': text(1, 317, API_VERSION), 'kind!': text(1, 63, KIND), 'name!': name }),
  triggerIf: some({
    unhealthyInRange: text(1, 32, '^\\[[0-9]+-[0-9]+\\]$'),
    unhealthyLessThanOrEqualTo: intOrString,
  }),
};

const rollout = about(
  'How old machines are replaced by new ones.',
  some({
    after: time,
    strategy: some({
      rollingUpdate: some({ maxSurge: intOrString, maxUnavailable: intOrString }),
      'type!': choice('RollingUpdate', 'OnDelete'),
    }),
  }),
);

const cidrs = object({ 'cidrBlocks!': list(text(1, 43), { min: 1, max: 100, atomic: true }) });
const port = int32(1, 65535);

const Cluster = kind(
  'A Cluster is a workload cluster: its network, its control plane and its infrastructure.',
  some({
    availabilityGates: availabilityGates({ min: 1 }),
    clusterNetwork: some({ apiServerPort: port, pods: cidrs, serviceDomain: text(1, 253), services: cidrs }),
    controlPlaneEndpoint: about('Where the API server of the cluster is reached.', some({ host: text(1, 512), port })),
    controlPlaneRef: reference,
    infrastructureRef: reference,
    paused: about('True to keep controllers off.', bool),
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
    configRef: about('What makes the bootstrap data.', reference),
    dataSecretName: bootstrapDataName,
  }),
  'clusterName!': clusterName,
  deletion: some(deletion),
  failureDomain: text(1, 256),
  'infrastructureRef!': about('What the machine runs on.', reference),
  minReadySeconds: seconds,
  providerID: about('Names the machine as its Node does.', text(1, 512)),
  readinessGates,
  taints,
  version: about('The version of Kubernetes.', text(1, 256)),
});

const Machine = kind(
  'A Machine is one node of a Cluster: its bootstrap data, its infrastructure and its Node.',
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

const template = about('What machines are made from.', object({ metadata, 'spec!': machineSpec }));
const machineNaming = some({ template: text(1, 256) });
const selector = about('The labels of its machines.', labelSelector);
const order = some({ order: deletePolicy });

const MachineDeployment = kind(
  'A MachineDeployment is a group of worker machines that are alike, rolled out one MachineSet after the other.',
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
  'A MachineSet is a number of machines made from one template.',
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
  'A MachineHealthCheck finds unhealthy machines and has them replaced.',
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
  'A KubeadmControlPlane is the control plane of a Cluster: its machines, made and replaced one at a time.',
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
  'A KubeadmConfig makes the bootstrap data of one machine.',
  kubeadmConfigSpec,
  some({
    ...observed,
    dataSecretName: text(1, 253),
    deprecated: deprecated({ failureMessage: text(1, 10240), failureReason: text(1, 256) }),
    initialization: some({ dataSecretCreated: bool }),
  }),
);

const KubeadmConfigTemplate = kind(
  'A KubeadmConfigTemplate is what the KubeadmConfigs of a group are made from.',
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
