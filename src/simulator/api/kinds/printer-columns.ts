import type { PrinterColumn } from './columns.ts';

export type ClusterApiVersion = 'v1beta1' | 'v1beta2';

const AGE: PrinterColumn = ['Age', 'date', '.metadata.creationTimestamp'];
const CLUSTER: PrinterColumn = ['Cluster', 'string', '.spec.clusterName'];
const CLUSTER_LABEL: PrinterColumn = ['Cluster', 'string', ".metadata.labels['cluster\\.x-k8s\\.io/cluster-name']"];
const TEMPLATE_VERSION: PrinterColumn = ['Version', 'string', '.spec.template.spec.version'];

const condition = (name: string, type: string, priority = 0): PrinterColumn => [
  name,
  'string',
  `.status.conditions[?(@.type=="${type}")].status`,
  priority,
];

/** additionalPrinterColumns of the provider's and Elemental's CRDs. */
export const PROVIDER_COLUMNS: Record<string, PrinterColumn[]> = {
  baremetalclusters: [
    ['Endpoint', 'string', '.spec.controlPlaneEndpoint.host'],
    ['Ready', 'boolean', '.status.ready'],
    AGE,
  ],
  baremetalmachines: [
    ['Pool', 'string', '.spec.machineInventoryPoolRef.name'],
    ['Phase', 'string', '.status.phase'],
    ['Inventory', 'string', '.status.machineInventoryRef.name'],
    ['Ready', 'boolean', '.status.ready'],
    AGE,
  ],
  baremetalmachinetemplates: [['Pool', 'string', '.spec.template.spec.machineInventoryPoolRef.name'], AGE],
  machineinventorypools: [
    CLUSTER,
    ['Total', 'integer', '.status.total'],
    ['Available', 'integer', '.status.available'],
    ['Allocated', 'integer', '.status.allocated'],
    AGE,
  ],
};

const V1BETA1: Record<string, PrinterColumn[]> = {
  clusters: [
    ['ClusterClass', 'string', '.spec.topology.class'],
    ['Phase', 'string', '.status.phase'],
    AGE,
    ['Version', 'string', '.spec.topology.version'],
  ],
  machines: [
    CLUSTER,
    ['NodeName', 'string', '.status.nodeRef.name'],
    ['ProviderID', 'string', '.spec.providerID'],
    ['Phase', 'string', '.status.phase'],
    AGE,
    ['Version', 'string', '.spec.version'],
  ],
  machinedeployments: [
    CLUSTER,
    ['Desired', 'integer', '.spec.replicas', 10],
    ['Replicas', 'integer', '.status.replicas'],
    ['Ready', 'integer', '.status.readyReplicas'],
    ['Updated', 'integer', '.status.updatedReplicas'],
    ['Unavailable', 'integer', '.status.unavailableReplicas'],
    ['Phase', 'string', '.status.phase'],
    AGE,
    TEMPLATE_VERSION,
  ],
  machinesets: [
    CLUSTER,
    ['Desired', 'integer', '.spec.replicas', 10],
    ['Replicas', 'integer', '.status.replicas'],
    ['Ready', 'integer', '.status.readyReplicas'],
    ['Available', 'integer', '.status.availableReplicas'],
    AGE,
    TEMPLATE_VERSION,
  ],
  machinehealthchecks: [
    CLUSTER,
    ['ExpectedMachines', 'integer', '.status.expectedMachines'],
    ['MaxUnhealthy', 'string', '.spec.maxUnhealthy'],
    ['CurrentHealthy', 'integer', '.status.currentHealthy'],
    AGE,
  ],
  kubeadmcontrolplanes: [
    CLUSTER_LABEL,
    ['Initialized', 'boolean', '.status.initialized'],
    ['API Server Available', 'boolean', '.status.ready'],
    ['Desired', 'integer', '.spec.replicas', 10],
    ['Replicas', 'integer', '.status.replicas'],
    ['Ready', 'integer', '.status.readyReplicas'],
    ['Updated', 'integer', '.status.updatedReplicas'],
    ['Unavailable', 'integer', '.status.unavailableReplicas'],
    AGE,
    ['Version', 'string', '.spec.version'],
  ],
  kubeadmconfigs: [CLUSTER_LABEL, AGE],
  kubeadmconfigtemplates: [AGE],
};

