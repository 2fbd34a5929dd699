import { randomUUID } from 'node:crypto';
import { bearersMayLittle, isTokenRequest, requestToken } from './account-token.ts';
import { countQuotas } from './admission/quotas.ts';
import { type Attributes, type Authorizer, accessDenied, attributesOf, rulesAuthorizer } from './authorize.ts';
import type { Core } from './core.ts';
import { discover, isPostOnly } from './discovery/discovery.ts';
import { Documents } from './discovery/documents.ts';
import { METRICS_TYPE } from './discovery/exposition.ts';
import { health } from './discovery/health.ts';
import { issuerDocument } from './discovery/issuer.ts';
import { healthMetrics, metrics } from './discovery/metrics.ts';
import { RequestCounter } from './discovery/request-counter.ts';
import {
  isReviewOfOthers,
  type Judge,
  REVIEW_PATH,
  RULES_REVIEW_PATH,
  reviewOfOthers,
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  WHO_PATH,
} from './discovery/review.ts';
import { buildOf } from './discovery/version.ts';
import { ApiError, internal, noSuchPath, postOnly, unauthorized } from './errors.ts';
import { escalation } from './escalation.ts';
import { Faults } from './faults.ts';
import { flowHeaders } from './flow.ts';
import { whole } from './kinds/event-view.ts';
import { prepareWorkload } from './kinds/workload-kinds.ts';
import type { ApiOptions } from './options.ts';
import { isPodAction, podAction } from './pod-actions.ts';
import { bindPod, isBinding } from './pod-binding.ts';
import { proxied } from './proxies.ts';
import { rbacAuthorizer } from './rbac.ts';
import type { TextStream } from './read/text-stream.ts';
import { apiVersionOf, type Resource, servedResources } from './resources.ts';
import { type Certified, signApproved, subjects } from './signing.ts';
import { Collector } from './storage/collector.ts';
import { ExpiredEvents, expireEvents } from './storage/event-expiry.ts';
import type { Change } from './storage/history.ts';
import { Keepers } from './storage/keepers.ts';
import { RemovedObjects } from './storage/removed.ts';
import { keyOf, Store } from './store.ts';
import { checkVerb, pathParts, resolveTarget, verbOf } from './target.ts';
import { type ApiAnswer, type ApiRequest, isRecord, type KubeObject, type User } from './types.ts';
import { accountNamed, impersonated, isAnonymous } from './users.ts';
import { requireJson, serve } from './verbs.ts';
import { cleaned } from './write/creates.ts';
import { timestamp } from './write/metadata.ts';

export type { ApiOptions } from './options.ts';

const MINUTE = 60_000;
/** Kinds of Kubernetes itself that no server keeps without its defaults. */
const WORKLOADS = new Set(['Pod', 'Service', 'Deployment']);

/** An embedded Kubernetes API server without its sockets. */
export class Api {
  readonly faults = new Faults();
  readonly resources: readonly Resource[];
  readonly #core: Core;
  readonly #authorize: Authorizer;
  readonly #rulesOf: Authorizer['rulesOf'];
  /** What reviews answer. */
  readonly #judge: Judge;
  readonly #options: ApiOptions;
  readonly #documents = new Documents();
  readonly #watches = new Map<TextStream, Resource>();
  readonly #tokens: Map<string, { user: User; holds?: () => boolean }>;
  /** Who was given a certificate, by its fingerprint. */
  readonly #certified = new Map<string, Certified>();
  readonly #since: number;
  /** To which revision the server had come when it began. */
  #settled: number;
  /** Who was given a token on request. */
  readonly #bearers = new Set<User>();
  readonly #counter = new RequestCounter();

