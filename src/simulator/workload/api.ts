/**
 * The API of one workload cluster: an embedded API server with what such a cluster has. Controllers reach it as a
 * Transport; for clients from outside, `front.ts` serves it, and `view.ts` fills it with what runs on its Nodes.
 */

import type { KubeRequest, KubeStream, Transport } from '../../kube/types.ts';
import { kubernetesAdmission } from '../api/admission/index.ts';
import { type Api, createApi } from '../api/api.ts';
import { PODS_COUNTED } from '../api/core.ts';
import { extensionKinds } from '../api/kinds/extension-kinds.ts';
import { Passage } from '../api/storage/busy.ts';
import { apiTransport } from '../api/transport.ts';
import type { KubeObject as Stored } from '../api/types.ts';
import { isMirror } from '../controllers/mirror.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import type { Beginning } from '../world/beginning.ts';
import { tokenController } from '../world/management/account-tokens.ts';
import type { ServedSince } from '../world/management/cluster-roles.ts';
import { fixedDefinitions } from '../world/management/definitions.ts';
import { lastWritten, ownershipOf } from '../world/ownership.ts';
import { Noted } from '../world/stamp.ts';
import { namespaces } from './basics.ts';
import type { Term } from './elections.ts';
import type { EtcdPast } from './etcd-past.ts';
import { workloadResources } from './kinds.ts';
import { attaching, bound, type Network } from './kube-ovn/network.ts';
import { LogFiles } from './logs/files.ts';
import { componentLogs } from './logs.ts';
import { paceOf } from './pace.ts';
import { PlaneServer } from './plane-server.ts';
import { podAdmission } from './pod-admission.ts';
import { serviceAdmission } from './service-admission.ts';
import type { ClusterSettings } from './settings.ts';
import { readyOf } from './summary.ts';
import { isOfItsNode } from './system.ts';

/** Writes a watch can go back: fewer than in the management cluster, for there are many of these. */
const historyLimit = 2000;
/** How long before its first Node, in ms, an API server answers, and what is written until then. */
const first = 12_000;
const firstRevision = 317;

/**
 * What controllers do to a cluster that others have to hear of: `registers`, a kubelet is about to register its Node; `empties`, a Node is
 * cordoned, or is about to be taken away, and its Pods are about to go; `releases`, what a release is to be is about to be written;
 * `released`, how far one is was written; `evicted`, a Pod was.
 */
export type Deed = 'registers' | 'empties' | 'releases' | 'released' | 'evicted';

