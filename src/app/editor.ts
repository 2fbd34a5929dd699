/** A text in the operator's editor. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Opens `text` in $VISUAL, $EDITOR or vi, as kubectl does, as a file that only its owner can read, and gives what came of it; undefined
 * where nothing was changed. Throws Error with a sentence where it could not be run, or failed. Needs the terminal
 * for itself.
 */
export async function editText(text: string, name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const editor = (env['VISUAL']?.trim() || env['EDITOR']?.trim() || 'vi').trim();
  const folder = await mkdtemp(join(tmpdir(), 'metaldeck-'));
  try {
    const file = join(folder, `${name.replace(/[^\w.-]+/g, '-')}.yaml`);
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    await new Promise<void>((resolve, reject) => {
      // As git does: the variable may hold arguments.
      const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'editor', file], { stdio: 'inherit', env });
      child.on('error', (error) => reject(new Error(`${editor} could not be started: ${error.message}`)));
      child.on('exit', (code, signal) =>
        code === 0
          ? resolve()
          : reject(
              new Error(
                `${editor} ${code === 127 ? 'was not found: set EDITOR' : `ended with ${signal ?? code}`}; nothing was taken over`,
              ),
            ),
      );
    });
    const edited = await readFile(file, 'utf8');
    return edited === text ? undefined : edited;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
