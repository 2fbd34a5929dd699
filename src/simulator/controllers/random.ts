/** Chance that repeats itself: the same seed gives the same world. */

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const consonants = 'bcdfghjklmnpqrstvwxz2456789';

/** A stream of chance: sfc32 with 128 bits of state, so that many streams side by side do not meet. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  /** Whether `around` gives the mean itself. */
  even = false;

  constructor(...seed: (string | number)[]) {
    const text = seed.join('\n');
    // FNV-1a from three starts of their own, in one pass, stirred at the end.
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    let c = 0x85ebca6b;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, prime);
      b = Math.imul(b ^ code, prime);
      c = Math.imul(c ^ code, prime);
    }
    this.#a = stirred(a);
    this.#b = stirred(b);
    this.#c = stirred(c);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** `mean`, give or take the share `spread` of it. */
  around(mean: number, spread = 0.25): number {
    const off = this.next() * 2 - 1;
    return this.even ? mean : mean * (1 + spread * off);
  }

  /** One of `list`, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Letters and digits as Kubernetes uses for generated names. */
  suffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i++) text += consonants[Math.floor(this.next() * consonants.length)];
    return text;
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length) {
      const value = 0x10000000 + Math.floor(this.next() * 0xf0000000);
      // Several times faster than toString(16), and a large world is made of identities.
      text += pairs[value >>> 24]! + pairs[(value >>> 16) & 255]! + pairs[(value >>> 8) & 255]! + pairs[value & 255]!;
    }
    return text.slice(0, length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const h = this.hex(31);
    const variant = '89ab'[this.integer(0, 3)];
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(12, 15)}-${variant}${h.slice(15, 18)}-${h.slice(18, 30)}`;
  }
}

const prime = 0x01000193;

function stirred(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return mixed ^ (mixed >>> 15);
}
