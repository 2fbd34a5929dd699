/**
 * What goes wrong, and when: told to the controllers that play the physical world. With no fault set, everything works.
 */

/** A plan that fails. */
export interface PlanFault {
  /** Which instruction fails; the last one where the plan has fewer. */
  instruction: number;
  /** What it prints. */
  output: string;
  /** How often it fails before it works; without end where left out. */
  times?: number;
}

/** What is wrong with one host. A field left out means that nothing is. */
export interface HostTrouble {
  /** Without power: neither agent nor kubelet says anything. */
  off?: boolean;
  /** The API answers its agent with 401: the plan's outcome is never written, its storage never reported. */
  unauthorized?: boolean;
  /** It boots after its reprovision plan, but its kubelet never joins. */
  neverJoins?: boolean;
  /** Its kubelet has stopped posting: the Node's Ready becomes Unknown until this is lifted. */
  silentKubelet?: boolean;
  /** How many times longer its plans take. */
  slow?: number;
  /** What its storage says when volumes are activated after the reboot. */
  mountFails?: string;
  /** How its next storage operation of a type fails. */
  storageFails?: { type: 'Prepare' | 'Release' | 'Activate' | 'Deactivate'; durable: boolean; message: string };
}

/** What is wrong with one workload cluster. */
export interface ClusterTrouble {
  /** Its API cannot be reached through the control plane's endpoint. */
  unreachable?: boolean;
  /** Its etcd has no quorum: nothing is written there, whoever would. */
  noQuorum?: boolean;
  /** Where the roll-out of its Kube-OVN AppRelease stops; `Stuck` where nothing takes it up. */
  release?: 'DownloadFailed' | 'DeployFailed' | 'NotReady' | 'Stuck';
  /** The platform does not finish to import it: its Nodes lack what the import brings. */
  importHangs?: boolean;
}

/** In place of a name: every SeedImage, also those that are not there yet. */
export const ANY_IMAGE = '*';

/** The faults of one datacenter. All can be set and lifted at any time. */
export class Faults {
  #hosts = new Map<string, HostTrouble>();
  #clusters = new Map<string, ClusterTrouble>();
  #hostListeners: ((host: string) => void)[] = [];
  #clusterListeners: ((cluster: string) => void)[] = [];
  #plans = new Map<string, PlanFault>();
  #images = new Map<string, 'build' | 'expose'>();
  #imageListeners: ((image: string) => void)[] = [];
  #miscounted = new Set<string>();
  #drains = new Set<string>();
  #coreDns: string | undefined;
  #listeners: ((pool: string) => void)[] = [];

  /** Lets plans of `type` (`reprovision`, `clean`, ...) fail on a host. Undefined makes them work again. */
  plan(host: string, type: string, fault: PlanFault | undefined): void {
    if (fault) this.#plans.set(`${type}/${host}`, { ...fault });
    else this.#plans.delete(`${type}/${host}`);
  }

  /** Asked by the host at the end of a plan: how this run fails, or undefined where it works. Counts the run. */
  failureOf(host: string, type: string): PlanFault | undefined {
    const key = `${type}/${host}`;
    const fault = this.#plans.get(key);
    if (fault?.times !== undefined && --fault.times <= 0) this.#plans.delete(key);
    return fault;
  }

  /** As `failureOf`, without counting. */
  peek(host: string, type: string): PlanFault | undefined {
    return this.#plans.get(`${type}/${host}`);
  }

  /** Adds to what is wrong with a host, or, given undefined, lifts all of it but the failing plans. */
  host(name: string, trouble: HostTrouble | undefined): void {
    if (trouble) this.#hosts.set(name, { ...this.#hosts.get(name), ...trouble });
    else this.#hosts.delete(name);
    for (const listener of this.#hostListeners) listener(name);
  }

  /** What is wrong with a host; empty where nothing is. */
  ofHost(name: string): Readonly<HostTrouble> {
    return this.#hosts.get(name) ?? {};
  }

  /** Calls `listener` with the name of every host whose trouble has changed. */
  onHost(listener: (host: string) => void): void {
    this.#hostListeners.push(listener);
  }

  /** As `host`, for a workload cluster. */
  cluster(name: string, trouble: ClusterTrouble | undefined): void {
    if (trouble) this.#clusters.set(name, { ...this.#clusters.get(name), ...trouble });
    else this.#clusters.delete(name);
    for (const listener of this.#clusterListeners) listener(name);
  }

  /** What is wrong with a workload cluster; empty where nothing is. */
  ofCluster(name: string): Readonly<ClusterTrouble> {
    return this.#clusters.get(name) ?? {};
  }

  /** Calls `listener` with the name of every cluster whose trouble has changed. */
  onCluster(listener: (cluster: string) => void): void {
    this.#clusterListeners.push(listener);
  }

  /**
   * Lets the ISO of a SeedImage, or of `ANY_IMAGE`, fail: its `build` (the Pod fails), or to `expose` it once it is built. Undefined makes it
   * work again; a build that has failed has to be triggered anew.
   */
  image(name: string, trouble: 'build' | 'expose' | undefined): void {
    if (trouble) this.#images.set(name, trouble);
    else this.#images.delete(name);
    for (const listener of this.#imageListeners) listener(name);
  }

  ofImage(name: string): 'build' | 'expose' | undefined {
    return this.#images.get(name) ?? this.#images.get(ANY_IMAGE);
  }

  /** Calls `listener` with the name of every SeedImage whose trouble has changed. */
  onImage(listener: (image: string) => void): void {
    this.#imageListeners.push(listener);
  }

  /** Lets the provider forget to count the free hosts of a pool: its counters no longer make up the total. */
  miscount(pool: string, wrong: boolean): void {
    if (wrong) this.#miscounted.add(pool);
    else this.#miscounted.delete(pool);
    for (const listener of this.#listeners) listener(pool);
  }

  isMiscounted(pool: string): boolean {
    return this.#miscounted.has(pool);
  }

  /** Calls `listener` with the name of every pool that is from now on counted otherwise. */
  onCounters(listener: (pool: string) => void): void {
    this.#listeners.push(listener);
  }

  /** The newest CoreDNS that the control plane's webhook knows; undefined where it knows those of the platform. */
  coreDns(newest: string | undefined): void {
    this.#coreDns = newest;
  }

  get newestCoreDns(): string | undefined {
    return this.#coreDns;
  }

  /** Lets the drain of a Machine hang. */
  hangDrain(machine: string, hangs: boolean): void {
    if (hangs) this.#drains.add(machine);
    else this.#drains.delete(machine);
  }

  drainHangs(machine: string): boolean {
    return this.#drains.has(machine);
  }
}
