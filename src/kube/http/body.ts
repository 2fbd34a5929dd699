import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { KubeError } from '../types.ts';

/** A body as bytes that are not packed. */
export interface Source {
  stream: Readable;
  /** Whether every byte that was announced has come. */
  complete(): boolean;
}

/**
 * Unpacks gzip as it arrives: what one network chunk allows to unpack comes out at once, so that a watch event does not
 * wait for the next one.
 * @throws KubeError `Malformed` for a packing that was not asked for
 */
export function decoded(response: IncomingMessage, host: string): Source {
  const complete = () => response.complete;
  response.on('error', () => {});
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return { stream: response, complete };
  if (encoding !== 'gzip') throw new KubeError(0, 'Malformed', `the answer of ${host} is packed in an unknown way`);
  const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  gunzip.on('error', () => {});
  // The reader of `gunzip` gets the error of either one.
  pipeline(response, gunzip, () => {});
  return { stream: gunzip, complete };
}

/** How the reading of a body reports to the request it belongs to. */
interface Watcher {
  /** Waiting for the server begins: silence counts from now. */
  arm(): void;
  disarm(): void;
  /** Turns what the stream threw into the error to report. */
  failed(error: unknown): KubeError;
  /** Reading is over; `clean` when the last byte has come. */
  over(clean: boolean): void;
}

/** Reads `source` piece by piece. Time the reader takes for itself is not held against the server. */
export async function* pieces(source: Source, watcher: Watcher): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source.stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let clean = false;
  try {
    while (true) {
      watcher.arm();
      const { done, value } = await iterator.next();
      watcher.disarm();
      if (done) break;
      yield value;
    }
    if (!source.complete()) throw { code: 'ERR_STREAM_PREMATURE_CLOSE' };
    clean = true;
  } catch (error) {
    throw watcher.failed(error);
  } finally {
    watcher.over(clean);
  }
}

/**
 * Reads a whole body as UTF-8 text.
 * @param maxBytes how much is taken, unpacked
 * @param cut what to do with a longer body: give its beginning, or throw KubeError `Malformed`
 */
export async function readText(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  cut: 'give' | 'throw' = 'throw',
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      if (cut === 'give') break;
      throw new KubeError(0, 'Malformed', `the answer is larger than ${Math.round(maxBytes / 1e6)} MB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
