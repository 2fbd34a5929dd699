// Makes the small copies in test/recorded of recordings of real controllers:
//   node scripts/compact-recordings.mjs <folder of recordings> test/recorded/<version>
// A recording is one JSONL file a kind, a line being {at, type, object}, and story.jsonl with {at, story}. What no test
// reads is dropped: field managers. What kubectl last applied to what was there at the start stands beside it, as `applied`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error('usage: node scripts/compact-recordings.mjs <from> <to>');
  process.exit(2);
}
const lines = readdirSync(from)
  .filter((file) => file.endsWith('.jsonl'))
  .sort()
  .flatMap((file) => readFileSync(path.join(from, file), 'utf8').split('\n'))
  .filter((line) => line !== '')
  .map((line) => {
    const entry = JSON.parse(line);
    if (entry.object === undefined) return entry;
    const { managedFields: _managers, ...metadata } = entry.object.metadata;
    const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
    if (metadata.annotations) delete metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'];
    if (Object.keys(metadata.annotations ?? {}).length === 0) delete metadata.annotations;
    const asked = applied && entry.type === 'LISTED' ? { applied: JSON.parse(applied) } : {};
    return { ...entry, ...asked, object: { ...entry.object, metadata } };
  });
mkdirSync(to, { recursive: true });
writeFileSync(
  path.join(to, 'recording.jsonl.gz'),
  gzipSync(`${lines.map((l) => JSON.stringify(l)).join('\n')}\n`, { level: 9 }),
);
