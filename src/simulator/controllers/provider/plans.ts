/**
 * The plans the provider writes. What the real ones hold is not public: names and scripts are the simulator's own, and
 * say so. The provider's order of work is documented: cloud-init clean, elemental upgrade, reboot, kubeadm.
 */

import { createHash } from 'node:crypto';
import type { PlannedVolume } from '../hosts/disks.ts';
import { volumesPath } from '../hosts/volumes.ts';
import { encode, type Instruction, type Plan, type PlanFile } from '../plan-secret.ts';

/** What a host learns of the node it is to become: the simulated kubelet starts from it. */
export interface NodeIdentity {
  cluster: string;
  node: string;
  providerID: string;
  version: string;
  controlPlane: boolean;
}

/** Where a plan puts the cloud-init user data. */
export const userDataPath = '/oem/sim-99-user-data.yaml';
export const identityPath = '/etc/sim/node.json';

/** How often the agent may try a plan of the provider before it gives up. */
export const maxFailures = 3;

/** The same for plans that touch disks: only an operator may have them tried again. */
export const maxStorageFailures = 1;

/** What the plan of one use is made of. */
export interface Reprovision {
  identity: NodeIdentity;
  image: string;
  /** Normalised cloud-init user data: it holds the token with which the node joins. */
  userData: string;
  /** Makes the plan differ from every earlier one. */
  use: string;
  /** The volumes to mount at the boot that follows. */
  volumes?: readonly PlannedVolume[];
}

/** The plan that turns a host into a node. Its files hold secrets: user data with a join token, a kubelet key. */
export function reprovisionPlan({ identity, image, userData, use, volumes = [] }: Reprovision): Plan {
  const mounts = volumes.map(({ name, path }) => `systemctl enable sim-${name}.mount # ${path}`).join('\n');
  return {
    files: [
      file(identityPath, JSON.stringify(identity)),
      file(userDataPath, userData),
      file('/oem/sim-pki/kubelet.crt', pem('CERTIFICATE', use, 420)),
      file('/oem/sim-pki/kubelet.key', pem('EC PRIVATE KEY', use, 121)),
      ...volumeFile(volumes),
    ],
    instructions: [
      step('sim-cloud-init-clean', once(use, 'cloud-init clean --logs --seed'), use),
      step('sim-elemental-upgrade', once(use, `elemental upgrade --system oci:${image} --bootloader --debug`), use),
      ...(volumes.length > 0 ? [step('sim-activate-volumes', mounts, use)] : []),
      { ...step('sim-delayed-reboot', once(use, 'systemd-run --on-active=10 reboot'), use), saveOutput: false },
    ],
    probes: {
      'sim-kubelet': {
        name: 'sim-kubelet',
        initialDelaySeconds: 5,
        timeoutSeconds: 5,
        successThreshold: 1,
        failureThreshold: 3,
        httpGet: { url: 'http://127.0.0.1:10248/healthz' },
      },
    },
  };
}

/** The plan that takes a node's workload off a host, and before that whatever volumes are mounted. */
export function cleanPlan(use: string, volumes: readonly PlannedVolume[] = []): Plan {
  return {
    ...(volumes.length > 0 ? { files: volumeFile(volumes) } : {}),
    instructions: [
      ...(volumes.length > 0
        ? [step('sim-deactivate-volumes', volumes.map(({ path }) => `umount ${path}`).join('\n'), use)]
        : []),
      step('sim-stop-kubelet', 'systemctl disable --now kubelet', use),
      step('sim-clear-cri', 'crictl rm --all --force; crictl rmp --all --force', use),
      step('sim-stop-containerd', 'systemctl stop containerd', use),
    ],
  };
}

/** The plan that makes or adopts filesystems (`prepare`), or forgets them without touching a byte (`release`). */
export function storagePlan(what: 'prepare' | 'release', volumes: readonly PlannedVolume[], use: string): Plan {
  const verb = what === 'prepare' ? 'sim-prepare-volume' : 'sim-release-volume';
  return {
    files: volumeFile(volumes),
    instructions: volumes.map(({ name, deviceID, type }) =>
      step(`${verb}-${name}`, `sim-storage ${what} --device ${deviceID} --type ${type}`, use),
    ),
  };
}

/** The agent runs a plan again after every boot: what has been done must not be done twice. */
const once = (use: string, script: string): string => `test -e /oem/sim-done-${use} || ${script}`;

function step(name: string, script: string, use: string): Instruction {
  return { name, command: '/bin/sh', args: ['-c', script], env: [`SIM_USE=${use}`], saveOutput: true };
}

const file = (path: string, content: string): PlanFile => ({ content: encode(content), path, permissions: '0600' });

function volumeFile(volumes: readonly PlannedVolume[]): PlanFile[] {
  return volumes.length > 0 ? [file(volumesPath, JSON.stringify({ volumes }))] : [];
}

/** What looks like a certificate or a key, and is none: `bytes` of chance in its armour. */
function pem(label: string, use: string, bytes: number): string {
  const text = createHash('shake256', { outputLength: bytes }).update(`${label}\n${use}`).digest('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
