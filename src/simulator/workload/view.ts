/**
 * Keeps what runs on a cluster's Nodes in step with them, from the moment somebody looks. A datacenter has many Pods and
 * few lookers: before the first question nothing is made, and Leases and the heartbeats of Nodes are renewed when they are read.
 */

import type { KubeObject } from '../api/types.ts';
import { Informer } from '../controllers/informer.ts';
import { kinds } from '../controllers/kinds.ts';
import { type AppRelease, releaseName, releaseNamespace, reportOf } from '../controllers/kubeovn/app-release.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject as Plain } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { Beginning, deployedAfter } from '../world/beginning.ts';
import { toldAddresses } from '../world/management/addresses.ts';
import type { WorkloadApi } from './api.ts';
import { applicationPods } from './applications.ts';
import { clusterBasics, clusterDefinitions, clusterFlow } from './basics.ts';
import { CatchUp } from './catch-up.ts';
import { csiNodes } from './csi-nodes.ts';
import { etcdImages, partings } from './etcd-nodes.ts';
import { EtcdHistory } from './etcd-past.ts';
import { AddressKeeper } from './kube-ovn/address-keeper.ts';
import type { Seen } from './kube-ovn/candidates.ts';
import { joinNodes, wereJoined } from './kube-ovn/join.ts';
import { leadOvn } from './kube-ovn/leader.ts';
import { ovnLease } from './kube-ovn/lease.ts';
import { attached, networkOf } from './kube-ovn/network.ts';
import { toldOf } from './lately.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { pastLeases } from './leases.ts';
import { PutObjects } from './put-objects.ts';
import { Remembered } from './remembered.ts';
import { serviceAddresses } from './service-addresses.ts';
import type { ClusterSettings } from './settings.ts';
import { signingRequests } from './signing-requests.ts';
import { rolesOf } from './summary.ts';
import { isRuled, make, systemObjects } from './system.ts';
import { Told } from './told.ts';
import { noteCounted } from './turns.ts';

const renewal = 10_000;
/** For so long, ms, after a Node has joined, what it runs comes up. */
const young = 130_000;

/** The system objects of one workload cluster. */
export class WorkloadView {
  #cluster: WorkloadApi;
  #now: () => number;
  #settings: () => ClusterSettings;
  readonly #put: PutObjects;
  #renewed = 0;
  #told: Told;
  readonly #leases: LeaseKeeper;
  readonly #addresses: AddressKeeper;
  readonly #catchUp: CatchUp;
  #remembered = new Remembered();
  #etcd = new EtcdHistory();
  #turn: Promise<unknown> = Promise.resolve();
  #nodesSeen = '';
  #informer: Informer<Node> | undefined;
  #scheduled = false;
  /** When it was last looked who leads OVN, Unix time in ms. */
  #led = 0;
  #timer: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  /** Called with every change of a Node, once somebody has looked. */
  onNodes: (change: 'added' | 'modified' | 'deleted') => void = () => {};
  /** Since when there is the cluster: its first Nodes may be gone. */
  #born: string | undefined;
  #beginning: Beginning | undefined;
  /** When its network was first seen to be there, Unix time in ms. */
  #deployed: number | undefined;

  /** `settings`: what the management cluster knows of the cluster at the moment. */
  constructor(cluster: WorkloadApi, now: () => number, settings: () => ClusterSettings = () => ({ tokens: [] })) {
    this.#cluster = cluster;
    this.#now = now;
    this.#put = new PutObjects(cluster, now);
    this.#settings = settings;
    this.#told = new Told(cluster, now);
    const silentSince = (node: string) => this.#settings().silentSince?.(node);
    this.#leases = new LeaseKeeper(cluster.api, now, silentSince);
    this.#catchUp = new CatchUp(cluster, this.#leases, now, silentSince);
    this.#addresses = new AddressKeeper({
      ...{ api: cluster.api, now, told: () => this.#told },
      ...{ network: () => cluster.network, beginning: () => this.#beginning },
    });
    cluster.beforeRead = (plural) => this.#tell(plural);
    cluster.onWatch = (plural) => {
      if (plural === 'leases') this.#leases.watched(() => this.#lookOn());
    };
    cluster.beforeWrite = () => {
      if (this.#put.watched) this.#catchUp.beforeWrite();
    };
  }

  /** Brings everything up to date. Says whether the cluster's API server answers at all. Throws KubeError. */
  refresh(): Promise<boolean> {
    const next = this.#turn.then(() => this.#refresh());
    this.#turn = next.catch(() => {});
    return next;
  }

  /**
   * From now on, or no longer, Kubernetes' own controllers keep what Deployments and DaemonSets own, and the addresses of
   * Services: here is only told what the platform wants of their owners.
   */
  handOver(over = true): void {
    // What is read for the first time after that has been there as long as its Services.
    if (over && !this.#put.handedOver && this.#born !== undefined)
      this.#cluster.api.load(toldAddresses(this.#cluster.api));
    this.#put.handOver(over);
  }

  /** From now on somebody watches what runs there: Pods of Deployments say who has written them, and drains take them along. */
  watched(): void {
    this.#put.watch();
    this.#addresses.follow();
  }

  /** Whether somebody has deleted what users run, other than by a drain of its Machine: its kubelet ends it. */
  isDeleted(pod: Plain): boolean {
    return this.#put.isDeleted(pod as KubeObject);
  }

  /** The cluster is no more: what was told of it is told anew of the next of its name. */
  forget(): void {
    this.#told = new Told(this.#cluster, this.#now);
    this.#remembered = new Remembered();
    this.#etcd = new EtcdHistory();
    this.#leases.forget();
    this.#put.forget();
    this.#born = undefined;
    this.#beginning = undefined;
    this.#deployed = undefined;
    this.#cluster.beginning = undefined;
  }

  /** What the management cluster knows has changed: whoever watches hears of it. */
  soon(): void {
    const informer = this.#informer;
    if (!informer || this.#later) return;
    // Machines of a large cluster change all the time, and to tell of it takes its time.
    this.#later = setTimeout(() => {
      this.#later = undefined;
      this.#soon();
    }, informer.list().length * 5).unref();
  }

  /** Ends what follows the Nodes. */
  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#later);
    this.#informer?.stop();
    this.#leases.stop();
    this.#addresses.stop();
    this.#catchUp.stop();
  }

