/**
 * The manifests as Cluster API's v1beta2 has them. The document writes v1beta1; what is of the provider and of elemental
 * stays as it is, for there is no other version of it.
 */
import { at } from '../../../domain/read.ts';
import type { Raw } from '../../../operations/contract.ts';

/** Generations of Cluster API that manifests can be written in. */
export const CLUSTER_API = ['v1beta1', 'v1beta2'] as const;
export type ClusterApi = (typeof CLUSTER_API)[number];

const bag = (value: unknown): Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};

/** An object of a manifest in the shape of v1beta2; the same object where that has no say. */
export function asV1beta2(object: Raw): Raw {
  const convert = CONVERT[String(object['kind'])];
  if (!convert) return object;
  const apiVersion = String(object['apiVersion']).replace(/v1beta1$/, 'v1beta2');
  return { ...object, apiVersion, spec: convert(bag(object['spec'])) };
}

const CONVERT: Readonly<Record<string, (spec: Raw) => Raw>> = {
  Cluster: ({ controlPlaneRef, infrastructureRef, ...spec }) => ({
    ...spec,
    controlPlaneRef: reference(controlPlaneRef),
    infrastructureRef: reference(infrastructureRef),
  }),
  KubeadmControlPlane: ({ rolloutStrategy, machineTemplate, kubeadmConfigSpec, ...spec }) => ({
    ...spec,
    rollout: { strategy: rolloutStrategy },
    machineTemplate: { spec: machineSpec(bag(machineTemplate)) },
    kubeadmConfigSpec: kubeadmConfig(bag(kubeadmConfigSpec)),
  }),
  MachineDeployment({ strategy, template, ...spec }) {
    const { metadata, spec: machine } = bag(template);
    const { bootstrap, ...rest } = bag(machine);
    const configRef = reference(at(bootstrap, 'configRef'));
    return {
      ...spec,
      rollout: { strategy },
      template: { metadata, spec: { ...machineSpec(rest), bootstrap: { configRef } } },
    };
  },
  KubeadmConfigTemplate: ({ template, ...spec }) => ({
    ...spec,
    template: { spec: kubeadmConfig(bag(at(template, 'spec'))) },
  }),
};

/** A reference says group and not version; it is always to the same namespace. */
function reference(value: unknown): Raw {
  const { apiVersion, kind, name } = bag(value);
  return { apiGroup: String(apiVersion).split('/')[0], kind, name };
}

/** Timeouts are seconds, and stand together. */
function machineSpec({ nodeDrainTimeout, nodeVolumeDetachTimeout, infrastructureRef, ...spec }: Raw): Raw {
  return {
    ...spec,
    deletion: {
      nodeDrainTimeoutSeconds: secondsOf(nodeDrainTimeout),
      nodeVolumeDetachTimeoutSeconds: secondsOf(nodeVolumeDetachTimeout),
    },
    infrastructureRef: reference(infrastructureRef),
  };
}

const secondsOf = (minutes: unknown) => Number.parseInt(String(minutes), 10) * 60;

/** Arguments are a list, wherever they stand. */
function kubeadmConfig(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'extraArgs' || key === 'kubeletExtraArgs')
        return [key, Object.entries(bag(inner)).map(([name, text]) => ({ name, value: text }))];
      const below = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return [key, below ? kubeadmConfig(inner as Raw) : inner];
    }),
  );
}
