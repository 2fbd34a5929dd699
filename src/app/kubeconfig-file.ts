/** The kubeconfig file of a simulation: written for its owner alone, and never over a file of somebody else. */

import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The first line of every file of ours: YAML takes it for a comment. */
const mark = '# Written by "metaldeck simulate", which may overwrite it.';

/** What keeps a simulation from being started or going on, in one sentence. */
export class SimulationProblem extends Error {
  override readonly name = 'SimulationProblem';
}

export interface KubeconfigFile {
  /** Absolute. */
  path: string;
  /** Removes the file where nobody has named it. */
  discard(): void;
}

/** Writes `text` to `wanted`, or to a new temporary file where that is undefined. Throws SimulationProblem. */
export function writeKubeconfig(text: string, wanted: string | undefined): KubeconfigFile {
  const folder = wanted === undefined ? mkdtempSync(join(tmpdir(), 'metaldeck-')) : undefined;
  const path = resolve(wanted ?? join(folder!, 'kubeconfig'));
  checkOurs(path);
  const fresh = `${path}.${process.pid}.new`;
  try {
    // Written aside and moved: whoever reads the file finds it whole, and a link there is replaced, not followed.
    writeFileSync(fresh, `${mark}\n${text}`, { mode: 0o600, flag: 'wx' });
    chmodSync(fresh, 0o600);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new SimulationProblem(
      `The kubeconfig could not be written to ${path}: ${why}; nothing was started; name another file in a folder that is there (${dirname(path)}?).`,
    );
  }
  return {
    path,
    discard() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Throws where a file is there that does not begin as ours do. */
export function checkOurs(path: string): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new SimulationProblem(
      `${path} cannot be read, so it is not overwritten; nothing was started; name another file.`,
    );
  }
  if (text.startsWith(mark)) return;
  throw new SimulationProblem(
    `${path} was not written by metaldeck and is not overwritten; nothing was started; name another file or move it away.`,
  );
}
