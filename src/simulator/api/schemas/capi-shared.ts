/** Blocks that both generations of Cluster API's kinds share. */
import { QUALIFIED_NAME } from './meta.ts';
import { about, choice, type Fields, int32, int64, list, object, type Schema, string, text, time } from './schema.ts';

/** Conditions of v1beta1, which v1beta2 keeps under status.deprecated. */
export const legacyConditions = about(
  'Conditions of the object in the v1beta1 contract of Cluster API.',
  list(
    object({
      'lastTransitionTime!': time,
      message: text(1, 10240),
      reason: text(1, 256),
      severity: text(undefined, 32),
      'status!': string,
      'type!': text(1, 256),
    }),
  ),
);

/** Conditions that must hold besides the usual ones. */
export const availabilityGates = (rules: { min?: number } = {}): Schema =>
  list(object({ 'conditionType!': text(1, 316, QUALIFIED_NAME), polarity: choice('Positive', 'Negative') }), {
    ...rules,
    max: 32,
    keys: ['conditionType'],
  });

export const clusterName = about('Name of the Cluster the object belongs to.', text(1, 63));
export const kubernetesVersion = about('Kubernetes version, such as v1.33.7-2.', text(1, 256));
export const bootstrapDataName = about('Name of the Secret that holds the bootstrap data.', text(0, 253));
export const deletePolicy = choice('Random', 'Newest', 'Oldest');

export const replicaCounts = object({
  availableReplicas: int32(),
  desiredReplicas: int32(),
  readyReplicas: int32(),
  replicas: int32(),
  upToDateReplicas: int32(),
});

/** One MachineAddress. */
export const addresses = object({
  'address!': text(1, 256),
  'type!': choice('Hostname', 'ExternalIP', 'InternalIP', 'ExternalDNS', 'InternalDNS'),
});

export const machineDeletion = about(
  'How far the deletion is.',
  object({ nodeDrainStartTime: time, waitForNodeVolumeDetachStartTime: time }),
);

/** corev1.NodeSystemInfo; newer ones tell of swap. */
export const nodeInfo = ({ swap = false } = {}): Schema => {
  const said = [
    ...['architecture', 'bootID', 'containerRuntimeVersion', 'kernelVersion', 'kubeProxyVersion', 'kubeletVersion'],
    ...['machineID', 'operatingSystem', 'osImage', 'systemUUID'],
  ];
  const fields: Fields = Object.fromEntries(said.map((name) => [`${name}!`, string]));
  return object({ ...fields, ...(swap ? { swap: object({ capacity: int64() }) } : {}) });
};

export const machinePhase = (...more: string[]): Schema =>
  about(
    'How far the machine is.',
    choice('Pending', 'Provisioning', 'Provisioned', 'Running', ...more, 'Deleting', 'Deleted', 'Failed', 'Unknown'),
  );

export const groupPhase = choice('ScalingUp', 'ScalingDown', 'Running', 'Failed', 'Unknown');
