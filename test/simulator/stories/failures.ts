/** Stories of plans that fail. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import {
  firstFree,
  hostOf,
  mark,
  minute,
  must,
  mustBe,
  nameOf,
  planOf,
  pool,
  type Stage,
  scale,
  settle,
  stateOf,
  workers,
} from './stage.ts';

/** A host fails its reprovision plan for good and is Unavailable until its Machine is replaced. */
export async function failedReprovision(stage: Stage): Promise<void> {
  const host = firstFree(stage, pool);
  stage.faults.plan(host, 'reprovision', { instruction: 1, output: 'no space left on device\n' });
  await scale(stage, 4);
  const failed = () => workers(stage).find(({ status }) => status?.phase === 'Failed');
  await stage.until(() => failed() !== undefined, 60 * minute, 'a failed Machine');
  const machine = nameOf(failed()!);
  const phase = stage.runtime.informer(kinds.BaremetalMachine).get(machine)?.status?.phase;
  mustBe(
    'host, phase and state',
    [hostOf(stage, machine), phase, stateOf(stage, host)],
    [host, 'Failed', 'Unavailable'],
  );
  stage.faults.plan(host, 'reprovision', undefined);
  await stage.client.remove(kinds.Machine, machine);
  await stage.until(() => !workers(stage).some((one) => nameOf(one) === machine), 20 * minute, 'the deletion');
  await settle(stage, 'the replacement');
  mustBe('the state of the host', [stateOf(stage, host)], ['Allocated']);
}

/** A host fails its clean plan twice: deletion waits, the host is Unavailable, and then it is free. */
export async function failedClean(stage: Stage): Promise<void> {
  const victim = workers(stage).map(nameOf).sort().at(-1)!;
  const host = hostOf(stage, victim);
  stage.faults.plan(host, 'clean', { instruction: 1, output: 'device or resource busy\n', times: 2 });
  await mark(stage, victim);
  await scale(stage, 2);
  await stage.until(() => stateOf(stage, host) === 'Unavailable', 30 * minute, 'an unavailable host');
  const infra = stage.runtime.informer(kinds.BaremetalMachine).get(victim);
  must(infra?.metadata.deletionTimestamp !== undefined, 'the BaremetalMachine still waits to go');
  await settle(stage, 'the recovery');
  mustBe('state and plan of the host', [stateOf(stage, host), await planOf(stage, host)], ['Available', 'clean']);
}
