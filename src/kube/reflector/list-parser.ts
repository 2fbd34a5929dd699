/**
 * Reads a Kubernetes List as its bytes arrive: gives each item as soon as its last byte is there, and what the list
 * says of itself at the end. It holds one item and one chunk, never the document: 10,000 objects are 40 MB of text,
 * and parsing that in one piece stops the event loop for the better part of a second.
 *
 * Only the borders of the items are searched for here. The text of each item, and all that stands around the items,
 * goes through JSON.parse, which judges whether it is JSON.
 */
import { KubeError } from '../types.ts';
import { withoutManagedFields } from './managed-fields.ts';

/** What a list says of itself. */
export interface ListMeta {
  resourceVersion?: string;
  /** Present where the server has another page. */
  continue?: string;
  /** How many items the pages after this one have; absent with selectors, and on the last page. */
  remainingItemCount?: number;
}

/** Far above what etcd can store in an object (1.5 MiB): whatever is longer is no Kubernetes object. */
const LONGEST_ITEM = 64 * 1024 * 1024;
const LONGEST_ENVELOPE = 1024 * 1024;
/** A run of string bytes after which a search for the closing quote is cheaper than looking at each byte. */
const SHORT_RUN = 48;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** `{` and `[` differ from each other, and `}` from `]`, in this bit alone. */
const BRACKET_BIT = 0x20;

/** Where the next byte stands: around the items, between two of them, or inside one. */
type Place = 'envelope' | 'between' | 'item';
/** In the outermost object: what comes next. */
type Awaited = 'key' | 'value';

export class ListParser {
  #place: Place = 'envelope';
  /** All bytes outside the items; the items' array is left in it, empty. */
  #envelope = '';
  #depth = 0;
  #awaited: Awaited = 'key';
  /** The bytes of the outermost object's key that is being read. */
  #keyBytes: number[] | undefined;
  #key = '';
  #itemsSeen = false;
  /** In the array: nothing yet, just after an item, or just after a comma. */
  #last: 'nothing' | 'item' | 'comma' = 'nothing';
  #nesting = 0;
  /** The item is neither object nor array: no Kubernetes server sends such, and the consumer is told of it all the same. */
  #scalar = false;
  #inString = false;
  #escaped = false;
  readonly #managedFields: boolean;
  /** The pieces of an item that began in an earlier chunk. */
  #pieces: Buffer[] = [];
  #length = 0;

  /** With `managedFields` the items come with theirs, else without. */
  constructor({ managedFields = false }: { managedFields?: boolean } = {}) {
    this.#managedFields = managedFields;
  }

