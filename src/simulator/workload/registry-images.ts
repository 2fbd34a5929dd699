/** What the datacenter's own registry has. */

import { fullImage, imageID } from '../controllers/kubernetes/images.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { imageOfVersion, registry, releases } from '../world/releases.ts';
import { pauseImage } from './node-images.ts';
import { systemRepository } from './programs.ts';

/** What a release of Kubernetes has itself, under its own version. */
const OF_KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map(
  (name) => `${systemRepository}/${name}`,
);

const KNOWN: ReadonlySet<string> = new Set(
  [
    `${systemRepository}/${pauseImage}`,
    ...releases.flatMap(({ version, coredns, etcd, kubeOvn }) => [
      ...OF_KUBERNETES.map((repository) => `${repository}:${version}`),
      `${systemRepository}/coredns:${coredns}`,
      `${systemRepository}/etcd:${etcd}`,
      `${registry}/acp/kube-ovn:${kubeOvn}`,
      imageOfVersion(version),
      imageOfVersion(version).replace('base-image:', 'base-image-iso:'),
    ]),
  ].flatMap((image) => [image, imageID(image)]),
);

/** What is invented says so in its name or in its tag. */
const INVENTED = /(^|[-/:])sim($|[-:@])/;

/**
 * Whether a registry has an image; undefined of a registry whose images nobody here knows. The datacenter's own has what the rows of the support
 * matrix name, what is named `sim`, and what Kubernetes itself consists of in the `versions` that run there.
 */
export function isInRegistry(image: string, versions: () => readonly string[] = () => []): boolean | undefined {
  const full = fullImage(image);
  if (!full.startsWith(`${registry}/`)) return undefined;
  const path = full.slice(registry.length);
  if (KNOWN.has(full) || INVENTED.test(path)) return true;
  return versions().some((version) => OF_KUBERNETES.some((repository) => full === `${repository}:${version}`));
}

/** Which versions of Kubernetes the kubelets of Nodes are of. */
export const versionsOf = (nodes: readonly { status?: unknown }[]): string[] =>
  nodes.flatMap(({ status }) => (status as Node['status'])?.nodeInfo?.kubeletVersion ?? []);
