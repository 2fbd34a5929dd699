// Bundles metaldeck into dist/: the entry and its lazily loaded chunks, so that the first frame does not wait for the rest.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

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
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [
    {
      // What Ink does for every line of every frame, done once for each line.
      name: 'lean-lines',
      setup(b) {
        const lean = path.join(import.meta.dirname, 'lean');
        b.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
          importer.startsWith(lean) ? undefined : { path: path.join(lean, 'string-width.ts') },
        );
        let replaced = false;
        b.onResolve({ filter: /^\.\/output\.js$/ }, ({ importer }) => {
          if (!/[\\/]ink[\\/]build[\\/]renderer\.js$/.test(importer)) return undefined;
          replaced = true;
          return { path: path.join(lean, 'ink-output.ts') };
        });
        b.onEnd(() =>
          replaced ? {} : { errors: [{ text: 'Ink draws with another file than scripts/lean replaces' }] },
        );
      },
    },
    {
      // Ink asks for the React developer tools only in development.
      name: 'no-devtools',
      setup(b) {
        b.onResolve({ filter: /^react-devtools-core$/ }, (a) => ({ path: a.path, namespace: 'empty' }));
        b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
      },
    },
  ],
  logLevel: 'warning',
});
