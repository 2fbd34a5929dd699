/** Every scenario there is. A new one: an entry in the file of its room, and a line in the test's table of signals. */

import { bootstrapScenarios } from './bootstrap.ts';
import { chaosOf } from './chaos.ts';
import { endpointScenarios } from './endpoints.ts';
import { importScenarios } from './imports.ts';
import { kubeOvnScenarios } from './kube-ovn.ts';
import { mediaScenarios } from './media.ts';
import { operatorScenarios } from './operators.ts';
import { planScenarios } from './plans.ts';
import { poolScenarios } from './pools.ts';
import { rolloutScenarios } from './rollouts.ts';
import type { Scenario } from './scenario.ts';
import { serverScenarios } from './servers.ts';
import { storageScenarios } from './storage.ts';
import { upgradeScenarios } from './upgrades.ts';

const named: readonly Scenario[] = [
  ...poolScenarios,
  ...bootstrapScenarios,
  ...planScenarios,
  ...endpointScenarios,
  ...rolloutScenarios,
  ...kubeOvnScenarios,
  ...importScenarios,
  ...mediaScenarios,
  ...operatorScenarios,
  ...storageScenarios,
  ...serverScenarios,
  ...upgradeScenarios,
];

/** All of them, the documented failure modes in their order first. */
export const catalog: readonly Scenario[] = [...named, chaosOf(named)].sort((a, b) => order(a) - order(b));

function order({ failureMode }: Scenario): number {
  return failureMode === undefined ? 1000 : Number(failureMode.slice(1));
}
