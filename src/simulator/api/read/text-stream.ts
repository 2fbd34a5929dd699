/**
 * A body that grows: text pushed in on one side, read as an async iterable on the other. It ends when `end` is called,
 * when its reader stops, or when more than `limit` pieces wait for a reader that is too slow.
 */
export class TextStream implements AsyncIterable<string> {
  readonly #limit: number;
  #first: Iterator<string> | undefined;
  #waiting: string[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #onEnd: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Sets what comes before everything pushed. It is made as it is read and does not count against the limit. */
  feed(first: Iterable<string>): void {
    this.#first = first[Symbol.iterator]();
  }

  push(text: string): void {
    if (this.#ended) return;
    this.#waiting.push(text);
    if (this.#waiting.length > this.#limit) {
      this.#waiting = [];
      this.end();
    }
    this.#wake?.();
  }

  /** Ends the body: what has been pushed is still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#onEnd) listener();
    this.#wake?.();
  }

  /** Calls `listener` once the body has ended, at once if it already has. */
  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else this.#onEnd.push(listener);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      yield* this.#firstPieces();
      for (;;) {
        if (this.#waiting.length > 0) {
          const pieces = this.#waiting;
          this.#waiting = [];
          yield pieces.join('');
        } else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      this.end();
    }
  }

  /** Joins the first pieces to larger ones and gives the event loop a turn between them. */
  async *#firstPieces(): AsyncGenerator<string> {
    let piece = '';
    for (let next = this.#first?.next(); next && !next.done; next = this.#first?.next()) {
      piece += next.value;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#ended) return;
    }
    if (piece !== '') yield piece;
  }
}

const PIECE = 64 * 1024;
