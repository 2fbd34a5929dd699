/**
 * What the controller of KubeadmConfigs writes into its log. Source: Cluster API 1.10, kubeadmconfig_controller.go of the
 * kubeadm bootstrap provider.
 */

import type { Words } from './machine-log.ts';

const lines = { 'init control plane': 489, 'join control plane': 741, 'worker node': 604 };

/** Says that the data of a Machine is made, by what it becomes. */
export const makes = (what: keyof typeof lines): Words => [
  `kubeadmconfig_controller.go:${lines[what]}`,
  `Creating BootstrapData for the ${what}`,
];

export const waits: Words = ['kubeadmconfig_controller.go:263', 'Cluster infrastructure is not ready, waiting'];

/** Whom a configuration is for, in the order in which it is told: the Machine, in which version, its owners and its cluster. */
export function whom<T extends Record<string, string | undefined>>({ Cluster, ...machine }: T) {
  return { ...machine, Cluster };
}