const REPLICAS_V1BETA2: PrinterColumn[] = [
  condition('Available', 'Available'),
  ['Desired', 'integer', '.spec.replicas'],
  ['Current', 'integer', '.status.replicas'],
  ['Ready', 'integer', '.status.readyReplicas'],
  ['Available', 'integer', '.status.availableReplicas'],
  ['Up-to-date', 'integer', '.status.upToDateReplicas'],
  condition('Paused', 'Paused', 10),
];

const V1BETA2: Record<string, PrinterColumn[]> = {
  clusters: [
    ['ClusterClass', 'string', '.spec.topology.classRef.name'],
    condition('Available', 'Available'),
    ['CP Desired', 'integer', '.status.controlPlane.desiredReplicas'],
    ['CP Current', 'integer', '.status.controlPlane.replicas', 10],
    ['CP Ready', 'integer', '.status.controlPlane.readyReplicas', 10],
    ['CP Available', 'integer', '.status.controlPlane.availableReplicas'],
    ['CP Up-to-date', 'integer', '.status.controlPlane.upToDateReplicas'],
    ['W Desired', 'integer', '.status.workers.desiredReplicas'],
    ['W Current', 'integer', '.status.workers.replicas', 10],
    ['W Ready', 'integer', '.status.workers.readyReplicas', 10],
    ['W Available', 'integer', '.status.workers.availableReplicas'],
    ['W Up-to-date', 'integer', '.status.workers.upToDateReplicas'],
    condition('Paused', 'Paused', 10),
    ['Phase', 'string', '.status.phase'],
    AGE,
    ['Version', 'string', '.spec.topology.version'],
  ],
  machines: [
    CLUSTER,
    ['Node Name', 'string', '.status.nodeRef.name'],
    ['Provider ID', 'string', '.spec.providerID', 10],
    ['Failure domain', 'string', '.status.failureDomain'],
    condition('Ready', 'Ready'),
    condition('Available', 'Available'),
    condition('Up-to-date', 'UpToDate'),
    ['Internal-IP', 'string', '.status.addresses[?(@.type=="InternalIP")].address', 10],
    ['External-IP', 'string', '.status.addresses[?(@.type=="ExternalIP")].address', 10],
    ['OS-Image', 'string', '.status.nodeInfo.osImage', 10],
    condition('Paused', 'Paused', 10),
    ['Phase', 'string', '.status.phase'],
    AGE,
    ['Version', 'string', '.spec.version'],
  ],
  machinedeployments: [CLUSTER, ...REPLICAS_V1BETA2, ['Phase', 'string', '.status.phase'], AGE, TEMPLATE_VERSION],
  machinesets: [CLUSTER, ...REPLICAS_V1BETA2.slice(1), AGE, TEMPLATE_VERSION],
  machinehealthchecks: [
    CLUSTER,
    ['Replicas', 'integer', '.status.expectedMachines'],
    ['Healthy', 'integer', '.status.currentHealthy'],
    condition('Paused', 'Paused', 10),
    AGE,
  ],
  kubeadmcontrolplanes: [
    CLUSTER_LABEL,
    ...REPLICAS_V1BETA2,
    ['Initialized', 'boolean', '.status.initialization.controlPlaneInitialized'],
    AGE,
    ['Version', 'string', '.spec.version'],
  ],
  kubeadmconfigs: [
    CLUSTER_LABEL,
    condition('Paused', 'Paused', 10),
    ['Data secret created', 'string', '.status.initialization.dataSecretCreated'],
    AGE,
  ],
  kubeadmconfigtemplates: [
    ['ClusterClass', 'string', '.metadata.ownerReferences[?(@.kind=="ClusterClass")].name'],
    ['Cluster', 'string', '.metadata.ownerReferences[?(@.kind=="Cluster")].name'],
    AGE,
  ],
};

/** additionalPrinterColumns of Cluster API's CRDs: v1beta1 as of v1.10, v1beta2 as of v1.13. */
export const CLUSTER_API_COLUMNS: Record<ClusterApiVersion, Record<string, PrinterColumn[]>> = {
  v1beta1: V1BETA1,
  v1beta2: V1BETA2,
};
