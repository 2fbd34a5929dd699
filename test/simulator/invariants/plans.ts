/** Plans: what their Secrets say of them is consistent, and nobody acts on a plan that has not come to its end. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { planSecrets } from '../../../src/simulator/controllers/plan-secret.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { Complain } from '../invariants.ts';
import { entryOf, planState, planSum } from '../plan-rule.ts';

/** Complains about what does not hold. */
export function watchPlans(runtime: Runtime, complain: Complain): void {
  const secrets = planSecrets(runtime);
  const infras = runtime.informer(kinds.BaremetalMachine);
  const inventories = runtime.informer(kinds.MachineInventory);
  const phaseOf = new Map<string, string | undefined>();
  const stateOf = new Map<string, string | undefined>();

  secrets.onChange((secret, change) => {
    if (change === 'deleted') return;
    const { name } = secret.metadata;
    const sum = planSum(secret);
    const applied = entryOf(secret, 'applied-checksum');
    const failed = entryOf(secret, 'failed-checksum');
    if (failed && entryOf(secret, 'success-count') !== '0') complain(`${name}: failed and succeeding`);
    if (applied === sum && failed !== '' && failed !== sum) complain(`${name}: stale failed-checksum`);
    const limit = Number(entryOf(secret, 'max-failures') || Number.POSITIVE_INFINITY);
    // A forced rerun of an applied plan may fail too, and no limit holds for that.
    if (applied !== sum && failed === sum && Number(entryOf(secret, 'failure-count') || 0) > limit) {
      complain(`${name}: tried too often`);
    }
  });

  infras.onChange((infra, change) => {
    const { name } = infra.metadata;
    const phase = infra.status?.phase;
    const before = phaseOf.get(name);
    if (change === 'deleted') phaseOf.delete(name);
    else phaseOf.set(name, phase);
    if (change !== 'modified' || before === phase) return;
    const secret = secrets.get(infra.status?.planSecretRef?.name);
    const sum = infra.status?.lastAppliedPlanChecksum;
    if (phase === 'Running' && (!secret || planSum(secret) !== sum || planState(secret) !== 'applied')) {
      complain(`${name} is Running on a plan that is ${secret ? planState(secret) : 'missing'}`);
    }
    // An agent that tries again may already have said that it is under way.
    const tried = secret && (planState(secret) === 'failed' || entryOf(secret, 'failed-checksum') === sum);
    const canceled = secret && entryOf(secret, 'plan-state') === 'canceled';
    if (phase === 'Failed' && secret && planSum(secret) === sum && !tried && !canceled) {
      complain(`${name} is Failed on a plan that is ${planState(secret)}`);
    }
  });

  inventories.onChange((inventory, change) => {
    const { name, annotations } = inventory.metadata;
    const state = annotations?.['baremetal.alauda.io/allocation-state'];
    const before = stateOf.get(name);
    stateOf.set(name, state);
    const secret = secrets.get(inventory.status?.plan?.secretRef?.name);
    if (change !== 'modified' || before === state || state !== 'Available' || !before || !secret) return;
    if (planState(secret) !== 'applied') complain(`${name} is Available while its plan is ${planState(secret)}`);
  });
}
