import path from 'node:path';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { replayContract } from './replay.ts';

const recorded = path.resolve(import.meta.dirname, '../recorded');

for (const clusterApi of ['v1beta1', 'v1beta2'] as const) {
  replayContract(`embedded, Cluster API ${clusterApi}`, path.join(recorded, clusterApi), async () => ({
    transport: apiTransport(createApi({ clusterApi }), { user: { name: 'admin' } }),
  }));
}
