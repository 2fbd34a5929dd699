/** The app on a screen of a given size, driven by the names of keys: what the operator sees and does. */
import { renderToString } from 'ink';
import type { Mind } from '../../hooks/binding.ts';
import type { Creator } from '../../hooks/create.ts';
import type { Guides } from '../../hooks/guide.ts';
import { type KeyContext, keymapOf } from '../../hooks/keymap.ts';
import { createLists } from '../../hooks/lists.ts';
import type { Operator } from '../../hooks/operate.ts';
import { trackReading } from '../../hooks/reading.ts';
import { handleKey, handleKeys, handlePaste } from '../../hooks/use-keys.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import type { Freshness } from '../../src/domain/freshness.ts';
import { KINDS, type Kind } from '../../src/domain/kinds.ts';
import { commit, createAppStore, resize, type Store } from '../../src/store/store.ts';
import { App } from '../../views/app.tsx';
import { screens } from '../../views/screens/index.ts';
import { NOW } from './fixtures.ts';

export function live(fleet: Fleet): Record<Kind, Freshness> {
  const held = fleet.hosts.list.length;
  return Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      { phase: 'live', synced: true, since: NOW, verifiedAt: NOW, count: held } satisfies Freshness,
    ]),
  ) as unknown as Record<Kind, Freshness>;
}

/** Opens the app on a fleet; everything is live unless `freshness` says otherwise. */
export function openScreen(
  fleet: Fleet,
  options: {
    columns?: number;
    rows?: number;
    freshness?: Partial<Record<Kind, Freshness>>;
    utf8?: boolean;
    readOnly?: string;
    operator?(store: Store): Operator;
    mind?(store: Store): Mind;
    guides?(store: Store): Guides;
    creator?: Creator;
  } = {},
) {
  const session = {
    context: 'prod-mgmt',
    cluster: 'mgmt',
    host: 'api.dc1.example:6443',
    namespace: 'cpaas-system',
    demo: false,
    readOnly: options.readOnly,
  };
  const store = createAppStore(session, fleet, NOW);
  commit(store, { freshness: { ...live(fleet), ...options.freshness }, now: NOW });
  const { columns = 80, rows = 24 } = options;
  resize(store, columns, rows);
  const lists = createLists(screens);
  const bindings = keymapOf(lists);
  trackReading(store, lists);
  const events: string[] = [];
  const context: KeyContext = {
    store,
    lists,
    quit: () => events.push('quit'),
    suspend: () => events.push('suspend'),
    repaint: () => events.push('repaint'),
    texts: {
      copy: (text) => {
        events.push(`copy ${text}`);
        return undefined;
      },
      page: async (text) => {
        events.push(`page ${text}`);
      },
    },
    operator: options.operator?.(store),
    mind: options.mind?.(store),
    guides: options.guides?.(store),
    creator: options.creator,
  };
  const deck = { store, lists, bindings, utf8: options.utf8 ?? true };
  return {
    store,
    events,
    lists,
    /** The screen with its escapes. */
    raw: () => renderToString(<App deck={deck} />, { columns: store.getState().columns }),
    /** The screen as lines of text. */
    lines() {
      return this.raw()
        .replace(/\u001b\[[0-9;]*m/g, '')
        .split('\n')
        .map((line) => line.trimEnd());
    },
    text() {
      return this.lines().join('\n');
    },
    /** Presses keys one after the other, each on its own. */
    press(...keys: string[]) {
      for (const key of keys) handleKey(bindings, context, key, false);
    },
    /** Keys that came in one chunk. */
    pressTogether(...keys: string[]) {
      handleKeys(bindings, context, keys);
    },
    type(text: string) {
      for (const character of text) handleKey(bindings, context, character, false);
    },
    paste(text: string) {
      handlePaste(context, text);
    },
    /** The line under the cursor. */
    underCursor() {
      return this.lines().find((line) => line.startsWith('>'));
    },
  };
}
