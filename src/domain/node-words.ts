/** What a Machine's condition says of its node, in a few words instead of Cluster API's sentences. */
import { BLIND } from './falls.ts';
import type { Condition } from './objects.ts';

/** `Node condition Ready is Unknown.`: conditions of v1beta1. */
const OLD = /Node condition (\w+) is (\w+)/g;
/** `* Node.Ready: Kubelet stopped posting node status.`: conditions of v1beta2, a line each. */
const NEW = /^[ \t]*\* Node\.(\w+): (.*)$/gm;
/** What the node controller writes in place of a kubelet that is silent, and what is no trouble. */
const NO_NEWS =
  /kubelet (?:stopped posting|never posted)|is posting ready status|not yet reported|condition is Unknown/i;

/** What a node says is wrong with it, besides Ready: `MemoryPressure`; and the kubelet's own reason where it gives one. */
function told(message: string): { troubles: string[]; own?: string } {
  const troubles = new Set<string>();
  let own: string | undefined;
  for (const [, type, status] of message.matchAll(OLD)) {
    if (type !== 'Ready' && status === 'True') troubles.add(type!);
  }
  for (const [, type, text] of message.matchAll(NEW)) {
    if (NO_NEWS.test(text!)) continue;
    if (type === 'Ready') own = text;
    else troubles.add(type!);
  }
  const shaped = /Node condition |^[ \t]*\* Node\./m.test(message);
  return {
    troubles: [...troubles],
    own: own ?? (shaped || NO_NEWS.test(message) || message === '' ? undefined : message),
  };
}

/**
 * Whether a condition says that the Node object itself is gone: `NodeDeleted` in v1beta2, `NodeNotFound` in v1beta1 (Cluster
 * API). One that never was is told with other reasons.
 */
export function isGone({ status, reason }: Condition): boolean {
  return status === 'False' && (reason === 'NodeDeleted' || reason === 'NodeNotFound');
}

/** `node silent: its kubelet has stopped reporting`, `node gone: ...`, `node not ready: MemoryPressure`, `node not ready: <the kubelet's words>`. */
export function nodeWords(condition: Condition): string {
  const { status, reason = '', message = '' } = condition;
  if (BLIND.test(reason)) return 'node not known: the API of its cluster does not answer';
  if (status === 'Unknown') return 'node silent: its kubelet has stopped reporting';
  if (isGone(condition)) return 'node gone: its cluster has no such Node object any more';
  const { troubles, own } = told(message);
  const why = [...troubles, ...(own === undefined ? [] : [own.replace(/\s+/g, ' ').trim()])].join(', ');
  const bare = /^(?:NodeConditionsFailed|NodeNotReady|NodeNotHealthy|NodeReady|)$/.test(reason) ? '' : reason;
  return `node not ready${why || bare ? `: ${why || bare}` : ''}`;
}
