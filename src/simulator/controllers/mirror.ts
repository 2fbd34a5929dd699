/** The Pods that a kubelet shows of its own files (k8s.io/kubernetes/pkg/kubelet/types). */

import type { KubeObject } from './shapes/meta.ts';

/** Where it is noted on them what the kubelet calls the Pod itself. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

type Noted = { metadata: Pick<KubeObject['metadata'], 'annotations'> };

/** What the kubelet calls the Pod that this one mirrors; undefined of any other. */
export const mirrored = ({ metadata }: Noted): string | undefined => metadata.annotations?.[mirrorAnnotation];

/** Whether an object is such a Pod. */
export const isMirror = (object: Noted): boolean => mirrored(object) !== undefined;