  /** Takes the next bytes; gives the items that end in them, parsed. Throws KubeError `Malformed`. */
  *feed(chunk: Uint8Array): Generator<unknown, void, undefined> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (this.#place === 'envelope') {
        at = this.#readEnvelope(bytes, at);
      } else if (this.#place === 'between') {
        at = this.#readBetween(bytes, at);
      } else {
        const end = this.#findEnd(bytes, at);
        if (end < 0) {
          this.#keep(bytes.subarray(at));
          return;
        }
        const text = this.#textUpTo(bytes, at, end);
        at = end;
        this.#place = 'between';
        this.#last = 'item';
        yield parse(this.#managedFields ? text : withoutManagedFields(text));
      }
    }
  }

  /** Says that the body has ended. Throws KubeError `Malformed` when the list had not, or is no list. */
  end(): ListMeta {
    if (this.#place !== 'envelope' || this.#depth !== 0 || this.#envelope === '')
      throw malformed('the list was cut short');
    const text = Buffer.from(this.#envelope, 'latin1').toString('utf8');
    const list = parse(text) as { kind?: unknown; message?: unknown; items?: unknown; metadata?: unknown };
    if (list.kind === 'Status') throw malformed(`a Status came where a list should: ${String(list.message)}`);
    if (list.items !== null && !Array.isArray(list.items)) throw malformed('the answer is not a list');
    const metadata = (list.metadata ?? {}) as Record<string, unknown>;
    const { resourceVersion, continue: token, remainingItemCount } = metadata;
    return {
      resourceVersion: typeof resourceVersion === 'string' && resourceVersion !== '' ? resourceVersion : undefined,
      continue: typeof token === 'string' && token !== '' ? token : undefined,
      remainingItemCount: typeof remainingItemCount === 'number' ? remainingItemCount : undefined,
    };
  }

  /** Reads up to the `[` of the items, or to the end of the chunk; gives where to go on. */
  #readEnvelope(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && this.#place === 'envelope') {
      const byte = bytes[at++]!;
      if (this.#inString) this.#readEnvelopeString(byte);
      else this.#readEnvelopeByte(byte);
    }
    // Latin-1 keeps one character a byte; the text is decoded as a whole at the end.
    this.#envelope += bytes.toString('latin1', from, at);
    if (this.#envelope.length > LONGEST_ENVELOPE) throw malformed('the answer is not a list');
    return at;
  }

  #readEnvelopeByte(byte: number): void {
    const outermost = this.#depth === 1;
    if (byte === QUOTE) {
      this.#inString = true;
      if (outermost && this.#awaited === 'key') this.#keyBytes = [QUOTE];
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (outermost && byte === OPEN_BRACKET && this.#awaited === 'value' && this.#key === 'items') {
        if (this.#itemsSeen) throw malformed('the list has its items twice');
        this.#itemsSeen = true;
        this.#place = 'between';
      }
      this.#depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.#depth -= 1;
    } else if (outermost && byte === COLON) {
      this.#awaited = 'value';
    } else if (outermost && byte === COMMA) {
      this.#awaited = 'key';
    }
  }

  #readEnvelopeString(byte: number): void {
    this.#keyBytes?.push(byte);
    if (this.#escaped) {
      this.#escaped = false;
    } else if (byte === BACKSLASH) {
      this.#escaped = true;
    } else if (byte === QUOTE) {
      this.#inString = false;
      if (this.#keyBytes === undefined) return;
      this.#key = String(parse(Buffer.from(this.#keyBytes).toString('utf8')));
      this.#keyBytes = undefined;
    }
  }

  /** Reads separators up to the first byte of an item, or past the `]` of the items. */
  #readBetween(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === COMMA) {
        if (this.#last !== 'item') throw malformed('an item of the list is missing');
        this.#last = 'comma';
      } else if (byte === CLOSE_BRACKET) {
        if (this.#last === 'comma') throw malformed('an item of the list is missing');
        this.#place = 'envelope';
        return at; // the envelope takes the bracket
      } else if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        if (this.#last === 'item') throw malformed('a comma of the list is missing');
        this.#place = 'item';
        this.#scalar = byte !== OPEN_BRACE && byte !== OPEN_BRACKET;
        return at;
      }
      at += 1;
    }
    return at;
  }

  /** Looks for the end of the item; gives the place after its last byte, or -1 when it is not in these bytes. */
  #findEnd(bytes: Buffer, from: number): number {
    if (this.#scalar) return this.#findScalarEnd(bytes, from);
    const end = bytes.length;
    let at = from;
    let nesting = this.#nesting;
    if (this.#inString) {
      at = this.#skipString(bytes, at);
      if (at < 0) return -1;
    }
    while (at < end) {
      const byte = bytes[at++]!;
      if (byte === QUOTE) {
        // Most strings are short: look at each byte here, without a call.
        const near = Math.min(end, at + SHORT_RUN);
        while (at < near && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at += 1;
        if (at < near && bytes[at] === QUOTE) {
          at += 1;
          continue;
        }
        at = this.#skipString(bytes, at);
        if (at < 0) break;
      } else {
        const bracket = byte | BRACKET_BIT;
        if (bracket === OPEN_BRACE) nesting += 1;
        else if (bracket === CLOSE_BRACE) {
          nesting -= 1;
          if (nesting === 0) {
            this.#nesting = 0;
            return at;
          }
        }
      }
    }
    this.#nesting = nesting;
    return -1;
  }

  /** From inside a string: gives the place after its closing quote, or -1 when that is not in these bytes. */
  #skipString(bytes: Buffer, from: number): number {
    const end = bytes.length;
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    while (at < end) {
      const near = Math.min(end, at + SHORT_RUN);
      while (at < near && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at += 1;
      if (at === near) {
        at = farStop(bytes, at);
      } else if (bytes[at] === QUOTE) {
        this.#inString = false;
        return at + 1;
      } else {
        at += 2;
      }
    }
    this.#inString = true;
    this.#escaped = at > end;
    return -1;
  }

  #findScalarEnd(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) {
        this.#inString = true;
      } else if (byte === COMMA || byte === CLOSE_BRACKET || byte <= 0x20) {
        return at;
      }
    }
    return -1;
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > LONGEST_ITEM) throw malformed('an item of the list is too long');
    this.#pieces.push(piece);
  }

  #textUpTo(bytes: Buffer, from: number, to: number): string {
    if (this.#pieces.length === 0) return bytes.toString('utf8', from, to);
    this.#pieces.push(bytes.subarray(from, to));
    const text = Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}

/** The next quote or backslash at or after `from`, or the end. */
function farStop(bytes: Buffer, from: number): number {
  const quote = bytes.indexOf(QUOTE, from);
  const stop = quote < 0 ? bytes.length : quote;
  const backslash = bytes.subarray(from, stop).indexOf(BACKSLASH);
  return backslash < 0 ? stop : from + backslash;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a Secret.
    throw malformed('the list is not JSON');
  }
}

function malformed(message: string): KubeError {
  return new KubeError(0, 'Malformed', message);
}
