import { KubeError } from '../types.ts';
import type { Dependencies } from './fetch-list.ts';
import { peekRequest, type Source } from './source.ts';

/**
 * Asks in one small request where the server stands: the newest revision, and how many objects the kind has where the
 * server says so (with a selector it does not). Throws KubeError.
 */
export async function peek(
  { transport, clock, settings }: Dependencies,
  source: Source<unknown>,
  signal: AbortSignal,
): Promise<{ revision?: string; count?: number }> {
  const inner = new AbortController();
  const abort = () => inner.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  const timer = clock.setTimeout(abort, settings.openMs);
  try {
    const list = await transport.json<{
      metadata?: { resourceVersion?: unknown; remainingItemCount?: unknown; continue?: unknown } | null;
      items?: unknown;
    } | null>({ ...peekRequest(source), signal: inner.signal, idleMs: settings.openMs + 5_000 });
    const { resourceVersion, remainingItemCount, continue: more } = list?.metadata ?? {};
    const first = Array.isArray(list?.items) ? list.items.length : 0;
    const rest = typeof remainingItemCount === 'number' ? remainingItemCount : more ? undefined : 0;
    return {
      revision: typeof resourceVersion === 'string' ? resourceVersion : undefined,
      count: rest === undefined ? undefined : first + rest,
    };
  } catch (error) {
    if (!inner.signal.aborted || signal.aborted) throw error;
    throw new KubeError(0, 'Timeout', `no answer within ${settings.openMs / 1000} s`, { cause: error });
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
