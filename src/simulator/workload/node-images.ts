/** The images that a Node's kubelet tells of. Source: k8s.io/kubernetes/pkg/kubelet/nodestatus. */

import { fullImage, imageID, imageSize } from '../controllers/kubernetes/images.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';

type Images = NonNullable<NonNullable<Node['status']>['images']>;

/** A kubelet tells of no more. */
const most = 50;

/** The sandbox of every Pod, which the runtime pins. */
export const pauseImage = 'pause:3.10';
const pauseBytes = 320_368;

/** What is told of images by their names, the largest first; `repository`: where the cluster's own come from. */
export function toldImages(images: Iterable<string>, repository: string): Images {
  const told = [...new Set([...images].map(fullImage))].map((image) => ({
    names: [imageID(image), image],
    sizeBytes: imageSize(image),
  }));
  const sandbox = `${repository}/${pauseImage}`;
  told.push({ names: [imageID(sandbox), sandbox], sizeBytes: pauseBytes });
  return told.sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, most);
}

interface Spec {
  nodeName?: string;
  containers?: { name: string; image?: string }[];
  initContainers?: { name: string; image?: string }[];
}

interface Status {
  containerStatuses?: { name: string; imageID?: string }[];
  initContainerStatuses?: { name: string; imageID?: string }[];
}

/** The images of Pods by the name of their Node, as far as they have been pulled. */
export function imagesByNode(
  pods: Iterable<KubeObject & { spec?: unknown; status?: unknown }>,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const pod of pods) {
    const { nodeName, containers = [], initContainers = [] } = (pod.spec ?? {}) as Spec;
    if (!nodeName) continue;
    const images = found.get(nodeName) ?? new Set();
    found.set(nodeName, images);
    const { containerStatuses = [], initContainerStatuses = [] } = (pod.status ?? {}) as Status;
    const there = new Set(
      [...containerStatuses, ...initContainerStatuses].flatMap(({ name, imageID }) => (imageID ? [name] : [])),
    );
    for (const { name, image } of [...initContainers, ...containers]) {
      if (image && there.has(name)) images.add(fullImage(image));
    }
  }
  return found;
}

/** The Node with what its kubelet tells of `images` and of those it had before; undefined where that is told already. */
export function withImages(node: Node, images: ReadonlySet<string>, repository: string): Node | undefined {
  const known = new Set(node.status?.images?.map(({ names }) => names.at(-1) ?? ''));
  if (known.size >= most || [...images].every((image) => known.has(image))) return undefined;
  const own = [...known].filter((name) => name !== `${repository}/${pauseImage}`);
  return { ...node, status: { ...node.status, images: toldImages(new Set([...own, ...images]), repository) } };
}
