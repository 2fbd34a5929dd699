/** The condition Ready of a Machine: what its other conditions come to. Words: Cluster API 1.10. */

import { find, type Saying } from '../conditions.ts';
import { bullet } from '../messages.ts';
import type { Machine } from '../shapes/capi.ts';
import type { Condition } from '../shapes/meta.ts';
import { kubeadmNodeCondition } from './component-conditions.ts';
import { deletionInShort, type Since } from './late-deletion.ts';

/** The condition Ready over the others of `draft`, a Machine; `stage` is that of its deletion. */
export function readySaying(
  draft: Machine,
  conditions: readonly Condition[],
  stage: string | undefined,
  since: Since,
): Saying {
  const lines: string[] = [];
  let status: Saying['status'] = 'True';
  const worse = (found: string | undefined) => {
    if (found === 'False') status = 'False';
    else if (found !== 'True' && status === 'True') status = 'Unknown';
  };
  if (stage) {
    status = 'False';
    lines.push(`* Deleting: ${deletionInShort(draft, stage, since)}`);
  }
  for (const type of ['BootstrapConfigReady', 'InfrastructureReady', 'NodeHealthy', 'HealthCheckSucceeded']) {
    const condition = find(conditions, type);
    const done = stage && /^(Object(Deleted|DoesNotExist)|NodeDeleted)$/.test(condition?.reason ?? '');
    if (!condition || condition.status === 'True' || done) continue;
    worse(condition.status);
    lines.push(bullet(type, condition.message));
  }
  lines.push(...gateLines(draft, conditions, worse));
  const reason = status === 'True' ? 'Ready' : status === 'False' ? 'NotReady' : 'ReadyUnknown';
  return { type: 'Ready', status, reason, message: lines.join('\n') };
}

/** What the conditions named in readinessGates say; those of the control plane's components together where they agree. */
function gateLines(
  draft: Machine,
  conditions: readonly Condition[],
  worse: (status: string | undefined) => void,
): string[] {
  const bad = (draft.spec?.readinessGates ?? []).flatMap(({ conditionType: type }) => {
    const condition = find(conditions, type);
    if (condition?.status === 'True') return [];
    worse(condition?.status);
    return [{ type, message: condition?.message ?? 'Condition not yet reported' }];
  });
  const components = bad.filter(({ type }) => type !== kubeadmNodeCondition);
  const others = bad.filter(({ type }) => type === kubeadmNodeCondition);
  const said = [...new Set(components.map(({ message }) => message))];
  const together = said.length === 1 && components.length > 1;
  return [
    ...others.map(({ type, message }) => bullet(type, message)),
    ...(together
      ? [bullet('Control plane components', said[0]!)]
      : components.map(({ type, message }) => bullet(type, message))),
  ];
}
