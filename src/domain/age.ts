/** Ages, durations and times as text. Times come and go as epoch ms; what is now is an argument, never read here. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest time a Date can hold. */
const LATEST = 8.64e15;

/**
 * How old something is, in at most six characters: `47s`, `4m`, `3h12m`, `12d`. A negative age, which a server's clock
 * ahead of ours makes, is `0s`.
 */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const age = Math.max(0, ms);
  if (age < MINUTE) return `${Math.floor(age / SECOND)}s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age >= DAY) return `${Math.floor(age / DAY)}d`;
  const minutes = Math.floor((age % HOUR) / MINUTE);
  return `${Math.floor(age / HOUR)}h${minutes === 0 ? '' : `${minutes}m`}`;
}

/** How long something took, one unit finer than an age: `0.4s`, `47s`, `4m30s`, `3h12m`, `2d3h`. Never negative. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const span = Math.max(0, ms);
  if (span < 10 * SECOND) return `${Math.floor(span / 100) / 10}s`;
  const pair = (large: number, small: number, names: string) => {
    const rest = Math.floor((span % large) / small);
    return `${Math.floor(span / large)}${names[0]}${rest === 0 ? '' : `${rest}${names[1]}`}`;
  };
  if (span < MINUTE) return `${Math.floor(span / SECOND)}s`;
  if (span < HOUR) return pair(MINUTE, SECOND, 'ms');
  if (span < DAY) return pair(HOUR, MINUTE, 'hm');
  return pair(DAY, HOUR, 'dh');
}

function iso(ms: number): string | undefined {
  return Number.isFinite(ms) && Math.abs(ms) <= LATEST ? new Date(ms).toISOString() : undefined;
}

/** The UTC time of day: `14:02:07Z`. */
export function clockText(ms: number): string {
  const text = iso(ms);
  return text === undefined ? '?' : `${text.slice(text.indexOf('T') + 1, text.indexOf('.'))}Z`;
}

/** The UTC date and time: `2026-11-21 14:02:07Z`. */
export function timeText(ms: number): string {
  const text = iso(ms);
  return text === undefined ? '?' : `${text.slice(0, text.indexOf('.')).replace('T', ' ')}Z`;
}
