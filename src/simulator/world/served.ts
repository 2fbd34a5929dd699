/**
 * What of a seeded world is known only once its servers are up: tokens, authorities and kubeconfigs; and the marks of
 * the platform, which has imported its clusters long since.
 */

import type { Api } from '../api/api.ts';
import type { KubeObject as Stored } from '../api/types.ts';
import { addFinalizer } from '../controllers/owners.ts';
import { encode } from '../controllers/plan-secret.ts';
import {
  importedLabel,
  importFinalizer,
  platformClusterLabel,
  sentry,
  sentryNamespace,
} from '../controllers/platform/import.ts';
import { Random } from '../controllers/random.ts';
import type { Cluster } from '../controllers/shapes/capi.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import type { Workloads } from '../workload/front.ts';
import { pointedHere } from '../workload/kubeconfigs.ts';
import { foundingOf } from './founding.ts';
import { accountOf, giveTokens, type TokenDesk } from './management/account-tokens.ts';
import type { World } from './seed.ts';

const clusterOf = ({ kind, metadata: { name } }: KubeObject): string | undefined =>
  kind === 'Secret' && name.endsWith('-kubeconfig') ? name.slice(0, -'-kubeconfig'.length) : undefined;

/** Whether an object is loaded by `loadServed`. */
export const isServedLater = (object: KubeObject): boolean =>
  clusterOf(object) !== undefined || accountOf(object as unknown as Stored) !== undefined;

/** Loads what waits for the servers, which are up now, at Unix time `now` in ms. */
export function loadServed(
  { objects }: World,
  api: Api,
  workloads: Workloads,
  desk: Omit<TokenDesk, 'api'>,
  now: number,
): void {
  for (const object of objects) {
    const cluster = clusterOf(object);
    if (cluster === undefined) continue;
    const { value = '' } = (object as Secret).data ?? {};
    const config = pointedHere(workloads, cluster, Buffer.from(value, 'base64').toString('utf8'));
    api.load([{ ...object, data: { value: encode(config) } } as unknown as Stored]);
  }
  giveTokens({ ...desk, api }, objects as unknown as readonly Stored[], now);
}

/** Marks the clusters as imported, in place, and gives the account of the platform's agent in each. */
export function imported({ objects, nodes }: World): Map<string, KubeObject> {
  const accounts = new Map<string, KubeObject>();
  for (const object of objects) {
    if (object.kind !== 'Cluster') continue;
    const { metadata } = object as Cluster;
    addFinalizer(object, importFinalizer);
    metadata.labels = { ...metadata.labels, [importedLabel]: '', [platformClusterLabel]: metadata.name };
    const first = nodes
      .get(metadata.name)
      ?.map((node) => node.metadata.creationTimestamp ?? '')
      .sort()[0];
    const creationTimestamp = timestamp(
      foundingOf(object, Date.parse(first ?? metadata.creationTimestamp ?? '')).imported,
    );
    const uid = new Random('sentry', metadata.uid ?? '').uuid();
    accounts.set(metadata.name, {
      ...{ apiVersion: 'v1', kind: 'ServiceAccount' },
      metadata: { name: sentry, namespace: sentryNamespace, uid, creationTimestamp },
    });
  }
  return accounts;
}
