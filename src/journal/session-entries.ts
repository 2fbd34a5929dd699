/**
 * What one line of a session's journal says: what was asked of a guide, and all that was said since. One file a session,
 * beside those of the operations it sent. Entries and fields are added, never renamed.
 */
import type { Ask, Note } from '../guides/contract.ts';
import type { Beginning, Claimed, Released } from './entries.ts';

export interface SessionBegan extends Beginning {
  /** `Upgrade prod from v1.33.7-3 to v1.34.5-3`. */
  title: string;
  ask: Ask;
  /** It was begun by somebody whose journal is not here, and was found in the cluster. */
  from?: { by: string; began: number; missing?: number };
}

export interface SessionNoted {
  type: 'noted';
  note: Note;
}

/** Nothing more will happen in it. */
export interface SessionClosed {
  type: 'closed';
  how: 'done' | 'left';
  by: string;
  why?: string;
}

export type SessionEvent = SessionBegan | SessionNoted | SessionClosed | Claimed | Released;
