/** What a log says of each kind: a few short fields of an object. */

import { type Kind, kinds } from '../../../src/simulator/controllers/kinds.ts';
import { planSecrets } from '../../../src/simulator/controllers/plan-secret.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { Secret } from '../../../src/simulator/controllers/shapes/core.ts';
import type { Condition, KubeObject, LegacyCondition } from '../../../src/simulator/controllers/shapes/meta.ts';
import { entryOf, planKind, planState } from '../plan-rule.ts';

/**
 * The fields of one kind. Of a `steps` field every value counts, also one that is there for a moment; of a `last` field
 * only what is there when the moment is over: counters settle in several writes.
 */
export interface Summary<T extends KubeObject = KubeObject> {
  title: string;
  kind: Kind<T>;
  steps?: Record<string, (object: T) => string>;
  last?: Record<string, (object: T) => string>;
  /** Said once, when the object appears. */
  born?: (object: T) => string;
}

/** The types of conditions that are False, with their reasons. */
function wrong(conditions: readonly (Condition | LegacyCondition)[] | undefined, ...left: string[]): string {
  return (
    (conditions ?? [])
      .filter(({ type, status }) => status === 'False' && !left.includes(type))
      // Some reasons go on to name the Machine that is at fault, and its name is made by chance.
      .map(({ type, reason }) => `${type}=${(reason ?? '').replace(/ @ .*/, '')}`)
      .sort()
      .join(' ')
  );
}

/** Which of these conditions are True. */
function going(conditions: readonly Condition[] | undefined, ...types: string[]): string {
  return types
    .filter((type) => conditions?.some((condition) => condition.type === type && condition.status === 'True'))
    .join(' ');
}

const counts = (...numbers: (number | undefined)[]): string => numbers.map((number) => number ?? 0).join('/');
const define = <T extends KubeObject>(summary: Summary<T>): Summary => summary as unknown as Summary;

/** The state of a plan; where it failed, how often. */
function planText(secret: Secret): string {
  const state = planState(secret);
  const again = state === 'failed' ? ` x${entryOf(secret, 'failure-count')}` : '';
  return `${planKind(secret)} ${state}${again}`;
}

/** The summaries of all kinds that a log follows, in the order of its lines. */
export const summaries: readonly Summary[] = [
  define({
    title: 'deployment',
    kind: kinds.MachineDeployment,
    last: {
      'wanted/there/updated/ready/available': ({ spec, status: s }) =>
        counts(spec?.replicas, s?.replicas, s?.updatedReplicas, s?.readyReplicas, s?.availableReplicas),
      phase: ({ status }) => status?.phase ?? '',
      is: ({ status }) => going(status?.v1beta2?.conditions, 'RollingOut', 'ScalingUp', 'ScalingDown', 'Remediating'),
      not: ({ status }) => wrong(status?.conditions),
    },
  }),
  define({
    title: 'set',
    kind: kinds.MachineSet,
    born: ({ spec }) => spec?.template?.spec?.version ?? '',
    last: {
      'wanted/there/ready': ({ spec, status }) => counts(spec?.replicas, status?.replicas, status?.readyReplicas),
      not: ({ status }) => wrong(status?.conditions, 'MachinesReady', 'Ready'),
    },
  }),
  define({
    title: 'control plane',
    kind: kinds.KubeadmControlPlane,
    last: {
      'wanted/there/updated/ready': ({ spec, status: s }) =>
        counts(spec?.replicas, s?.replicas, s?.updatedReplicas, s?.readyReplicas),
      version: ({ status }) => status?.version ?? '',
      is: ({ status }) => going(status?.v1beta2?.conditions, 'RollingOut', 'ScalingUp', 'ScalingDown', 'Remediating'),
      not: ({ status }) => wrong(status?.conditions, 'Ready', 'MachinesReady'),
    },
  }),
  define({
    title: 'machine',
    kind: kinds.Machine,
    born: ({ spec }) => spec?.version ?? '',
    steps: {
      phase: ({ status }) => status?.phase ?? '',
      deleting: ({ status }) =>
        status?.v1beta2?.conditions?.find(({ type, status: is }) => type === 'Deleting' && is === 'True')?.reason ?? '',
    },
  }),
  define({
    title: 'baremetal',
    kind: kinds.BaremetalMachine,
    steps: { phase: ({ status }) => status?.phase ?? '' },
    last: { not: ({ status }) => wrong(status?.conditions), failure: ({ status }) => status?.failureReason ?? '' },
  }),
  define({
    title: 'pool',
    kind: kinds.MachineInventoryPool,
    last: {
      hosts: ({ status }) => {
        const parts = ['available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'] as const;
        const said = parts.filter((part) => status?.[part]).map((part) => `${status?.[part]} ${part}`);
        return `${status?.total ?? 0} = ${said.join(' + ') || '0'}`;
      },
      not: ({ status }) => wrong(status?.conditions),
    },
  }),
  define({
    title: 'host',
    kind: kinds.MachineInventory,
    steps: { state: ({ metadata }) => metadata.annotations?.['baremetal.alauda.io/allocation-state'] ?? '' },
    last: { not: ({ status }) => wrong(status?.conditions) },
  }),
  define({ title: 'plan', kind: kinds.Secret, steps: { is: planText } }),
  define({
    title: 'node',
    kind: kinds.Node,
    born: ({ status }) => status?.nodeInfo?.kubeletVersion ?? '',
    steps: { ready: ({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? '' },
  }),
];

/** Calls `tell` with every object of a summary's kind and its later changes. Workload clusters must have been asked for. */
export function follow(
  runtime: Runtime,
  summary: Summary,
  tell: (object: KubeObject, change: 'added' | 'modified' | 'deleted') => void,
): void {
  if (summary.kind.kind === 'Secret') planSecrets(runtime).onChange(tell);
  else runtime.informer(summary.kind).onChange(tell);
}
