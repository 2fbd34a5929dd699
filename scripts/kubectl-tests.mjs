// Lets the real kubectl judge `metaldeck simulate`: runs the tests in test/kubectl. Further arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const client = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
if (client.status !== 0) {
  console.error('There is no kubectl on the PATH: nothing was run. Debian has it in its package kubernetes-client.');
  process.exit(1);
}
console.log(`kubectl ${JSON.parse(client.stdout).clientVersion.gitVersion}`);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const run = spawnSync(process.execPath, [vitest, 'run', '--project', 'kubectl', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
