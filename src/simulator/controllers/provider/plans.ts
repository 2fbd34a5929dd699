/**
 * The plans the provider writes. What the real ones hold is not public: names and scripts are the simulator's own, and
 * say so. The provider's order of work is documented: cloud-init clean, elemental upgrade, reboot, kubeadm.
 */

import { encode, type Plan } from '../plan-secret.ts';

/** What a host learns of the node it is to become: the simulated kubelet starts from it. */
export interface NodeIdentity {
  cluster: string;
  node: string;
  providerID: string;
  version: string;
  controlPlane: boolean;
}

export const identityPath = '/etc/sim/node.json';

/** How often the agent may try a plan of the provider before it gives up. */
export const maxFailures = 3;

/** The plan that turns a host into a node. `use` makes it differ from every earlier one. */
export function reprovisionPlan(identity: NodeIdentity, image: string, userData: string, use: string): Plan {
  return {
    files: [
      { content: encode(JSON.stringify(identity)), path: identityPath, permissions: '0600' },
      { content: encode(userData), path: '/oem/sim-99-user-data.yaml', permissions: '0600' },
    ],
    instructions: [
      {
        name: 'sim-cloud-init-clean',
        command: '/bin/sh',
        args: ['-c', 'cloud-init clean --logs --seed'],
        env: [`SIM_USE=${use}`],
        saveOutput: true,
      },
      {
        name: 'sim-elemental-upgrade',
        command: '/bin/sh',
        args: ['-c', `elemental upgrade --system ${image} --bootloader --debug`],
        saveOutput: true,
      },
      { name: 'sim-delayed-reboot', command: '/bin/sh', args: ['-c', 'systemd-run --on-active=10 reboot'] },
    ],
  };
}

/** The plan that takes a node's workload off a host. */
export function cleanPlan(use: string): Plan {
  const step = (name: string, script: string) => ({
    name,
    command: '/bin/sh',
    args: ['-c', script],
    env: [`SIM_USE=${use}`],
    saveOutput: true,
  });
  return {
    instructions: [
      step('sim-stop-kubelet', 'systemctl stop kubelet'),
      step('sim-clear-cri', 'crictl rm --all --force; crictl rmp --all --force'),
      step('sim-stop-containerd', 'systemctl stop containerd'),
    ],
  };
}
