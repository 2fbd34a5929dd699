import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { clusterRounds } from './test/cluster/rounds.ts';

/**
 * ink-table 3 is CommonJS and calls require('ink'), which no Node can answer (ink has a top-level await).
 * The esbuild bundle resolves it; under vitest this does the same: its requires become imports.
 */
const inkTable: Plugin = {
  name: 'ink-table-as-module',
  enforce: 'pre',
  load(id) {
    if (!/ink-table\/dist\/index\.js$/.test(id)) return null;
    return [
      "import * as ink from 'ink'; import react from 'react'; import hash from 'object-hash';",
      "const require = (name) => ({ ink, react, 'object-hash': hash })[name]; const exports = {};",
      readFileSync(id, 'utf8'),
      'export default exports.default;',
    ].join('\n');
  },
};

const shared = { plugins: [inkTable] };
// Left alone vitest takes one worker less than there are cores: on two, half the machine.
const bothCores = { maxWorkers: 2 };
const build = 'test/pty/build.ts';
/** Tests of plain functions: nothing is left behind in a process, so that they can share one, and what they import. */
const PURE = [
  'domain',
  'operations',
  'guides',
  'journal',
  'local',
  'store',
  'driver',
  'simulator',
  'kube/reflector',
].map((room) => `test/${room}/**/*.test.{ts,tsx}`);
const short = { env: { FORCE_COLOR: '0', CI: 'false' }, testTimeout: 60_000 };

/** What takes longest goes first: where it came last, one core would wait for the other. */
const SLOW = [
  'cluster/session',
  'cluster/upgrade',
  'cluster/life',
  'cluster/scenarios',
  'cluster/stories',
  'cluster/program',
  'cluster/run',
  'pty/dashboard',
  'runner/program',
  'pty/operate',
  'soak/create-killed',
  'soak/create-by-keys',
  'soak/terminal',
  'soak/reflector',
  'soak/simulator-stories',
  'soak/forecast',
  'soak/simulator',
  'soak/simulator-day',
  'soak/sessions',
  'soak/sense',
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = SLOW.findIndex((name) => moduleId.includes(`/test/${name}.test.`));
      return found < 0 ? SLOW.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const clusterProjects = clusterRounds(process.env).map(({ name, env, without }) => ({
  ...shared,
  test: {
    name,
    include: ['test/cluster/**/*.test.{ts,tsx}'],
    exclude: without.map((file) => `test/cluster/${file}`),
    globalSetup: build,
    env,
    // Two servers and two worlds share the cores; what is waited for comes, sooner or later.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    ...bothCores,
  },
}));

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/cluster/**', 'test/kubectl/**', 'test/soak/**', ...PURE],
          globalSetup: build,
          server: { deps: { inline: ['ink-table'] } },
          ...short,
          // A third, because programs in pseudo-terminals and connections mostly wait.
          maxWorkers: 3,
        },
      },
      {
        ...shared,
        test: { name: 'pure', include: PURE, ...short, isolate: false, maxWorkers: 3 },
      },
      {
        ...shared,
        test: {
          name: 'soak',
          include: ['test/soak/**/*.test.{ts,tsx}'],
          globalSetup: build,
          testTimeout: 600_000,
          hookTimeout: 60_000,
          ...bothCores,
        },
      },
      {
        ...shared,
        test: {
          name: 'kubectl',
          include: ['test/kubectl/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          ...bothCores,
        },
      },
      ...clusterProjects,
    ],
  },
});
