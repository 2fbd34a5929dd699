import { isRecord } from '../types.ts';
import { withFieldVersion } from './container-defaults.ts';

type Fields = Record<string, unknown>;

const MODE = 420;
/** Sources whose files anybody may read where nobody says otherwise. */
const FILES = ['secret', 'configMap', 'downwardAPI', 'projected'];

/** Volumes with what the server adds to them: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. */
export const volumes = (given: readonly unknown[]): unknown[] =>
  given.map((one) => {
    if (!isRecord(one)) return one;
    const { name, ...sources } = one;
    if (Object.values(sources).every((source) => source === null || source === undefined))
      return { name, emptyDir: {} };
    const { hostPath } = one;
    return {
      ...one,
      ...Object.fromEntries(FILES.flatMap((key) => withMode(key, one[key]))),
      ...(isRecord(hostPath) ? { hostPath: { type: '', ...hostPath } } : {}),
    };
  });

const withMode = (key: string, source: unknown): [string, Fields][] =>
  isRecord(source) ? [[key, { ...projection(key, source), defaultMode: source['defaultMode'] ?? MODE }]] : [];

/** A source with what the server adds to what is in it. */
function projection(key: string, source: Fields): Fields {
  const { items, sources } = source;
  if (key === 'downwardAPI') return { ...source, ...(Array.isArray(items) ? { items: items.map(named) } : {}) };
  if (key !== 'projected' || !Array.isArray(sources)) return source;
  return { ...source, sources: sources.map((one) => (isRecord(one) ? part(one) : one)) };
}

const named = (item: unknown): unknown => (isRecord(item) ? withFieldVersion(item) : item);

function part({ ...one }: Fields): Fields {
  const { serviceAccountToken: token, downwardAPI } = one;
  if (isRecord(token)) one['serviceAccountToken'] = { expirationSeconds: 3600, ...token };
  if (isRecord(downwardAPI)) one['downwardAPI'] = projection('downwardAPI', downwardAPI);
  return one;
}

/** In the network of its Node a container listens where its port says. */
export const hostPorts = (ports: readonly unknown[]): unknown[] =>
  ports.map((one) => (isRecord(one) && !one['hostPort'] ? { ...one, hostPort: one['containerPort'] } : one));