/** One workload cluster. Failures are KubeErrors. */
export class WorkloadApi implements Transport {
  readonly api: Api;
  /** Whether kubelets end what is deleted: without them it is gone at once. */
  hasKubelets = false;
  /** How long, in ms of the wall's clock, a Namespace that is going is left alone. */
  namespaceGrace = 0;
  /** Told of what happens here; what is about to happen waits until it was heard. */
  onDeed: (deed: Deed) => Promise<void> = async () => {};
  /** Called with a plural name before objects of that kind are read. */
  beforeRead: (plural: string) => void = () => {};
  /** Called with a plural name when somebody begins to watch objects of that kind. */
  onWatch: (plural: string) => void = () => {};
  /** Called before anything is written. */
  beforeWrite: () => void = () => {};
  /** What the kubelet of a Node was told beside what its cluster tells all of them. */
  kubeletPatch: (node: string) => Record<string, unknown> | undefined = () => undefined;
  /** When the host was booted that reports this boot, where that is known. */
  boot: NonNullable<ClusterSettings['boot']> = () => undefined;
  /** What its etcd has been through, once somebody has looked. */
  etcd: EtcdPast | undefined;
  /** Who has led by a Lease of its control plane, once somebody has looked. */
  terms: (lease: string) => readonly Term[] = () => [];
  /** When the host of a Node lost power, of what a kubelet found gone at Unix time `found` in ms, once somebody has looked. */
  cut: (node: string, found: number) => number | undefined = () => undefined;
  /** The networks that Kube-OVN keeps; none where there is no Kube-OVN. */
  network: Network | undefined;
  /** The network of Services as a CIDR, where it is not kubeadm's. */
  services: string | undefined;
  #speakers = new Map<string, Transport>();
  readonly #server = new PlaneServer(() => this.api.faults);
  /** When its first objects came about, where it was there before anything else. */
  beginning: Beginning | undefined;
  /** Since when it has a server of a minor version, once somebody has looked. */
  servedSince: ServedSince = () => undefined;
  /** Who has written to its objects before anybody looked, where they do not say so themselves. */
  readonly writes = new Noted();
  /** Until it is told otherwise the cluster begins now. */
  readonly #past = {
    since: Number.POSITIVE_INFINITY,
    written: (object: Stored) => lastWritten(object, this.writes),
    revision: (object: Stored, at: number, now: number, settled: number) =>
      this.beginning?.revision(object, at, now, settled),
  };
  #transport: Transport;
  readonly #now: () => number;
  /** The writes that nobody sees. */
  #passage: Passage | undefined;

  /** `now` is Unix time in ms. */
  constructor(now: () => number, newUid: () => string) {
    this.#now = now;
    // Whoever asks for a token of an account gets it with what the server is trusted by.
    const tokens = tokenController(() => {
      const metadata = { name: 'kube-root-ca.crt', namespace: 'default' };
      const root = this.api.find({ apiVersion: 'v1', kind: 'ConfigMap', metadata }) as
        | { data?: { 'ca.crt'?: string } }
        | undefined;
      return { seed: 'workload', api: this.api, ca: root?.data?.['ca.crt'] };
    });
    const files = new LogFiles();
    this.api = createApi({
      now,
      newUid,
      namespaces,
      historyLimit,
      revision: firstRevision,
      resources: workloadResources,
      ownership: ownershipOf(this.writes),
      past: this.#past,
      plugins: kubernetesAdmission,
      admission: [
        ...[
          podAdmission,
          serviceAdmission(() => this.services),
          attaching(() => this.network),
          fixedDefinitions(workloadResources),
          tokens,
        ],
      ],
      beforeRead: (plural) => this.beforeRead(plural),
      onWatch: (plural) => this.onWatch(plural),
      beforeWrite: () => this.beforeWrite(),
      authorize: 'rbac',
      endsPods: (pod) => this.hasKubelets && (!isOfItsNode(pod) || !isMirror(pod) || this.isLeft(pod)),
      namespaceGrace: () => this.namespaceGrace,
      logs: (question) => {
        const cut = (node: string, found: number) => this.cut(node, found);
        return componentLogs(question, this.etcd, undefined, files, (lease) => this.terms(lease), cut);
      },
      gitVersion: () => this.#server.version,
      podsCountedSince: () => this.servedSince(PODS_COUNTED),
      kubeletPatch: (node) => this.kubeletPatch(node),
      boot: (id) => this.boot(id),
      address: () => this.#server.address,
    });
    const user = { name: 'kubernetes-admin', groups: ['system:masters'] };
    this.#transport = apiTransport(this.api, { user, program: () => 'kubelet', bare: true });
  }

  /** The version of the control plane: the lowest of its Nodes, as `sees` saw them last. */
  get version(): string {
    return this.#server.version;
  }

  /** What the cluster is known by: the uid of its first namespace. */
  get identity(): string {
    return (
      this.api.find({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } })?.metadata.uid ?? ''
    );
  }

  /** Whether the kubelet of one of its Nodes is silent. */
  get hasLost(): boolean {
    return this.api
      .all({ apiVersion: 'v1', kind: 'Node' })
      .some((node) => readyOf(node as unknown as Node) === 'Unknown');
  }

  /** Puts objects in as they are; names in use are overwritten. */
  load(objects: readonly KubeObject[]): void {
    this.api.load(objects as readonly Stored[]);
  }

  /**
   * Lets the cluster have begun some time ago, with so many Nodes: its namespaces are that old, those of `network` since it
   * was there, and it has been written to.
   */
  since(beginning: Beginning, nodes = 3, network?: Network): void {
    this.beginning = beginning;
    this.#past.since = beginning.born - first;
    const [now, pace] = [this.#now(), paceOf(nodes, this.identity)];
    this.#passage = new Passage(this.identity, pace, now);
    this.api.settle(firstRevision + Math.floor((now - this.#past.since) * pace));
    const made = (name: string) => timestamp(beginning.madeAt('Namespace', '', name));
    this.api.backdateNamespaces(made, (space) => {
      const known = network && bound(space, network);
      const at = Math.max(beginning.at('kept'), Date.parse(space.metadata.creationTimestamp ?? ''));
      if (known) this.writes.note(space.metadata.uid ?? '', 'kube-ovn-controller', at);
      return known ?? space;
    });
  }

  /** Counts what Nodes, servers and leaders have written since the last time, until Unix time `now` in ms: Leases are kept when they are read. */
  pass(nodes: number, now = this.#now()): void {
    const pace = paceOf(nodes, this.identity);
    this.#passage ??= new Passage(this.identity, pace, now);
    this.#passage.pace = pace;
    this.api.pass(this.#passage.count(now));
  }

  /** The same API for one of the cluster's own programs: what it writes is booked under its name. */
  as(program: string): Transport {
    let transport = this.#speakers.get(program);
    if (!transport) {
      const user = { name: `system:${program}`, groups: ['system:masters'] };
      transport = apiTransport(this.api, { user, program: () => program, bare: true });
      this.#speakers.set(program, transport);
    }
    return transport;
  }

  /** As `as`, for a program of elsewhere: whoever hears of what is written here itself hears of its writes, too. */
  speaking(program?: string): Transport {
    if (program === undefined) return this;
    const own = this.as(program);
    return { json: (request) => this.#send(own, request), stream: (request) => own.stream(request), close: () => {} };
  }

  json<T>(request: KubeRequest): Promise<T> {
    return this.#send(this.#transport, request);
  }

  async #send<T>(transport: Transport, request: KubeRequest): Promise<T> {
    if (request.method === 'DELETE' && request.path.startsWith('/api/v1/nodes/')) await this.onDeed('empties');
    if (request.method === 'POST' && request.path === '/api/v1/nodes') await this.onDeed('registers');
    const isRelease = request.method === 'PATCH' && request.path.includes('/appreleases/');
    if (isRelease && !request.path.endsWith('/status')) await this.onDeed('releases');
    const answer = await transport.json<T>(request);
    if (isRelease) await this.onDeed('released');
    if (request.method === 'POST' && request.path.endsWith('/eviction')) await this.onDeed('evicted');
    if (request.method !== undefined && request.method !== 'GET' && isCordoned(request.path, answer))
      await this.onDeed('empties');
    return answer;
  }

  stream(request: KubeRequest): Promise<KubeStream> {
    return this.#transport.stream(request);
  }

  close(): void {
    for (const transport of this.#speakers.values()) transport.close();
    this.#transport.close();
  }

  /** Learns from its Nodes which version it is. Says whether an API server answers: on a control-plane Node that is up. */
  sees(nodes: readonly Node[]): boolean {
    return this.#server.sees(nodes);
  }

  /** Lets go of another object of that name: whoever watches hears that it is not the same. */
  makeRoom(object: Stored): void {
    const found = this.api.find(object);
    if (found && found.metadata.uid !== object.metadata.uid) this.api.drop(found);
  }

  /** Whether an object is a Pod that nobody ends any more: its Node is gone, and the collector of Pods has yet to find it. */
  isLeft({ kind, spec }: Stored): boolean {
    const name = String(spec?.['nodeName'] ?? '');
    return kind === 'Pod' && name !== '' && !this.api.has({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  }

  /** Takes everything away but the namespaces that every cluster has: the cluster is no more. */
  async clear(): Promise<void> {
    const spaces = this.api.namespaces().map(({ metadata }) => metadata.name);
    for (const { group, version, plural, namespaced, kind } of workloadResources) {
      if (plural === 'namespaces' || this.#server.lacks(plural)) continue;
      if (extensionKinds.some((one) => one.plural === plural)) {
        for (const object of this.api.all({ apiVersion: `${group}/${version}`, kind })) this.api.drop(object);
        continue;
      }
      const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
      for (const scope of namespaced ? spaces.map((name) => `/namespaces/${name}`) : ['']) {
        const { items } = await this.json<{ items: KubeObject[] }>({ path: `${root}${scope}/${plural}` });
        for (const { metadata } of items) {
          await this.json({ method: 'DELETE', path: `${root}${scope}/${plural}/${encodeURIComponent(metadata.name)}` });
        }
      }
    }
    // Nobody is left to wait.
    const grace = this.namespaceGrace;
    this.namespaceGrace = 0;
    try {
      for (const name of spaces.filter((each) => !namespaces.includes(each))) {
        await this.json({ method: 'DELETE', path: `/api/v1/namespaces/${encodeURIComponent(name)}` });
      }
    } finally {
      this.namespaceGrace = grace;
    }
  }
}

/** Whether a Node itself was written that is cordoned; kubelets that tell of their Nodes are part of a look, and must not ask for one. */
const isCordoned = (path: string, answer: unknown): boolean =>
  /^\/api\/v1\/nodes\/[^/]+$/.test(path) && (answer as Partial<Node> | undefined)?.spec?.unschedulable === true;
