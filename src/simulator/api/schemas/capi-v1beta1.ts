/** Cluster API's kinds in v1beta1, as of v1.10. */
import {
  addresses,
  availabilityGates,
  bootstrapDataName,
  clusterName,
  legacyConditions as conditions,
  deletePolicy,
  groupPhase,
  kubernetesVersion,
  machineDeletion,
  machinePhase,
  nodeInfo,
  replicaCounts,
} from './capi-shared.ts';
import { KUBEADM_CONFIG_SPEC } from './kubeadm.ts';
import {
  kind,
  labelSelector,
  labelsAndAnnotations,
  conditions as newConditions,
  objectReference,
  taint,
} from './meta.ts';
import {
  about,
  bool,
  choice,
  duration,
  type Fields,
  int32,
  int64,
  intOrString,
  list,
  map,
  object,
  type Schema,
  string,
  text,
  time,
  withDefault,
} from './schema.ts';
import { topologyV1beta1 } from './topology.ts';

const failure: Fields = { failureMessage: text(1, 10240), failureReason: string };
const observed: Fields = { conditions, observedGeneration: int64() };
const v1beta2 = (more: Fields = {}) =>
  about('Status fields of the v1beta2 contract of Cluster API.', object({ conditions: newConditions, ...more }));
const newReplicaCounts = v1beta2({
  availableReplicas: int32(),
  readyReplicas: int32(),
  upToDateReplicas: int32(),
});
const replicas = about('Desired number of machines.', int32());

const timeouts: Fields = {
  nodeDeletionTimeout: about(
    'Time for which deletion of the Node is retried after the machine is marked for deletion.',
    duration,
  ),
  nodeDrainTimeout: about('Time limit for draining the Node; 0 means no limit.', duration),
  nodeVolumeDetachTimeout: about('Time limit for detaching all volumes of the Node; 0 means no limit.', duration),
};

const machineSpec = object({
  'bootstrap!': object({
    configRef: about('Reference to the bootstrap provider object that generates the bootstrap data.', objectReference),
    dataSecretName: bootstrapDataName,
  }),
  'clusterName!': clusterName,
  failureDomain: text(1, 256),
  'infrastructureRef!': about(
    'Reference to the infrastructure provider object that backs the machine.',
    objectReference,
  ),
  ...timeouts,
  providerID: about('Provider ID of the machine; equals spec.providerID of its Node.', text(1, 512)),
  readinessGates: availabilityGates(),
  taints: list(taint),
  version: about('Kubernetes version, such as v1.33.7-2.', text(1, 256)),
});

const template = object({ metadata: object(labelsAndAnnotations), spec: machineSpec });
const machineNamingStrategy = object({ template: text(1, 256) });

const endpoint = object({ 'host!': text(undefined, 512), 'port!': int32() });
const cidrs = object({ 'cidrBlocks!': list(text(1, 43), { max: 100 }) });

export const strategy = object({
  remediation: object({ maxInFlight: intOrString }),
  rollingUpdate: object({ deletePolicy, maxSurge: intOrString, maxUnavailable: intOrString }),
  type: choice('RollingUpdate', 'OnDelete'),
});

export const healthChecks: Fields = {
  maxUnhealthy: about('Number or percentage of unhealthy machines above which remediation stops.', intOrString),
  nodeStartupTimeout: about('Time within which a machine must have a Node before it counts as unhealthy.', duration),
  remediationTemplate: objectReference,
  unhealthyConditions: about(
    'What makes a Node unhealthy, and after how long.',
    list(object({ 'status!': text(1), 'timeout!': duration, 'type!': text(1) }), { max: 100 }),
  ),
  unhealthyRange: text(1, 32, '^\\[[0-9]+-[0-9]+\\]$'),
};

const Cluster = kind(
  'A Cluster is a workload cluster with its network, control plane and infrastructure.',
  object({
    availabilityGates: availabilityGates(),
    clusterNetwork: object({ apiServerPort: int32(), pods: cidrs, serviceDomain: text(1, 253), services: cidrs }),
    controlPlaneEndpoint: about('Host and port of the API server of the workload cluster.', endpoint),
    controlPlaneRef: objectReference,
    infrastructureRef: objectReference,
    paused: about('Stops reconciliation of the Cluster and of everything that belongs to it.', bool),
    topology: topologyV1beta1({ timeouts, strategy, healthChecks }),
  }),
  object({
    ...observed,
    controlPlaneReady: bool,
    failureDomains: map(object({ attributes: map(string), controlPlane: bool })),
    ...failure,
    infrastructureReady: bool,
    phase: choice('Pending', 'Provisioning', 'Provisioned', 'Deleting', 'Failed', 'Unknown'),
    v1beta2: v1beta2({ controlPlane: replicaCounts, workers: replicaCounts }),
  }),
);

