/**
 * The patch file by which kubeadm configures kubelets. From 1.35 on a kubelet must not verify the credentials of images
 * that are there already; before, it does not know the field (provider documentation, upgrade; domain §5).
 */

import { minorOf } from '../domain/forecast/versions.ts';
import { at, get, list } from '../domain/read.ts';
import type { Edit } from './edit.ts';

export const KUBELET_PATCH = '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json';
const FOLDER = '/etc/kubernetes/patches';
const FIELD = 'imagePullCredentialsVerificationPolicy';
const VALUE = 'NeverVerify';
const FIRST_MINOR = 35;

/** Where a kubeadm configuration stands in its object, and which of its parts take the patches. */
export interface KubeadmPlace {
  /** `spec.kubeadmConfigSpec` or `spec.template.spec`. */
  path: readonly string[];
  parts: readonly ('initConfiguration' | 'joinConfiguration')[];
}

export const PLANE_PLACE: KubeadmPlace = {
  path: ['spec', 'kubeadmConfigSpec'],
  parts: ['initConfiguration', 'joinConfiguration'],
};
export const WORKER_PLACE: KubeadmPlace = { path: ['spec', 'template', 'spec'], parts: ['joinConfiguration'] };

/** Whether kubelets of a version want the field; undefined where the version is not known. */
export function wantsKubeletPatch(version: string | undefined): boolean | undefined {
  const found = minorOf(version);
  return found && (found.major > 1 || found.minor >= FIRST_MINOR);
}

function contentOf(file: unknown): Record<string, unknown> | string {
  const name = 'the kubelet patch';
  if (get(file, 'append') === true) return `${name} is appended to a file: what it comes to is not known`;
  if (get(file, 'contentFrom') !== undefined) return `${name} comes from a Secret: what it holds is not looked at`;
  const encoding = get(file, 'encoding');
  if (encoding !== undefined && encoding !== '' && encoding !== 'base64') {
    return `${name} is encoded as ${String(encoding).slice(0, 40)}: what it holds is not looked at`;
  }
  const content = get(file, 'content');
  if (typeof content !== 'string') return `${name} has no content`;
  try {
    const text = encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content;
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  return `${name} is not a JSON object`;
}

function textOf(file: unknown, value: Record<string, unknown>): string {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  return get(file, 'encoding') === 'base64' ? Buffer.from(text).toString('base64') : text;
}

/** Lets kubeadm look for patches where the file is; or why that cannot be, as a sentence. */
function pointAt(edit: Edit, { path, parts }: KubeadmPlace): string | undefined {
  for (const part of parts) {
    const folder = at(edit.after, ...path, part, 'patches', 'directory');
    if (folder === undefined) edit.set([...path, part, 'patches', 'directory'], FOLDER);
    else if (folder !== FOLDER)
      return `${part} takes its patches from ${String(folder).slice(0, 80)}, not from ${FOLDER}`;
  }
  return undefined;
}

/**
 * Brings the kubelet patch of a configuration to what kubelets of a version need: the field is put in, or taken out, and
 * everything else in the file, and every other file, stays. Gives a sentence where that cannot be done; else what is so.
 */
export function fitKubeletPatch(
  edit: Edit,
  place: KubeadmPlace,
  version: string,
): { says: string } | { problem: string } {
  const wanted = wantsKubeletPatch(version);
  if (wanted === undefined) return { problem: 'the version is not known' };
  const path = [...place.path, 'files'];
  const files = list(at(edit.after, ...path));
  const where = files.flatMap((file, index) => (get(file, 'path') === KUBELET_PATCH ? [index] : []));
  if (where.length > 1) return { problem: `${KUBELET_PATCH} is there ${where.length} times` };
  const [index] = where;
  const shown = `${path.join('.')}[${KUBELET_PATCH}]`;
  if (index === undefined) {
    if (!wanted) return { says: `not needed by ${version}` };
    const content = textOf(
      {},
      {
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        [FIELD]: VALUE,
      },
    );
    edit.append(path, { path: KUBELET_PATCH, owner: 'root:root', permissions: '0644', content }, shown);
    const odd = pointAt(edit, place);
    return odd === undefined ? { says: `added: ${FIELD} is ${VALUE}` } : { problem: odd };
  }
  const file = files[index];
  const content = contentOf(file);
  if (typeof content === 'string') {
    const takes = wanted ? `must hold ${FIELD}: ${VALUE}` : `must not hold ${FIELD}`;
    return { problem: `${content}; for ${version} it ${takes}` };
  }
  const has = Object.hasOwn(content, FIELD) ? content[FIELD] : undefined;
  const odd = wanted ? pointAt(edit, place) : undefined;
  if (odd !== undefined) return { problem: odd };
  if (wanted ? has === VALUE : has === undefined) {
    return { says: wanted ? `${FIELD} is ${VALUE}` : `not needed by ${version}` };
  }
  const { [FIELD]: _old, ...rest } = content;
  const next = wanted ? { ...rest, [FIELD]: VALUE } : rest;
  edit.set([...path, String(index), 'content'], textOf(file, next), '');
  edit.note(`${shown}.${FIELD}`, has, wanted ? VALUE : undefined);
  return {
    says: wanted ? `${FIELD} becomes ${VALUE}` : `${FIELD} is taken out: kubelets of ${version} do not know it`,
  };
}
