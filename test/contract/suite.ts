import { afterAll, beforeAll, describe } from 'vitest';
import { accessContract } from './access.ts';
import type { Connection } from './client.ts';
import { deleteContract } from './deletes.ts';
import { kubernetesContract } from './kubernetes.ts';
import { listContract } from './lists.ts';
import { mergeContract } from './merges.ts';
import { orderContract } from './orders.ts';
import { ownershipContract } from './ownership.ts';
import { patchContract } from './patches.ts';
import { podContract } from './pods.ts';
import { refusalContract } from './refusals.ts';
import { scaleContract } from './scales.ts';
import { schemaContract } from './schemas.ts';
import { shapeContract } from './shapes.ts';
import { watchContract } from './watches.ts';
import { writeContract } from './writes.ts';

export type { Connection } from './client.ts';

/**
 * What a Kubernetes API server does, as far as metaldeck and its simulator count on it. The same tests run on the
 * embedded server and on a real one: where the two differ, the real one is right.
 */
export function apiContract(name: string, connect: () => Promise<Connection & { close?: () => Promise<void> }>): void {
  describe(`API contract: ${name}`, () => {
    let connected: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      connected = await connect();
    });
    afterAll(async () => {
      await connected?.close?.();
    });
    const connection = () => connected;
    listContract(connection);
    watchContract(connection);
    writeContract(connection);
    patchContract(connection);
    ownershipContract(connection);
    mergeContract(connection);
    orderContract(connection);
    deleteContract(connection);
    scaleContract(connection);
    schemaContract(connection);
    shapeContract(connection);
    accessContract(connection);
    kubernetesContract(connection);
    refusalContract(connection);
    podContract(connection);
  });
}