const Machine = kind(
  'A Machine is one node of a Cluster, with its bootstrap data and its infrastructure.',
  machineSpec,
  object({
    ...observed,
    addresses: list(addresses),
    bootstrapReady: bool,
    certificatesExpiryDate: time,
    deletion: machineDeletion,
    ...failure,
    infrastructureReady: bool,
    lastUpdated: time,
    nodeInfo: nodeInfo(),
    nodeRef: objectReference,
    phase: machinePhase(),
    v1beta2: v1beta2(),
  }),
);

const selector = about('Label selector for the machines; must match the labels of the template.', labelSelector);
const minReadySeconds = int32();

const MachineDeployment = kind(
  'A MachineDeployment manages a group of worker machines and rolls changes out through MachineSets.',
  object({
    'clusterName!': clusterName,
    machineNamingStrategy,
    minReadySeconds,
    paused: bool,
    progressDeadlineSeconds: int32(),
    replicas,
    revisionHistoryLimit: int32(),
    rolloutAfter: time,
    'selector!': selector,
    strategy: about('Strategy by which outdated machines are replaced.', strategy),
    'template!': about('Template of the machines that are created.', template),
  }),
  object({
    ...observed,
    availableReplicas: int32(),
    phase: groupPhase,
    readyReplicas: int32(),
    replicas: int32(),
    selector: text(1, 4096),
    unavailableReplicas: int32(),
    updatedReplicas: int32(),
    v1beta2: newReplicaCounts,
  }),
);

const MachineSet = kind(
  'A MachineSet maintains a number of machines created from one template.',
  object({
    'clusterName!': clusterName,
    deletePolicy,
    machineNamingStrategy,
    minReadySeconds,
    replicas,
    'selector!': selector,
    template: about('Template of the machines that are created.', template),
  }),
  object({
    ...observed,
    availableReplicas: int32(),
    ...failure,
    fullyLabeledReplicas: int32(),
    readyReplicas: int32(),
    replicas: int32(),
    selector: text(1, 4096),
    v1beta2: newReplicaCounts,
  }),
);

const count = int32(0);

const MachineHealthCheck = kind(
  'A MachineHealthCheck defines which machines count as unhealthy and are to be remediated.',
  object({ 'clusterName!': clusterName, 'selector!': selector, ...healthChecks }),
  object({
    ...observed,
    currentHealthy: count,
    expectedMachines: count,
    remediationsAllowed: count,
    targets: list(text(1, 253), { max: 10000 }),
    v1beta2: v1beta2(),
  }),
);

const kubeadmConfigSpec = KUBEADM_CONFIG_SPEC.v1beta1;

const KubeadmControlPlane = kind(
  'A KubeadmControlPlane manages the control plane machines of a Cluster with kubeadm.',
  object({
    'kubeadmConfigSpec!': kubeadmConfigSpec,
    machineNamingStrategy,
    'machineTemplate!': object({
      'infrastructureRef!': objectReference,
      metadata: object(labelsAndAnnotations),
      ...timeouts,
      readinessGates: availabilityGates(),
      taints: list(taint),
    }),
    remediationStrategy: object({ maxRetry: int32(), minHealthyPeriod: duration, retryPeriod: duration }),
    replicas,
    rolloutAfter: time,
    rolloutBefore: object({ certificatesExpiryDays: int32() }),
    rolloutStrategy: withDefault(
      object({ rollingUpdate: object({ maxSurge: intOrString }), type: choice('RollingUpdate') }),
      { rollingUpdate: { maxSurge: 1 }, type: 'RollingUpdate' },
    ),
    'version!': kubernetesVersion,
  }),
  object({
    ...observed,
    ...failure,
    initialized: bool,
    lastRemediation: object({ 'machine!': text(1, 253), 'retryCount!': int32(), 'timestamp!': time }),
    ready: bool,
    readyReplicas: int32(),
    replicas: int32(),
    selector: text(1, 4096),
    unavailableReplicas: int32(),
    updatedReplicas: int32(),
    v1beta2: newReplicaCounts,
    version: text(1, 256),
  }),
);

const KubeadmConfig = kind(
  'A KubeadmConfig holds the kubeadm settings from which the bootstrap data of a machine is generated.',
  kubeadmConfigSpec,
  object({
    ...observed,
    dataSecretName: text(1, 253),
    failureMessage: text(1, 10240),
    failureReason: text(1, 256),
    ready: bool,
    v1beta2: v1beta2(),
  }),
);

const KubeadmConfigTemplate = kind(
  'A KubeadmConfigTemplate is the template of the KubeadmConfigs of a machine group.',
  object({ 'template!': object({ metadata: object(labelsAndAnnotations), spec: kubeadmConfigSpec }) }),
);

export const V1BETA1: Readonly<Record<string, Schema>> = {
  clusters: Cluster,
  machines: Machine,
  machinedeployments: MachineDeployment,
  machinesets: MachineSet,
  machinehealthchecks: MachineHealthCheck,
  kubeadmcontrolplanes: KubeadmControlPlane,
  kubeadmconfigs: KubeadmConfig,
  kubeadmconfigtemplates: KubeadmConfigTemplate,
};
