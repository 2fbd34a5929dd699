/** The config file: what an operator, or who set up the jump host, decided once. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../cli.ts';

export interface Config {
  path: string;
  /** Nothing is written anywhere. */
  readOnly: boolean;
  contexts: Readonly<Record<string, { readOnly: boolean }>>;
}

/** `$XDG_CONFIG_HOME/metaldeck/config.yaml`, by default under `~/.config`. */
export function configPath(env: NodeJS.ProcessEnv, home = homedir()): string {
  const given = env['XDG_CONFIG_HOME'];
  return join(given && isAbsolute(given) ? given : join(home, '.config'), 'metaldeck', 'config.yaml');
}

/**
 * Reads the config file; one that is not there says nothing. Throws UsageError for one that cannot be read or
 * understood: it may say that nothing must be written.
 */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path, readOnly: false, contexts: {} };
    throw new UsageError(`${path} cannot be read (${code}); nothing was started.`);
  }
  const wrong = (what: string) => new UsageError(`${path}: ${what}; nothing was started.`);
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw wrong(`it is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  const bag = (from: unknown, where: string): Record<string, unknown> => {
    if (typeof from !== 'object' || from === null || Array.isArray(from)) throw wrong(`${where} must be a mapping`);
    return from as Record<string, unknown>;
  };
  const flag = (from: Record<string, unknown>, where: string): boolean => {
    const odd = Object.keys(from).find((key) => key !== 'readOnly' && !(where === '' && key === 'contexts'));
    if (odd !== undefined) throw wrong(`${where}${odd} is not known`);
    const { readOnly = false } = from;
    if (typeof readOnly !== 'boolean') throw wrong(`${where}readOnly must be true or false`);
    return readOnly;
  };
  const top = bag(value, 'it');
  const contexts = Object.entries(bag(top['contexts'] ?? {}, 'contexts')).map(([name, entry]) => [
    name,
    { readOnly: flag(bag(entry ?? {}, `contexts.${name}`), `contexts.${name}.`) },
  ]);
  return { path, readOnly: flag(top, ''), contexts: Object.fromEntries(contexts) as Config['contexts'] };
}

/** Why nothing may be written in a context, as one sentence; undefined where it may. */
export function whyReadOnly(config: Config, context: string, flag: boolean): string | undefined {
  if (flag) return 'it was started with --read-only: nothing is written';
  if (config.readOnly) return `${config.path} says readOnly: nothing is written`;
  const own = Object.hasOwn(config.contexts, context) ? config.contexts[context] : undefined;
  return own?.readOnly ? `${config.path} says that context ${context} is readOnly: nothing is written` : undefined;
}
