/** Take delete marks off machines again, whoever set them (domain §6.3, abort). */

import { DELETE_MACHINE } from '../domain/annotations.ts';
import type { Machine } from '../domain/objects.ts';
import type { Plan, Sent, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, groupOfMachine, machinesAmong, namesIn } from './find.ts';
import { isAfter, progressOf, type Sight, writtenSight } from './progress.ts';
import { annotateStep } from './write.ts';

interface Found {
  chosen: readonly Machine[];
}

function examine(chosen: readonly Machine[]): Found | Refusal {
  for (const machine of chosen) {
    const going = goingAway(machine);
    if (going !== undefined) return refused(`${going}: its mark has fired or does not matter any more`);
    if (!machine.deleteMark) return refused(`${machine.name} is not marked for deletion`);
  }
  return { chosen };
}

function draft(world: World, { chosen }: Found): Plan {
  const names = chosen.map(({ name }) => name).join(', ');
  const steps = chosen.map((machine) =>
    annotateStep(
      {
        id: `unmark ${machine.name}`,
        title: `Take the delete mark off ${machine.name}`,
        why: 'the next scale-down would take it',
      },
      machine,
      DELETE_MACHINE,
      null,
      machine.annotations[DELETE_MACHINE] ?? '',
    ),
  );
  // A scale-down under way may be about to take a marked machine: then the mark comes off too late or another one goes.
  const checks = chosen.flatMap((machine) => {
    const { desired, current } = groupOfMachine(world, machine)?.replicas ?? {};
    if (desired === undefined || current === undefined || current <= desired) return [];
    return [check('scale-down under way', `${machine.name} may be taken already: ${current} of ${desired}`, 'warn')];
  });
  return {
    title: `Unmark ${names}`,
    checks: [check('marked for deletion', names), ...checks],
    steps,
    expected: chosen.map(({ name }) => ({
      text: `${name} stays unless Cluster API picks it for another reason`,
      tone: 'info',
    })),
    severity: 'reversible',
    confirm: [],
    undo: 'Remove marks machines again',
    memo: {
      steps: steps.map(({ id }) => id),
      uids: chosen.map(({ uid }) => uid),
      names: chosen.map(({ name }) => name),
    },
  };
}

function done(world: World, sent: Sent) {
  const names = namesIn(sent.memo, 'names');
  const sights = namesIn(sent.memo, 'uids').map((uid, at): Sight => {
    const title = `${names[at] ?? uid} not marked`;
    const machine = world.fleet.machines.byUid.get(uid)?.machine;
    if (!machine || machine.deleting !== undefined)
      return { title, seen: false, bad: `${names[at] ?? uid} went before` };
    const again = machine.deleteMark && isAfter(machine, sent, `unmark ${machine.name}`);
    return { title, seen: !machine.deleteMark, ...(again ? { overtaken: 'marked again since' } : {}) };
  });
  return progressOf([writtenSight(sent), ...sights]);
}

/** The operation. */
export const unmark = defineOperation<Found>({
  id: 'unmark',
  title: 'Unmark',
  about: 'Take the delete mark off machines',
  on: ['machine'],
  many: true,
  fields: [],
  kinds: ['machine', 'deployment', 'controlPlane'],
  offer: (_world, targets) => {
    const found = examine(machinesAmong(targets));
    return 'refused' in found ? found.refused : undefined;
  },
  examine: (_world, _request, targets) => examine(machinesAmong(targets)),
  draft: (world, _request, found) => draft(world, found),
  done,
});
