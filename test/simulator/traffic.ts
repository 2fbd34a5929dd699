/** A demonstration on a clock that the test moves. */

import { type Kind, kinds } from '../../src/simulator/controllers/kinds.ts';
import { startTraffic } from '../../src/simulator/controllers/traffic/index.ts';
import { demoSpeed } from '../../src/simulator/datacenter.ts';
import { trafficOf } from '../../src/simulator/world-use.ts';
import { type Lab, type LabOptions, minute, openLab } from './harness.ts';

/** A world with its traffic: the default one where nothing else is asked for. */
export async function openTraffic(seed: string, options: LabOptions = {}): Promise<Lab> {
  const demonstration = { hosts: 42, clusters: undefined, trouble: true, miscount: true, speed: demoSpeed };
  const lab = await openLab({ ...demonstration, seed, ...options });
  const onError = (error: unknown) => lab.errors.push(`traffic: ${String(error)}`);
  startTraffic(lab.runtime, trafficOf(lab.world!, seed, { onError }));
  return lab;
}

const counted = [
  kinds.MachineInventory,
  kinds.Machine,
  kinds.BaremetalMachine,
  kinds.KubeadmConfig,
  kinds.MachineSet,
  kinds.BaremetalMachineTemplate,
  kinds.MachineDeployment,
] as unknown as Kind[];

/** How many objects of each kind there are. */
export function counts(lab: Lab): Record<string, number> {
  return Object.fromEntries(counted.map((kind) => [kind.kind, lab.runtime.informer(kind).size]));
}

/** Lets the world live until everything is well at one moment; says what is wrong where it never is within an hour. */
export async function whatIsWrong(lab: Lab): Promise<string[]> {
  const wrong = () => [
    ...lab.runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .filter(({ status }) => status?.phase !== 'Running')
      .map(({ metadata, status }) => `${metadata.name} is ${status?.phase}`),
    ...lab.runtime
      .informer(kinds.MachineDeployment)
      .list()
      .filter(({ spec, status }) => status?.readyReplicas !== spec?.replicas)
      .map(({ metadata }) => `${metadata.name} is not ready`),
    ...lab.runtime
      .informer(kinds.Machine)
      .list()
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .map(({ metadata }) => `${metadata.name} is going`),
    ...(counts(lab)['MachineInventory'] === 42 && counts(lab)['Machine'] === 28 ? [] : [JSON.stringify(counts(lab))]),
  ];
  for (let passed = 0; passed < 3600 && wrong().length > 0; passed++) await lab.run(minute / 60);
  return wrong();
}
