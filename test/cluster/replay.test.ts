import path from 'node:path';
import { replayContract } from '../contract/replay.ts';
import { startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi, recorded } = clusterEnvironment();
const compact = path.resolve(import.meta.dirname, '../recorded', clusterApi);

replayContract(`kube-apiserver, Cluster API ${clusterApi}`, recorded ?? compact, async () => {
  const cluster = await startCluster({ assets, crds });
  return { transport: cluster.transport(), close: () => cluster.stop() };
});
