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
import { toldAddresses } from '../world/management/addresses.ts';
import type { WorkloadApi } from './api.ts';
import { applicationNoted, applicationPods } from './applications.ts';
import { clusterBasics, clusterDefinitions, clusterFlow } from './basics.ts';
import { Birth } from './birth.ts';
import { CatchUp } from './catch-up.ts';
import { csiNodes } from './csi-nodes.ts';
import { etcdImages, partings } from './etcd-nodes.ts';
import { EtcdHistory } from './etcd-past.ts';
import { AddressKeeper } from './kube-ovn/address-keeper.ts';
import type { Seen } from './kube-ovn/candidates.ts';
import { giveAddresses } from './kube-ovn/give.ts';
import { joinNodes, nextReached, wereJoined } from './kube-ovn/join.ts';
import { leadOvn } from './kube-ovn/leader.ts';
import { ovnLease } from './kube-ovn/lease.ts';
import { networkOf } from './kube-ovn/network.ts';
import { toldOf } from './lately.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { pastLeases } from './leases.ts';
import { Looks } from './looks.ts';
import { PutObjects } from './put-objects.ts';
import { Remembered } from './remembered.ts';
import { serviceAddresses } from './service-addresses.ts';
import type { ClusterSettings } from './settings.ts';
import { signingRequests } from './signing-requests.ts';
import { rolesOf } from './summary.ts';
import { isRuled, make, systemObjects } from './system.ts';
import { Told } from './told.ts';
import { noteCounted, noteWritten } from './turns.ts';

