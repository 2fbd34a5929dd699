/**
 * What instructions print. The provider's scripts are not public: these stand in for them, with the colours, the debug
 * lines and the careless secrets that real tools leave in their output.
 */

import type { Instruction, Plan } from '../plan-secret.ts';

const dim = (text: string): string => `\u001b[36m${text}\u001b[0m`;
const warn = (text: string): string => `\u001b[33m${text}\u001b[0m`;

const token = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/;

/** The join token in the files of a plan, where there is one. */
export function joinTokenOf(plan: Plan): string | undefined {
  for (const { content } of plan.files ?? []) {
    const found = token.exec(Buffer.from(content, 'base64').toString('utf8'));
    if (found) return found[0];
  }
  return undefined;
}

/** What an instruction prints when it works. `again`: the plan has been applied before, and nothing is left to do. */
export function outputOf(instruction: Instruction, plan: Plan, again = false): string {
  const { name, args } = instruction;
  switch (name) {
    case 'sim-cloud-init-clean':
      return again ? 'cloud-init: nothing to clean\n' : cloudInit(plan);
    case 'sim-elemental-upgrade':
      return elementalUpgrade(/--system (?:oci:)?(\S+)/.exec(args.join(' '))?.[1] ?? 'unknown', again);
    case 'sim-stop-kubelet':
      return 'Removed "/etc/systemd/system/multi-user.target.wants/kubelet.service".\nkubelet.service: inactive (dead)\n';
    case 'sim-clear-cri':
      return again ? 'no containers, no sandboxes\n' : clearedCri();
    case 'sim-stop-containerd':
      return 'containerd.service: inactive (dead)\n';
    default:
      return `${name}: ok\n`;
  }
}

/** Whether what is printed tells the token. */
export const givesAway = (secret: string): boolean => secret.charCodeAt(0) % 8 === 0;

function cloudInit(plan: Plan): string {
  const lines = [
    'removing /var/lib/cloud/instances',
    'removing /var/lib/cloud/seed',
    'removing /var/log/cloud-init.log',
  ];
  // Few render what they were given; those who do give the token away.
  const secret = joinTokenOf(plan);
  if (secret && givesAway(secret)) {
    lines.push(`${dim('DEBU[0001]')} rendered /oem/sim-99-user-data.yaml: discovery.bootstrapToken.token: ${secret}`);
  }
  return `${lines.join('\n')}\n`;
}

function elementalUpgrade(image: string, again: boolean): string {
  const info = (second: number, text: string) => `${dim(`INFO[${String(second).padStart(4, '0')}]`)} ${text}`;
  if (again) return `${info(0, 'Starting elemental version v2.2.0')}\n${info(1, `${image} is active already`)}\n`;
  const layers = [
    ['3f2c8a51d0be', '61.4 MB'],
    ['a91be07c44f2', '712.9 MB'],
    ['07d5c6e1b938', '188.2 MB'],
  ];
  return [
    info(0, 'Starting elemental version v2.2.0 on commit 4f1c2d7'),
    info(0, `Pulling ${image}`),
    ...layers.flatMap(([id, size]) => [`${id}: Pulling fs layer`, `${id}: Download complete ${size}`]),
    `Digest: sha256:${digestOf(image)}`,
    info(61, 'Creating snapshot 2 of btrfs snapshotter'),
    info(63, `Unpacking ${image} to /run/elemental/workingdir`),
    `${warn('WARN[0142]')} selinux is disabled, skipping relabel`,
    info(171, 'Running after-upgrade-chroot hook'),
    info(189, 'Installing GRUB to /run/elemental/efi'),
    info(197, 'Upgrade completed'),
    '',
  ].join('\n');
}

function clearedCri(): string {
  const ids = ['5c0fe2b8d4a1', '0b7d91ce63f8', 'e41a66f0927b', '9d08c5a7be13'];
  return [
    ...ids.map((id) => id),
    ...ids.slice(0, 2).map((id) => `Stopped sandbox ${id}9f31`),
    ...ids.slice(0, 2).map((id) => `Removed sandbox ${id}9f31`),
    '',
  ].join('\n');
}

/** Sixty-four hex digits that belong to an image's name. */
function digestOf(image: string): string {
  let value = 0x811c9dc5;
  let digits = '';
  for (let at = 0; digits.length < 64; at++) {
    value = Math.imul(value ^ image.charCodeAt(at % image.length), 0x01000193);
    digits += (value >>> 0).toString(16).padStart(8, '0');
  }
  return digits.slice(0, 64);
}
