/** What a plan holds that must not be seen in what its instructions print. */
import { at, get, list } from '../read.ts';
import { isSecretKey } from '../redact-text.ts';
import { cleanLine } from '../text.ts';
import type { Hidden } from './text.ts';

const FILES_CAP = 256;
const LINES_CAP = 20_000;
/** Shorter lines are punctuation and words that stand everywhere. */
const LEAST_LINE = 12;
const LEAST_VALUE = 6;

/**
 * Lines of the files and values of secret variables of a plan. Scripts are left out: what `set -x` echoes of them is
 * what the operator wants to read, and secrets in it are found by their shape.
 */
export function hiddenOf(plan: unknown): Hidden {
  const lines = new Set<string>();
  for (const file of list(get(plan, 'files'), FILES_CAP)) {
    const content = get(file, 'content');
    if (typeof content !== 'string') continue;
    const text = Buffer.from(content, 'base64').toString('utf8');
    if (text.startsWith('#!')) continue;
    for (const line of text.split('\n')) {
      const trimmed = cleanLine(line);
      if (trimmed.length >= LEAST_LINE) lines.add(trimmed);
      if (lines.size >= LINES_CAP) break;
    }
  }
  const values = new Set<string>();
  for (const kind of ['instructions', 'periodicInstructions']) {
    for (const instruction of list(get(plan, kind), FILES_CAP)) {
      for (const pair of list(at(instruction, 'env'), FILES_CAP)) {
        const [, name = '', value = ''] = /^([^=]+)=([\s\S]*)$/.exec(typeof pair === 'string' ? pair : '') ?? [];
        if (isSecretKey(name) && value.length >= LEAST_VALUE) values.add(value);
      }
    }
  }
  return { lines, values: [...values] };
}
