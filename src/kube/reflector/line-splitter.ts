import { KubeError } from '../types.ts';

const NEWLINE = 0x0a;
/** Far above any event: etcd stores objects of up to 1.5 MiB. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Cuts the bytes of a watch into lines. A line ends with a line feed and with nothing else: U+2028 and U+2029 may stand
 * raw inside JSON strings, and whoever splits there loses an event.
 */
export class LineSplitter {
  #pieces: Buffer[] = [];
  #length = 0;

  /** Takes the next bytes; gives the lines that end in them, without the line feed. Throws KubeError `Malformed`. */
  *feed(chunk: Uint8Array): Generator<string, void, undefined> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      const line = this.#lineUpTo(bytes, from, to);
      from = to + 1;
      yield line;
    }
    if (from === bytes.length) return;
    this.#pieces.push(bytes.subarray(from));
    this.#length += bytes.length - from;
    if (this.#length > LONGEST_LINE) throw new KubeError(0, 'Malformed', 'an event of the watch is too long');
  }

  /** Whether the bytes so far end in the middle of a line. */
  get cut(): boolean {
    return this.#length > 0;
  }

  #lineUpTo(bytes: Buffer, from: number, to: number): string {
    if (this.#length === 0) return bytes.toString('utf8', from, to);
    const line = Buffer.concat([...this.#pieces, bytes.subarray(from, to)]).toString('utf8');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
