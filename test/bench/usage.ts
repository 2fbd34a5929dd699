/** What a process has used so far. */
export interface Usage {
  /** Unix time in ms at which it was asked. */
  at: number;
  /** Processor time in ms. */
  processor: number;
  /** Resident memory in bytes, now and at most. */
  resident: number;
  peak: number;
}

/** What this process has used. */
export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    at: Date.now(),
    processor: (user + system) / 1000,
    resident: process.memoryUsage.rss(),
    peak: process.resourceUsage().maxRSS * 1024,
  };
}
