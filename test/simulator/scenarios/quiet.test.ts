/** What goes its normal way is no trouble: false alarms are defects. */
import { expect, it } from 'vitest';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { minute } from '../harness.ts';
import { told } from './explained.ts';
import { openTheatre, type Theatre } from './theatre.ts';

const group = 'prod-workers';

/** Looks at attention all the time until the group is at rest again. */
async function quietly(theatre: Theatre, what: string, done: () => boolean): Promise<void> {
  const end = theatre.clock.now() + 3 * 60 * minute;
  do {
    expect(theatre.clock.now(), `${what} takes too long`).toBeLessThan(end);
    await theatre.run(20_000);
    expect(
      (await told(theatre)).map((each) => `${each.id} at ${each.root.name}: ${each.short}`),
      what,
    ).toEqual([]);
  } while (!done());
}

it('a scale-down, a scale-up and a rolling upgrade need nobody', async () => {
  const theatre = await openTheatre();
  try {
    const deployments = theatre.runtime.informer(kinds.MachineDeployment);
    const edit = async (change: (draft: NonNullable<ReturnType<typeof deployments.get>>) => void) =>
      theatre.client.change(kinds.MachineDeployment, deployments.get(group)!, change);
    const at = (replicas: number, version?: string) => {
      const { spec, status } = deployments.get(group)!;
      const machines = theatre.runtime.informer(kinds.Machine).by('deployment', group);
      return (
        spec?.replicas === replicas &&
        status?.readyReplicas === replicas &&
        machines.length === replicas &&
        machines.every((machine) => version === undefined || machine.spec?.version === version)
      );
    };
    const before = deployments.get(group)!.spec!.replicas!;
    await theatre.run(10 * minute);
    expect(await told(theatre)).toEqual([]);
    await edit((draft) => {
      draft.spec!.replicas = before - 1;
    });
    await quietly(theatre, 'the scale-down', () => at(before - 1));
    await edit((draft) => {
      draft.spec!.replicas = before;
    });
    await quietly(theatre, 'the scale-up', () => at(before));
    await edit((draft) => {
      draft.spec!.template!.spec!.version = 'v1.33.7-3';
    });
    await quietly(theatre, 'the upgrade', () => at(before, 'v1.33.7-3'));
  } finally {
    await theatre.stop();
  }
});

it('a roll of the control plane needs nobody: its members of etcd leave and come by turns', async () => {
  const theatre = await openTheatre();
  try {
    const planes = theatre.runtime.informer(kinds.KubeadmControlPlane);
    const plane = planes.list()[0]!;
    const machines = () =>
      theatre.runtime
        .informer(kinds.Machine)
        .list()
        .filter(({ metadata }) => metadata.labels?.['cluster.x-k8s.io/control-plane-name'] === plane.metadata.name);
    const old = new Set(machines().map(({ metadata }) => metadata.name));
    expect(old.size).toBeGreaterThan(1);
    await theatre.client.change(kinds.KubeadmControlPlane, plane, (draft) => {
      draft.spec!.rolloutAfter = new Date(theatre.clock.now()).toISOString().replace(/\.\d+/, '');
    });
    await quietly(theatre, 'the roll', () => {
      const { spec, status } = planes.get(plane.metadata.name)!;
      return status?.readyReplicas === spec?.replicas && machines().every(({ metadata }) => !old.has(metadata.name));
    });
  } finally {
    await theatre.stop();
  }
});
