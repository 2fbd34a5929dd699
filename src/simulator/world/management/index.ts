/** Puts the management cluster itself into its API: what an operator finds who looks beyond the fleet. */

import type { Api } from '../../api/api.ts';
import type { Admission, Webhook } from '../../api/core.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../controllers/clock.ts';
import { isMirror } from '../../controllers/mirror.ts';
import type { Node } from '../../controllers/shapes/core.ts';
import { timestamp } from '../../controllers/time.ts';
import { csiNodes } from '../../workload/csi-nodes.ts';
import type { Term } from '../../workload/elections.ts';
import { withHeartbeat } from '../../workload/heartbeat.ts';
import { AddressKeeper, isOfAddresses } from '../../workload/kube-ovn/address-keeper.ts';
import { ovnLease } from '../../workload/kube-ovn/lease.ts';
import { bound } from '../../workload/kube-ovn/network.ts';
import { LeaseKeeper } from '../../workload/lease-keeper.ts';
import { leaderLeases, type Make as MakeBorn, nodeLease } from '../../workload/leases.ts';
import { Remembered } from '../../workload/remembered.ts';
import { systemObjects } from '../../workload/system.ts';
import { Told } from '../../workload/told.ts';
import { noteCounted, noteWritten } from '../../workload/turns.ts';
import { Upkeep } from '../../workload/upkeep.ts';
import { addressesToCome } from '../addresses-to-come.ts';
import type { Beginning } from '../beginning.ts';
import type { Noted } from '../stamp.ts';
import { toldAddresses } from './addresses.ts';
import { apiServices, basics } from './basics.ts';
import { bornAfter, managementBeginning } from './births.ts';
import { webhookCertificates } from './certificates.ts';
import {
  type Make,
  managementNetwork,
  managementNetworks,
  managementNodes,
  managementPrograms,
  managementSettings,
  managementVersion,
  platformLeases,
} from './cluster.ts';
import { servedFrom } from './cluster-roles.ts';
import { type Born, definitions, webhookConfigurations } from './definitions.ts';
import { flowControl } from './flow-control.ts';
import { Given } from './given.ts';
import { Leadership, type OnWork } from './leadership.ts';
import { makerOf } from './make.ts';
import { reborn } from './reborn.ts';
import { platformReleases } from './release.ts';

export { managementBeginning } from './births.ts';
export { managementAddress, managementNetworks, managementVersion } from './cluster.ts';
export { fixedDefinitions } from './definitions.ts';
export { managementResources } from './kinds.ts';

/** How often, in ms, Nodes and leaders tell that they are there. */
const renewal = 10_000;

export interface ManagementOptions {
  api: Api;
  seed: string;
  /** Unix time in ms. */
  now: () => number;
  /** Since when, in ms, the cluster has been there. */
  since: number;
  /** Runs something later; without it a program that has begun works when Pods are looked at the next time. */
  after?: Clock['after'];
  /** Told of each of the platform's programs that begins to work or no longer does. */
  onWork?: OnWork;
  /** The webhooks that the API asks. */
  admission: readonly (Admission | Webhook)[];
  /** Takes note of who has written to its objects later, where they do not say so. */
  writes?: Noted;
}

/** The management cluster's own objects in its API. */
export class ManagementCluster {
  readonly #options: ManagementOptions;
  readonly #make: Make;
  readonly #since: string;
  readonly #beginning: Beginning;
  #renewed: number;
  readonly #leadership: Leadership;
  readonly #given: Given;
  readonly #told: Told;
  readonly #leases: LeaseKeeper;
  readonly #addresses: AddressKeeper;
  /** What its servers make again, as it began. */
  readonly #own = new Map<string, KubeObject>();
  readonly #remembered = new Remembered();
  /** Its Nodes as they began: what files bring goes on there whatever becomes of those objects. */
  readonly #nodes: readonly Node[];
  readonly #upkeep: Upkeep;
  /** Pods that are to be there, by the names they began with. */
  readonly #pods = new Map<string, KubeObject>();
  #revivals = 0;
  #handedOver = false;

