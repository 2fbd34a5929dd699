import { writeSync } from 'node:fs';

/** How long a clogged line may hold up the end of the process, in ms. */
const PATIENCE = 1000;
const PAUSE = 5;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}

/**
 * Writes to a file descriptor before it returns, so that it works where the event loop no longer turns. Waits for a
 * full line up to a second, and gives up silently: nobody is left to tell.
 * @param write fs.writeSync, or a stand-in.
 */
export function writeNow(fd: number, text: string, write: typeof writeSync = writeSync): void {
  let rest = Buffer.from(text, 'utf8');
  for (let waited = 0; rest.length > 0 && waited < PATIENCE; ) {
    try {
      rest = rest.subarray(write(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      pause();
      waited += PAUSE;
    }
  }
}
