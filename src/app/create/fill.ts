/** `metaldeck create fill`: puts the hosts that have registered into the file of answers, and leaves the rest of it. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Options } from '../../cli.ts';
import { fill } from '../../guides/create/fill.ts';
import type { Known } from '../../guides/create/known.ts';
import { isUnsound, unsoundText, wishUpon } from '../../guides/create/wish.ts';
import { withAnswer } from '../../guides/create/write.ts';
import { EXIT } from '../execute.ts';
import { writeNew } from './answers-file.ts';

/** Gives the exit code: 0 where every node has its host, 3 where some are still to come. */
export function fillAnswers(options: Options, text: string, known: Known): number {
  const wish = wishUpon(text, known);
  if (isUnsound(wish)) {
    process.stderr.write(`metaldeck: ${unsoundText(wish)}. Nothing was written.\n`);
    return EXIT.refused;
  }
  const { controlPlane, workers, added, open } = fill(wish);
  const filled = withAnswer(withAnswer(text, 'controlPlane.hosts', controlPlane), 'workers.hosts', workers);
  const { from = '-', out = from } = options.create;
  if (out === '-') process.stdout.write(filled);
  else if (out !== from) writeNew(out, filled);
  else if (added.length > 0) {
    // Never half a file, whatever happens meanwhile.
    writeFileSync(`${out}.new`, filled, { mode: 0o644 });
    renameSync(`${out}.new`, out);
  }
  process.stderr.write(
    `metaldeck: ${added.length} named${added.length > 0 ? `: ${added.join(', ')}` : ''}; ${open} still to come.\n`,
  );
  return open > 0 ? EXIT.halfDone : EXIT.done;
}
