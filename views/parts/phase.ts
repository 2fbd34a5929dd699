/** Freshness in words: stale, forbidden, absent and zero must never look alike. */

import type { Tone } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import { API_KIND } from '../../src/domain/kinds.ts';
import type { PanelFreshness } from '../../src/store/panels.ts';

/** The word for a panel's freshness, and its tone. */
export function phaseWord(fresh: PanelFreshness, now: number): { text: string; tone: Tone } {
  const age = fresh.verifiedAt === undefined ? '' : ` ${formatAge(now - fresh.verifiedAt)}`;
  const kind = fresh.kind ? API_KIND[fresh.kind] : '';
  switch (fresh.phase) {
    case 'live':
      return { text: 'live', tone: 'ok' };
    case 'syncing':
      return { text: 'syncing', tone: 'busy' };
    case 'waiting':
      return { text: 'connecting', tone: 'busy' };
    case 'stale':
      return { text: `STALE${age}`, tone: 'warn' };
    case 'auth':
      return { text: `SIGNING IN AGAIN${age}`, tone: 'warn' };
    case 'forbidden':
      return { text: `FORBIDDEN ${kind}`, tone: 'bad' };
    case 'absent':
      return { text: `NOT SERVED ${kind}`, tone: 'warn' };
  }
}

/** What a figure shows when it is not known: never a number. */
export function unknownFigure(fresh: PanelFreshness): string {
  if (fresh.phase === 'forbidden') return 'forbidden';
  if (fresh.phase === 'absent') return 'absent';
  return '?';
}
