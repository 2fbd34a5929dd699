/**
 * Keeps the process small. V8 lets garbage lie while the machine has room: of the heap that ten thousand hosts leave
 * behind once their lists are read, more than half is what JSON.parse and the rows on the way there were made of.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes; below this a collection frees too little to be worth its time. */
const WORTH_IT = 80 * 1024 * 1024;

interface Collection {
  type: 'major';
  execution: 'sync';
  flavor: 'last-resort';
}

/**
 * Collects garbage now, if there is much. After 10,000 hosts everything stands still for 0.2 to 0.3 s, and a third of what
 * V8 had of the system goes back: what is left lies scattered, and only this kind of collection moves it together.
 */
export function collectGarbage(): void {
  if (getHeapStatistics().total_heap_size < WORTH_IT) return;
  // From here on the heap may grow by half before it is collected, not fourfold: a fleet that changes makes garbage all
  // day. Not earlier, as reading the first lists it would be collected again and again for little.
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: Collection) => void;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
