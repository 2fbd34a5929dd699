/** Reads the Secret in which Cluster API keeps the kubeconfig of a workload cluster. */
import { at, str } from '../../domain/read.ts';
import { readText } from '../http/body.ts';
import { KubeError, type Transport } from '../types.ts';
import type { KubeconfigText } from './connect.ts';

export interface KubeconfigSecret extends KubeconfigText {
  /** Tells one state of the Secret from another. */
  revision: string;
}

/** The API server stores 1.5 MB at most. */
const SECRET_CAP = 8 * 1024 * 1024;
const PATIENCE_MS = 10_000;

/** The Secret's name, as Cluster API makes it. */
export function kubeconfigSecretOf(cluster: string): string {
  return `${cluster}-kubeconfig`;
}

/** Throws KubeError; of reason `Malformed` where the Secret holds no kubeconfig. The text is for the connection alone. */
export async function readKubeconfigSecret(
  transport: Transport,
  namespace: string,
  cluster: string,
  signal: AbortSignal,
): Promise<KubeconfigSecret> {
  const name = kubeconfigSecretOf(cluster);
  const origin = `Secret ${name}`;
  const stream = await transport.stream({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
    signal,
    idleMs: PATIENCE_MS,
  });
  let secret: unknown;
  try {
    secret = JSON.parse(await readText(stream.body, SECRET_CAP));
  } catch (error) {
    // The parser's own message quotes the text.
    if (error instanceof SyntaxError) throw new KubeError(0, 'Malformed', `${origin} did not arrive as JSON`);
    throw error;
  } finally {
    stream.close();
  }
  const value = at(secret, 'data', 'value');
  if (typeof value !== 'string' || value === '') {
    throw new KubeError(0, 'Malformed', `${origin} holds no kubeconfig (its key "value" is missing)`);
  }
  return {
    origin,
    text: Buffer.from(value, 'base64').toString('utf8'),
    revision: `${str(at(secret, 'metadata', 'uid')) ?? ''}/${str(at(secret, 'metadata', 'resourceVersion')) ?? ''}`,
  };
}
