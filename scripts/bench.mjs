// Measures metaldeck and prints each figure beside what is wanted. It judges nothing: slow machines are no failures.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

if (!process.features.typescript) {
  console.error(
    `The bench is TypeScript and needs Node 22.18 or newer, and this is ${process.version}; nothing was started.`,
  );
  process.exit(1);
}
const bench = '../test/bench';
const { readOptions, USAGE } = await import(`${bench}/options.ts`);
let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}

const root = path.resolve(import.meta.dirname, '..');
const { measure } = await import(`${bench}/measure.ts`);
if (!options.program) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(path.join(tmpdir(), 'metaldeck-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
await measure({ ...options, program: options.program ?? path.join(root, 'bin/metaldeck'), folder });
process.exit(process.exitCode ?? 0);