  constructor(options: ApiOptions = {}) {
    this.#options = options;
    this.resources = options.resources ?? servedResources(options.clusterApi);
    const rbac = options.authorize === 'rbac' ? rbacAuthorizer(() => this.#core) : undefined;
    const given = options.authorize === 'rbac' ? rbac : options.authorize;
    const authorize = given ?? bearersMayLittle(rulesAuthorizer({}), this.#bearers);
    this.#rulesOf = given?.rulesOf;
    this.#judge = (user, about) => {
      const allowed = this.#authorize(user, about);
      const reason = allowed ? rbac?.reasonOf(user, about) : undefined;
      return { allowed, ...(reason ? { reason } : {}) };
    };
    this.#authorize = (user, about) => authorize(user, about) && !this.faults.isDenied(about.resource);
    this.#tokens = new Map(Object.entries(options.tokens ?? {}).map(([token, user]) => [token, { user }]));
    const now = options.now ?? Date.now;
    this.#since = now();
    const { historyLimit = 20_000, revision, ownership } = options;
    this.#settled = revision ?? 1;
    const store = new Store({ historyLimit, revision, complete: ownership && owned(ownership) });
    const events = this.resources.find(({ kind, group }) => kind === 'Event' && group === '')!;
    const expired = options.logs && new ExpiredEvents();
    const told = this.resources.filter(({ kind, group }) => group === '' && (kind === 'Pod' || kind === 'Node'));
    const removed = options.logs && new RemovedObjects(store, told, now);
    const ttl = options.eventTtlMs ?? 60 * MINUTE;
    const expire = expireEvents(store, events, ttl, now, expired && ((event) => expired.keep(event)));
    const counts = options.plugins !== undefined;
    this.#core = {
      store,
      resources: this.resources,
      admission: options.admission ?? [],
      plugins: [...(options.plugins ?? []), ...(rbac ? [escalation(this.#authorize), subjects] : [])],
      now,
      random: options.random ?? Math.random,
      newUid: options.newUid ?? randomUUID,
      minor: () => Number(this.#gitVersion().split('.')[1] ?? 0),
      managedFields: options.managedFields ?? true,
      logs: options.logs,
      kubeletPatch: options.kubeletPatch,
      expired,
      removed,
      begun: () => Math.min(this.#since, options.past?.since ?? this.#since),
      endsPods: options.endsPods,
      settle: () => {
        collector?.settle();
        if (counts) countQuotas(this.#core);
        expire();
        keepers?.settle();
        if (rbac) signApproved(this.#core, (fingerprint, one) => this.#certified.set(fingerprint, one));
      },
    };
    const keepers = rbac && new Keepers(this.#core);
    const collector = options.garbageCollection === false ? undefined : new Collector(this.#core);
    for (const name of options.namespaces ?? ['default', 'kube-system', 'kube-public', 'cpaas-system']) {
      this.#createNamespace(name);
    }
    this.faults.subscribe((what) => {
      if (what.type === 'end-watches') this.#endWatches(what.resource);
      if (what.type === 'compact') store.history.compact(store.revision);
    });
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#core.store.revision;
  }

  /** Counts writes that nobody sees: of keys that are served to nobody, and of what is told only when it is read. */
  pass(writes: number): void {
    this.#core.store.pass(writes);
  }

  /** Lets so many writes have been before anything was: for a server that has been there longer than its world. */
  settle(revision: number): void {
    this.#settled = revision;
    this.pass(revision - this.revision);
    this.#core.store.history.compact(this.revision);
  }

  /** The bearer of a token, if it is a known one that still holds. */
  userOf(token: string | undefined): User | undefined {
    const { user, holds } = (token === undefined ? undefined : this.#tokens.get(token)) ?? {};
    return holds?.() === false ? undefined : user;
  }

  /** Who was given the certificate of a fingerprint, while it holds. */
  userOfCertificate(fingerprint: string): User | undefined {
    const { user, until = 0 } = this.#certified.get(fingerprint) ?? {};
    return this.#core.now() < until ? user : undefined;
  }

  /** Makes a token known, for as long as it `holds`. */
  addToken(token: string, user: User, holds?: () => boolean): void {
    this.#tokens.set(token, { user, ...(holds ? { holds } : {}) });
  }

  /**
   * Puts objects in as they are, with uid, times and status: a world at rest to begin with. Watches hear of them, nobody
   * judges them; pods, services and what makes pods get what the server adds to any. Throws on a kind that is not served.
   */
  load(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const resource = this.resources.find(
        ({ group, version, kind }) => kind === object.kind && apiVersionOf({ group, version }) === object.apiVersion,
      );
      if (!resource) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
      const kept = WORKLOADS.has(resource.kind) ? cleaned(resource, prepareWorkload(object)) : whole(object);
      this.#enter(resource, kept);
    }
  }

  /** Takes an object away, whoever holds it. Watches hear of it. */
  drop({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): void {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    const key = keyOf(metadata.namespace, metadata.name);
    if (resource && this.#core.store.get(resource, key)) this.#core.store.remove(resource, key);
  }

  /** Stores an object as it is: if it was not there, under the revision of the time at which it was written. */
  #enter(resource: Resource, object: KubeObject, anew = false): void {
    const { store } = this.#core;
    const { past } = this.#options;
    const revision = this.#settled;
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (past && past.since < this.#since && (anew || store.get(resource, key) === undefined)) {
      const at = past.written(object);
      const share = (at - past.since) / (this.#since - past.since);
      if (share < 1 && store.place(resource, key, object, share * revision, at)) return;
    }
    store.put(resource, key, object);
  }

  /** Whether there is an object of that kind and name. */
  has(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): boolean {
    return this.find(object) !== undefined;
  }

  /** The object of that kind and name as it is stored; undefined where there is none. */
  find({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): KubeObject | undefined {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    return resource && this.#core.store.get(resource, keyOf(metadata.namespace, metadata.name))?.object;
  }

  /** The namespaces that are there. */
  namespaces(): KubeObject[] {
    return [...this.#core.store.scan(this.#namespaces)].map(({ object }) => object);
  }

  /** Every object of a kind as it is stored; none where that is not served. */
  all({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): KubeObject[] {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    return resource ? [...this.#core.store.scan(resource)].map(({ object }) => object) : [];
  }

  /** Whether somebody watches objects of a kind. */
  isWatched(plural: string): boolean {
    return [...this.#watches.values()].some((resource) => resource.plural === plural);
  }

  /** Calls `listener` with every write of a kind from now on. */
  follow({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>, listener: (change: Change) => void): void {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    if (resource) this.#core.store.follow(resource, listener);
  }

  /** Lets the namespaces that are there have been created at `born`, a time as Kubernetes writes it. */
  backdateNamespaces(born: string): void {
    const namespaces = this.#namespaces;
    for (const { object } of [...this.#core.store.scan(namespaces)]) {
      const metadata = { ...object.metadata, creationTimestamp: born };
      this.#enter(namespaces, { ...object, metadata }, true);
    }
  }

  get #namespaces(): Resource {
    return this.resources.find(({ kind, group }) => kind === 'Namespace' && group === '')!;
  }

  /** Answers one request. Every refusal is an answer too: this does not throw. */
  async handle(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.#answer(request).catch(errorAnswer);
    this.#counter.count(request, answer.status);
    if (request.bare !== true) Object.assign(answer.headers, flowHeaders(this.#core, request.user));
    return answer;
  }

  async #answer(request: ApiRequest): Promise<ApiAnswer> {
    if (isOldWatch(request.path)) return this.#answer(asWatch(request));
    const { method, path, query } = request;
    const parts = pathParts(path);
    const verb = parts && verbOf(method, query, parts);
    await this.faults.meet({ method, path, parts, watch: verb === 'watch' });
    const healthy = health(path, query);
    // Where everybody may do everything, strangers still may not.
    const isOpen = this.#options.authorize !== 'rbac';
    if (isOpen && healthy !== undefined) return plain(healthy);
    if (request.user === undefined || (isOpen && isAnonymous(request.user))) throw unauthorized();
    const user = this.#actingAs(request.user, request.actAs);
    const attributes = parts === undefined ? { verb: method.toLowerCase(), path } : attributesOf(verb ?? 'get', parts);
    if (!this.#authorize(user, attributes)) throw accessDenied(user, attributes);
    if (healthy !== undefined) return plain(healthy);
    if (parts === undefined) return this.#document(request);
    if (path === REVIEW_PATH || path === RULES_REVIEW_PATH || path === WHO_PATH) return this.#review(request, user);
    if (isReviewOfOthers(parts) && method === 'POST') {
      return json(
        201,
        reviewOfOthers(parseJson(request.body), this.#judge, (token) => this.userOf(token)),
      );
    }
    if (isTokenRequest(parts) && method === 'POST') {
      const known = (token: string, bearer: User, holds: () => boolean) => {
        this.#bearers.add(bearer);
        this.addToken(token, bearer, holds);
      };
      return json(201, requestToken(this.#core, parts, request.body, known));
    }
    if (isBinding(parts) && method === 'POST') return bindPod(this.#core, parts, query, request.body);
    if (parts.subresource === 'proxy') {
      for (const plural of ['nodes', 'pods', 'configmaps']) this.#options.beforeRead?.(plural);
      return proxied(this.#core, { path, query }, parts, verb ?? 'get');
    }
    if (isPodAction(parts)) return podAction(this.#core, parts, query, request.body, user);
    if (isPostOnly(parts)) throw postOnly();
    const target = resolveTarget(path, parts, this.resources, this.#core.minor());
    if (verb === 'get' || verb === 'list') this.#options.beforeRead?.(target.resource.plural);
    return serve(this.#core, { ...target }, checkVerb(target, verb), request, user, {
      settings: {
        bookmarkMs: this.#options.bookmarkMs ?? MINUTE,
        timeoutMs: this.#options.watchTimeoutMs ?? 30 * MINUTE,
        buffer: this.#options.watchBuffer ?? 20_000,
        now: this.#core.now,
      },
      watchList: this.#options.watchList ?? true,
      opened: (stream) => this.#track(stream, target.resource),
      truncates: () => this.faults.takeTruncation(),
    });
  }

  /** Whom a request is made as. Throws 403 where its bearer may not act as others. */
  #actingAs(user: User, asked: User | undefined): User {
    if (asked === undefined) return user;
    const group = 'authentication.k8s.io';
    const account = accountNamed(asked.name);
    const wanted: Omit<Attributes, 'verb'>[] = [
      account ? { resource: 'serviceaccounts', ...account } : { resource: 'users', name: asked.name },
      ...(asked.groups ?? []).map((name) => ({ resource: 'groups', name })),
      ...(asked.uid === undefined ? [] : [{ group, resource: 'uids', name: asked.uid }]),
      ...Object.entries(asked.extra ?? {}).flatMap(([subresource, names]) =>
        names.map((name) => ({ group, resource: 'userextras', subresource, name })),
      ),
    ];
    for (const one of wanted) {
      const attributes = { verb: 'impersonate', ...one };
      if (!this.#authorize(user, attributes)) throw accessDenied(user, attributes);
    }
    return impersonated(asked);
  }

  #document({ path, accept }: ApiRequest): ApiAnswer {
    const shown = this.resources.filter(({ plural }) => !this.faults.isHidden(plural));
    const gitVersion = this.#gitVersion();
    const told = path === '/metrics' ? this.#metrics(gitVersion) : path === '/metrics/slis' ? this.#slis() : undefined;
    if (told !== undefined) return { ...plain(told), headers: { 'content-type': METRICS_TYPE } };
    const document = discover(path, accept, shown, buildOf(gitVersion), this.#options.address?.());
    if (document?.pretty) return { ...json(200, null), body: JSON.stringify(document.body, null, 2) };
    if (document !== undefined) return json(200, document.body, document.contentType);
    const issuer = issuerDocument(path, this.#core.store, this.#options.address?.());
    if (issuer !== undefined) return json(200, issuer.body, issuer.contentType);
    const api = this.#documents.answer(path, accept, shown, gitVersion);
    if (api === undefined) throw noSuchPath(path);
    return { status: 200, headers: { 'content-type': api.contentType }, body: api.body };
  }

  #gitVersion(): string {
    const told = this.#options.gitVersion ?? 'v1.32.11-2';
    return typeof told === 'function' ? told() : told;
  }

  #slis(): string {
    this.#options.beforeRead?.('pods');
    return healthMetrics(this.#core, this.#since);
  }

  #metrics(gitVersion: string): string {
    for (const plural of ['nodes', 'pods']) this.#options.beforeRead?.(plural);
    const watches = new Map<Resource, number>();
    for (const resource of this.#watches.values()) watches.set(resource, (watches.get(resource) ?? 0) + 1);
    const served = { watches, requests: this.#counter.samples, since: this.#since };
    return metrics(this.#core, buildOf(gitVersion), served);
  }

  #review({ method, path, contentType, body }: ApiRequest, user: User): ApiAnswer {
    if (method !== 'POST') throw postOnly();
    // It says nothing, in whatever format.
    if (path === WHO_PATH) return json(201, selfSubjectReview(user, timestamp(this.#core.now())));
    requireJson(contentType);
    const review = parseJson(body);
    if (path === REVIEW_PATH) return json(201, selfSubjectAccessReview(review, user, this.#judge));
    return json(201, selfSubjectRulesReview(review, this.#rulesOf?.(user)));
  }

  #endWatches(resource: string | undefined): void {
    for (const [stream, { plural }] of this.#watches) {
      if (resource === undefined || resource === plural) stream.end();
    }
  }

  #track(stream: TextStream, resource: Resource): void {
    this.#watches.set(stream, resource);
    stream.onEnd(() => this.#watches.delete(stream));
    this.#options.onWatch?.(resource.plural);
  }

  #createNamespace(name: string): void {
    const namespace: KubeObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        uid: this.#core.newUid(),
        creationTimestamp: timestamp(this.#options.namespacesSince ?? this.#core.now()),
        labels: { 'kubernetes.io/metadata.name': name },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    };
    this.#enter(this.#namespaces, namespace);
  }
}

/** Watches had paths of their own once, and have them still: `/api/v1/watch/namespaces/x/pods/y`. */
const OLD_WATCH = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/watch\/(.+)$/;
const isOldWatch = (path: string): boolean => OLD_WATCH.test(path);

/** The same request as it is made today. */
function asWatch(request: ApiRequest): ApiRequest {
  const [, root = '', rest = ''] = OLD_WATCH.exec(request.path) ?? [];
  const query = new URLSearchParams(request.query);
  query.set('watch', 'true');
  const path = `${root}/${rest}`;
  const name = pathParts(path)?.name;
  if (name === undefined) return { ...request, path, query };
  query.set('fieldSelector', `metadata.name=${name}`);
  return { ...request, path: path.slice(0, path.lastIndexOf('/')), query };
}

/** An embedded API server: its objects, its rules, and its faults. */
export const createApi = (options?: ApiOptions): Api => new Api(options);

function owned(ownership: NonNullable<ApiOptions['ownership']>) {
  return (resource: Resource, object: KubeObject): KubeObject => {
    if (object.metadata.managedFields !== undefined) return object;
    const managedFields = ownership(resource, object);
    return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const plain = (body: string, status = 200): ApiAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
});

const json = (status: number, body: unknown, contentType = 'application/json'): ApiAnswer => ({
  status,
  headers: { 'content-type': contentType },
  body: `${JSON.stringify(body)}\n`,
});

function errorAnswer(error: unknown): ApiAnswer {
  const known = error instanceof ApiError ? error : internal(`Internal error occurred: ${String(error)}`);
  const answer = known.plain ? plain(`${known.message}\n`, known.code) : json(known.code, known.toStatus());
  const details = known.details;
  const retryAfter = isRecord(details) ? details.retryAfterSeconds : undefined;
  if (retryAfter !== undefined) answer.headers['retry-after'] = String(retryAfter);
  return answer;
}
