/**
 * Whether the kubelet of a host comes up with the configuration it was given. From 1.35 on it must be told by kubeadm's
 * patch not to verify the credentials of images that are there already; before, it refuses a field it does not know.
 */

import { parseDocument } from 'yaml';
import { type Plan, parseObject } from '../plan-secret.ts';
import { userDataPath } from '../provider/plans.ts';

const patchPath = '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json';
const field = 'imagePullCredentialsVerificationPolicy';
const firstMinor = 35;

/** Why the kubelet of a version stays down after the plan; undefined where it comes up, or the plan is not read. */
export function refusedConfiguration(plan: Plan, version: string): string | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (minor === undefined) return undefined;
  const userData = plan.files?.find(({ path }) => path === userDataPath)?.content;
  if (userData === undefined) return undefined;
  const patch = patchOf(Buffer.from(userData, 'base64').toString('utf8'));
  // Its content comes from elsewhere: nothing is known against it.
  if (patch === 'elsewhere') return undefined;
  const policy = patch?.[field];
  const wanted = Number(major) > 1 || Number(minor) >= firstMinor;
  if (wanted && policy !== 'NeverVerify') return `${patchPath} does not say ${field}: NeverVerify`;
  if (!wanted && policy !== undefined) return `${patchPath} says ${field}, which a kubelet of ${version} does not know`;
  return undefined;
}

/** The patch among the files of user data; undefined where there is none, or nothing that can be read. */
function patchOf(userData: string): Record<string, unknown> | 'elsewhere' | undefined {
  // Most have none: parsing is for those that do.
  if (!userData.includes(patchPath)) return undefined;
  const document = parseDocument(userData);
  if (document.errors.length > 0) return undefined;
  const files: unknown = (document.toJS() as { write_files?: unknown } | null)?.write_files;
  for (const file of Array.isArray(files) ? files : []) {
    const { path, content, encoding } = (file ?? {}) as { path?: unknown; content?: unknown; encoding?: unknown };
    if (path !== patchPath || typeof content !== 'string') continue;
    if (content.trim() === '') return 'elsewhere';
    return parseObject(encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content);
  }
  return undefined;
}
