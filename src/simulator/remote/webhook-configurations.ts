/** Registers the simulated webhooks with a real API server, by the names that the real ones have there. */

import { KubeError, type Transport } from '../../kube/types.ts';
import type { Webhook } from '../api/core.ts';
import type { ControllerGroup } from '../controllers/index.ts';
import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { owners } from '../world/management/definitions.ts';
import { isSimulated } from './marks.ts';

const group = 'admissionregistration.k8s.io';
/** For which namespace a configuration was made: they are of the whole cluster, and several simulations may share it. */
const annotation = 'metaldeck.io/simulated-namespace';

const types = ['Mutating', 'Validating'] as const;
type Type = (typeof types)[number];

/** Who plays the owner of a group's webhooks. */
const playerOf = (kindsOf: string): ControllerGroup => (kindsOf.startsWith('infrastructure.') ? 'provider' : 'capi');

export interface Registration {
  transport: Transport;
  namespace: string;
  clusterApi: ClusterApiVersion;
  controllers: readonly ControllerGroup[];
  hooks: readonly Webhook[];
  /** Where the hooks answer, each under its name. */
  url: string;
  /** PEM to trust. */
  ca: string;
}

interface Configuration {
  metadata: {
    name: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

const pathOf = (type: Type, name?: string) =>
  `/apis/${group}/v1/${type.toLowerCase()}webhookconfigurations${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;

/**
 * Writes the configurations of the hooks whose controllers are played. Those that somebody else has made stay, and theirs are
 * asked. Gives what takes them away again. Throws KubeError.
 */
export async function register(registration: Registration): Promise<() => Promise<void>> {
  const { transport, controllers, hooks } = registration;
  const written: { type: Type; name: string; uid: string | undefined }[] = [];
  const remove = async () => {
    for (const { type, name, uid } of written) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
      await transport.json({ method: 'DELETE', path: pathOf(type, name), body }).catch(() => {});
    }
  };
  try {
    for (const [kindsOf, owner] of Object.entries(owners)) {
      if (!controllers.includes(playerOf(kindsOf))) continue;
      for (const type of types) {
        const own = hooks.filter((hook) => hook.group === kindsOf && isOf(hook, type));
        const name = `${owner}-${type.toLowerCase()}-webhook-configuration`;
        const made = own.length === 0 ? undefined : await write(registration, type, name, own);
        if (made) written.push({ type, name: made.metadata.name, uid: made.metadata.uid });
      }
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

const isOf = (hook: Webhook, type: Type): boolean => (type === 'Mutating' ? hook.mutate : hook.validate) !== undefined;

async function write(
  { transport, namespace, clusterApi, url, ca }: Registration,
  type: Type,
  wanted: string,
  hooks: readonly Webhook[],
): Promise<Configuration | undefined> {
  let name = wanted;
  let found = await get(transport, type, name);
  if (found && isSimulated(found) && found.metadata.annotations?.[annotation] !== namespace) {
    name = `${wanted}-${namespace}`;
    found = await get(transport, type, name);
  }
  if (found && !isSimulated(found)) return undefined;
  const body = {
    apiVersion: `${group}/v1`,
    kind: `${type}WebhookConfiguration`,
    metadata: { ...found?.metadata, name, annotations: { ...found?.metadata.annotations, [annotation]: namespace } },
    webhooks: hooks.map((hook) => ({
      name: hook.name,
      admissionReviewVersions: ['v1'],
      clientConfig: { url: `${url}/${hook.name}`, caBundle: Buffer.from(ca).toString('base64') },
      // Real ones say Fail: nothing may hang on a simulation that has ended.
      failurePolicy: 'Ignore',
      matchPolicy: 'Equivalent',
      rules: [
        {
          apiGroups: [hook.group],
          apiVersions: [hook.group.startsWith('infrastructure.') ? 'v1beta1' : clusterApi],
          operations: hook.operations,
          resources: hook.resources,
          scope: 'Namespaced',
        },
      ],
      sideEffects: 'None',
      timeoutSeconds: 5,
    })),
  };
  return transport.json<Configuration>(
    found ? { method: 'PUT', path: pathOf(type, name), body } : { method: 'POST', path: pathOf(type), body },
  );
}

async function get(transport: Transport, type: Type, name: string): Promise<Configuration | undefined> {
  try {
    return await transport.json<Configuration>({ path: pathOf(type, name) });
  } catch (error) {
    if (error instanceof KubeError && error.code === 404) return undefined;
    throw error;
  }
}
