/** What must hold in the simulated datacenter after every single step, whatever is going on. */

import { createHash } from 'node:crypto';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import type { Runtime } from '../../src/simulator/controllers/runtime.ts';

const phases: Record<string, readonly string[]> = {
  '': ['Pending'],
  Pending: ['Allocated', 'Preparing'],
  Allocated: ['Reprovisioning', 'Failed', 'Preparing'],
  Reprovisioning: ['Running', 'Failed', 'Preparing'],
  Running: ['Preparing'],
  Failed: ['Reprovisioning', 'Allocated', 'Preparing'],
  Preparing: [],
};

/** Watches a runtime. `broken` collects what did not hold; it stays short. */
export function watchInvariants(runtime: Runtime, maxSurge = 0): { broken: string[] } {
  const broken: string[] = [];
  const complain = (what: string) => {
    if (broken.length < 10) broken.push(what);
  };
  const machines = runtime.informer(kinds.Machine);
  const infras = runtime.informer(kinds.BaremetalMachine);
  const pools = runtime.informer(kinds.MachineInventoryPool);
  const inventories = runtime.informer(kinds.MachineInventory);
  const deployments = runtime.informer(kinds.MachineDeployment);
  const sets = runtime.informer(kinds.MachineSet);
  const planes = runtime.informer(kinds.KubeadmControlPlane);
  const secrets = planSecrets(runtime);
  const before = new Map<string, number>();
  const phaseOf = new Map<string, string>();

  infras.onChange((infra, change) => {
    const { name } = infra.metadata;
    const to = infra.status?.phase ?? '';
    const from = phaseOf.get(name) ?? (change === 'added' ? to : '');
    if (change === 'deleted') phaseOf.delete(name);
    else {
      if (from !== to && !phases[from]?.includes(to)) complain(`${name} went from ${from || 'nothing'} to ${to}`);
      phaseOf.set(name, to);
    }
  });
  secrets.onChange((secret, change) => {
    if (change === 'deleted') return;
    const sum = createHash('sha256')
      .update(Buffer.from(secret.data?.['plan'] ?? '', 'base64'))
      .digest('hex');
    const applied = text(secret, 'applied-checksum');
    const failed = text(secret, 'failed-checksum');
    if (failed && text(secret, 'success-count') !== '0') complain(`${secret.metadata.name}: failed and succeeding`);
    if (applied === sum && failed !== '' && failed !== sum) complain(`${secret.metadata.name}: stale failed-checksum`);
    if (Number(text(secret, 'failure-count') || 0) > Number(text(secret, 'max-failures') || Number.POSITIVE_INFINITY)) {
      complain(`${secret.metadata.name}: tried too often`);
    }
  });

  runtime.onStep((controller, object) => {
    const where = `after ${controller}/${object}`;
    for (const pool of pools.list()) {
      const { total = 0, available, allocated, preparing, reprovisioning, unavailable } = pool.status ?? {};
      const sum = [available, allocated, preparing, reprovisioning, unavailable].reduce<number>(
        (a, b) => a + (b ?? 0),
        0,
      );
      if (sum !== total) complain(`${pool.metadata.name} counts ${sum} of ${total} ${where}`);
    }
    const users = new Map<string, string>();
    for (const infra of infras.list()) {
      const host = infra.status?.machineInventoryRef?.name;
      if (!host) continue;
      if (users.has(host)) complain(`${host} serves ${users.get(host)} and ${infra.metadata.name} ${where}`);
      users.set(host, infra.metadata.name);
    }
    for (const deployment of deployments.list()) {
      const { name } = deployment.metadata;
      const count = machines.by('deployment', name).length;
      // Scaled down in the middle of a rollout, a deployment's sets may together want more for a while, as in reality.
      const wanted = sets.by('deployment', name).reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0);
      const limit = Math.max(deployment.spec?.replicas ?? 0, wanted) + maxSurge;
      if (count > limit && count > (before.get(name) ?? count))
        complain(`${name} grew to ${count} of ${limit} ${where}`);
      before.set(name, count);
    }
    for (const plane of planes.list()) {
      const going = machines.by('controlPlane', plane.metadata.name).filter((m) => m.metadata.deletionTimestamp);
      if (going.length > 1 && !plane.metadata.deletionTimestamp) {
        complain(`${plane.metadata.name} loses ${going.length} Machines at once ${where}`);
      }
    }
  });
  const owned = new Set(['Allocated', 'Reprovisioning', 'Preparing']);
  inventories.onChange((inventory, change) => {
    const annotations = inventory.metadata.annotations ?? {};
    const state = annotations['baremetal.alauda.io/allocation-state'];
    const owner = annotations['baremetal.alauda.io/owner-baremetalmachine'];
    if (change !== 'deleted' && state && owned.has(state) !== Boolean(owner) && state !== 'Unavailable') {
      complain(`${inventory.metadata.name} is ${state} with owner ${owner ?? 'none'}`);
    }
  });
  return { broken };
}
