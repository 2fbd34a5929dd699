/**
 * Keeps the process of a large datacenter small. Making it leaves V8 with a heap that may grow for long before it is collected: ten
 * thousand hosts that change all the time would take more than a gigabyte until then, a third of it garbage.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** With fewer hosts there is little to be had, and the heap of tests stays as it is. */
const fewHosts = 2000;

/** Collects the garbage of a datacenter with so many hosts, once it is made; from here on its heap grows by three tenths at most. */
export function keepSmall(hosts: number): void {
  if (hosts < fewHosts) return;
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: { type: 'major'; execution: 'sync' }) => void;
  collect({ type: 'major', execution: 'sync' });
}
