/** What a failed plan said last: one line, redacted as all of its output is. */
import type { PlanDetail } from '../objects.ts';
import { reducePlanSecret } from '../project/plan-detail.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { decodeOutput } from './decode.ts';
import type { PlanOutput } from './types.ts';

/** Words of a line that says what went wrong; what follows it is often only that it ended. */
const TELLING =
  /\b(?:error|fatal|panic|fail(?:ed|ure|s)?|denied|refused|cannot|could not|unable|no such|timed? ?out)\b/i;
/** What a logger puts before the words: the level, or klog's header. */
const LEVEL =
  /^(?:\S*\d\d:\d\d:\d\d\S*\s+)?(?:\[?(?:ERROR|FATAL|ERRO|FATA|CRITICAL)\]?:?|E\d{4} [\d:.]+\s+\d+ \S+\])\s+/;
/** The words of a line in logfmt. */
const LOGFMT = /\bmsg="((?:[^"\\]|\\.)+)"/;

/** The line of the failed instruction that tells why; the last one where none does, and nothing where it printed none. */
export function lastWords({ failing, instructions }: Pick<PlanOutput, 'failing' | 'instructions'>): string | undefined {
  const lines = instructions.find(({ name, earlier }) => name === failing && !earlier)?.lines ?? [];
  const said = lines.filter((line) => line.trim() !== '');
  const line = said.findLast((one) => TELLING.test(one)) ?? said.at(-1);
  if (line === undefined) return undefined;
  const words = LOGFMT.exec(line)?.[1]?.replaceAll('\\"', '"') ?? line;
  return shorten(words.trim().replace(LEVEL, ''), CAUSE_CAP);
}

/** As `reducePlanSecret`, with what the plan said last where it failed. Takes any value; never throws. */
export function planDetailOf(secret: unknown): PlanDetail {
  const detail = reducePlanSecret(secret);
  const { checksum, failedChecksum, agentState } = detail;
  const failed = agentState === 'failed' || (checksum !== undefined && failedChecksum === checksum);
  if (!failed) return detail;
  const said = lastWords(decodeOutput(secret));
  return said === undefined ? detail : { ...detail, said };
}
