import { expect, it } from 'vitest';
import type { HostTrouble } from '../../src/simulator/controllers/faults.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { checksum, planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

const troubles: HostTrouble[] = [
  { off: true },
  { unauthorized: true },
  { neverJoins: true },
  { silentKubelet: true },
  { slow: 5 },
  { off: true, unauthorized: true },
];

/** Trouble by chance on hosts of a fleet that is scaled up and down; then all of it is lifted. Gives what is wrong. */
async function liveThrough(seed: number): Promise<string[]> {
  const lab = await openLab({ seed, hosts: 16, clusters: 2 });
  const random = new Random('trouble', seed);
  const { broken } = watchInvariants(lab.runtime);
  const inventories = lab.runtime.informer(kinds.MachineInventory);
  const deployments = lab.runtime.informer(kinds.MachineDeployment);
  const names = inventories.list().map(({ metadata }) => metadata.name);
  // Health checks would replace what is to be seen coming back by itself.
  for (const { metadata } of lab.runtime.informer(kinds.MachineHealthCheck).list()) {
    await lab.client.remove(kinds.MachineHealthCheck, metadata.name);
  }
  for (let act = 0; act < 25; act++) {
    const host = random.pick(names);
    lab.faults.host(host, random.chance(0.6) ? random.pick(troubles) : undefined);
    if (random.chance(0.3)) {
      const type = random.pick(['clean', 'reprovision']);
      lab.faults.plan(host, type, {
        instruction: random.integer(0, 3),
        output: 'broken\n',
        times: random.integer(1, 2),
      });
    }
    if (random.chance(0.4)) {
      const deployment = random.pick(deployments.list());
      await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
        draft.spec!.replicas = random.integer(1, 5);
      });
    }
    await lab.run(random.integer(10, 300) * 1000);
  }
  for (const name of names) {
    lab.faults.host(name, undefined);
    for (const type of ['clean', 'reprovision']) lab.faults.plan(name, type, undefined);
  }
  for (const deployment of deployments.list()) {
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = 2;
    });
  }
  await lab.run(180 * minute);
  const wrong = [...broken, ...lab.errors];
  for (const { metadata, status } of lab.runtime.informer(kinds.BaremetalMachine).list()) {
    if (status?.phase !== 'Running') wrong.push(`${metadata.name} is ${status?.phase}`);
  }
  const used = new Set(
    lab.runtime
      .informer(kinds.Machine)
      .list()
      .flatMap(({ spec }) => spec?.providerID ?? []),
  );
  for (const cluster of ['prod', 'edge-a']) {
    for (const { metadata, spec, status } of (await lab.runtime.nodes(cluster)).informer.list()) {
      // A Machine that goes before it knew its Node leaves that Node behind, as in reality.
      if (!used.has(spec?.providerID ?? '')) continue;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') wrong.push(`Node ${metadata.name} is ${ready?.reason}`);
    }
  }
  for (const secret of planSecrets(lab.runtime).list()) {
    if (text(secret, 'applied-checksum') !== checksum(secret))
      wrong.push(`the plan of ${secret.metadata.name} is open`);
  }
  await lab.stop();
  return wrong;
}

it.each([1, 2, 3])('hosts come back from whatever was wrong with them (seed %i)', async (seed) => {
  expect(await liveThrough(seed)).toEqual([]);
});
