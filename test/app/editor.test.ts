/** Documents in the operator's editor: real files, real programs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { editText } from '../../src/app/editor.ts';
import { documentOf, enteredIn } from '../../src/app/entry-document.ts';

const folder = mkdtempSync(join(tmpdir(), 'metaldeck-editor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { PATH } = process.env;

describe('the editor', () => {
  it('may have arguments, gets a file of its owner alone, and leaves nothing behind', async () => {
    const noted = join(folder, 'noted');
    const edited = await editText('a: 1\n', 'order/of hosts', {
      PATH,
      EDITOR: `f() { ls -l "$1" | cut -c1-10 > ${noted}; echo "$1" >> ${noted}; sed -i s/1/2/ "$1"; }; f`,
    });
    expect(edited).toBe('a: 2\n');
    const [mode, file] = readFileSync(noted, 'utf8').split('\n');
    expect(mode).toBe('-rw-------');
    expect(file).toMatch(/order-of-hosts\.yaml$/);
    expect(existsSync(file!)).toBe(false);
  });

  it('gives nothing where the text was left as it was', async () => {
    expect(await editText('a', 'x', { PATH, EDITOR: 'true' })).toBeUndefined();
  });

  it('prefers VISUAL, and says what it ended with', async () => {
    const env = { PATH, VISUAL: 'exit 3; :', EDITOR: 'true' };
    await expect(editText('a', 'x', env)).rejects.toThrow('ended with 3; nothing was taken over');
  });

  it('says that it was not found', async () => {
    await expect(editText('a', 'x', { PATH, EDITOR: 'no-such-editor' })).rejects.toThrow('was not found: set EDITOR');
  });

  it('is vi where none is set', async () => {
    await expect(editText('a', 'x', { PATH: folder })).rejects.toThrow(/^vi was not found/);
  });
});

describe('a list as a document', () => {
  const entry = {
    name: 'order',
    title: 'All hosts',
    kind: 'lines',
    value: 'h1\nh2',
    choices: [{ value: 'h3', title: 'h3', disabled: 'it is bad' }],
  } as const;

  it('comes back as it was, without what was said about it', () => {
    const text = documentOf(entry);
    expect(text).toContain('#   h3   (it is bad)');
    expect(enteredIn(entry, text)).toBe('h1\nh2');
  });

  it('stands the line ends and spaces of any editor', () => {
    expect(enteredIn(entry, ' h2\r\n\r\n# h9\r\nh1')).toBe('h2\nh1');
  });
});
