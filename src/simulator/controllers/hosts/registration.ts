/** What a kubelet is told to register its Node with: kubeadm's nodeRegistration. */

import { parseDocument } from 'yaml';
import type { Plan } from '../plan-secret.ts';
import { userDataPath } from '../provider/plans.ts';
import type { KubeadmConfigSpec } from '../shapes/capi.ts';
import type { Taint } from '../shapes/core.ts';

/** Labels and taints that somebody wants; `taints` undefined where kubeadm decides. */
export interface Registration {
  labels: Record<string, string>;
  taints?: Taint[];
}

/** What a plan's user data tells the kubelet; nothing where it tells nothing that can be read. */
export function plannedRegistration(plan: Plan): Registration {
  const file = plan.files?.find(({ path }) => path === userDataPath)?.content;
  if (file === undefined) return { labels: {} };
  const lines = Buffer.from(file, 'base64').toString('utf8').split('\n');
  const start = lines.findIndex((line) => /^\s*nodeRegistration:\s*$/.test(line));
  if (start < 0) return { labels: {} };
  const depth = lines[start]!.search(/\S/);
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= depth);
  // The rest of the user data is of others, and long.
  const document = parseDocument(after.slice(0, end < 0 ? undefined : end).join('\n'));
  return document.errors.length > 0 ? { labels: {} } : registrationOf(document.toJS());
}

/** The same of a Machine's configuration: of the one with which it begins a cluster or joins it. */
export const configuredRegistration = (spec: KubeadmConfigSpec | undefined): Registration =>
  registrationOf((spec?.joinConfiguration ?? spec?.initConfiguration)?.['nodeRegistration']);

function registrationOf(node: unknown): Registration {
  const { kubeletExtraArgs: args, taints } = (node ?? {}) as { kubeletExtraArgs?: unknown; taints?: unknown };
  const pairs = labelsIn(args)
    .split(',')
    .filter(Boolean)
    .map((pair) => {
      const [key = '', ...value] = pair.trim().split('=');
      return [key, value.join('=')] as const;
    });
  return { labels: Object.fromEntries(pairs), ...(Array.isArray(taints) ? { taints: taints as Taint[] } : {}) };
}

/** The flag `node-labels`: in a list of names and values since v1beta4, in a map before. */
function labelsIn(args: unknown): string {
  const flag = 'node-labels';
  const text = Array.isArray(args)
    ? (args as { name?: unknown; value?: unknown }[]).find(({ name }) => name === flag)?.value
    : (args as Record<string, unknown> | null | undefined)?.[flag];
  return typeof text === 'string' ? text : '';
}
