import { randomUUID } from 'node:crypto';
import { minorOf } from '../controllers/kubernetes-version.ts';
import { bearersMayLittle, isTokenRequest, requestToken } from './account-token.ts';
import { actingAs } from './acting-as.ts';
import { countQuotas } from './admission/quotas.ts';
import { errorAnswer, json, plain } from './answers.ts';
import { type Authorizer, accessDenied, attributesOf, rulesAuthorizer } from './authorize.ts';
import { readObjectBody } from './bodies.ts';
import type { Core } from './core.ts';
import { Definitions } from './definitions/definitions.ts';
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
import { noSuchPath, postOnly, unauthorized } from './errors.ts';
import { escalation } from './escalation.ts';
import { Faults } from './faults.ts';
import { flowHeaders } from './flow.ts';
import { Identities } from './identities.ts';
import { KeptObjects } from './kept-objects.ts';
import { asWatch, isOldWatch } from './old-watches.ts';
import type { ApiOptions } from './options.ts';
import { isPodAction, podAction } from './pod-actions.ts';
import { bindPod, isBinding } from './pod-binding.ts';
import { proxied } from './proxies.ts';
import { rbacAuthorizer } from './rbac.ts';
import type { TextStream } from './read/text-stream.ts';
import { type Resource, servedResources } from './resources.ts';
import { signApproved, subjects } from './signing.ts';
import { Collector } from './storage/collector.ts';
import { ExpiredEvents, expireEvents } from './storage/event-expiry.ts';
import { Keepers } from './storage/keepers.ts';
import { type Removed, RemovedObjects } from './storage/removed.ts';
import { checkVerb, isOwnGroup, pathParts, resolveTarget, verbOf } from './target.ts';
import type { ApiAnswer, ApiRequest, User } from './types.ts';
import { isAnonymous } from './users.ts';
import { serve } from './verbs.ts';
import { timestamp } from './write/metadata.ts';

export type { ApiOptions } from './options.ts';

const MINUTE = 60_000;
/** Of which kinds logs tell though they are gone. */
const toldGone: ReadonlySet<string> = new Set(['Pod.', 'Node.', 'Machine.cluster.x-k8s.io']);

/** An embedded Kubernetes API server without its sockets. */
export class Api extends KeptObjects {
  readonly faults = new Faults();
  readonly #core: Core;
  readonly #authorize: Authorizer;
  readonly #rulesOf: Authorizer['rulesOf'];
  /** What reviews answer. */
  readonly #judge: Judge;
  readonly #options: ApiOptions;
  readonly #documents = new Documents();
  readonly #watches = new Map<TextStream, Resource>();
  readonly #identities: Identities;
  /** Who was given a token on request. */
  readonly #bearers = new Set<User>();
  readonly #counter = new RequestCounter();

