/** Jobs whose Pods are numbered: which numbers are done, and what the Pod of one is. After k8s.io/kubernetes/pkg/controller/job. */

import type { Container, Job, WorkPod } from './shapes.ts';

const INDEX = 'batch.kubernetes.io/job-completion-index';
/** The index of a Pod; -1 of one that has none. */
export const indexOf = ({ metadata }: WorkPod): number => Number(metadata.annotations?.[INDEX] ?? -1);

/** The indexes of a Job that are done, that have failed for good, and that are left: each in order. */
export function indexesOf({ spec, status }: Job, pods: readonly WorkPod[]) {
  const done = new Set(numbersIn(status?.['completedIndexes']));
  const failures = new Map<number, number>();
  for (const pod of pods) {
    if (pod.status?.phase === 'Succeeded') done.add(indexOf(pod));
    if (pod.status?.phase === 'Failed') failures.set(indexOf(pod), (failures.get(indexOf(pod)) ?? 0) + 1);
  }
  const most = spec.backoffLimitPerIndex ?? Number.POSITIVE_INFINITY;
  const failed = new Set(numbersIn(status?.['failedIndexes']));
  for (const [index, count] of failures) if (count > most && !done.has(index)) failed.add(index);
  const all = Array.from({ length: spec.completions ?? 0 }, (_, index) => index);
  return {
    done: all.filter((index) => done.has(index)),
    failed: all.filter((index) => failed.has(index)),
    left: all.filter((index) => !done.has(index) && !failed.has(index)),
  };
}

/** Numbers as they are written in a status: `0,2-4`. */
export function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  // Two that follow each other are not yet a range.
  return found
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
}

function numbersIn(text: unknown): number[] {
  return String(text ?? '')
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, at) => from + at);
    });
}

/** The Pod of an index, which it is told of by its name, its labels and its environment. */
export function podAt({ metadata: { name } }: Job, made: WorkPod, index: number, suffix: string): WorkPod {
  const own = { [INDEX]: String(index) };
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } },
  };
  const told = (container: Container): Container => ({
    ...container,
    env: [...((container['env'] ?? []) as object[]), variable],
  });
  const { initContainers, containers } = made.spec;
  return {
    ...made,
    metadata: {
      ...made.metadata,
      ...{ name: `${name}-${index}-${suffix}`, generateName: `${name}-${index}-` },
      labels: { ...made.metadata.labels, ...own },
      annotations: { ...made.metadata.annotations, ...own },
    } as WorkPod['metadata'],
    spec: {
      ...made.spec,
      containers: containers.map(told),
      ...(initContainers ? { initContainers: initContainers.map(told) } : {}),
      hostname: `${name}-${index}`,
    },
  };
}
