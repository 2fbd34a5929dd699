/** What the node lifecycle controller of a cluster writes about Nodes whose kubelet is silent. Source: kubernetes. */

import type { Node, NodeCondition } from '../shapes/core.ts';

const lostReason = 'NodeStatusUnknown';
const lostMessage = 'Kubelet stopped posting node status.';
const unreachable = 'node.kubernetes.io/unreachable';
const notReady = 'node.kubernetes.io/not-ready';

/** Whether a Node has been called lost. */
export function isLost(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'Unknown') ?? false;
}

/** Writes into `draft` that its kubelet is silent, at the time `at`: every condition is unknown, and pods must go. */
export function lostNode(draft: Node, at: string): void {
  const conditions = (draft.status?.conditions ?? []).map(
    (condition): NodeCondition =>
      condition.status === 'Unknown'
        ? condition
        : { ...condition, status: 'Unknown', reason: lostReason, message: lostMessage, lastTransitionTime: at },
  );
  draft.status = { ...draft.status, conditions };
  taint(draft, unreachable, at);
}

/** Taints `draft` for a Node that is not Ready but alive. */
export function taintNotReady(draft: Node, at: string): void {
  taint(draft, notReady, at);
}

/** Takes the taints of a Node off that is Ready again. */
export function untaint(draft: Node): void {
  if (!draft.spec?.taints) return;
  const taints = draft.spec.taints.filter(({ key }) => key !== unreachable && key !== notReady);
  if (taints.length > 0) draft.spec.taints = taints;
  else delete draft.spec.taints;
}

function taint(draft: Node, key: string, at: string): void {
  untaint(draft);
  draft.spec = {
    ...draft.spec,
    taints: [
      ...(draft.spec?.taints ?? []),
      { key, effect: 'NoSchedule', timeAdded: at },
      { key, effect: 'NoExecute', timeAdded: at },
    ],
  };
}
