// What the bundle does otherwise than the packages it is made of, so that the first frame comes sooner and each one after
// it costs less. Whatever a package no longer has in the expected place fails the build: it must be looked at again.
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;

/** Resolves and loads like esbuild, and notes that it was asked. Fails the build at its end where it was not. */
function once(b, what) {
  let seen = false;
  b.onEnd(() => (seen ? {} : { errors: [{ text: `${what}: nothing of the kind was found in the bundle` }] }));
  return () => {
    seen = true;
  };
}

/** What Ink does for every line of every frame, done once for each line. */
const lines = {
  name: 'lean-lines',
  setup(b) {
    const seen = once(b, "Ink's Output, which scripts/lean/ink-output.ts replaces");
    b.onResolve({ filter: /^string-width$/ }, ({ importer, namespace }) => {
      if (namespace === 'late') return undefined;
      return importer.startsWith(here)
        ? { path: 'string-width', namespace: 'late' }
        : { path: path.join(here, 'string-width.ts') };
    });
    b.onResolve({ filter: /^\.\/output\.js$/ }, ({ importer }) => {
      if (!/[\\/]ink[\\/]build[\\/]renderer\.js$/.test(importer)) return undefined;
      seen();
      return { path: path.join(here, 'ink-output.ts') };
    });
    // Its expression for emoji takes as long to compile as drawing a frame: wait until a text needs it.
    b.onLoad({ filter: /^string-width$/, namespace: 'late' }, () => ({
      contents: `let real;
        export default (text, options) => (real ??= require('string-width').default)(text, options);`,
      resolveDir: here,
    }));
  },
};

/** Yoga reads its own code, which is part of it, with fetch: that loads Node's whole HTTP client. It can do without. */
const yoga = {
  name: 'lean-yoga',
  setup(b) {
    const seen = once(b, 'the fetch with which Yoga reads its code');
    b.onLoad({ filter: /[\\/]yoga-wasm-base64-esm\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      if (/"function"\s*!=\s*typeof fetch/.test(text)) seen();
      return { contents: `const fetch = undefined;\n${text}` };
    });
  },
};

/**
 * The text of a bundled file with its imports of Node's modules as constants. An `import` of one reads all it exports, what
 * is made on demand included (`fs.ReadStream`); this reads what is used.
 */
export function withoutFacades(text) {
  return text.replace(/^import (.+) from "([^"]+)";$/gm, (line, names, from) =>
    isBuiltin(from) && from !== 'node:module' ? constants(names, `process.getBuiltinModule("${from}")`) : line,
  );
}

/** The names of an import statement, declared as constants with the module's value. */
function constants(names, value) {
  const [, whole, , some] = /^(?:\* as (?=[\w$]+$))?([\w$]+)?(, )?(\{.*\})?$/.exec(names) ?? [];
  if (whole === undefined && some === undefined) throw new Error(`this import is not understood: ${names}`);
  const few = some?.replace(/([\w$]+) as ([\w$]+)/g, '$1: $2');
  if (whole === undefined) return `const ${few} = ${value};`;
  return few === undefined ? `const ${whole} = ${value};` : `const ${whole} = ${value}, ${few} = ${whole};`;
}

/** Ink asks for the React developer tools only in development. */
const noDevtools = {
  name: 'no-devtools',
  setup(b) {
    b.onResolve({ filter: /^react-devtools-core$/ }, (a) => ({ path: a.path, namespace: 'empty' }));
    b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
  },
};

/** The settings of esbuild that make the bundle lean. */
export const lean = {
  define: { 'Intl.Segmenter': 'LazySegmenter' },
  inject: [path.join(here, 'segmenter.ts')],
  plugins: [lines, yoga, noDevtools],
};
