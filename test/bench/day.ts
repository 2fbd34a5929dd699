/** A day of a fleet, as fast as it goes: the clock jumps to the next timer. Tells its parent what it took. */
import { minute } from '../simulator/harness.ts';
import { openTraffic } from '../simulator/traffic.ts';
import { usage } from './usage.ts';

const hours = 24;
const [hosts = 300, speed = 1] = process.argv.slice(2).map(Number);
const lab = await openTraffic('bench', { hosts, speed });
const began = performance.now();
const before = lab.api.revision;
for (let hour = 0; hour < hours; hour++) await lab.run(60 * minute);
const tookMs = performance.now() - began;
process.send?.({ tookMs, writes: lab.api.revision - before, errors: lab.errors.length, usage: usage() });
await lab.stop();
process.disconnect?.();
