/** What both ways of simulating share: embedded, and on a real API server. */

/** What runs until a signal ends it. */
export interface Running {
  /** One line: what runs where, and how to use it. */
  line: string;
  /** Rejects when it cannot go on. */
  failed?: Promise<never>;
  stop(): Promise<void>;
}

/** Tells of each failure of a controller once. */
export function once(tell: (text: string) => void): (error: unknown, where: string) => void {
  const told = new Set<string>();
  return (error, where) => {
    const text = `${where}: ${error instanceof Error ? error.message : String(error)}`;
    if (told.has(text) || told.size > 1000) return;
    told.add(text);
    tell(text);
  };
}

/** How long, ms, what is under way may take to end. */
const patience = 5000;

/** Ends what runs. Says whether it has ended, or hangs and is left behind. */
export async function endOf({ stop }: Pick<Running, 'stop'>, wait = patience): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), wait);
  });
  try {
    return await Promise.race([stop().then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
