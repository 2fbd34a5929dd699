const dayMs = 86_400_000;
/** The days that were told last, by number: a world of thousands of objects has few days and many seconds. */
const days = new Map<number, string>();
const daysLimit = 512;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** Unix time in ms as Kubernetes writes it: whole seconds, UTC. Throws RangeError where it is no time. */
export function timestamp(ms: number): string {
  const number = Math.floor(ms / dayMs);
  let day = days.get(number);
  if (day === undefined) {
    day = new Date(ms).toISOString().slice(0, 11);
    if (days.size >= daysLimit) days.clear();
    days.set(number, day);
  }
  const seconds = Math.floor((ms - number * dayMs) / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${day}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}Z`;
}
