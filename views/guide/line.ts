/** One line of the board. */
import type { DetailLine } from '../detail/line.ts';

export interface BoardLine extends DetailLine {
  /** Name of the gate that enter answers. */
  gate?: string;
  /** What to press for it, said on the screen alone. */
  keys?: string;
  /** Shown behind the text: since when, how long it usually takes, and after how long it is late (ms). */
  pace?: { since: number; usual?: number; lateAfter: number };
}