const renewal = 10_000;

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
  readonly #looks = new Looks(() => this.refresh());
  /** When it was last looked who leads OVN, Unix time in ms. */
  #led = 0;
  /** Called with every change of a Node, once somebody has looked. */
  onNodes: (change: 'added' | 'modified' | 'deleted') => void = () => {};
  readonly #birth: Birth;

  /** `settings`: what the management cluster knows of the cluster at the moment. */
  constructor(cluster: WorkloadApi, now: () => number, settings: () => ClusterSettings = () => ({ tokens: [] })) {
    this.#cluster = cluster;
    this.#now = now;
    this.#put = new PutObjects(cluster, now);
    this.#settings = settings;
    this.#told = new Told(cluster, now);
    this.#birth = new Birth(cluster);
    const silentSince = (node: string) => this.#settings().silentSince?.(node);
    this.#leases = new LeaseKeeper(cluster.api, now, silentSince);
    this.#catchUp = new CatchUp(cluster, this.#leases, now, silentSince);
    this.#addresses = new AddressKeeper({
      ...{ api: cluster.api, now, told: () => this.#told },
      ...{ network: () => cluster.network, beginning: () => this.#birth.beginning },
      give: async () => {
        if (!cluster.network) return undefined;
        await joinNodes(cluster, cluster.network, now());
        await giveAddresses(cluster, cluster.network);
        return nextReached(cluster.api, now());
      },
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
    if (over && !this.#put.handedOver && this.#birth.born !== undefined)
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
    this.#birth.forget();
  }

  /** What the management cluster knows has changed: whoever watches hears of it. */
  soon(): void {
    if (this.#informer) this.#looks.later(this.#informer.list().length);
  }

  /** Ends what follows the Nodes. */
  stop(): void {
    this.#looks.stop();
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
    if (this.#put.handedOver) await this.#keepUp(kubeOvn !== undefined);
    const follows = this.#looks.follow(nodes, this.#now(), this.#put.watched);
    if (seen === this.#nodesSeen && !due && !follows && !this.#remembered.due(this.#now())) return answers;
    this.#nodesSeen = seen;
    if (due) this.#renewed = this.#now();
    const version = this.#cluster.version;
    this.#birth.look({ nodes, initialized: settings.initialized, release, now: this.#now() });
    const { born, beginning } = this.#birth;
    const [now, remembered, renewed] = [this.#now(), this.#remembered, timestamp(this.#renewed)];
    this.#remember(nodes, settings, now);
    const all = systemObjects({ nodes, version, kubeOvn, settings, born, renewed, now, remembered, beginning });
    // What kubeadm and the controllers of a young cluster have yet to make is not there.
    const objects = all.filter((object) => !(Date.parse(object.metadata.creationTimestamp ?? '') > now));
    const { api, network: own } = this.#cluster;
    if (first && own && beginning) wereJoined(api, own, { now, pods: objects, since: beginning.at('kept') });
    this.#etcd.see(etcdImages(objects));
    const { pods: network, applications, silence } = settings;
    const from = this.#cluster.beginning?.at('users');
    const boots = (node: Node) => remembered.boots.of(node);
    const used = applicationPods({ ...{ nodes, pods: applications, network, now, from, silence }, boots });
    const pods = this.#cluster.network ? used.map((pod) => applicationNoted(pod, networkOf(settings))) : used;
    // What others keep they tell of themselves.
    const told = toldOf(
      [...(this.#put.handedOver ? objects.filter((object) => !isRuled(object)) : objects), ...pods],
      now,
      {
        before: pastLeases(remembered, born, now, make),
        nodes,
        silence,
        until: this.#put.handedOverAt,
        etcd: this.#cluster.etcd,
      },
    );
    // A server tells the same of all of them, and of these what their holders have said by now.
    const rest = objects.filter(({ kind }) => kind !== 'Lease');
    const basics = clusterBasics(nodes, settings, beginning, { version, since: remembered.versions.since });
    if (!this.#put.handedOver) noteCounted(rest, this.#cluster.writes);
    noteWritten(rest, this.#cluster.writes);
    await this.#put.update([...rest, ...pods, ...told, ...signingRequests(nodes, settings.tokens, now), ...basics]);
    this.#leases.want(objects.filter(({ kind }) => kind === 'Lease'));
    // What has just been put in was there before anybody looked: kubelets tell of it.
    if (first) this.#catchUp.write(settings);
    this.#catchUp.time(nodes);
    this.#looks.at(remembered.next, this.#now(), this.#put.watched);
    return answers;
  }

  /** What only those keep up to whom the cluster was handed over: what was left to them, and who leads OVN where its network is there. */
  async #keepUp(hasNetwork: boolean): Promise<void> {
    this.#put.revive();
    if (!hasNetwork || this.#now() - this.#led < 1000) return;
    this.#led = this.#now();
    const led = await leadOvn(this.#cluster.api, this.#cluster.as('kube-ovn-leader-checker'));
    // Whoever keeps the addresses of Services looks again.
    if (led) this.onNodes('modified');
  }

  /** What the cluster has been through, by its Nodes and what the management cluster knows, for all who tell of it later. */
  #remember(nodes: readonly Node[], { silentSince, outages, departures }: ClusterSettings, now: number): void {
    const [cluster, remembered] = [this.#cluster, this.#remembered];
    const plane = nodes.filter((node) => rolesOf(node).includes('control-plane'));
    const lived = { plane, now, born: Date.parse(this.#birth.born ?? '') };
    remembered.versions.look(lived);
    remembered.boots.look(nodes, silentSince, outages);
    remembered.outages = outages ?? [];
    remembered.silent = (node) => silentSince?.(node) !== undefined;
    cluster.servedSince = remembered.versions.since;
    cluster.cut = (node, found) => remembered.boots.cut(node, found);
    cluster.terms = (lease) => remembered.elections.terms(lease);
    cluster.etcd = this.#etcd.look({
      ...{ ...lived, cluster: cluster.identity, departures, outages },
      ...{ silentSince, boots: (node) => remembered.boots.of(node) },
    });
    remembered.etcd = cluster.etcd;
    remembered.parted = partings(cluster.etcd);
  }

  /** Whoever watches Leases hears of those that are renewed, and of who comes to lead. */
  #lookOn(): void {
    this.#tell('leases');
    if (this.#remembered.due(this.#now())) this.#looks.soon();
  }

  /** Brings up to date what is about to be read, and is told only then. */
  #tell(plural: string): void {
    const { api, network } = this.#cluster;
    const { born, beginning } = this.#birth;
    if (plural === 'csinodes') this.#told.tell('drivers', csiNodes(api));
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
        this.#looks.soon();
        this.onNodes(change);
      });
    }
    const nodes = this.#informer.list().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return { nodes, revision: nodes.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`).join() };
  }

  async #release(): Promise<AppRelease | undefined> {
    const path = `/apis/operator.alauda.io/v1alpha1/namespaces/${releaseNamespace}/appreleases`;
    const { items } = await this.#cluster.json<{ items: AppRelease[] }>({ path });
    return items.find(({ metadata }) => metadata.name === releaseName);
  }
}