  /** Loads everything. `options.api` must serve `managementResources`. */
  constructor(options: ManagementOptions) {
    const { api, seed, since, admission, writes } = options;
    this.#options = options;
    this.#since = timestamp(since);
    this.#beginning = managementBeginning(since);
    this.#renewed = options.now();
    this.#told = new Told(options, options.now);
    this.#leases = new LeaseKeeper(api, options.now);
    this.#addresses = new AddressKeeper({
      ...{ api, now: options.now, told: () => this.#told },
      ...{ network: () => managementNetworks, beginning: () => this.#beginning },
    });
    this.#upkeep = new Upkeep(api, options.now, (object) => this.#own.get(keyOf(object)));
    this.#make = makerOf(seed, since);
    this.#given = new Given(api, this.#make, options.now);
    const born: Born = ({ apiVersion, kind, metadata, ...rest }) => {
      const made = this.#make(apiVersion, kind, metadata.name, '', rest);
      return { ...made, metadata: { ...made.metadata, ...metadata } };
    };
    api.backdateNamespaces(
      (name) => timestamp(since + bornAfter('Namespace', '', name)),
      (space) => {
        writes?.note(space.metadata.uid ?? '', 'kube-ovn-controller', this.#beginning.at('kept'));
        return bound(space, managementNetworks) ?? space;
      },
    );
    // Each kubelet beats at moments of its own.
    const nodes = managementNodes(this.#make, this.#since, timestamp(since)).map(
      (node) => (withHeartbeat(node as unknown as Node, options.now()) as KubeObject | undefined) ?? node,
    );
    this.#nodes = nodes as unknown as Node[];
    const programs = managementPrograms(this.#make, nodes, timestamp(this.#renewed));
    this.#leadership = new Leadership({ now: options.now, after: options.after, onWork: options.onWork });
    this.#leadership.seen(programs.filter(({ kind }) => kind === 'Pod'));
    const { resources } = api;
    const certificates = webhookCertificates(this.#make);
    const authorities = (owner: string) => certificates.find((one) => one.owner === owner)?.ca;
    const objects = [
      ...nodes,
      ...this.#system(nodes),
      ...programs,
      ...platformReleases(this.#make),
      ...basics(this.#make, addressesOf(nodes), servedFrom(managementVersion, timestamp(this.#beginning.at('roles')))),
      ...apiServices(this.#make, resources),
      ...flowControl(this.#make),
      ...definitions(
        resources,
        (name) => timestamp(since + bornAfter('CustomResourceDefinition', '', name) + 1000),
        born,
        authorities,
      ),
      ...webhookConfigurations(admission, resources, born, authorities),
      ...certificates.map(({ secret }) => secret),
    ];
    if (writes) {
      noteCounted(objects, writes);
      noteWritten(objects, writes);
    }
    for (const object of objects) if (object.kind === 'Pod') this.#pods.set(object.metadata.name, object);
    api.load(objects, addressesToCome(objects, timestamp(this.#beginning.at('kept'))));
    this.#keep(nodes);
    for (const object of objects) if (object.metadata.name === 'kubernetes') this.#own.set(keyOf(object), object);
  }

  /** Lets Nodes and leases be fresh: to be called before they are read, so that nothing is written while nobody looks. */
  refresh(plural: string): void {
    this.#upkeep.settle();
    if (kept.has(plural)) this.#given.give();
    if (plural === 'pods') this.#revive();
    if (!this.#handedOver && /^endpoint(s|slices)$/.test(plural))
      this.#options.api.load(toldAddresses(this.#options.api));
    if (plural === 'csinodes') this.#told.tell('drivers', csiNodes(this.#options.api));
    this.#addresses.tell(plural);
    if (plural !== 'nodes' && plural !== 'leases') return;
    const { api, now } = this.#options;
    if (plural === 'leases') {
      this.#keep();
      api.load(ovnLease(api, now(), this.#leases.lost('kube-system', 'kube-ovn-controller')));
    }
    if (plural === 'leases' || now() - this.#renewed < renewal) return;
    this.#renewed = now();
    // What somebody has written on a Node stays, and one that somebody has deleted stays away.
    const nodes = managementNodes(this.#make, this.#since, timestamp(this.#renewed)).flatMap(
      (object) => api.find(object) ?? [],
    );
    api.load(nodes.flatMap((node) => (withHeartbeat(node as unknown as Node, now()) as KubeObject | undefined) ?? []));
  }

  /** Somebody begins to watch objects of a kind: Leases are renewed for as long as that lasts. */
  watched(plural: string): void {
    if (plural === 'leases') this.#leases.watched(() => this.refresh('leases'));
    if (isOfAddresses(plural)) this.#addresses.follow();
  }

  /** Lets Leases be as their holders have them. One that nobody holds yet, or no longer, stays as it was. */
  #keep(nodes = this.#options.api.all({ apiVersion: 'v1', kind: 'Node' })): void {
    const now = this.#options.now();
    const make: MakeBorn = (apiVersion, kind, space, name, _born, rest) =>
      this.#make(apiVersion, kind, name, space, rest);
    const ofNodes = nodes.map((node) => {
      const { creationTimestamp } = node.metadata;
      const lease = nodeLease(node as unknown as Node, now, make);
      return { ...lease, metadata: { ...lease.metadata, creationTimestamp } } as KubeObject;
    });
    const led = leaderLeases(this.#nodes, { born: timestamp(this.#beginning.born), now }, this.#remembered, make);
    this.#leases.want([...platformLeases(this.#make, now, this.#since, this.#leadership), ...led, ...ofNodes], false);
  }

  /** Who has led by a Lease of its control plane, in order, whoever does so now the last. */
  terms(lease: string): readonly Term[] {
    return this.#remembered.elections.terms(lease);
  }

  /** The Node that leads by a Lease of its control plane. */
  leader(lease: string): string | undefined {
    return this.terms(lease).at(-1)?.node.metadata.name;
  }

  /** From now on Kubernetes' own controllers keep what runs here, but for what comes from files. */
  handOver(): void {
    this.#handedOver = true;
    this.#addresses.follow();
  }

  /** Who runs at the moment: of them come those that lead. */
  seen(pods: readonly KubeObject[]): void {
    this.#leadership.seen(pods);
  }

  /** Whether the webhooks of an owner answer: a Pod of its program is ready. */
  answers(owner: string): boolean {
    return this.#leadership.answers(owner);
  }

  /** The address of a Service of the platform's namespace; undefined where there is none of that name. */
  addressOf(service: string): string | undefined {
    const metadata = { name: service, namespace: 'cpaas-system' };
    const found = this.#options.api.find({ apiVersion: 'v1', kind: 'Service', metadata });
    return found && String(found.spec?.['clusterIP']);
  }

  /** Pods that somebody has taken away come back as their owners want: those of static Pods as they were, others anew. */
  #revive(): void {
    const { api, now } = this.#options;
    for (const [key, pod] of this.#pods) {
      if ((this.#handedOver && !isMirror(pod)) || api.has(pod)) continue;
      const fresh = reborn(pod, now(), `${key}/${this.#revivals++}`);
      this.#pods.set(key, fresh);
      api.load([fresh]);
    }
  }

  /** Tells whose certificate the server has, in PEM. */
  serves(ca: string | undefined): void {
    this.#given.ca = ca;
    this.#given.give();
    const { api } = this.#options;
    const told = this.#system(managementNodes(this.#make, this.#since, timestamp(this.#renewed)));
    const given = told.filter((object) => object.kind === 'ConfigMap' && !api.has(object));
    for (const object of given) this.#own.set(keyOf(object), object);
    api.load(given);
  }

  #system(nodes: readonly KubeObject[]): KubeObject[] {
    const renewed = timestamp(this.#renewed);
    const settings = { ...managementSettings, ca: this.#given.ca, tokens: [] };
    const all = systemObjects({
      nodes: nodes as unknown as Node[],
      version: managementVersion,
      kubeOvn: managementNetwork,
      renewed,
      settings,
      beginning: this.#beginning,
      born: timestamp(this.#beginning.born),
      remembered: this.#remembered,
    });
    // They are kept apart.
    return all.filter(({ kind }) => kind !== 'Lease');
  }
}

const keyOf = ({ kind, metadata: { namespace, name } }: KubeObject): string => `${kind}/${namespace ?? ''}/${name}`;

/** Kinds of which some objects are kept up. */
const kept = new Set(['configmaps', 'serviceaccounts']);

const addressOf = (object: KubeObject, type: string): string[] => {
  const addresses = object.status?.['addresses'] as { type: string; address: string }[] | undefined;
  return addresses?.filter((one) => one.type === type).map(({ address }) => address) ?? [];
};
const addressesOf = (nodes: readonly KubeObject[]): string[] => nodes.flatMap((node) => addressOf(node, 'InternalIP'));
