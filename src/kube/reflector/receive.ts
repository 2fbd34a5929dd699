import { KubeError, type KubeRequest, type Transport } from '../types.ts';
import type { Clock } from './clock.ts';

export interface Receiving {
  transport: Transport;
  clock: Clock;
  request: KubeRequest;
  /** The longest wait for the headers, ms. */
  openMs: number;
  /** The longest silence after them, ms. The time `onChunk` takes is no silence. */
  idleMs: number;
  signal: AbortSignal;
  onOpen(): void;
  onChunk(chunk: Uint8Array): Promise<void>;
}

/**
 * Sends a request and hands on the body as it comes. Resolves to how it ended: `ended` by the server, or `silent`,
 * given up after `idleMs`. Throws KubeError, of reason `Aborted` when `signal` was; and whatever the callbacks throw.
 * Leaves no connection and no timer behind.
 */
export async function receive(how: Receiving): Promise<'ended' | 'silent'> {
  const { clock, signal } = how;
  const inner = new AbortController();
  const abort = () => inner.abort();
  if (signal.aborted) throw new KubeError(0, 'Aborted', 'aborted');
  signal.addEventListener('abort', abort);

  let silent = false;
  let timer: unknown;
  const disarm = () => clock.clearTimeout(timer);
  const arm = (ms: number) => {
    timer = clock.setTimeout(() => {
      silent = true;
      inner.abort();
    }, ms);
  };

  let opened = false;
  try {
    arm(how.openMs);
    // The transport's own limit is only the safety net behind this one.
    const idleMs = Math.max(how.openMs, how.idleMs) + 5_000;
    const stream = await how.transport.stream({ ...how.request, signal: inner.signal, idleMs });
    try {
      disarm();
      if (inner.signal.aborted) throw new KubeError(0, 'Aborted', 'aborted');
      opened = true;
      how.onOpen();
      arm(how.idleMs);
      for await (const chunk of stream.body) {
        disarm();
        await how.onChunk(chunk);
        if (inner.signal.aborted) throw new KubeError(0, 'Aborted', 'aborted');
        arm(how.idleMs);
      }
      return 'ended';
    } finally {
      stream.close();
    }
  } catch (error) {
    if (signal.aborted) throw new KubeError(0, 'Aborted', 'aborted', { cause: error });
    if (silent && opened) return 'silent';
    if (silent) throw new KubeError(0, 'Timeout', `no answer within ${how.openMs / 1000} s`, { cause: error });
    throw error;
  } finally {
    disarm();
    signal.removeEventListener('abort', abort);
  }
}
