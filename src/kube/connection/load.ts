import { readFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { type KubeconfigFile, type MergedKubeconfig, mergeKubeconfigs } from './merge.ts';
import { ConnectionProblem } from './problem.ts';

/** Environment variables, as `process.env` gives them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where kubeconfig files are looked for. */
export interface KubeconfigPlaces {
  /** `--kubeconfig`: this file and no other; it must exist. */
  kubeconfig?: string;
  env: Env;
  homedir: string;
}

/**
 * Reads the kubeconfig files that kubectl would read: the named one; else those of `KUBECONFIG` that exist; else
 * `~/.kube/config`.
 * @returns undefined where there is none, or none with anything in it
 * @throws ConnectionProblem when a file cannot be read or is not a kubeconfig
 */
export async function loadKubeconfig(places: KubeconfigPlaces): Promise<MergedKubeconfig | undefined> {
  const files: KubeconfigFile[] = [];
  for (const path of kubeconfigPaths(places)) {
    const text = await read(path, places.kubeconfig !== undefined);
    if (text !== undefined) files.push({ path, text });
  }
  const merged = mergeKubeconfigs(files);
  const empty = merged.clusters.size + merged.contexts.size + merged.users.size === 0 && !merged.currentContext;
  return empty ? undefined : merged;
}

/** The files to look at, in order of precedence, absolute and without repetition. */
export function kubeconfigPaths({ kubeconfig, env, homedir }: KubeconfigPlaces): string[] {
  if (kubeconfig !== undefined) return [resolve(kubeconfig)];
  const listed = env['KUBECONFIG'];
  if (!listed) return [join(homedir, '.kube', 'config')];
  const paths = listed.split(delimiter).filter((path) => path !== '');
  return [...new Set(paths.map((path) => resolve(path)))];
}

async function read(path: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !required) return undefined;
    throw new ConnectionProblem(
      `The kubeconfig ${path} ${unreadable(code)}`,
      code === 'ENOENT' ? 'check the path given with --kubeconfig' : 'check the path and its permissions',
    );
  }
}

/** Says why a file could not be read. */
export function unreadable(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'EISDIR') return 'is a directory';
  return `cannot be read (${code ?? 'unknown error'})`;
}
