import { notAcceptable } from '../errors.ts';
import { mediaRanges } from '../read/negotiate.ts';
import type { Resource } from '../resources.ts';
import { encodeDocument, OPENAPI_PROTOBUF, OPENAPI_PROTOBUF_LABEL } from './openapi-protobuf.ts';
import { openapiV2 } from './openapi-v2.ts';
import { openapiV3 } from './openapi-v3.ts';

interface Document {
  contentType: string;
  body: string | Uint8Array;
}

const JSON_TYPE = 'application/json';
const JSON_RANGES = new Set([JSON_TYPE, 'application/*', '*/*']);

/** The OpenAPI documents of a server. They are large: each is made when it is first asked for, and kept. */
export class Documents {
  #of = '';
  readonly #made = new Map<string, Document | undefined>();

  /** The document at a path, for the kinds on show; undefined where there is none. Throws 406. */
  answer(path: string, accept: string, shown: readonly Resource[], version: string): Document | undefined {
    if (!path.startsWith('/openapi/')) return undefined;
    const of = shown
      .map(({ group, plural, version, defined = '' }) => `${plural}.${group}/${version}/${defined}`)
      .join();
    if (of !== this.#of) this.#made.clear();
    this.#of = of;
    const packed = path === '/openapi/v2' && isPacked(accept);
    const key = `${path} ${packed}`;
    if (!this.#made.has(key)) this.#made.set(key, made(path, packed, shown, version));
    return this.#made.get(key);
  }
}

/** Whether protobuf is asked for. Throws 406 for what is neither that nor JSON. */
function isPacked(accept: string): boolean {
  for (const { type } of mediaRanges(accept || '*/*')) {
    if (type === OPENAPI_PROTOBUF || type === OPENAPI_PROTOBUF_LABEL) return true;
    if (JSON_RANGES.has(type)) return false;
  }
  throw notAcceptable([JSON_TYPE, OPENAPI_PROTOBUF]);
}

function made(path: string, packed: boolean, shown: readonly Resource[], version: string): Document | undefined {
  if (path === '/openapi/v2') {
    const document = openapiV2(shown, version);
    if (packed) return { contentType: OPENAPI_PROTOBUF_LABEL, body: encodeDocument(document) };
    return { contentType: JSON_TYPE, body: JSON.stringify(document) };
  }
  const document = openapiV3(path, shown);
  return document === undefined ? undefined : { contentType: JSON_TYPE, body: JSON.stringify(document) };
}