  constructor(options: ApiOptions = {}) {
    const now = options.now ?? Date.now;
    super(options.resources ?? servedResources(options.clusterApi), options, now());
    this.#options = options;
    const { store } = this;
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
    this.#identities = new Identities(options.tokens ?? {}, now);
    const events = this.resources.find(({ kind, group }) => kind === 'Event' && group === '')!;
    const expired = options.logs && new ExpiredEvents();
    const told = this.resources.filter(({ kind, group }) => toldGone.has(`${kind}.${group}`));
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
      minor: () => minorOf(this.#gitVersion()) ?? 0,
      managedFields: options.managedFields ?? true,
      logs: options.logs,
      kubeletPatch: options.kubeletPatch,
      boot: options.boot,
      expired,
      removed,
      begun: () => Math.min(this.began, options.past?.since ?? this.began),
      endsPods: options.endsPods,
      namespaceGrace: options.namespaceGrace,
      settle: () => {
        definitions.settle();
        collector?.settle();
        definitions.settle();
        if (counts) countQuotas(this.#core);
        expire();
        keepers?.settle();
        if (rbac) signApproved(this.#core, (fingerprint, one) => this.#identities.addCertificate(fingerprint, one));
      },
    };
    const definitions = new Definitions(this.#core, this.served, (gone) => this.#endWatches(undefined, gone));
    const keepers = rbac && new Keepers(this.#core);
    const collector = options.garbageCollection === false ? undefined : new Collector(this.#core);
    for (const name of options.namespaces ?? ['default', 'kube-system', 'kube-public', 'cpaas-system']) {
      this.createNamespace(name, this.#core.newUid(), options.namespacesSince ?? now());
    }
    this.faults.subscribe((what) => {
      if (what.type === 'end-watches') this.#endWatches(what.resource);
      if (what.type === 'compact') store.history.compact(store.revision);
    });
  }

  /** Whether somebody watches objects of a kind. */
  isWatched(plural: string): boolean {
    return [...this.#watches.values()].some((resource) => resource.plural === plural);
  }

  /** Pods, Nodes or Machines that were removed last, by the plural name; none where nobody tells logs. */
  removed(plural: string): readonly Removed[] {
    return this.#core.removed?.of(plural) ?? [];
  }

  /** The bearer of a token, if it is a known one that still holds. */
  userOf(token: string | undefined): User | undefined {
    return this.#identities.userOf(token);
  }

  /** Who was given the certificate of a fingerprint, while it holds. */
  userOfCertificate(fingerprint: string): User | undefined {
    return this.#identities.userOfCertificate(fingerprint);
  }

  /** Makes a token known, for as long as it `holds`. */
  addToken(token: string, user: User, holds?: () => boolean): void {
    this.#identities.addToken(token, user, holds);
  }

  /** Answers one request. Every refusal is an answer too: this does not throw. */
  async handle(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.#answer(request).catch(errorAnswer);
    this.#counter.count(request, answer.status);
    if (request.bare !== true) Object.assign(answer.headers, flowHeaders(this.#core, request));
    return answer;
  }

  async #answer(request: ApiRequest): Promise<ApiAnswer> {
    if (isOldWatch(request.path)) return this.#answer(asWatch(request));
    const { method, path, query } = request;
    const parts = pathParts(path);
    const verb = parts && verbOf(method, query, parts);
    await this.faults.meet({ method, path, parts, watch: verb === 'watch' });
    const healthy = health(path, query, this.#core.minor());
    // Where everybody may do everything, strangers still may not.
    const isOpen = this.#options.authorize !== 'rbac';
    if (isOpen && healthy !== undefined) return plain(healthy);
    if (request.user === undefined || (isOpen && isAnonymous(request.user))) throw unauthorized();
    const user = actingAs(request.user, request.actAs, this.#authorize);
    const attributes = parts === undefined ? { verb: method.toLowerCase(), path } : attributesOf(verb ?? 'get', parts);
    if (!this.#authorize(user, attributes)) throw accessDenied(user, attributes);
    if (healthy !== undefined) return plain(healthy);
    if (parts === undefined) return this.#document(request);
    if (path === REVIEW_PATH || path === RULES_REVIEW_PATH || path === WHO_PATH) return this.#review(request, user);
    if (isReviewOfOthers(parts) && method === 'POST') {
      return json(
        201,
        reviewOfOthers(parts, request, this.#judge, (token) => this.userOf(token)),
      );
    }
    if (isTokenRequest(parts) && method === 'POST') {
      const known = (token: string, bearer: User, holds: () => boolean) => {
        this.#bearers.add(bearer);
        this.addToken(token, bearer, holds);
      };
      return json(201, requestToken(this.#core, parts, request, known));
    }
    if (isBinding(parts) && method === 'POST') return bindPod(this.#core, parts, query, request);
    if (parts.subresource === 'proxy') {
      for (const plural of ['nodes', 'pods', 'configmaps', 'endpoints']) this.#options.beforeRead?.(plural);
      return proxied(this.#core, { path, query }, parts, verb ?? 'get');
    }
    if (isPodAction(parts)) return podAction(this.#core, parts, request, user);
    if (isPostOnly(parts)) throw postOnly();
    const target = resolveTarget(path, parts, this.resources, this.#core.minor());
    // The routes of the server's own kinds know no HEAD.
    if (method === 'HEAD' && !target.resource.custom) throw postOnly();
    if (verb === 'get' || verb === 'list' || verb === 'delete') this.#options.beforeRead?.(target.resource.plural);
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

  #document({ method, path, accept }: ApiRequest): ApiAnswer {
    if (method !== 'GET' && /^\/(version|apis?)(\/|$)/.test(path)) throw postOnly();
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
    if (api === undefined) throw noSuchPath(path, isOwnGroup(path.split('/')[2] ?? '', this.resources));
    return { status: 200, headers: { 'content-type': api.contentType }, body: api.body };
  }

  #gitVersion(): string {
    const told = this.#options.gitVersion ?? 'v1.32.11-2';
    return typeof told === 'function' ? told() : told;
  }

  #slis(): string {
    this.#options.beforeRead?.('pods');
    return healthMetrics(this.#core, this.began);
  }

  #metrics(gitVersion: string): string {
    for (const plural of ['nodes', 'pods']) this.#options.beforeRead?.(plural);
    const watches = new Map<Resource, number>();
    for (const resource of this.#watches.values()) watches.set(resource, (watches.get(resource) ?? 0) + 1);
    const served = { watches, requests: this.#counter.samples, since: this.began };
    return metrics(this.#core, buildOf(gitVersion), served);
  }

  #review(request: ApiRequest, user: User): ApiAnswer {
    const { method, path } = request;
    if (method !== 'POST') throw postOnly();
    // It says nothing, in whatever format.
    if (path === WHO_PATH) return json(201, selfSubjectReview(user, timestamp(this.#core.now())));
    const kind = path === REVIEW_PATH ? 'SelfSubjectAccessReview' : 'SelfSubjectRulesReview';
    const review = readObjectBody(kind, request) ?? {};
    if (path === REVIEW_PATH) return json(201, selfSubjectAccessReview(review, user, this.#judge));
    return json(201, selfSubjectRulesReview(review, this.#rulesOf?.(user)));
  }

  #endWatches(plural: string | undefined, kind?: Resource): void {
    for (const [stream, one] of this.#watches) {
      if ((plural === undefined || plural === one.plural) && (kind === undefined || kind === one)) stream.end();
    }
  }

  #track(stream: TextStream, resource: Resource): void {
    this.#watches.set(stream, resource);
    stream.onEnd(() => this.#watches.delete(stream));
    this.#options.onWatch?.(resource.plural);
  }
}

/** An embedded API server: its objects, its rules, and its faults. */
export const createApi = (options?: ApiOptions): Api => new Api(options);
