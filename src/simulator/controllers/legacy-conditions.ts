/** Conditions of Cluster API's first generation (`status.conditions` in v1beta1): with severities, sorted by name. */

import type { LegacyCondition } from './shapes/meta.ts';

export type Severity = 'Error' | 'Warning' | 'Info';

/** What such a condition says, without the time. `undefined` as a reason goes with True. */
export interface LegacySaying {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  severity?: Severity;
  message?: string;
}

export const yes = (type: string): LegacySaying => ({ type, status: 'True' });

export const no = (type: string, reason: string, severity: Severity, message?: string): LegacySaying => ({
  type,
  status: 'False',
  reason,
  severity,
  ...(message ? { message } : {}),
});

/** The condition of a type. */
export function findLegacy(
  conditions: readonly LegacyCondition[] | undefined,
  type: string,
): LegacyCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The conditions that follow when `sayings` are now said. The time moves with every change; Ready comes first. */
export function sayLegacy(
  conditions: readonly LegacyCondition[] | undefined,
  sayings: readonly LegacySaying[],
  at: string,
): LegacyCondition[] {
  const next = new Map((conditions ?? []).map((condition) => [condition.type, condition]));
  for (const saying of sayings) {
    const old = next.get(saying.type);
    const same =
      old &&
      old.status === saying.status &&
      old.reason === saying.reason &&
      old.severity === saying.severity &&
      (old.message ?? '') === (saying.message ?? '');
    if (!same) next.set(saying.type, { ...saying, lastTransitionTime: at });
  }
  return [...next.values()].sort((a, b) =>
    a.type === 'Ready' ? -1 : b.type === 'Ready' ? 1 : a.type < b.type ? -1 : a.type > b.type ? 1 : 0,
  );
}

const weight = (condition: LegacyCondition | LegacySaying): number => {
  if (condition.status === 'True') return 4;
  if (condition.status === 'Unknown') return 3;
  return condition.severity === 'Error' ? 0 : condition.severity === 'Warning' ? 1 : 2;
};

/** The gravest of several conditions, the first of equals; undefined where there is none. */
export function gravest<T extends LegacyCondition | LegacySaying>(conditions: readonly T[]): T | undefined {
  let worst: T | undefined;
  for (const condition of conditions) if (!worst || weight(condition) < weight(worst)) worst = condition;
  return worst;
}

/** What `type` says when it repeats another condition. */
export function repeat(type: string, other: LegacyCondition | LegacySaying): LegacySaying {
  const { status, reason, severity, message } = other as LegacySaying;
  const saying: LegacySaying = { type, status };
  if (reason) saying.reason = reason;
  if (severity) saying.severity = severity;
  if (message) saying.message = message;
  return saying;
}

/** `Ready` of an object as the summary of some of its conditions, in order of importance. */
export function summary(sayings: readonly (LegacyCondition | LegacySaying)[]): LegacySaying {
  return repeat('Ready', gravest(sayings) ?? yes('Ready'));
}

/**
 * What `type` says about the Ready conditions of several Machines: the gravest one with its Machine's name, and how many
 * are ready.
 */
export function aggregate(
  type: string,
  machines: readonly { name: string; ready: LegacyCondition | undefined }[],
): LegacySaying | undefined {
  const known = machines.flatMap(({ name, ready }) => (ready ? [{ ...ready, name }] : []));
  const worst = gravest(known);
  if (!worst) return undefined;
  if (worst.status === 'True') return yes(type);
  const fine = known.filter((condition) => condition.status === 'True').length;
  const reason = `${worst.reason ?? ''} @ Machine/${worst.name}`;
  const saying: LegacySaying = { type, status: worst.status as 'False', reason };
  if (worst.severity) saying.severity = worst.severity as Severity;
  saying.message = `${fine} of ${known.length} completed`;
  return saying;
}
