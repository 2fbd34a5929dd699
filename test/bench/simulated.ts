/** A whole simulated datacenter in a process of its own. Tells its parent where it is, and on request what it uses. */
import { startDatacenter } from '../../src/simulator/datacenter.ts';
import { usage } from './usage.ts';

const began = performance.now();
const hosts = Number(process.argv[2] ?? 10_000);
const { url, token } = await startDatacenter({ hosts, seed: 'bench' });
process.send?.({ url, token, startMs: performance.now() - began, usage: usage() });
process.on('message', () => process.send?.({ usage: usage() }));
process.on('disconnect', () => process.exit());
