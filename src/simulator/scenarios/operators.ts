/** What operators do to each other, and to workloads that will not go. */

import { deleteAnnotation } from '../controllers/capi/delete-order.ts';
import { kinds } from '../controllers/kinds.ts';
import { annotate } from '../controllers/owners.ts';
import { edit, machinesOf, scale, scaleFor, takeGroup } from './operator.ts';
import { minute, NotHere, type Scenario, type Stage, second } from './scenario.ts';

function mark(stage: Stage, machine: string, on: boolean) {
  return edit(stage, kinds.Machine, machine, (draft) =>
    annotate(draft, { [deleteAnnotation]: on ? 'true' : undefined }),
  );
}

const leftoverMark: Scenario = {
  name: 'leftover-delete-mark',
  about:
    'An operator marked a Machine for removal and forgot it; another one scales down, and it is the marked that goes.',
  lookFor: 'the annotation cluster.x-k8s.io/delete-machine on a Machine of a group that is not being scaled down',
  async *start(stage) {
    const group = await takeGroup(stage, { replicas: 3 });
    const machine = (await machinesOf(stage, group.name)).at(-1)?.metadata.name;
    if (!machine) throw new NotHere(`${group.name} has no machines`);
    stage.onHeal(() => mark(stage, machine, false));
    await mark(stage, machine, true);
    const next = 'somebody who does not know of it scales the group down by one';
    yield { did: `${machine} was marked, and the mark forgotten`, next, after: 5 * minute };
    await scaleFor(stage, group, group.replicas - 1);
    yield { did: `${group.name} was scaled to ${group.replicas - 1}` };
  },
};

const secondOperator: Scenario = {
  name: 'second-operator',
  about: 'Somebody else works on the same group at the same time.',
  lookFor: 'replicas, labels and pauses that you did not set; a patch that tests the old value is refused',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, replicas: 2 });
    const { name, replicas } = group;
    const note = 'sim.metaldeck/changed-by';
    const label = (value: string | undefined) =>
      edit(stage, kinds.MachineDeployment, name, (draft) => annotate(draft, { [note]: value }));
    const pause = (paused: boolean) =>
      edit(stage, kinds.MachineDeployment, name, (draft) => {
        draft.spec!.paused = paused;
      });
    stage.onHeal(() => label(undefined));
    stage.onHeal(() => pause(false));
    await label('second-operator');
    await scaleFor(stage, group, replicas + 1);
    const rest = stage.random.integer(2, 4) * minute;
    yield { did: `${name} was scaled to ${replicas + 1}`, next: 'its rollout is paused', after: rest };
    await pause(true);
    yield { did: `${name} was paused`, next: 'it is scaled the other way', after: rest };
    await scale(stage, name, replicas - 1);
    yield { did: `${name} was scaled to ${replicas - 1}`, next: 'it is resumed', after: rest };
    await pause(false);
    yield { did: `${name} was resumed`, next: 'it is given back as it was', after: 2 * rest };
    await scale(stage, name, replicas);
    yield { did: `${name} has ${replicas} replicas again` };
  },
};

const drainBlocked: Scenario = {
  name: 'drain-blocked',
  late: 10 * minute,
  begins: 2 * minute,
  about: 'A Machine is removed while a Pod on its Node does not go, and nothing limits the drain.',
  lookFor: 'a Machine that stays Deleting with DrainingSucceeded=False and Deleting=True/DrainingNode, naming the Pod',
  async *start(stage) {
    const group = await takeGroup(stage, { replicas: 2 });
    const machine = (await machinesOf(stage, group.name)).at(-1)?.metadata.name;
    if (!machine) throw new NotHere(`${group.name} has no machines`);
    const limit = group.deployment.spec?.template?.spec?.nodeDrainTimeout;
    const setLimit = (timeout: string | undefined) =>
      edit(stage, kinds.MachineDeployment, group.name, (draft) => {
        const spec = draft.spec!.template!.spec!;
        if (timeout === undefined) delete spec.nodeDrainTimeout;
        else spec.nodeDrainTimeout = timeout;
      });
    stage.onHeal(() => setLimit(limit));
    stage.onHeal(async () => stage.faults.hangDrain(machine, false));
    stage.faults.hangDrain(machine, true);
    await setLimit('0s');
    const unlimited = async () => /^0s?$/.test((await limitOf(stage, machine)) ?? '0');
    const did = `the drain limit of ${group.name} was taken away`;
    yield { did, next: 'a machine of it is removed', after: 30 * second, until: unlimited };
    stage.onHeal(() => mark(stage, machine, false));
    await mark(stage, machine, true);
    await scaleFor(stage, group, group.replicas - 1);
    yield { did: `${machine} was removed, and a Pod on it does not go` };
  },
};

async function limitOf({ operator }: Stage, machine: string): Promise<string | undefined> {
  return (await operator.get(kinds.Machine, machine))?.spec?.nodeDrainTimeout;
}

export const operatorScenarios: readonly Scenario[] = [leftoverMark, secondOperator, drainBlocked];
