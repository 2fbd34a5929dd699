/** What a Pod cannot begin without: ConfigMaps and Secrets that it mounts or reads. After k8s.io/kubernetes/pkg/kubelet, kuberuntime and volume. */

import { type Container, type PodSpec, served, type WorkPod } from './shapes.ts';
import { everywhere } from './turn.ts';

export interface Reference {
  kind: 'configmap' | 'secret';
  name: string;
  /** The volume that is made of it; of an environment where left out. */
  volume?: string;
  /** The container whose environment reads it. */
  container?: string;
}

interface Source {
  name?: string;
  secretName?: string;
  optional?: boolean;
}

const wanted = (kind: Reference['kind'], source: Source | undefined, more: Partial<Reference>): Reference[] => {
  const name = source?.secretName ?? source?.name;
  // Each Namespace has that one, some time.
  return source && name && !source.optional && name !== 'kube-root-ca.crt' ? [{ kind, name, ...more }] : [];
};

type Projected = { configMap?: Source; secret?: Source };

/** What a Pod must have. */
export function referencesOf(spec: PodSpec): Reference[] {
  const mounted = (spec.volumes ?? []).flatMap((one) => {
    const {
      name: volume,
      configMap,
      secret,
      projected,
    } = one as unknown as Projected & {
      name: string;
      projected?: { sources?: Projected[] };
    };
    return [{ configMap, secret }, ...(projected?.sources ?? [])].flatMap((source) => [
      ...wanted('configmap', source.configMap, { volume }),
      ...wanted('secret', source.secret, { volume }),
    ]);
  });
  return [...mounted, ...[...(spec.initContainers ?? []), ...spec.containers].flatMap(readBy)];
}

function readBy({ name: container, env = [], envFrom = [] }: Container): Reference[] {
  type Variable = { valueFrom?: { configMapKeyRef?: Source; secretKeyRef?: Source } };
  type Bundle = { configMapRef?: Source; secretRef?: Source };
  return [
    ...(env as Variable[]).flatMap(({ valueFrom }) => [
      ...wanted('configmap', valueFrom?.configMapKeyRef, { container }),
      ...wanted('secret', valueFrom?.secretKeyRef, { container }),
    ]),
    ...(envFrom as Bundle[]).flatMap(({ configMapRef, secretRef }) => [
      ...wanted('configmap', configMapRef, { container }),
      ...wanted('secret', secretRef, { container }),
    ]),
  ];
}

/** How one is called among those that are missing. */
export const keyOf = ({ kind, name }: Reference, namespace = ''): string => `${kind}/${namespace}/${name}`;

/** Where those are that Pods on their way want: each once, by its key. */
export function wantedBy(pods: readonly WorkPod[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { metadata, spec, status } of pods) {
    if (!spec.nodeName || metadata.deletionTimestamp || status?.phase !== 'Pending') continue;
    for (const reference of referencesOf(spec)) {
      const kind = reference.kind === 'secret' ? served.Secret : served.ConfigMap;
      const root = everywhere(kind).replace(/\/[^/]+$/, '');
      const path = `${root}/namespaces/${metadata.namespace}/${kind.plural}/${encodeURIComponent(reference.name)}`;
      found.set(keyOf(reference, metadata.namespace), path);
    }
  }
  return found;
}
