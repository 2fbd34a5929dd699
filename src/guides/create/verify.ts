/** The document's list of expected results, each line with what proves it. */
import { findCondition } from '../../domain/conditions.ts';
import type { MachineRow } from '../../domain/fleet/rows.ts';
import { isLive, type Workload } from '../../domain/workload.ts';
import type { Sight } from '../../operations/progress.ts';
import { type Answers, wants } from './answers.ts';
import { namesOf } from './names.ts';
import { type Now, troubleOf } from './stages.ts';

/** The lines, in the document's order. A line that cannot be proven from here says so, and is not seen. */
export function verificationSights(world: Now, answers: Answers): Sight[] {
  const { fleet } = world;
  const { cluster, controlPlane, workers } = answers;
  const names = namesOf(cluster);
  const row = fleet.clusters.list.find(({ name }) => name === cluster);
  const nodes = controlPlane.replicas + (wants(answers, 'workers') ? workers.replicas : 0);
  const machines = fleet.machines.list.filter((each) => each.cluster === cluster);
  const ready =
    findCondition(row?.object.conditions ?? [], 'Ready') ?? findCondition(row?.object.conditions ?? [], 'Available');
  const plane = fleet.groups.list.find(({ name, controlPlane: is }) => is && name === names.controlPlane);
  const pools = fleet.pools.list.filter(({ name }) => name === names.controlPlanePool || name === names.workerPool);
  const odd = <T extends { name: string }>(list: readonly T[], fine: (one: T) => boolean) =>
    list.filter((one) => !fine(one)).map(({ name }) => name);
  const late = odd(machines, ({ phase, baremetal }) => phase === 'Running' && baremetal?.ready === true);
  const unplanned = odd(machines, (machine) => hasPlan(world, machine));
  const unready = odd(machines, isNodeReady);
  const off = odd(
    pools,
    ({ sumOk, reported }) => sumOk === true && reported?.preparing === 0 && reported.reprovisioning === 0,
  );
  const enough = (list: readonly string[], what: string) =>
    list.length > 0 ? list.slice(0, 3).join(', ') : `${machines.length} of ${nodes} ${what}`;
  return [
    {
      title: 'Cluster Ready=True',
      seen: ready?.status === 'True',
      detail:
        (row && troubleOf(world, { kind: 'cluster', uid: row.uid, name: cluster })) ??
        ready?.message ??
        ready?.reason ??
        'not said yet',
    },
    {
      title: `Control plane: ${controlPlane.replicas} replicas Ready`,
      seen: (plane?.replicas.ready ?? 0) >= controlPlane.replicas && plane?.done === true,
      detail: `${plane?.replicas.ready ?? 0} of ${controlPlane.replicas}`,
    },
    {
      title: `${nodes} BaremetalMachines Running and ready`,
      seen: machines.length === nodes && late.length === 0,
      detail: enough(late, 'machines'),
    },
    {
      title: `${nodes} hosts with a reprovision plan that is applied`,
      seen: machines.length === nodes && unplanned.length === 0,
      detail: enough(unplanned, 'machines'),
    },
    {
      title: 'Pools add up, and nothing is under way in them',
      seen: pools.length > 0 && off.length === 0,
      detail: off.join(', ') || 'no pool',
    },
    nodesSight(fleet.workloads.get(cluster), nodes, machines, unready),
  ];
}

/** What the cluster itself says of its Nodes; where it was not asked, what Cluster API has heard of them. */
function nodesSight(
  told: Workload | undefined,
  nodes: number,
  machines: readonly MachineRow[],
  unready: readonly string[],
): Sight {
  if (isLive(told, 'node')) {
    const bad = told.nodes.filter(({ conditions }) => findCondition(conditions, 'Ready')?.status !== 'True');
    return {
      title: `${nodes} Nodes Ready (the cluster itself says so)`,
      seen: told.nodes.length >= nodes && bad.length === 0,
      detail:
        bad
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ') || `${told.nodes.length} of ${nodes} Nodes`,
    };
  }
  return {
    title: `${nodes} Nodes Ready (as Cluster API sees them)`,
    seen: machines.length === nodes && unready.length === 0,
    detail: unready.slice(0, 3).join(', ') || `${machines.length} of ${nodes} Nodes`,
  };
}

/** Whether the host of a machine has applied what it was provisioned with. */
function hasPlan({ fleet }: Now, { hostUid }: MachineRow): boolean {
  const plan = hostUid === undefined ? undefined : fleet.hosts.byUid.get(hostUid)?.plan;
  return plan?.type === 'reprovision' && plan.state.word === 'applied';
}

/** Either generation of the condition will do; without one, a Node that has joined is not known to be Ready. */
function isNodeReady({ machine }: MachineRow): boolean {
  if (machine?.node === undefined) return false;
  const said = ['NodeHealthy', 'NodeReady'].flatMap((type) => findCondition(machine.conditions, type) ?? []);
  return said.length > 0 && said.every(({ status }) => status === 'True');
}
