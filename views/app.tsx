/** The whole screen: header, one screen's body, footer. Never taller than the terminal. */
import { Box } from 'ink';
import type { KeyContext } from '../hooks/keymap.ts';
import { LEAST_COLUMNS, LEAST_ROWS, unreadText } from '../hooks/reading.ts';
import type { Tone } from '../hooks/screen.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { type Deck, DeckContext, useApp, useDeck } from '../hooks/use-state.ts';
import { API_KIND } from '../src/domain/kinds.ts';
import { attentionCount, attentionOf, wellText } from '../src/store/attention.ts';
import { cursorOf } from '../src/store/list.ts';
import { panelFreshness } from '../src/store/panels.ts';
import { here, type State } from '../src/store/state.ts';
import { Help } from './help.tsx';
import { Overview } from './overview.tsx';
import { wrap } from './parts/fit.ts';
import { Footer } from './parts/footer.tsx';
import { Header } from './parts/header.tsx';
import { footerRows } from './parts/long-line.tsx';
import { PanelTitle } from './parts/panel-title.tsx';
import { paint } from './parts/style.ts';
import { Line, Table } from './parts/table.tsx';

export interface AppProps {
  deck: Deck;
  /** Absent for a snapshot: nothing listens. */
  keys?: KeyContext;
}

export function App({ deck, keys }: AppProps) {
  return (
    <DeckContext.Provider value={deck}>
      {keys ? <Keys context={keys} /> : null}
      <Frame />
    </DeckContext.Provider>
  );
}

function Keys({ context }: { context: KeyContext }) {
  const { bindings } = useDeck();
  useKeys(bindings, context);
  return null;
}

function Frame() {
  const columns = useApp((state) => state.columns);
  const rows = useApp((state) => state.rows);
  const help = useApp((state) => state.help);
  const footer = useApp(footerRows);
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) {
    return (
      <Box flexDirection="column" width={columns} height={rows}>
        <Line text={`${columns}x${rows} is too small;`} />
        <Line text={`${LEAST_COLUMNS}x${LEAST_ROWS} is needed.`} />
        <Line text="q quits." />
      </Box>
    );
  }
  const height = rows - 1 - footer;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header />
      <Box flexDirection="column" height={height}>
        {help ? <Help height={height} /> : <Body height={height} />}
      </Box>
      <Footer />
    </Box>
  );
}

function Body({ height }: { height: number }) {
  const { lists } = useDeck();
  const place = useApp(here);
  const screen = lists.screenOf(place);
  if (screen.body === 'overview') return <Overview height={height} />;
  return <ListBody height={height} />;
}

function titleOf(state: State, title: string): string {
  const { ref, screen, marked = [] } = here(state);
  if (screen === 'operate') return state.operating?.title ?? title;
  if (screen === 'guide') return state.guiding?.title ?? title;
  if (screen === 'act') return `WHAT CAN BE DONE WITH ${marked.length > 1 ? `${marked.length} ROWS` : ref?.name}`;
  if (screen === 'compare' && !here(state).yaml) {
    return marked.length === 2
      ? `COMPARE ${marked.map(({ name }) => name).join(' AND ')}`
      : `${ref?.name} NOW AND THEN`;
  }
  if (screen === 'output' && ref && !here(state).yaml) return `OUTPUT OF ${ref.name}`;
  return ref ? `${API_KIND[ref.kind]} ${ref.name}${here(state).yaml ? ' YAML' : ''}` : title.toUpperCase();
}

