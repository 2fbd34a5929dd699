/** Finds out which version of a resource an API server serves. */
import { KubeError, type KubeRequest, type Transport } from '../types.ts';

export interface Served {
  version: string;
  namespaced: boolean;
}

/** What discovery needs of a Transport. */
export type Api = Pick<Transport, 'json'>;

const PATIENCE_MS = 10_000;

/**
 * Which of the `preferred` versions of a resource is served; the first of them that is. `group` is empty for the core
 * group, `resource` is the plural name. `absent` where the group or the resource is not served at all. Throws KubeError
 * of reason `Unsupported` where it is served, but in no preferred version (that is not absence); and any failure of a
 * request other than 404.
 */
export async function discover(
  api: Api,
  group: string,
  resource: string,
  preferred: readonly string[],
): Promise<Served | 'absent'> {
  const served = group === '' ? await coreVersions(api) : await groupVersions(api, group);
  const tried = new Set<string>();
  for (const version of [...preferred, ...served]) {
    if (!served.includes(version) || tried.has(version)) continue;
    tried.add(version);
    const found = await findResource(api, group, version, resource);
    if (!found) continue;
    if (preferred.includes(version)) return { version, namespaced: found.namespaced };
    const known = preferred.join(', ');
    throw new KubeError(0, 'Unsupported', `${resource} is served as ${version}, and only ${known} can be read`);
  }
  return 'absent';
}

async function coreVersions(api: Api): Promise<string[]> {
  const answer = (await getOrAbsent(api, '/api')) as { versions?: unknown } | undefined;
  return strings(answer?.versions);
}

async function groupVersions(api: Api, group: string): Promise<string[]> {
  const answer = (await getOrAbsent(api, `/apis/${group}`)) as { versions?: unknown } | undefined;
  const versions: unknown[] = Array.isArray(answer?.versions) ? answer.versions : [];
  return strings(versions.map((one) => (one as { version?: unknown } | null)?.version));
}

async function findResource(
  api: Api,
  group: string,
  version: string,
  resource: string,
): Promise<{ namespaced: boolean } | undefined> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const answer = (await getOrAbsent(api, path)) as { resources?: unknown } | undefined;
  const resources: unknown[] = Array.isArray(answer?.resources) ? answer.resources : [];
  const found = resources.find((one) => (one as { name?: unknown } | null)?.name === resource);
  return found ? { namespaced: (found as { namespaced?: unknown }).namespaced === true } : undefined;
}

async function getOrAbsent(api: Api, path: string): Promise<unknown> {
  try {
    return await api.json({ path, idleMs: PATIENCE_MS });
  } catch (error) {
    if (error instanceof KubeError && error.code === 404) return undefined;
    throw error;
  }
}

function strings(values: unknown): string[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}

/**
 * Remembers what `api` answered for `ttlMs`, and lets those who ask for the same at the same time share one request: 17
 * kinds live in five groups. Failures are not remembered, absence among them. `forget` empties the memory.
 */
export function remembering(api: Api, now: () => number, ttlMs = 10_000): Api & { forget(): void } {
  const memory = new Map<string, { at: number; answer: Promise<unknown> }>();
  return {
    json<T>(request: KubeRequest): Promise<T> {
      const { path } = request;
      const known = memory.get(path);
      if (known && Math.abs(now() - known.at) < ttlMs) return known.answer as Promise<T>;
      const asked = { at: now(), answer: api.json<T>(request) };
      memory.set(path, asked);
      asked.answer.catch(() => {
        if (memory.get(path) === asked) memory.delete(path);
      });
      return asked.answer;
    },
    forget: () => memory.clear(),
  };
}
