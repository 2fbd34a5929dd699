/** What a simulation on a real server remembers there about itself, so that it can go on after a restart. */

import type { Transport } from '../../kube/types.ts';
import { Client } from '../controllers/client.ts';
import { kinds } from '../controllers/kinds.ts';
import type { ConfigMap } from '../controllers/shapes/core.ts';
import type { Shape } from '../world/layout.ts';

export const recordName = 'metaldeck-simulation';

/** How the world was made, and how often it has been played. */
export interface WorldRecord {
  seed: string;
  hosts: number;
  pools: number | undefined;
  /** The one cluster it has, where it was asked for one. */
  shape?: Shape;
  /** Unix time in ms at which the world was at rest. */
  born: number;
  /** False until every object has been created. */
  complete: boolean;
  /** Counts the starts: chance is drawn anew in each. */
  runs: number;
}

/** Reads the record; undefined where there is none. Throws KubeError. */
export async function readRecord(transport: Transport, namespace: string): Promise<WorldRecord | undefined> {
  const found = await new Client(transport, namespace).get(kinds.ConfigMap, recordName);
  const data = found?.data;
  if (!data) return undefined;
  const pools = Number(data['pools']);
  return {
    seed: data['seed'] ?? '',
    hosts: Number(data['hosts']) || 0,
    pools: Number.isInteger(pools) && pools > 0 ? pools : undefined,
    shape: data['cluster'] ? (JSON.parse(data['cluster']) as Shape) : undefined,
    born: Date.parse(data['born'] ?? '') || 0,
    complete: data['complete'] === 'true',
    runs: Number(data['runs']) || 0,
  };
}

/** Writes the record, new or again. Throws KubeError. */
export async function writeRecord(transport: Transport, namespace: string, record: WorldRecord): Promise<void> {
  const client = new Client(transport, namespace);
  const data = {
    seed: record.seed,
    hosts: String(record.hosts),
    ...(record.pools === undefined ? {} : { pools: String(record.pools) }),
    ...(record.shape === undefined ? {} : { cluster: JSON.stringify(record.shape) }),
    born: new Date(record.born).toISOString(),
    complete: String(record.complete),
    runs: String(record.runs),
  };
  const found = await client.get(kinds.ConfigMap, recordName);
  const { apiVersion, kind } = kinds.ConfigMap;
  if (!found)
    await client.create(kinds.ConfigMap, { apiVersion, kind, metadata: { name: recordName }, data } as ConfigMap);
  else {
    await client.change(kinds.ConfigMap, found, (draft) => {
      draft.data = data;
    });
  }
}
