// Runs the tests in test/cluster against a real kube-apiserver, once for each generation of Cluster API that is given; what
// needs one round only is said in test/cluster/rounds.ts.
//   KUBEBUILDER_ASSETS               folder with kube-apiserver and etcd; without it nothing is run
//   METALDECK_TEST_CRDS              folders of CRDs, joined by ":"
//   METALDECK_TEST_RECORDED          folder of recordings of real controllers
//   METALDECK_TEST_CRDS_V1BETA2      the same for Cluster API v1beta2: its CRDs are loaded over the first ones,
//   METALDECK_TEST_RECORDED_V1BETA2  so that the provider's own kinds come from METALDECK_TEST_CRDS
// Further arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { env } = process;
if (!env.KUBEBUILDER_ASSETS) {
  console.log('Skipped: KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd.');
  process.exit(0);
}
if (!env.METALDECK_TEST_CRDS) {
  console.error('METALDECK_TEST_CRDS must name the folders of the CRDs, joined by ":".');
  process.exit(1);
}

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const run = spawnSync(process.execPath, [vitest, 'run', '--project', 'cluster*', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
