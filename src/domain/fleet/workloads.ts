/** Workload clusters with the ways from a Machine to its Node. */
import type { BaremetalMachine, Machine } from '../objects.ts';
import type { Node, Workload } from '../workload.ts';

interface Indexed {
  nodes: readonly Node[];
  byName: ReadonlyMap<string, Node>;
  byProviderId: ReadonlyMap<string, Node>;
}

export class Workloads {
  /** By name of the Cluster; another map after each change. */
  #all: ReadonlyMap<string, Workload> = new Map();
  readonly #indexes = new Map<string, Indexed>();

  get all(): ReadonlyMap<string, Workload> {
    return this.#all;
  }

  /** Takes a state in, or forgets the cluster. Gives whether other Nodes are there now. */
  set(cluster: string, workload: Workload | undefined): boolean {
    if (this.#all.get(cluster) === workload) return false;
    const next = new Map(this.#all);
    if (workload) next.set(cluster, workload);
    else next.delete(cluster);
    this.#all = next;
    const before = this.#indexes.get(cluster)?.nodes;
    const nodes = workload?.nodes ?? [];
    if (before === nodes || (before === undefined && nodes.length === 0)) return false;
    if (nodes.length === 0) this.#indexes.delete(cluster);
    else {
      this.#indexes.set(cluster, {
        nodes,
        byName: new Map(nodes.map((node) => [node.name, node])),
        byProviderId: new Map(nodes.flatMap((node) => (node.providerId ? [[node.providerId, node] as const] : []))),
      });
    }
    return true;
  }

  /** The Node of a Machine: the one Cluster API found, or else the one of its provider id. */
  nodeOf(machine: Machine | undefined, baremetal: BaremetalMachine | undefined): Node | undefined {
    const index = this.#indexes.get(machine?.clusterName ?? baremetal?.clusterName ?? '');
    if (!index) return undefined;
    if (machine?.node !== undefined) return index.byName.get(machine.node);
    const id = machine?.providerId ?? baremetal?.providerId;
    return id === undefined ? undefined : index.byProviderId.get(id);
  }
}
