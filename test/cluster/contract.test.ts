import { apiContract } from '../contract/suite.ts';
import { startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();

apiContract(`kube-apiserver, Cluster API ${clusterApi}`, async () => {
  const cluster = await startCluster({ assets, crds });
  return {
    transport: cluster.transport('admin'),
    limited: cluster.transport('limited'),
    namespace: cluster.namespace,
    clusterApi,
    compact: () => cluster.compact(),
    close: () => cluster.stop(),
  };
});
