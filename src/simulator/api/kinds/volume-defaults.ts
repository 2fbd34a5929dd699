import { isRecord } from '../types.ts';

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
    return { ...one, ...Object.fromEntries(FILES.flatMap((key) => withMode(key, one[key]))) };
  });

const withMode = (key: string, source: unknown): [string, Fields][] =>
  isRecord(source) ? [[key, { ...source, defaultMode: source['defaultMode'] ?? MODE }]] : [];

/** In the network of its Node a container listens where its port says. */
export const hostPorts = (ports: readonly unknown[]): unknown[] =>
  ports.map((one) => (isRecord(one) && !one['hostPort'] ? { ...one, hostPort: one['containerPort'] } : one));
