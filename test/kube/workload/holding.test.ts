/** What is held of a workload cluster from one batch to the next. */
import { expect, it } from 'vitest';
import { projectDaemonSet } from '../../../src/domain/project/daemon-set.ts';
import { unasked, type Workload } from '../../../src/domain/workload.ts';
import { Holding, type WorkloadObject } from '../../../src/kube/workload/holding.ts';
import { rawDaemonSet } from '../../domain/workloads.ts';

it('says since when a DaemonSet that lacks something has not moved, as far as it was seen', () => {
  let now = 1000;
  const holding = new Holding(() => now);
  let held: Workload = unasked('prod', now);
  const told = (status: object) => {
    const object: WorkloadObject = projectDaemonSet(rawDaemonSet('kube-ovn-cni', { ...status }))!;
    const changes = new Map([['daemonSet', [{ type: 'set', object }]]]);
    const before = held;
    held = holding.take(held, { changes, freshness: new Map() } as never);
    now += 1000;
    return { since: held.daemonSets[0]?.stillSince, isNews: held !== before };
  };
  expect(told({})).toEqual({ since: undefined, isNews: true });
  expect(told({ updatedNumberScheduled: 2 })).toEqual({ since: 2000, isNews: true });
  expect(told({ updatedNumberScheduled: 2 })).toEqual({ since: 2000, isNews: false });
  expect(told({ updatedNumberScheduled: 3 })).toEqual({ since: 4000, isNews: true });
  expect(told({})).toEqual({ since: undefined, isNews: true });
  expect(told({})).toEqual({ since: undefined, isNews: false });
});
