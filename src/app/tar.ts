/**
 * A tar archive of small files, in the ustar form that every tar reads (POSIX.1-1988, pax interchange format). Written
 * by hand because it is one header of 512 bytes a file, and no package that is ours to use writes it.
 */
import { createHash } from 'node:crypto';

export interface TarEntry {
  /** With `/` between folders. */
  path: string;
  text: string;
}

const BLOCK = 512;
/** The header has room for a hundred bytes. */
const MOST_PATH = 100;

/** A path that fits the header: plain characters; a long one is cut, and told apart by a few digits of its hash. */
export function tarPath(path: string): string {
  const plain = path
    .split('/')
    .map((part) => part.replace(/[^\w.-]+/g, '-').replace(/^\.+$/, '-'))
    .filter((part) => part !== '')
    .join('/');
  if (plain.length <= MOST_PATH) return plain;
  const ending = /\.[a-z]{1,5}$/.exec(plain)?.[0] ?? '';
  const digits = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `${plain.slice(0, MOST_PATH - ending.length - digits.length - 1)}-${digits}${ending}`;
}

/**
 * The archive. Files are readable by their owner only.
 * @param at when the files were made, epoch ms.
 */
export function tar(entries: readonly TarEntry[], at: number): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, text } of entries) {
    const body = Buffer.from(text, 'utf8');
    blocks.push(header(tarPath(path), body.length, at), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK));
  }
  // The end is two empty blocks.
  blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

function header(path: string, size: number, at: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number, offset: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  block.write(path, 0, MOST_PATH, 'latin1');
  octal(0o600, 8, 100);
  octal(0, 8, 108);
  octal(0, 8, 116);
  octal(size, 12, 124);
  octal(Math.floor(at / 1000), 12, 136);
  // The sum is made as if its own field held blanks.
  block.write(' '.repeat(8), 148, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
