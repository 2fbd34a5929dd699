/** The Leases by which kubelets say that they live. */

import type { KubeObject } from '../api/types.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { readyOf } from './summary.ts';

type Make = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  born: string,
  rest: object,
) => KubeObject;

/** The Lease of a Node; `renewTime` as Kubernetes writes it. A kubelet that is silent renews nothing. */
export function nodeLease(node: Node, renewTime: string, make: Make): KubeObject {
  const { name, uid, creationTimestamp = renewTime } = node.metadata;
  const last = readyOf(node) === 'Unknown' ? (transitionOf(node) ?? renewTime) : renewTime;
  const made = make('coordination.k8s.io/v1', 'Lease', 'kube-node-lease', name, creationTimestamp, {
    spec: {
      ...{ holderIdentity: name, leaseDurationSeconds: 40 },
      renewTime: within(last, name),
    },
  });
  return {
    ...made,
    metadata: { ...made.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid ?? '' }] },
  };
}

/** A time within the second before `last`: each kubelet has its own, and none is still to come. */
export function within(last: string, name: string): string {
  const second = new Date(Date.parse(last) - 1000).toISOString().slice(0, 19);
  return `${second}.${decimals(`${name}/${last}`, 6)}Z`;
}

const transitionOf = ({ status }: Node): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;

/** The decimals of a second: the same for the same text. */
export function decimals(of: string, digits: number): string {
  return String(new Random(of).integer(0, 10 ** digits - 1)).padStart(digits, '0');
}
