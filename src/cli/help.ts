import { COMMANDS } from './commands.ts';
import { dashed, FLAGS, type Flag } from './flags.ts';

/** The help text, made of the table. */
export function helpText(): string {
  const lines = ['Usage', '  $ metaldeck [command] [flags]', '', 'Commands'];
  for (const [name, title] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(12)} ${title}`);
  lines.push('', 'Flags');
  for (const [name, flag] of Object.entries(FLAGS) as [string, Flag][]) {
    const short = flag.short ? `-${flag.short}, ` : '';
    const left = `${short}--${dashed(name)}${flag.value ? ` ${flag.value}` : ''}`;
    const where = flag.commands ? ` (${flag.commands.join(', ')})` : '';
    lines.push(`  ${left.padEnd(24)} ${flag.title}${where}`);
  }
  lines.push(
    '',
    'Exit codes of snapshot and explain',
    '  0 healthy   1 something needs attention   2 could not know (stale, forbidden, unreachable)',
    'Exit codes of output and report',
    '  0 printed, written   1 no such plan or instruction   2 no such host, or could not know',
    'Exit codes of upgrade plan',
    '  0 nothing stands in the way, or it is there already   1 something does   2 could not know',
    'Exit codes of upgrade start, resume and the rest',
    '  0 done   1 refused or failed   2 could not know   3 half done   4 under way',
    '  5 waits for somebody: an answer, a --confirm, the end of a hold',
    'Exit codes of run and journal',
    '  0 done   1 refused or failed; with nothing written where it says so   2 could not know   3 half done',
    '  4 written, and not seen to its end in time   5 written, and overtaken by a later change',
    'Exit codes of create and delete',
    '  0 done, sound, no difference   1 refused, failed, not sound, different   2 could not know',
    '  3 there is more to do, or to wait for   4 not seen to its end in time',
  );
  return lines.join('\n');
}
