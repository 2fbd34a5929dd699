/**
 * The simulated admission webhooks for a real API server: this process answers it as the real webhooks would. A server that
 * cannot reach this process goes on without them, and whoever started the simulation is told.
 */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError, type Transport } from '../../kube/types.ts';
import { selfSigned } from '../api/certificate.ts';
import type { Webhook } from '../api/core.ts';
import type { Resource } from '../api/resources.ts';
import type { KubeObject } from '../api/types.ts';
import { type ControllerGroup, controllerGroups } from '../controllers/index.ts';
import { type ClusterApiVersion, type Kind, kinds, pathOf } from '../controllers/kinds.ts';
import { webhooks } from '../webhooks/index.ts';
import { managementResources } from '../world/management/kinds.ts';
import { type AdmissionRequest, type AdmissionResponse, answer } from './admission-review.ts';
import { register } from './webhook-configurations.ts';

export interface WebhookOptions {
  transport: Transport;
  namespace: string;
  clusterApi: ClusterApiVersion;
  /** Whose webhooks are served. */
  controllers: readonly ControllerGroup[];
  /** What keeps the webhooks from knowing what they know. */
  faults: { readonly newestCoreDns: string | undefined };
  onError?: (error: unknown, where: string) => void;
}

export interface ServedWebhooks {
  /** Why the server does not ask; undefined where it does. */
  silent: string | undefined;
  stop(): Promise<void>;
}

/** How long, in ms, a server may take to ask hooks that it was told of: it reads configurations by a watch. */
const patience = 15_000;

/** Serves the webhooks on 127.0.0.1, registers them, and waits until the server asks them. Never throws. */
export async function serveWebhooks(options: WebhookOptions): Promise<ServedWebhooks> {
  const { transport, namespace, clusterApi, controllers } = options;
  const hooks = webhooks(clusterApi, options.faults);
  const { certificate, key } = selfSigned();
  const front = new Front(options, hooks);
  const server = createServer(
    { key, cert: certificate },
    (request, response) => void front.exchange(request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const remove = await register({ transport, namespace, clusterApi, controllers, hooks, url, ca: certificate });
    if (await isAsked(options, front)) return { silent: undefined, stop: () => remove().then(() => close(server)) };
    await remove();
    await close(server);
    return { silent: 'it does not reach them', stop: async () => {} };
  } catch (error) {
    await close(server);
    if (!(error instanceof KubeError)) throw error;
    return { silent: error.message, stop: async () => {} };
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** A kind of each group of controllers that has webhooks, to see whether they are asked. */
const asking: Partial<Record<ControllerGroup, Kind>> = { provider: kinds.BaremetalCluster, capi: kinds.Cluster };

/** Sends writes that change nothing until the server has asked about one. */
async function isAsked({ transport, namespace, controllers }: WebhookOptions, front: Front): Promise<boolean> {
  const kind = controllerGroups.map((one) => (controllers.includes(one) ? asking[one] : undefined)).find(Boolean);
  if (!kind) return true;
  for (const until = Date.now() + patience; front.asked === 0 && Date.now() < until; await sleep(200)) {
    const body = {
      apiVersion: front.resourceOf(kind.apiVersion.split('/')[0] ?? '', kind.plural)?.apiVersion,
      kind: kind.kind,
      metadata: { generateName: 'webhook-' },
      spec: {},
    };
    const path = pathOf(kind, namespace).replace(kind.apiVersion, body.apiVersion ?? kind.apiVersion);
    // Whether it would be taken is of no interest.
    await transport.json({ method: 'POST', path, query: { dryRun: 'All' }, body }).catch(() => {});
  }
  return front.asked > 0;
}

/** Answers an API server's AdmissionReviews. */
class Front {
  /** How often it was asked. */
  asked = 0;
  readonly #options: WebhookOptions;
  readonly #hooks: ReadonlyMap<string, Webhook>;
  readonly #resources: readonly Resource[];

  constructor(options: WebhookOptions, hooks: readonly Webhook[]) {
    this.#options = options;
    this.#hooks = new Map(hooks.map((hook) => [`/${hook.name}`, hook]));
    this.#resources = managementResources(options.clusterApi);
  }

  resourceOf(group: string, plural: string): (Resource & { apiVersion: string }) | undefined {
    const found = this.#resources.find((one) => one.group === group && one.plural === plural);
    return found && { ...found, apiVersion: `${found.group}/${found.version}` };
  }

  async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const hook = this.#hooks.get((request.url ?? '').replace(/\?.*/, ''));
      const { request: question } = (await json(request)) as { request: AdmissionRequest };
      if (!hook) return void response.writeHead(404).end();
      this.asked++;
      const body = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: await this.#answer(hook, question),
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } catch (error) {
      this.#options.onError?.(error, 'webhooks');
      response.writeHead(500).end();
    }
  }

  async #answer(hook: Webhook, request: AdmissionRequest): Promise<AdmissionResponse> {
    const resource = this.resourceOf(hook.group, (hook.resources[0] ?? '').split('/')[0] ?? '');
    if (!resource || request.namespace !== this.#options.namespace) return { uid: request.uid, allowed: true };
    return answer(hook, resource, request.subResource === 'scale' ? await this.#scaled(resource, request) : request);
  }

  /** A server asks about a Scale, where the rules look at what is scaled. */
  async #scaled({ apiVersion, plural }: Resource & { apiVersion: string }, request: AdmissionRequest) {
    const { namespace, transport } = this.#options;
    const path = `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(request.name ?? '')}`;
    const old = await transport.json<KubeObject>({ path });
    const { spec } = request.object as { spec?: { replicas?: number } };
    return { ...request, object: { ...old, spec: { ...old.spec, replicas: spec?.replicas ?? 0 } }, oldObject: old };
  }
}
