/** What a key is bound to. */
import type { AttentionItem } from '../src/store/attention-item.ts';
import type { State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Creator } from './create.ts';
import type { Guides } from './guide.ts';
import type { Lists } from './lists.ts';
import type { Operator } from './operate.ts';
import type { TextPort } from './output.ts';

/** Keeps acknowledgements; says by itself what cannot be kept. */
export interface Mind {
  acknowledge(item: AttentionItem, ms: number, reason: string): void;
  withdraw(item: AttentionItem): void;
}

export interface KeyContext {
  store: Store;
  lists: Lists;
  /** Absent: nothing can be written here. */
  operator?: Operator;
  /** Absent: no guide can be followed here. */
  guides?: Guides;
  /** Absent: no cluster can be made from here. */
  creator?: Creator;
  /** Absent: nothing can be acknowledged here. */
  mind?: Mind;
  /** Absent: there is no terminal to copy or page with. */
  texts?: TextPort;
  quit(): void;
  suspend(): void;
  repaint(): void;
}

export interface Binding {
  id: string;
  /** Names as `keyNames` gives them; the first is the one shown. */
  keys: readonly string[];
  /** What the help says. */
  title: string;
  /** A word for the bottom bar; absent: only in the help. */
  bar?: string;
  group: 'Move' | 'Look' | 'Act' | 'Screens' | 'Program';
  /** The screen whose own key it is: where it cannot be used there, its reason is the one that is said. */
  on?: string;
  /** Why it cannot be used here; absent or undefined: it can. */
  disabled?(state: State): string | undefined;
  /** Only as a key of its own: never out of a pasted or run-together chunk. */
  alone?: boolean;
  run(context: KeyContext): void;
  /** Takes the place of saying why it was not run. */
  refuse?(context: KeyContext, why: string): void;
}
