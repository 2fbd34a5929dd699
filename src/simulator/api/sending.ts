/** Bodies on their way: what is sent to a client, piece by piece and packed, and what comes from it. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { ApiError } from './errors.ts';
import type { ApiAnswer } from './types.ts';

const BODY_LIMIT = 3 * 1024 * 1024;
/** The real server compresses nothing smaller: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters. */
const GZIP_FROM = 128 * 1024;

/** Whether nothing that is written arrives any more. */
const isGone = (out: Duplex | ServerResponse): boolean =>
  out.destroyed || ('stream' in out && (out.stream as { destroyed?: boolean } | undefined)?.destroyed === true);

/** Sends a body as a whole, packed where the client can unpack it and it is long. */
export function sendText(body: string | Uint8Array, gzip: boolean, response: ServerResponse): void {
  const bytes = Buffer.from(body);
  const small = !gzip || bytes.length < GZIP_FROM;
  if (!small) tellPacked(response);
  const sent = small ? bytes : gzipSync(bytes, { level: 1 });
  // What Go's server cannot buffer whole it begins before it knows how long it will be.
  const buffer = 'stream' in response ? 4096 : 2048;
  if (sent.length <= buffer) {
    response.setHeader('Content-Length', sent.length);
    response.end(sent);
    return;
  }
  response.write(sent);
  response.end();
}

function tellPacked(response: ServerResponse): void {
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
}

/** Sends a list: whole and with its length while it is small, in pieces and packed where that is wanted. */
export async function sendPieces(
  body: AsyncIterable<string>,
  gzip: boolean,
  response: ServerResponse,
  isDead: () => boolean,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  let first = '';
  let more = true;
  while (more && first.length < GZIP_FROM) {
    const next = await pieces.next();
    more = !next.done;
    if (!next.done) first += next.value;
  }
  if (!more) return isDead() ? undefined : sendText(first, gzip, response);
  let out: Duplex | ServerResponse = response;
  if (gzip) {
    tellPacked(response);
    out = createGzip({ level: 1 });
    out.pipe(response, { end: false });
  }
  await write(out, first, isDead);
  await pump({ [Symbol.asyncIterator]: () => pieces }, out, isDead);
  if (out !== response && !isDead()) {
    out.end();
    await once(out, 'end');
  }
}

/** Sends each piece as it comes. */
export async function pump(
  body: AsyncIterable<string>,
  out: Duplex | ServerResponse,
  isDead: () => boolean,
): Promise<void> {
  for await (const piece of body) {
    if (isGone(out)) return;
    await write(out, piece, isDead);
  }
}

/** Writes and waits until there is room again; drops what a half-open connection would never deliver. */
async function write(out: Duplex | ServerResponse, text: string, isDead: () => boolean): Promise<void> {
  if (isDead() || isGone(out) || out.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      out.off('drain', done);
      out.off('close', done);
      resolve();
    };
    out.on('drain', done);
    out.on('close', done);
  });
}

/** The body of a request; undefined where it is longer than Kubernetes takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read on: a client that is still writing would not see an answer.
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(chunks);
}

/** What is answered to such a request. */
export function tooLarge(): ApiAnswer {
  const error = new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT}`);
  return {
    status: 413,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(error.toStatus()),
  };
}
