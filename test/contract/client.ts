import { expect } from 'vitest';
import { KubeError, type KubeRequest, type Transport } from '../../src/kube/types.ts';

/** What a contract test needs of a server. */
export interface Connection {
  /** Of somebody who may do everything. */
  transport: Transport;
  /** An existing namespace. */
  namespace: string;
  /** Of a user named `limited` who may do nothing. */
  limited: Transport;
  /** The served version of Cluster API's groups. */
  clusterApi: 'v1beta1' | 'v1beta2';
  /** Makes the server forget its past. */
  compact(): Promise<void>;
}

export interface Item {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    managedFields?: { manager: string; operation: string; fieldsV1: unknown }[];
  };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
  data?: Record<string, string>;
}

export interface List {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: Item[];
}

export interface WatchEvent {
  type: string;
  object: Item & { code?: number; reason?: string; columnDefinitions?: unknown[] | null; rows?: unknown[] };
}

export const INFRASTRUCTURE = 'infrastructure.cluster.x-k8s.io';
export const CONTENT = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export const ACCEPT = {
  table: 'application/json;as=Table;g=meta.k8s.io;v=v1',
  partial: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  partialList: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
} as const;

/** The paths and requests of one test: its names are its own, so that tests do not meet on a shared server. */
export class Client {
  readonly connection: Connection;
  /** Begins every name of this test, and is the value of its label `test`. */
  readonly id: string;

  constructor(connection: Connection) {
    this.connection = connection;
    this.id = `t${Math.random().toString(36).slice(2, 10)}`;
  }

  /** Path of a namespaced resource, or of an object of it. */
  path(plural: string, name?: string, subresource?: string): string {
    const { namespace, clusterApi } = this.connection;
    const base = ['secrets', 'configmaps', 'events'].includes(plural)
      ? '/api/v1'
      : plural.startsWith('machinedeployments')
        ? `/apis/cluster.x-k8s.io/${clusterApi}`
        : `/apis/${INFRASTRUCTURE}/v1beta1`;
    return [`${base}/namespaces/${namespace}/${plural}`, name, subresource].filter(Boolean).join('/');
  }

  /** A MachineInventoryPool as it would be posted. */
  pool(suffix: string, metadata: Record<string, unknown> = {}, spec: Record<string, unknown> = {}) {
    return {
      apiVersion: `${INFRASTRUCTURE}/v1beta1`,
      kind: 'MachineInventoryPool',
      metadata: { name: `${this.id}-${suffix}`, ...metadata, labels: { test: this.id, ...(metadata['labels'] ?? {}) } },
      spec: { clusterName: 'prod', machineInventories: [{ name: 'host-1' }], ...spec },
    };
  }

  json<T = Item>(request: KubeRequest): Promise<T> {
    return this.connection.transport.json<T>(request);
  }

  createPool(suffix: string, metadata?: Record<string, unknown>, spec?: Record<string, unknown>): Promise<Item> {
    const body = this.pool(suffix, metadata, spec);
    return this.json({ method: 'POST', path: this.path('machineinventorypools'), body });
  }

  getPool(suffix: string): Promise<Item> {
    return this.json({ path: this.path('machineinventorypools', `${this.id}-${suffix}`) });
  }

  patchPool(suffix: string, contentType: keyof typeof CONTENT, body: unknown, more: Partial<KubeRequest> = {}) {
    const path = this.path('machineinventorypools', `${this.id}-${suffix}`);
    return this.json({ method: 'PATCH', path, contentType: CONTENT[contentType], body, ...more });
  }

  deletePool(suffix: string, more: Partial<KubeRequest> = {}): Promise<Item & { status?: unknown }> {
    return this.json({ method: 'DELETE', path: this.path('machineinventorypools', `${this.id}-${suffix}`), ...more });
  }

  /** Lists this test's own pools. */
  listPools(query: KubeRequest['query'] = {}, accept?: string): Promise<List> {
    const mine = { labelSelector: `test=${this.id}`, ...query };
    return this.json<List>({ path: this.path('machineinventorypools'), query: mine, accept });
  }

  /** Reads a watch of this test's own pools until `enough` says so, or it ends. `act` runs once it stands. */
  async watchPools(
    query: KubeRequest['query'],
    {
      enough,
      act,
      accept,
    }: { enough: (events: WatchEvent[]) => boolean; act?: () => Promise<unknown>; accept?: string },
  ): Promise<WatchEvent[]> {
    const stream = await this.connection.transport.stream({
      path: this.path('machineinventorypools'),
      query: { watch: true, labelSelector: `test=${this.id}`, timeoutSeconds: 30, ...query },
      accept,
    });
    const events: WatchEvent[] = [];
    let rest = '';
    try {
      const acted = act?.();
      for await (const chunk of stream.body) {
        const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') events.push(JSON.parse(line) as WatchEvent);
        if (enough(events)) break;
      }
      await acted;
    } finally {
      stream.close();
    }
    return events;
  }
}

/** Expects a request to be refused with a Status of this code and reason. Gives the error. */
export async function refused(request: Promise<unknown>, code: number, reason: string): Promise<KubeError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error, 'the request was to be refused').toBeInstanceOf(KubeError);
  const refusal = error as KubeError;
  expect({ code: refusal.code, reason: refusal.reason, message: refusal.message }).toMatchObject({ code, reason });
  expect(refusal.status).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code });
  return refusal;
}

/** The fields that a 422 names, without the indexes of lists: old servers do not tell them. */
export function causeFields(error: KubeError): string[] {
  const status = error.status as { details?: { causes?: { field: string }[] } };
  return (status.details?.causes ?? []).map(({ field }) => field.replace(/\[\d+\]/g, ''));
}

export const names = (list: List): string[] => list.items.map(({ metadata }) => metadata.name);

/** Reads something to its end. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
