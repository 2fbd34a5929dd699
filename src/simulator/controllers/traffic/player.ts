/** Plays acts on the work queue of the controllers, so that they keep to its order and its clock. */

import type { Runtime } from '../runtime.ts';
import type { Act, Wait } from './act.ts';

/** How often a state is looked for, in ms of the clock; only while an act waits for one. */
const look = 2000;

/** After a failure an act rests so long before it begins anew. */
const recovery = 30_000;

/** Plays an act that may go on for ever, under a name. `failed` is told when it throws; then it begins anew. */
export function play(rt: Runtime, name: string, begin: () => Act, failed: (error: unknown) => void): void {
  let act = begin();
  let wait: Wait = { rest: 0 };
  let since = rt.clock.now();
  const controller = rt.controller('traffic', async () => {
    for (;;) {
      const left = remaining(wait, rt.clock.now() - since);
      if (left > 0) return left * rt.speed;
      try {
        const next = await act.next();
        if (next.done) return undefined;
        wait = next.value;
      } catch (error) {
        failed(error);
        act = begin();
        wait = { rest: recovery };
      }
      since = rt.clock.now();
    }
  });
  controller.enqueue(name);
}

/** Ms of the clock until the next look; 0 when the wait is over. */
function remaining(wait: Wait, waited: number): number {
  if ('rest' in wait) return Math.max(0, wait.rest - waited);
  return wait.until() || waited >= wait.limit ? 0 : look;
}
