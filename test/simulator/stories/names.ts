/** Names for logs: what chance or the inventory's naming put into a name is replaced by a running number. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { ownerName } from '../../../src/simulator/controllers/owners.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { KubeObject } from '../../../src/simulator/controllers/shapes/meta.ts';

const short = (name: string): string => name.replace(/^prod-/, '').replace(/-pool$/, '');

/**
 * Names MachineSets `workers/A`, their Machines `workers/A.1`, those of the control plane `control-plane.1`, and hosts
 * by their pool and place in it, `worker#1`. Numbers are given in the order of names at first, then of appearance.
 */
export class StoryNames {
  #runtime: Runtime;
  #known = new Map<string, string>();
  #counts = new Map<string, number>();
  #fresh = new Map<string, string>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const byName = (a: KubeObject, b: KubeObject) => (a.metadata.name < b.metadata.name ? -1 : 1);
    for (const set of runtime.informer(kinds.MachineSet).list().sort(byName)) this.of(set);
    for (const machine of runtime.informer(kinds.Machine).list().sort(byName)) this.of(machine);
  }

  /** The name of an object in logs. */
  of(object: KubeObject): string {
    const { name } = object.metadata;
    const key = `${object.kind === 'BaremetalMachine' ? 'Machine' : object.kind}/${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const given = this.#name(object);
    if (!given.startsWith('new#')) this.#known.set(key, given);
    return given;
  }

  #name(object: KubeObject): string {
    const { name } = object.metadata;
    switch (object.kind) {
      case 'MachineSet':
        return this.#next(`${short(ownerName(object, 'MachineDeployment') ?? '')}/`, 'letter');
      case 'Machine':
      case 'BaremetalMachine':
        return this.#next(`${this.#group(name)}.`);
      case 'MachineInventory':
      case 'Secret':
      case 'Node':
        return this.#host(object);
      default:
        return short(name);
    }
  }

  /** What a Machine belongs to, by its name: its infrastructure may be seen first. */
  #group(machine: string): string {
    const owner = machine.replace(/-[^-]+$/, '');
    const set = this.#runtime.informer(kinds.MachineSet).get(owner);
    return set ? this.of(set) : short(owner);
  }

  #host(object: KubeObject): string {
    const provider = (object as { spec?: { providerID?: string } }).spec?.providerID;
    const host = provider?.replace('baremetal:///', '') ?? object.metadata.name;
    for (const pool of this.#runtime.informer(kinds.MachineInventoryPool).list()) {
      const at = (pool.spec?.machineInventories ?? []).findIndex(({ name }) => name === host);
      if (at >= 0) return `${short(pool.metadata.name)}#${at + 1}`;
    }
    // Not in a pool yet: a number in the order of appearance, until it has a place in one.
    const fresh = this.#fresh.get(host) ?? `new#${this.#fresh.size + 1}`;
    this.#fresh.set(host, fresh);
    return fresh;
  }

  #next(prefix: string, as: 'number' | 'letter' = 'number'): string {
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    return prefix + (as === 'letter' ? String.fromCharCode(64 + count) : count);
  }
}
