/** The names of what a control plane says of its Machines. */

/** Since v1beta2 a control plane also says whether a Node has the labels and taints kubeadm gives. */
export const kubeadmNodeCondition = 'NodeKubeadmLabelsAndTaintsSet';

/** The conditions a KubeadmControlPlane sets on its Machines. */
export const componentConditions = [
  'APIServerPodHealthy',
  'ControllerManagerPodHealthy',
  'SchedulerPodHealthy',
  'EtcdPodHealthy',
  'EtcdMemberHealthy',
] as const;
