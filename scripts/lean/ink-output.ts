// Takes the place of Ink's Output in the bundle. Ink builds the screen of every frame from one object a cell and makes
// text of it again, although a frame differs from the one before in a line or two: what becomes of a line is remembered.
import Output from '../../node_modules/ink/build/output.js';

type Transformer = (line: string, index: number) => string;
type Write = { x: number; y: number; text: string; transformers: Transformer[] };

/** More than a screen has lines, by some screens. */
const most = 400;
/** What was written on a line, with the width of the screen, and the line that Ink made of it. */
const lines = new Map<string, string>();

function remembered(key: string, make: () => string): string {
  let line = lines.get(key);
  if (line === undefined) line = make();
  else lines.delete(key);
  // At the end again: the first ones are those that were not asked for the longest time.
  lines.set(key, line);
  if (lines.size > most) lines.delete(lines.keys().next().value!);
  return line;
}

/** Ink's Output, with the same answers. */
export default class LeanOutput extends Output {
  readonly #writes: Write[] = [];
  /** Lines can be made one by one: nothing is clipped, and nothing that was written is more than a line. */
  #byLine = true;

  override write(x: number, y: number, text: string, options: { transformers: Transformer[] }): void {
    super.write(x, y, text, options);
    if (text === '') return;
    if (text.includes('\n') || !Number.isInteger(y)) this.#byLine = false;
    this.#writes.push({ x, y, text, transformers: options.transformers });
  }

  override clip(clip: Parameters<Output['clip']>[0]): void {
    super.clip(clip);
    this.#byLine = false;
  }

  override get(): { output: string; height: number } {
    if (!this.#byLine) return super.get();
    const rows: Write[][] = Array.from({ length: Math.ceil(this.height) }, () => []);
    for (const write of this.#writes) rows[write.y]?.push(write);
    return { output: rows.map((writes) => this.#line(writes)).join('\n'), height: rows.length };
  }

  #line(writes: readonly Write[]): string {
    if (writes.length === 0) return '';
    const make = () => {
      const one = new Output({ width: this.width, height: 1 });
      for (const { x, text, transformers } of writes) one.write(x, 0, text, { transformers });
      return one.get().output;
    };
    // A transformer may answer otherwise the next time: only those that leave the text alone are passed over.
    const plain = writes.every(({ text, transformers }) => transformers.every((change) => change(text, 0) === text));
    if (!plain) return make();
    return remembered(`${this.width} ${writes.map(({ x, text }) => `${x} ${text}`).join('\n')}`, make);
  }
}
