/** Where the journal is kept. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * `$XDG_STATE_HOME/metaldeck/journal`, by default under `~/.local/state` (XDG Base Directory Specification: a relative
 * value is ignored). What is done to a simulated datacenter is kept apart.
 */
export function journalFolder(env: NodeJS.ProcessEnv, demo = false, home = homedir()): string {
  const given = env['XDG_STATE_HOME'];
  const state = given && isAbsolute(given) ? given : join(home, '.local', 'state');
  return join(state, 'metaldeck', demo ? 'journal-demo' : 'journal');
}
