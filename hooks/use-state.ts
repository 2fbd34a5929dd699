/** The store in React: a component re-renders when what it selected changes, by identity. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Binding } from './keymap.ts';
import type { Lists } from './lists.ts';

/** What every view may reach. */
export interface Deck {
  store: Store;
  lists: Lists;
  bindings: readonly Binding[];
  utf8: boolean;
}

export const DeckContext = createContext<Deck | undefined>(undefined);

/** The deck around a view. Throws outside of the app. */
export function useDeck(): Deck {
  const deck = useContext(DeckContext);
  if (!deck) throw new Error('this view stands outside of <App>');
  return deck;
}

/** A part of the state. `select` must give the same identity while nothing changed. */
export function useApp<T>(select: (state: State) => T): T {
  return useStore(useDeck().store, select);
}
