/** What a control plane is brought to, and the one write that does it. */
import { at, str } from '../domain/read.ts';
import type { Raw } from './contract.ts';
import { type Refusal, refused } from './define.ts';
import { type Edit, editOf } from './edit.ts';
import { fitKubeletPatch, PLANE_PLACE } from './kubelet-patch.ts';

const CONFIG = ['spec', 'kubeadmConfigSpec', 'clusterConfiguration'];
const DNS = [...CONFIG, 'dns', 'imageTag'];
const ETCD = [...CONFIG, 'etcd', 'local', 'imageTag'];

/** What a control plane is brought to. An empty tag leaves the present one. */
export interface PlaneTarget {
  version: string;
  coredns: string;
  etcd: string;
}

/** The tags of a control plane as the server sent it. */
export function tagsOf(raw: Raw): { coredns?: string; etcd?: string } {
  return { coredns: str(at(raw, ...DNS)), etcd: str(at(raw, ...ETCD)) };
}

/** The one write, and what it says of the kubelet patch; or why it cannot be made. */
export function editPlane(raw: Raw, target: PlaneTarget): { edit: Edit; patch: string } | Refusal {
  const edit = editOf(raw);
  edit.set(['spec', 'version'], target.version);
  if (target.coredns !== '') edit.set(DNS, target.coredns);
  if (target.etcd !== '') {
    if (at(raw, ...CONFIG, 'etcd', 'external') !== undefined) {
      return refused('its etcd is external: it has no image tag here');
    }
    edit.set(ETCD, target.etcd);
  }
  const patch = fitKubeletPatch(edit, PLANE_PLACE, target.version);
  return 'problem' in patch ? refused(patch.problem) : { edit, patch: patch.says };
}