  async #refresh(): Promise<boolean> {
    const { nodes, revision } = await this.#nodes();
    const answers = this.#cluster.sees(nodes);
    const first = this.#nodesSeen === '';
    const due = this.#now() - this.#renewed >= renewal;
    const isSame = this.#nodesSeen.startsWith(`${revision} `);
    if (!first) this.#catchUp.write(due ? this.#settings() : undefined, isSame);
    this.#cluster.pass(nodes.length);
    const release = await this.#release();
    const kubeOvn = release && reportOf(release)?.installedRevision;
    const settings = this.#settings();
    this.#cluster.services = settings.services;
    this.#cluster.network = kubeOvn ? networkOf(settings) : undefined;
    if (this.#cluster.network && !first) await joinNodes(this.#cluster, this.#cluster.network, this.#now());
    const seen = `${revision} ${kubeOvn ?? ''} ${JSON.stringify(settings)}`;
    if (this.#put.handedOver) {
      this.#put.revive();
      if (kubeOvn && this.#now() - this.#led >= 1000) {
        this.#led = this.#now();
        const led = await leadOvn(this.#cluster.api, this.#cluster.as('kube-ovn-leader-checker'));
        // Whoever keeps the addresses of Services looks again.
        if (led) this.onNodes('modified');
      }
    }
    const follows = this.#follow(nodes);
    if (seen === this.#nodesSeen && !due && !follows && !this.#remembered.due(this.#now())) return answers;
    this.#nodesSeen = seen;
    if (due) this.#renewed = this.#now();
    const version = this.#cluster.version;
    const oldest = nodes.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0];
    this.#born = oldest && [this.#born ?? oldest, oldest, settings.initialized ?? oldest].sort()[0];
    const born = this.#born;
    const beginning = this.#beginningOf(born, release, kubeOvn !== undefined);
    this.#beginning = beginning;
    if (first && this.#cluster.network) wereJoined(this.#cluster.api, this.#cluster.network, this.#now());
    const [now, remembered, renewed] = [this.#now(), this.#remembered, timestamp(this.#renewed)];
    const plane = nodes.filter((node) => rolesOf(node).includes('control-plane'));
    const lived = { plane, now, born: Date.parse(born ?? '') };
    remembered.versions.look(lived);
    remembered.boots.look(nodes, settings.silentSince, settings.outages);
    remembered.outages = settings.outages ?? [];
    remembered.silent = (node) => settings.silentSince?.(node) !== undefined;
    this.#cluster.servedSince = remembered.versions.since;
    this.#cluster.cut = (node, found) => remembered.boots.cut(node, found);
    this.#cluster.terms = (lease) => remembered.elections.terms(lease);
    const { identity } = this.#cluster;
    this.#cluster.etcd = this.#etcd.look({
      ...{ ...lived, cluster: identity, departures: settings.departures, outages: settings.outages },
      ...{ silentSince: settings.silentSince, boots: (node) => remembered.boots.of(node) },
    });
    this.#remembered.etcd = this.#cluster.etcd;
    this.#remembered.parted = partings(this.#cluster.etcd);
    const all = systemObjects({ nodes, version, kubeOvn, settings, born, renewed, now, remembered, beginning });
    // What kubeadm and the controllers of a young cluster have yet to make is not there.
    const objects = all.filter((object) => !(Date.parse(object.metadata.creationTimestamp ?? '') > now));
    this.#etcd.see(etcdImages(objects));
    const { pods: network, applications, silence } = settings;
    const from = this.#cluster.beginning?.at('users');
    const boots = (node: Node) => remembered.boots.of(node);
    const used = applicationPods({ ...{ nodes, pods: applications, network, now, from, silence }, boots });
    const pods = this.#cluster.network ? used.map((pod) => attached(pod, networkOf(settings))) : used;
    // What others keep they tell of themselves.
    const told = toldOf(
      [...(this.#put.handedOver ? objects.filter((object) => !isRuled(object)) : objects), ...pods],
      now,
      { before: pastLeases(remembered, born, now, make), nodes, silence, until: this.#put.handedOverAt },
    );
    // A server tells the same of all of them, and of these what their holders have said by now.
    const rest = objects.filter(({ kind }) => kind !== 'Lease');
    const basics = clusterBasics(nodes, settings, beginning, { version, since: remembered.versions.since });
    if (!this.#put.handedOver) noteCounted(rest, this.#cluster.writes);
    await this.#put.update([...rest, ...pods, ...told, ...signingRequests(nodes, settings.tokens, now), ...basics]);
    this.#leases.want(objects.filter(({ kind }) => kind === 'Lease'));
    // What has just been put in was there before anybody looked: kubelets tell of it.
    if (first) this.#catchUp.write(settings);
    this.#catchUp.time(nodes);
    return answers;
  }

  /** Whoever watches Leases hears of those that are renewed, and of who comes to lead. */
  #lookOn(): void {
    this.#tell('leases');
    if (this.#remembered.due(this.#now())) this.#soon();
  }

  /** Brings up to date what is about to be read, and is told only then. */
  #tell(plural: string): void {
    const { api, network } = this.#cluster;
    const [born, beginning] = [this.#born, this.#beginning];
    if (born === undefined || beginning === undefined) return;
    this.#put.upkeep.settle();
    if (!this.#put.handedOver && /^endpoint(s|slices)$/.test(plural)) api.load(toldAddresses(api));
    this.#addresses.tell(plural);
    if (plural === 'leases') this.#leases.renew();
    if (network && plural === 'leases') {
      api.load(ovnLease(this.#seen(), this.#now(), this.#leases.lost('kube-system', 'kube-ovn-controller')));
    }
    if (plural === 'servicecidrs' || plural === 'ipaddresses') {
      const since = this.#remembered.versions.since(33) ?? born;
      const from = since > born ? since : timestamp(beginning.at('endpoint'));
      this.#told.tell('service addresses', serviceAddresses(api, networkOf(this.#settings()).services, from));
    }
    if (plural === 'csinodes') this.#told.tell('drivers', csiNodes(api));
    if (plural === 'flowschemas' || plural === 'prioritylevelconfigurations')
      this.#told.tell('flow', clusterFlow(beginning));
    if (plural === 'customresourcedefinitions') this.#told.tell('definitions', clusterDefinitions(beginning));
  }

  /** What controllers of Kube-OVN are told by, with what its objects do not say. */
  #seen(): Seen {
    const { api } = this.#cluster;
    return {
      ...{ all: (kind) => api.all(kind), find: (object) => api.find(object), removed: (plural) => api.removed(plural) },
      ...{ cut: (node, found) => this.#remembered.boots.cut(node, found), outages: this.#remembered.outages },
    };
  }

  /** From now on Nodes are followed, so that open watches hear of their Pods too. */
  async #nodes(): Promise<{ nodes: Node[]; revision: string }> {
    if (!this.#informer) {
      this.#informer = new Informer<Node>(this.#cluster, kinds.Node, '');
      await this.#informer.start();
      this.#informer.onChange((_node, change) => {
        this.#soon();
        this.onNodes(change);
      });
    }
    const nodes = this.#informer.list().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return { nodes, revision: nodes.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`).join() };
  }

  /** Nodes change in bursts: one refresh for all of one turn of the event loop. */
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      // A failure shows at the next question.
      this.refresh().catch(() => {});
    });
  }

  async #release(): Promise<AppRelease | undefined> {
    const path = `/apis/operator.alauda.io/v1alpha1/namespaces/${releaseNamespace}/appreleases`;
    const { items } = await this.#cluster.json<{ items: AppRelease[] }>({ path });
    return items.find(({ metadata }) => metadata.name === releaseName);
  }

  /** How the cluster came about; of one that nobody has put there ready made, its network came when that is first seen. */
  #beginningOf(born: string | undefined, release: AppRelease | undefined, isDeployed: boolean): Beginning | undefined {
    if (born === undefined || this.#cluster.beginning) return this.#cluster.beginning;
    const { uid = '', creationTimestamp } = release?.metadata ?? {};
    const made = Date.parse(creationTimestamp ?? born);
    if (release && isDeployed) this.#deployed ??= Math.min(this.#now(), deployedAfter(uid, made));
    return new Beginning({ born: Date.parse(born), release: release && made, chart: this.#deployed });
  }

  /** Goes on by itself for as long as something comes up on Nodes that have joined just now, and somebody watches. */
  #follow(nodes: readonly Node[]): boolean {
    clearTimeout(this.#timer);
    const since = this.#now() - young;
    const isYoung = nodes.some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') > since);
    // To tell of many Nodes takes its time.
    const pause = Math.max(1000, nodes.length * 10);
    if (isYoung && this.#put.watched) this.#timer = setTimeout(() => this.#soon(), pause).unref();
    return isYoung;
  }
}
