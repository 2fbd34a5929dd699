/** The Machines a KubeadmControlPlane orders, and which of them goes first. */

import type { ClusterApiVersion } from '../kinds.ts';
import { minorOf } from '../kubernetes-version.ts';
import { labels } from '../owners.ts';
import type { Cluster, KubeadmConfigSpec, KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import type { BaremetalMachineTemplate } from '../shapes/provider.ts';
import { clusterConfigurationText } from './cluster-configuration.ts';
import { byAge } from './common.ts';
import { deleteAnnotation } from './delete-order.ts';
import { fullest } from './failure-domains.ts';
import { inPlace } from './in-place.ts';
import { componentsOf, planeHealthy } from './kcp-components.ts';
import type { MachineOrder } from './machine-create.ts';
import { clusterConfigurationAnnotation } from './same-bootstrap.ts';

export const cleanupHook = 'pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup';

/** What a control plane orders for one more Machine: one that `begins` the cluster, or one that joins it. */
export function controlPlaneOrder(
  plane: KubeadmControlPlane,
  cluster: string,
  name: string,
  infraTemplate: BaremetalMachineTemplate,
  begins: boolean,
  clusterApi: ClusterApiVersion = 'v1beta1',
): MachineOrder {
  const template = plane.spec?.machineTemplate;
  const configuration = clusterConfigurationText(plane);
  return {
    owner: plane,
    name,
    cluster,
    labels: {
      ...template?.metadata?.labels,
      [labels.controlPlane]: '',
      [labels.controlPlaneName]: plane.metadata.name,
    },
    annotations: {
      ...template?.metadata?.annotations,
      ...(clusterApi === 'v1beta1' ? { [clusterConfigurationAnnotation]: configuration } : {}),
      [cleanupHook]: '',
    },
    spec: {
      version: plane.spec?.version,
      ...inPlace(template),
      readinessGates: [
        ...(template?.readinessGates ?? []),
        ...componentsOf(plane, clusterApi).map((conditionType) => ({ conditionType })),
      ],
    },
    infraTemplate,
    bootstrap: bootstrapOf(plane, begins, clusterApi),
  };
}

/**
 * The settings of one Machine: of how to begin and how to join, what it needs; both keep the cluster's configuration. Since
 * Kubernetes 1.31 a control plane turns on the feature gate that lets kubelets speak to their own API server; since v1beta2
 * it says itself that one joins as a control plane. Source: Cluster API 1.10, InitialControlPlaneConfig and
 * JoinControlPlaneConfig; 1.13, ComputeDesiredKubeadmConfig.
 */
export function bootstrapOf(
  plane: KubeadmControlPlane,
  begins: boolean,
  clusterApi: ClusterApiVersion = 'v1beta1',
): KubeadmConfigSpec {
  const { initConfiguration, joinConfiguration, ...common } = plane.spec?.kubeadmConfigSpec ?? {};
  const joins = clusterApi === 'v1beta2' ? { controlPlane: {}, ...joinConfiguration } : joinConfiguration;
  const own = begins ? { initConfiguration } : { joinConfiguration: joins };
  const spec: KubeadmConfigSpec = { ...common, ...own };
  if ((minorOf(plane.spec?.version) ?? 0) < 31) return spec;
  const { clusterConfiguration } = spec;
  const gates = {
    ControlPlaneKubeletLocalMode: true,
    ...(clusterConfiguration?.['featureGates'] as object | undefined),
  };
  return { ...spec, clusterConfiguration: { ...clusterConfiguration, featureGates: gates } };
}

/** Source: Cluster API 1.10, selectMachineForScaleDown: by group, then by failure domain, then the oldest. */
export function selectForScaleDown(
  machines: readonly Machine[],
  outdated: ReadonlySet<string>,
  cluster: Cluster,
): Machine | undefined {
  const old = (machine: Machine) => outdated.has(machine.metadata.name);
  const marked = (machine: Machine) => machine.metadata.annotations?.[deleteAnnotation] !== undefined;
  const groups = [
    machines.filter((machine) => old(machine) && marked(machine)),
    machines.filter(marked),
    machines.filter((machine) => old(machine) && !planeHealthy(machine)),
    machines.filter(old),
    machines,
  ];
  const group = groups.find((machines) => machines.length > 0) ?? [];
  return [...fullest(cluster, machines, group)].sort(byAge)[0];
}
