/** Reads single objects, as the server has them now. */
import { API_KIND, type Kind } from '../domain/kinds.ts';
import { pathOf } from '../kube/kinds.ts';
import { KubeError } from '../kube/types.ts';
import type { Raw } from '../operations/contract.ts';
import type { Door, RunnerClock } from './types.ts';

const PATIENCE_MS = 10_000;
/** Ms between attempts to see what became of a write: about half a minute in all. */
const ATTEMPTS = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * The object, or null where there is none. `fresh`: not over a connection that may have died. `apiVersion`: to read it
 * in, where the server has that; else it comes in the one in use. Throws KubeError.
 */
export async function read(
  door: Omit<Door, 'clock'>,
  kind: Kind,
  name: string,
  fresh = false,
  apiVersion?: string,
): Promise<Raw | null> {
  const version = apiVersion?.split('/').at(-1) ?? door.versionOf(kind);
  const path = pathOf(kind, version, door.namespace, name);
  try {
    return await door.transport.json<Raw>({ path, idleMs: PATIENCE_MS, freshConnection: fresh });
  } catch (error) {
    if (!(error instanceof KubeError) || error.code !== 404) throw error;
    // An object that is not there is answered with a Status; a version that is not served, or a proxy, with a page. A page
    // says nothing of the object: taken for "gone", a deletion that never arrived would count as written.
    if (error.reason === 'NotFound') return null;
    if (version !== door.versionOf(kind)) return read(door, kind, name, fresh);
    throw new KubeError(
      404,
      error.reason,
      `${API_KIND[kind]} is not served as ${version}: nothing is known of ${name}`,
    );
  }
}

/** As `read`, again and again while the server cannot be reached; undefined where it stays unknown. */
export async function look(door: Door, kind: Kind, name: string): Promise<Raw | null | undefined> {
  for (const wait of ATTEMPTS) {
    await pause(door.clock, wait);
    try {
      return await read(door, kind, name, true);
    } catch (error) {
      if (!(error instanceof KubeError)) return undefined;
      if (error.code === 404 || error.code === 401 || error.code === 403 || error.reason === 'Aborted')
        return undefined;
    }
  }
  return undefined;
}

/** Resolves after so many ms, or at once when the signal is aborted. */
export function pause(clock: RunnerClock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(ms, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
