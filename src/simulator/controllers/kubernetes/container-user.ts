/** As whom a container runs, as its runtime tells: what its Pod asks for, or else its image, of which little is known. */

import { programOf } from './listening.ts';

interface Context {
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  supplementalGroups?: number[];
}

/** Programs whose images name somebody else than root. */
const NOBODY: Readonly<Record<string, number>> = { coredns: 65_532 };
/** In which groups root is, by what an image is made of. */
const GROUPS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/alpine/, [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27]],
  [/\bbusybox\b/, [0, 10]],
];

/** `status.user` of a container. Source: containerd, internal/cri/server, toCRIContainerUser. */
export function userOf(container: Record<string, unknown>, ofPod: unknown): object {
  const pod = (ofPod ?? {}) as Context;
  const own = { ...pod, ...(container['securityContext'] as Context | undefined) };
  const image = String(container['image'] ?? '');
  const known = NOBODY[programOf(image)] ?? 0;
  const uid = own.runAsUser ?? known;
  const gid = own.runAsGroup ?? (own.runAsUser === undefined ? known : 0);
  const ofImage = uid === 0 ? (GROUPS.find(([of]) => of.test(image))?.[1] ?? []) : [];
  const asked = [...(pod.supplementalGroups ?? []), ...(pod.fsGroup === undefined ? [] : [pod.fsGroup])];
  const supplementalGroups = [...new Set([gid, ...ofImage, ...asked])].sort((a, b) => a - b);
  return { linux: { gid, supplementalGroups, uid } };
}
