/** A stopped process is continued later than this, or was never stopped, in ms. */
const GRACE = 200;

/** Waits for a promise, but no longer than `ms`. */
export async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

/**
 * Stops and continues the process as the shell's job control wants it.
 *
 * The stop is SIGTSTP with its default action, not SIGSTOP: where no shell could ever continue us (an orphaned
 * process group, as in `ssh -t host metaldeck`), the kernel discards it (POSIX, General Terminal Interface), and we
 * go on instead of hanging.
 */
export class JobControl {
  private readonly process: NodeJS.Process;
  private readonly onStop: () => void;
  private readonly onContinue: () => void;
  private stopping = false;
  private continued: (() => void) | undefined;

  /**
   * @param onStop somebody sent SIGTSTP; it was caught.
   * @param onContinue the process was continued after a stop that `stop` knows nothing of, such as SIGSTOP.
   */
  constructor(process: NodeJS.Process, onStop: () => void, onContinue: () => void) {
    this.process = process;
    this.onStop = onStop;
    this.onContinue = onContinue;
    process.on('SIGTSTP', this.onStop);
    process.on('SIGCONT', this.resumed);
  }

  /**
   * Stops, and resolves when the process runs again.
   * @param whom the whole process group, as Ctrl-Z does: a parent such as `npm start` has to stop too, or the shell
   *   waits for it; or this process alone, where a signal came for it alone.
   */
  async stop(whom: 'group' | 'self'): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const continued = new Promise<void>((resolve) => {
      this.continued = resolve;
    });
    this.process.off('SIGTSTP', this.onStop);
    try {
      this.process.kill(whom === 'group' ? 0 : this.process.pid, 'SIGTSTP');
      await within(GRACE, continued);
      // The timer runs before signals are read: let a SIGCONT that is there be taken as the end of this stop.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      this.process.on('SIGTSTP', this.onStop);
      this.continued = undefined;
      this.stopping = false;
    }
  }

  close(): void {
    this.process.off('SIGTSTP', this.onStop);
    this.process.off('SIGCONT', this.resumed);
  }

  private readonly resumed = (): void => {
    if (this.continued) this.continued();
    else this.onContinue();
  };
}
