/** The rounds in which the tests on a real server are run: one for each generation of Cluster API that is given. */

export interface Round {
  name: string;
  /** What differs from the environment. */
  env: Record<string, string>;
  /** Files of test/cluster that another round runs. */
  without: readonly string[];
}

/** What asks nothing of the version of Cluster API that another round would answer otherwise; the reason beside it. */
const onlyFirst = [
  // Processes, rights and ConfigMaps.
  'harness.test.ts',
  // Registration, storage and plans are of kinds with one version. Machines of the newer one join and go in stories.test.ts.
  'provider.test.ts',
  // In the newer version session.test.ts sends the same three operations, over two minors as well.
  'upgrade.test.ts',
  // What goes wrong is the provider's and the hosts', and theirs has one version; the soak heals trouble of chance in both.
  'scenarios.test.ts',
];
const onlyLast = [
  // The driver reads and writes by what all other tests use in both versions; upgrade.test.ts has its operations in the older.
  'session.test.ts',
  // The controllers' turns are the same; life.test.ts has them all in the older version as well.
  'stories.test.ts',
];

/** Reads METALDECK_TEST_CRDS_V1BETA2 and its companions, as scripts/cluster-tests.mjs says. */
export function clusterRounds(env: NodeJS.ProcessEnv): Round[] {
  const newer = env['METALDECK_TEST_CRDS_V1BETA2'];
  if (!newer) return [{ name: 'cluster', env: {}, without: [] }];
  return [
    { name: 'cluster', env: {}, without: onlyLast },
    {
      name: 'cluster-v1beta2',
      env: {
        METALDECK_TEST_CRDS: `${env['METALDECK_TEST_CRDS']}:${newer}`,
        METALDECK_TEST_RECORDED: env['METALDECK_TEST_RECORDED_V1BETA2'] ?? '',
      },
      without: onlyFirst,
    },
  ];
}
