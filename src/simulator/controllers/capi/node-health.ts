/** What a Machine makes of its Node's conditions, in both generations. Source: Cluster API 1.10. */

import type { Saying } from '../conditions.ts';
import { type LegacySaying, no, yes } from '../legacy-conditions.ts';
import type { Node } from '../shapes/core.ts';

/** Whether a Node is Ready. */
export function nodeReady(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The four conditions of a Node that count, with those that are not as they should be. */
function nodeTroubles(node: Node) {
  return watched.flatMap((type) => {
    const found = node.status?.conditions?.find((condition) => condition.type === type);
    const fine = found?.status === (type === 'Ready' ? 'True' : 'False');
    return fine ? [] : [{ type, found }];
  });
}

/** `NodeHealthy` in the second generation. */
export function nodeHealth(node: Node): Saying {
  const troubles = nodeTroubles(node);
  if (troubles.length === 0) return { type: 'NodeHealthy', status: 'True', reason: 'NodeHealthy' };
  const words = (found: (typeof troubles)[number]['found']) =>
    found ? found.message || `Condition is ${found.status}` : 'Condition not yet reported';
  const reported = troubles.filter(({ found }) => found);
  // A kubelet that is silent leaves the same word with all of them.
  const alike = reported.length > 1 && new Set(reported.map(({ found }) => words(found))).size === 1;
  const lines = alike
    ? [`* Node.AllConditions: ${words(reported[0]!.found)}`]
    : troubles.map(({ type, found }) => `* Node.${type}: ${words(found)}`);
  const known = troubles.some(({ found }) => found && found.status !== 'Unknown');
  const message = lines.join('\n');
  return known
    ? { type: 'NodeHealthy', status: 'False', reason: 'NodeNotHealthy', message }
    : { type: 'NodeHealthy', status: 'Unknown', reason: 'NodeHealthyUnknown', message };
}

/** The first generation holds a Node unwell when one thing is, and unsure only when it knows nothing at all. */
export function legacyNodeHealth(node: Node): LegacySaying {
  // In the order in which the Node has them.
  const order = node.status?.conditions ?? [];
  const said = nodeTroubles(node)
    .flatMap(({ found }) => found ?? [])
    .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const message = said.map(({ type, status }) => `Node condition ${type} is ${status}. `).join('');
  if (said.some(({ status }) => status !== 'Unknown')) {
    return no('NodeHealthy', 'NodeConditionsFailed', 'Warning', message);
  }
  if (said.length < watched.length) return yes('NodeHealthy');
  return { type: 'NodeHealthy', status: 'Unknown', reason: 'NodeConditionsFailed', message };
}
