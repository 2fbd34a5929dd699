// Bundles metaldeck into dist/: the entry and its lazily loaded chunks, so that the first frame does not wait for the rest.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { lean, withoutFacades } from './lean/plugins.mjs';

const { outputFiles } = await build({
  entryPoints: { start: 'src/start.ts', datacenter: 'src/app/datacenter-worker.ts' },
  outdir: 'dist',
  write: false,
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

// What is as it was stays in place: a program that runs from here may still load its lazy chunks.
mkdirSync('dist', { recursive: true });
for (const { path: file, text } of outputFiles) {
  const contents = withoutFacades(text);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== contents) writeFileSync(file, contents);
}
const written = new Set(outputFiles.map(({ path: file }) => path.basename(file)));
for (const file of readdirSync('dist')) if (!written.has(file)) rmSync(path.join('dist', file), { recursive: true });
