/**
 * What may only be the order in which it was told: each kind is watched by itself, and an object that refers to another
 * often arrives before it. Such trouble is believed once it has lasted.
 */
import type { Attention } from './fleet/rows.ts';

/** When each of them was first seen, epoch ms, by `keyOf`; what was there at the beginning is not among them. */
export type Doubts = ReadonlyMap<string, number>;

export const NO_DOUBTS: Doubts = new Map();

/** A watch that is dead without a word is found within 15 s. */
const BELIEVED_MS = 20_000;

const keyOf = ({ ref, text }: Pick<Attention, 'ref' | 'text'>) => `${ref.uid}/${text}`;

/** The doubts with what is new in attention; the same where that is nothing. Nothing is doubted while the first lists arrive. */
export function keepDoubts(doubts: Doubts, attention: readonly Attention[], at: number): Doubts {
  const now = attention.filter(({ fleeting }) => fleeting).map(keyOf);
  if (now.length === doubts.size && now.every((key) => doubts.has(key))) return doubts;
  return new Map(now.map((key) => [key, doubts.get(key) ?? at]));
}

/** Whether it is too early to say it. */
export function isDoubtful(doubts: Doubts, item: Attention, now: number): boolean {
  if (!item.fleeting) return false;
  const since = doubts.get(keyOf(item));
  return since !== undefined && now - since < BELIEVED_MS && now >= since;
}