function ListBody({ height }: { height: number }) {
  const { lists } = useDeck();
  const state = useApp((all) => all);
  const place = here(state);
  const screen = lists.screenOf(place);
  const view = lists.view(state, place);
  const { index, gone } = cursorOf(view, place);
  const kinds = place.ref ? [place.ref.kind] : screen.kinds;
  const fresh = panelFreshness(state.freshness, kinds);
  const verified = fresh.phase === 'stale' || fresh.phase === 'auth' ? '?' : fresh.synced ? '' : '+';
  const count = place.ref
    ? ''
    : fresh.unknown
      ? '?'
      : place.filter === ''
        ? `${view.rows.length > 0 ? `${index + 1}/` : ''}${view.total}${verified}`
        : `${view.rows.length} of ${view.total}`;
  const order = place.sort
    ? `by ${place.sort}${place.descending ? ', reversed' : ''}`
    : place.descending
      ? 'reversed'
      : '';
  const marked = place.ref ? [] : (place.marked ?? []);
  const inSight = new Set(marked.length > 0 ? view.rows.map((row) => screen.target(row)?.uid) : []);
  const hidden = marked.filter(({ uid }) => !inSight.has(uid)).length;
  const marks =
    marked.length === 0 ? '' : `${marked.length} marked${hidden > 0 ? `, ${hidden} of them not in sight` : ''}`;
  const known = place.screen === 'attention' && !place.ref && !fresh.unknown && fresh.synced;
  const items = known ? attentionCount(attentionOf(state)).replace(/^\d+(?:, )?/, '') : '';
  const well = known ? wellText(state) : '';
  const note = place.ref ? undefined : screen.note?.(state);
  const detail = [count, items, marks, place.filter === '' ? '' : `/${place.filter}`, order, well, note]
    .filter(Boolean)
    .join('  ');
  const broken = kinds.reduce((sum, kind) => sum + (state.freshness[kind].broken ?? 0), 0);
  const capped = kinds.some((kind) => state.freshness[kind].capped);
  const warning =
    view.filterError ??
    (place.screen === 'operate' && state.operating?.stage === 'ready' ? unreadText(state) : undefined) ??
    (gone && place.screen !== 'operate'
      ? 'the row under the cursor went away'
      : broken > 0
        ? `${broken} could not be read and are not shown`
        : capped
          ? 'only the newest are held'
          : undefined);
  return (
    <>
      <PanelTitle title={titleOf(state, screen.title)} detail={detail} warning={warning} kinds={kinds} />
      {view.rows.length === 0 ? (
        <EmptyBody height={height - 1} text={screen.empty} />
      ) : (
        <Table
          key={`${screen.id}/${place.ref?.uid ?? ''}`}
          rows={view.rows}
          columns={screen.layout?.(state, place) ?? screen.columns}
          rowId={screen.rowId}
          cursor={index}
          height={height - 1}
          columnsWide={state.columns}
          sort={place}
          heading={!place.ref}
          target={place.ref ? undefined : screen.target}
          top={place.screen === 'operate' ? state.reading?.top : place.ref && (place.top ?? 0)}
          stale={fresh.phase === 'stale' || fresh.phase === 'auth'}
        />
      )}
    </>
  );
}

/** An empty table says why it is empty: known to be, filtered, still arriving, forbidden or absent. */
function EmptyBody({ height, text }: { height: number; text: string }) {
  const { lists } = useDeck();
  const state = useApp((all) => all);
  const place = here(state);
  const fresh = panelFreshness(state.freshness, place.ref ? [place.ref.kind] : lists.screenOf(place).kinds);
  const kind = fresh.kind ? API_KIND[fresh.kind] : 'this';
  const list = lists.view(state, place);
  let tone: Tone = 'plain';
  let said = text;
  const { kinds } = lists.screenOf(place);
  if (place.filter !== '') [said, tone] = [list.filterError ?? 'nothing matches the filter; esc clears it', 'warn'];
  else if (kinds.length === 0 && !place.ref) tone = 'plain';
  else if (fresh.phase === 'forbidden') {
    [said, tone] = [`not allowed to list ${kind}: ${fresh.error ?? 'ask for list and watch on it'}`, 'bad'];
  } else if (fresh.phase === 'absent') {
    [said, tone] = [`the server does not serve ${kind}; it will be shown when it does`, 'warn'];
  } else if (!fresh.synced || fresh.phase === 'syncing') {
    [said, tone] = [fresh.error ?? 'the first list is arriving', fresh.error ? 'warn' : 'busy'];
  } else if (fresh.phase !== 'live') [said, tone] = [`when last verified: ${text}`, 'stale'];
  return (
    <Box flexDirection="column" height={height}>
      {wrap(said, state.columns - 2)
        .slice(0, height)
        .map((line, at) => (
          <Line key={`${at + 1}`} text={` ${paint(line, tone)}`} />
        ))}
    </Box>
  );
}
