import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vitest/config';

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

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/cluster/**', 'test/kubectl/**', 'test/soak/**'],
          server: { deps: { inline: ['ink-table'] } },
          env: { FORCE_COLOR: '0', CI: 'false' },
          testTimeout: 20_000,
          // Left alone vitest takes one worker less than there are cores: on two, half the machine.
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: { name: 'soak', include: ['test/soak/**/*.test.{ts,tsx}'], testTimeout: 600_000 },
      },
      {
        ...shared,
        test: {
          name: 'kubectl',
          include: ['test/kubectl/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.{ts,tsx}'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
