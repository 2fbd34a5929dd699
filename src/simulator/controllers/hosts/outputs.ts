/**
 * What instructions print. The provider's scripts are not public: these stand in for them, with the colours, the debug
 * lines and the careless secrets that real tools leave in their output.
 */

import { digest } from '../digest.ts';
import type { Instruction, Plan } from '../plan-secret.ts';
import { Random } from '../random.ts';
import { endedByHand } from './by-hand.ts';

const dim = (text: string): string => `\u001b[36m${text}\u001b[0m`;
const warn = (text: string): string => `\u001b[33m${text}\u001b[0m`;

const padded = (second: number): string => String(second).padStart(4, '0');

const token = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/;

/** The join token in the files of a plan, where there is one. */
export function joinTokenOf(plan: Plan): string | undefined {
  for (const { content } of plan.files ?? []) {
    const found = token.exec(Buffer.from(content, 'base64').toString('utf8'));
    if (found) return found[0];
  }
  return undefined;
}

/**
 * What an instruction prints on a host when it works. `again`: the plan has been applied before, and nothing is left to do;
 * `now`: Unix time in ms.
 */
export function outputOf(instruction: Instruction, plan: Plan, again = false, host = '', now = 0): string {
  const { name, args } = instruction;
  switch (name) {
    case 'sim-cloud-init-clean':
      return again ? 'cloud-init: nothing to clean\n' : cloudInit(plan);
    case 'sim-elemental-upgrade':
      return elementalUpgrade(
        /--system (?:oci:)?(\S+)/.exec(args.join(' '))?.[1] ?? 'unknown',
        again,
        paceOfUse(wordOf(instruction)),
      );
    case 'sim-stop-kubelet':
      return 'Removed "/etc/systemd/system/multi-user.target.wants/kubelet.service".\nkubelet.service: inactive (dead)\n';
    case 'sim-clear-cri':
      return again ? 'no containers, no sandboxes\n' : clearedCri(wordOf(instruction));
    case 'sim-stop-containerd':
      return 'containerd.service: inactive (dead)\n';
    default:
      return endedByHand(instruction, host, now)?.output ?? `${name}: ok\n`;
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

/** So many different paces there are: what hosts print of the same plan is kept once for each. */
const paces = 16;

/** How fast a host is with a plan whose use is known by this word: one of a few. */
export const paceOfUse = (use: string): number => Number.parseInt(digest(use).slice(0, 6), 16) % paces;

const wordOf = ({ env = [] }: Instruction): string =>
  env.find((one) => one.startsWith(ofUse))?.slice(ofUse.length) ?? '';
const ofUse = 'SIM_USE=';

function elementalUpgrade(image: string, again: boolean, pace: number): string {
  const random = new Random('upgrade', image, pace);
  let second = 0;
  const after = (from: number, to: number): number => {
    second += random.integer(from, to);
    return second;
  };
  const told = (at: number, text: string) => `${dim(`INFO[${padded(at)}]`)} ${text}`;
  if (again) return `${told(0, 'Starting elemental version v2.2.0')}\n${told(1, `${image} is active already`)}\n`;
  const layer = (at: number, size: number) => [
    digest(`${image}/${at}`).slice(0, 12),
    `${(size + (Number.parseInt(digest(image).slice(at, at + 2), 16) % 90) / 10).toFixed(1)} MB`,
  ];
  const layers = [layer(0, 58), layer(1, 705), layer(2, 184)];
  return [
    told(0, 'Starting elemental version v2.2.0 on commit 4f1c2d7'),
    told(0, `Pulling ${image}`),
    ...layers.flatMap(([id, size]) => [`${id}: Pulling fs layer`, `${id}: Download complete ${size}`]),
    `Digest: sha256:${digest(image)}`,
    told(after(38, 96), 'Creating snapshot 2 of btrfs snapshotter'),
    told(after(1, 3), `Unpacking ${image} to /run/elemental/workingdir`),
    `${warn(`WARN[${padded(after(58, 99))}]`)} selinux is disabled, skipping relabel`,
    told(after(19, 41), 'Running after-upgrade-chroot hook'),
    told(after(12, 25), 'Installing GRUB to /run/elemental/efi'),
    told(after(5, 11), 'Upgrade completed'),
    '',
  ].join('\n');
}

function clearedCri(use: string): string {
  const ids = [0, 1, 2, 3].map((at) => digest(`${use}/container/${at}`).slice(0, 12));
  return [
    ...ids.map((id) => id),
    ...ids.slice(0, 2).map((id) => `Stopped sandbox ${id}`),
    ...ids.slice(0, 2).map((id) => `Removed sandbox ${id}`),
    '',
  ].join('\n');
}
