import { createApi } from '../../src/simulator/api/api.ts';
import { rulesAuthorizer } from '../../src/simulator/api/authorize.ts';
import type { ClusterApiVersion } from '../../src/simulator/api/resources.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { managementResources } from '../../src/simulator/world/management/kinds.ts';
import { httpTransport } from './http-transport.ts';
import { apiContract } from './suite.ts';

const NAMESPACE = 'cpaas-system';
const LIMITED = { name: 'limited' };

const api = (clusterApi: ClusterApiVersion, bookmarkMs?: number) =>
  createApi({
    clusterApi,
    resources: managementResources(clusterApi),
    bookmarkMs,
    authorize: rulesAuthorizer({ limited: [] }),
    tokens: { 'limited-token': LIMITED },
  });

apiContract('embedded, in memory', async () => {
  const served = api('v1beta1', 20);
  return {
    transport: apiTransport(served, { user: { name: 'admin' } }),
    limited: apiTransport(served, { user: LIMITED }),
    namespace: NAMESPACE,
    clusterApi: 'v1beta1',
    compact: async () => served.faults.compact(),
  };
});

apiContract('embedded, over HTTPS, Cluster API v1beta2', async () => {
  const served = api('v1beta2');
  const server = await startApiServer({ api: served, token: 'admin-token', tls: true });
  const transport = httpTransport({ url: server.url, ca: server.ca, token: 'admin-token' });
  const limited = httpTransport({ url: server.url, ca: server.ca, token: 'limited-token' });
  return {
    transport,
    limited,
    namespace: NAMESPACE,
    clusterApi: 'v1beta2',
    compact: async () => served.faults.compact(),
    async close() {
      transport.close();
      limited.close();
      await server.close();
    },
  };
});
