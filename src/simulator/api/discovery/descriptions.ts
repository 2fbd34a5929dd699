import type { Schema } from '../schemas/schema.ts';

/** What a field is, by its name, where its schema says nothing: names mean the same in all the kinds that are served. */
const FIELDS: Readonly<Record<string, string>> = {
  addresses: 'Addresses of the object.',
  apiGroup: 'API group of the referent.',
  apiServerPort: 'Port the API server binds to.',
  availableReplicas: 'Number of machines or pods that have been ready for at least minReadySeconds.',
  bootstrap: 'Reference to the bootstrap configuration of the machine.',
  bootstrapReady: 'Whether the bootstrap data of the machine is available.',
  certSANs: 'Additional subject alternative names of the API server certificate.',
  cidrBlocks: 'Address ranges in CIDR notation.',
  clusterConfiguration: 'kubeadm ClusterConfiguration.',
  clusterNetwork: 'Address ranges and DNS domain of the workload cluster.',
  command: 'Entrypoint of the container.',
  conditions: 'Latest observations of the state of the object.',
  config: 'Configuration of the host.',
  containers: 'Containers that belong to the pod.',
  content: 'Content of the file.',
  contentFrom: 'Source from which the content of the file is read.',
  controlPlaneEndpoint: 'Host and port of the API server of the workload cluster.',
  controlPlaneReady: 'Whether the control plane accepts requests.',
  controlPlaneRef: 'Reference to the control plane provider object.',
  dataSecretName: 'Name of the Secret that holds the bootstrap data.',
  deletePolicy: 'Order in which machines are chosen for deletion.',
  effect: 'Effect of the taint: NoSchedule, PreferNoSchedule or NoExecute.',
  enableContentHash: 'Whether a hash of the content is kept.',
  extraArgs: 'Additional command line flags of the component.',
  extraVolumes: 'Additional host paths mounted into the component.',
  failureDomain: 'Failure domain in which the machine is placed.',
  failureDomains: 'Failure domains the infrastructure offers.',
  failureMessage: 'Human-readable description of a terminal error.',
  failureReason: 'Machine-readable reason of a terminal error.',
  fieldPath: 'Part of the object that is referred to.',
  fullyLabeledReplicas: 'Number of replicas whose labels match the template.',
  host: 'Host name or IP address.',
  image: 'Container image.',
  imageRepository: 'Registry and path images are pulled from.',
  imageTag: 'Tag of the image.',
  infrastructureReady: 'Whether the infrastructure is provisioned.',
  infrastructureRef: 'Reference to the infrastructure provider object.',
  initialized: 'Whether the first control plane node is up.',
  key: 'Key.',
  kind: 'Kind of the referent.',
  kubeletExtraArgs: 'Additional command line flags of the kubelet.',
  lastUpdated: 'Time of the last change of phase.',
  local: 'Settings of the stacked etcd.',
  machineTemplate: 'Template of the control plane machines.',
  matchExpressions: 'Label selector requirements; all must be satisfied.',
  matchLabels: 'Label key-value pairs; all must match.',
  maxSurge: 'Number or percentage of machines above the desired number during a rollout.',
  maxUnavailable: 'Number or percentage of machines that may be unavailable during a rollout.',
  minReadySeconds: 'Seconds for which a new machine must be ready to count as available.',
  mode: 'File mode or mode of operation.',
  name: 'Name of the object, item or referent.',
  namespace: 'Namespace of the object or referent.',
  networking: 'Address ranges and DNS domain of the cluster.',
  nodeInfo: 'System information of the Node.',
  nodeRef: 'Reference to the Node of the machine.',
  nodeRegistration: 'Settings with which the Node registers itself.',
  observedGeneration: 'metadata.generation most recently processed by the controller.',
  operator: 'Relation of the key to the values.',
  owner: 'User and group that own the file.',
  path: 'Absolute path.',
  paused: 'Whether reconciliation is stopped.',
  permissions: 'Permissions of the file in octal notation.',
  phase: 'Summary of where the object is in its life cycle.',
  podSubnet: 'Address range of pods.',
  pods: 'Address ranges of pods.',
  port: 'Port number.',
  ports: 'Ports.',
  progressDeadlineSeconds: 'Seconds after which a rollout without progress counts as failed.',
  ready: 'Whether the object is ready for use.',
  readyReplicas: 'Number of ready replicas.',
  reason: 'Machine-readable cause.',
  remediationStrategy: 'How unhealthy control plane machines are remediated.',
  replicas: 'Number of replicas.',
  resourceVersion: 'Version of the referent.',
  revisionHistoryLimit: 'Number of outdated MachineSets or ReplicaSets that are kept.',
  rollingUpdate: 'Parameters of the rolling update.',
  rolloutAfter: 'Time after which the control plane is rolled out even without changes.',
  rolloutStrategy: 'Strategy by which control plane machines are replaced.',
  secret: 'Secret key that is referred to.',
  selector: 'Label selector.',
  serviceDomain: 'DNS domain of services.',
  serviceSubnet: 'Address range of services.',
  services: 'Address ranges of services.',
  sshAuthorizedKeys: 'Public keys that may log in as the user.',
  status: 'Status, one of True, False, Unknown.',
  strategy: 'Strategy by which outdated replicas are replaced.',
  taints: 'Taints the Node is registered with.',
  template: 'Template of the objects that are created.',
  timeout: 'Time after which the condition counts as failed.',
  topology: 'Settings of a cluster managed through a ClusterClass.',
  type: 'Type.',
  uid: 'UID of the referent.',
  unavailableReplicas: 'Number of replicas that are wanted and not available.',
  unhealthyRange: 'Range of numbers of unhealthy machines within which remediation takes place.',
  updatedReplicas: 'Number of replicas that match the current template.',
  users: 'Users created on the machine.',
  value: 'Value.',
  values: 'Values.',
  version: 'Kubernetes version.',
};

const described = new WeakMap<Schema, Schema>();

/** The same schema with a description of every field that is known by name and has none. Shared blocks stay shared. */
export function withDescriptions(schema: Schema): Schema {
  const known = described.get(schema);
  if (known !== undefined) return known;
  const { properties, items, additionalProperties } = schema;
  const result: Schema = {
    ...schema,
    ...(items === undefined ? {} : { items: withDescriptions(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: withDescriptions(additionalProperties) }),
    ...(properties === undefined ? {} : { properties: describedFields(properties) }),
  };
  described.set(schema, result);
  return result;
}

function describedFields(properties: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, part]) => {
      const whole = withDescriptions(part);
      const description = whole.description ?? (Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined);
      return [name, description === undefined || whole.description ? whole : { ...whole, description }];
    }),
  );
}
