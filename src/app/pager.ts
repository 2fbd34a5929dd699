/** A text in the operator's pager. */
import { spawn } from 'node:child_process';

/**
 * Shows `text` in $PAGER, or in `less`; it goes through a pipe and never through a file. Throws Error with a sentence
 * where the pager could not be started. Needs the terminal for itself.
 */
export async function pageText(text: string, env: NodeJS.ProcessEnv): Promise<void> {
  const pager = (env['PAGER'] || '').trim() || 'less';
  await new Promise<void>((resolve, reject) => {
    // As git and man do: the variable may hold arguments. LESS as git sets it where nobody chose otherwise.
    const child = spawn('/bin/sh', ['-c', pager], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'SX', LESSSECURE: '1', ...env },
    });
    child.on('error', (error) => reject(new Error(`${pager} could not be started: ${error.message}`)));
    child.on('exit', (code) =>
      code === 127 ? reject(new Error(`${pager} was not found: set PAGER to your pager`)) : resolve(),
    );
    // Who leaves a pager early closes the pipe: that is no failure.
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}
