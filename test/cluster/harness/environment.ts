import { readDefinitions } from './crds.ts';

/** Where the tests find a real server and what to load on it. */
export interface ClusterEnvironment {
  /** Folder with `kube-apiserver` and `etcd`. */
  assets: string;
  /** Folders of CRDs; later ones win. */
  crds: string[];
  /** Folder of recordings of real controllers; undefined where none is given. */
  recorded: string | undefined;
  /** The version of Cluster API that the CRDs serve. */
  clusterApi: 'v1beta1' | 'v1beta2';
}

/**
 * Reads KUBEBUILDER_ASSETS, METALDECK_TEST_CRDS (folders, joined by `:`) and METALDECK_TEST_RECORDED. Throws an Error
 * that says what is missing: the tests are to be started by `npm run test:cluster`, which skips them without assets.
 */
export function clusterEnvironment(env: NodeJS.ProcessEnv = process.env): ClusterEnvironment {
  const assets = env['KUBEBUILDER_ASSETS'];
  const crds = (env['METALDECK_TEST_CRDS'] ?? '').split(':').filter((folder) => folder !== '');
  if (!assets) throw new Error('KUBEBUILDER_ASSETS must name a folder with kube-apiserver and etcd');
  if (crds.length === 0) throw new Error('METALDECK_TEST_CRDS must name the folders of the CRDs, joined by ":"');
  const clusters = readDefinitions(crds).find(({ metadata }) => metadata.name === 'clusters.cluster.x-k8s.io');
  const served = clusters?.spec.versions.filter((version) => version.served).map(({ name }) => name) ?? [];
  return {
    assets,
    crds,
    recorded: env['METALDECK_TEST_RECORDED'] || undefined,
    clusterApi: served.includes('v1beta2') ? 'v1beta2' : 'v1beta1',
  };
}
