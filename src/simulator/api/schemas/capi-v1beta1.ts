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
  about('The same in the terms of v1beta2.', object({ conditions: newConditions, ...more }));
const newReplicaCounts = v1beta2({
  availableReplicas: int32(),
  readyReplicas: int32(),
  upToDateReplicas: int32(),
});
const replicas = about('How many machines are wanted.', int32());

const timeouts: Fields = {
  nodeDeletionTimeout: about('How long to try to delete the Node.', duration),
  nodeDrainTimeout: about('How long to drain the Node; 0 for ever.', duration),
  nodeVolumeDetachTimeout: about('How long to wait for volumes to be detached; 0 for ever.', duration),
};

const machineSpec = object({
  'bootstrap!': object({
    configRef: about('What makes the bootstrap data.', objectReference),
    dataSecretName: bootstrapDataName,
  }),
  'clusterName!': clusterName,
  failureDomain: text(1, 256),
  'infrastructureRef!': about('What the machine runs on.', objectReference),
  ...timeouts,
  providerID: about('Names the machine as its Node does.', text(1, 512)),
  readinessGates: availabilityGates(),
  taints: list(taint),
  version: about('The version of Kubernetes.', text(1, 256)),
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
  maxUnhealthy: about('How many may be unhealthy for remediation to go on.', intOrString),
  nodeStartupTimeout: about('How long a machine may take to become a Node.', duration),
  remediationTemplate: objectReference,
  unhealthyConditions: about(
    'What makes a Node unhealthy, and after how long.',
    list(object({ 'status!': text(1), 'timeout!': duration, 'type!': text(1) }), { max: 100 }),
  ),
  unhealthyRange: text(1, 32, '^\\[[0-9]+-[0-9]+\\]$'),
};

const Cluster = kind(
  'A Cluster is a workload cluster: its network, its control plane and its infrastructure.',
  object({
    availabilityGates: availabilityGates(),
    clusterNetwork: object({ apiServerPort: int32(), pods: cidrs, serviceDomain: text(1, 253), services: cidrs }),
    controlPlaneEndpoint: about('Where the API server of the cluster is reached.', endpoint),
    controlPlaneRef: objectReference,
    infrastructureRef: objectReference,
    paused: about('True to keep controllers off.', bool),
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
  'A Machine is one node of a Cluster: its bootstrap data, its infrastructure and its Node.',
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

const selector = about('The labels of its machines.', labelSelector);
const minReadySeconds = int32();

const MachineDeployment = kind(
  'A MachineDeployment is a group of worker machines that are alike, rolled out one MachineSet after the other.',
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
    strategy: about('How old machines are replaced by new ones.', strategy),
    'template!': about('What machines are made from.', template),
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
  'A MachineSet is a number of machines made from one template.',
  object({
    'clusterName!': clusterName,
    deletePolicy,
    machineNamingStrategy,
    minReadySeconds,
    replicas,
    'selector!': selector,
    template: about('What machines are made from.', template),
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
  'A MachineHealthCheck finds unhealthy machines and has them replaced.',
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
  'A KubeadmControlPlane is the control plane of a Cluster: its machines, made and replaced one at a time.',
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
  'A KubeadmConfig makes the bootstrap data of one machine.',
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
  'A KubeadmConfigTemplate is what the KubeadmConfigs of a group are made from.',
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
