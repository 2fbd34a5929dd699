/** The first thing that runs: refuses an old Node in plain words, before anything that would crash on it is loaded. */
import { mkdirSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const LEAST_NODE = 22;

if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
  process.stderr.write(
    `metaldeck needs Node ${LEAST_NODE} or newer, and this is ${process.version}; nothing was started. Run "npm ci" to get one beside it, or install a newer Node.\n`,
  );
  process.exitCode = 1;
} else {
  try {
    // Compiled code is kept per user: a shared folder under /tmp would let one user feed code to another.
    const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'metaldeck', 'code');
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    nodeModule.enableCompileCache?.(cache);
  } catch {
    // Only slower without it.
  }
  await import('./main.ts');
}
