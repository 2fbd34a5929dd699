/** Chance that repeats itself: the same seed gives the same world. */

// A large world is made of identities: written into bytes, they cost a third of what they cost put together of strings.
const hexadecimal = Buffer.from('0123456789abcdef');
const variants = Buffer.from('89ab');
const scratch = Buffer.alloc(136);
const identity = Buffer.from('________-____-4___-____-____________ ');
/** Where in `identity` each of 32 digits stands; the last two are left over. */
const places = Array.from({ length: 32 }, (_, digit) => {
  const groups = [8, 12, 15, 18, 30].findIndex((end) => digit < end);
  return groups < 0 ? 36 : digit + [0, 1, 3, 5, 6][groups]!;
});
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
    const digits = length <= scratch.length ? scratch : Buffer.alloc(length + 8);
    for (let at = 0; at < length; at += 8) {
      let value = this.#word();
      for (let place = at + 7; place >= at; place--) {
        digits[place] = hexadecimal[value & 15]!;
        value >>>= 4;
      }
    }
    return digits.toString('latin1', 0, length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    for (let at = 0; at < 32; at += 8) {
      let value = this.#word();
      for (let place = at + 7; place >= at; place--) {
        identity[places[place]!] = hexadecimal[value & 15]!;
        value >>>= 4;
      }
    }
    identity[19] = variants[this.integer(0, 3)]!;
    return identity.toString('latin1', 0, 36);
  }

  /** 32 bits; their first hexadecimal digit is not 0. */
  #word(): number {
    return 0x10000000 + Math.floor(this.next() * 0xf0000000);
  }
}

const prime = 0x01000193;

function stirred(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return mixed ^ (mixed >>> 15);
}
