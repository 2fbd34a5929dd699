// Bundles metaldeck into dist/: the entry and its lazily loaded chunks, so that the first frame does not wait for the rest.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { lean } from './lean/plugins.mjs';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { start: 'src/start.ts', datacenter: 'src/app/datacenter-worker.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  minify: process.argv.includes('--minify'),
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', ...lean.define },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  inject: lean.inject,
  plugins: lean.plugins,
  logLevel: 'warning',
});
