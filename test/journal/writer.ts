/** A child process that writes to a real journal: `writer.ts FOLDER append ID N` or `writer.ts FOLDER hang`. */
import { createJournal } from '../../src/journal/journal.ts';
import { beginning } from './fixtures.ts';

const [folder = '', what, id = '', times = '0'] = process.argv.slice(2);
const journal = createJournal({ folder });
if (what === 'append') {
  for (let at = 0; at < Number(times); at += 1) {
    await journal.add(id, {
      type: 'answered',
      step: `${process.pid}-${at}`,
      result: 'written',
      from: 'answer',
      message: 'x'.repeat(5_000),
    });
  }
} else {
  const operation = await journal.begin(beginning());
  await operation.note({ type: 'sending', step: 'a' });
  process.stdout.write(`${operation.id}\n`);
  // It holds on to its file until it is killed: of one that nobody refers to the collector would close the handle.
  setInterval(() => operation.id, 1_000);
}
