/** The conditions that the kubeadm provider sets on each control-plane Machine. Source: Cluster API, kubeadm controlplane conditions. */

/** Of the programs of the control plane. */
export const COMPONENT_CHECKS = ['APIServerPodHealthy', 'ControllerManagerPodHealthy', 'SchedulerPodHealthy'] as const;

/** Of its member of etcd. */
export const ETCD_CHECKS = ['EtcdPodHealthy', 'EtcdMemberHealthy'] as const;

/** All of them, in the order in which they are told. */
export const PLANE_CHECKS = [...COMPONENT_CHECKS, ...ETCD_CHECKS] as const;
