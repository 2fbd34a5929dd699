/** The first screen: figures, what needs attention, and the pools. */
import { useApp, useDeck } from '../hooks/use-state.ts';
import { attentionCount, attentionOf } from '../src/store/attention.ts';
import type { AttentionItem } from '../src/store/attention-item.ts';
import { cursorOf } from '../src/store/list.ts';
import { panelFreshness } from '../src/store/panels.ts';
import { here } from '../src/store/state.ts';
import { CountersPanel, counterLines } from './parts/counters.tsx';
import { PanelTitle } from './parts/panel-title.tsx';
import { divide, spillOf } from './parts/spill.ts';
import { paint } from './parts/style.ts';
import { SyncPanel, syncingKinds } from './parts/sync.tsx';
import { Line, Table, usePlaced } from './parts/table.tsx';
import { attentionColumns } from './screens/attention.ts';
import type { OverviewRow } from './screens/overview.ts';
import { poolColumns } from './screens/pools.ts';

const POOL_KINDS = ['pool', 'host', 'baremetalMachine'] as const;
const ATTENTION_KINDS = ['host', 'plan', 'pool', 'baremetalMachine', 'machine', 'deployment', 'controlPlane'] as const;

/** Splits `room` lines between the two lists, of `attention` lines and `pools` rows: attention first, yet the pools keep a third. */
export function share(room: number, attention: number, pools: number): { attention: number; pools: number } {
  const poolsWant = Math.max(1, pools) + 2;
  const least = Math.min(poolsWant, Math.max(4, Math.floor(room / 3)));
  const forAttention = Math.min(Math.max(1, attention) + 1, Math.max(2, room - least));
  return { attention: forAttention, pools: Math.max(3, room - forAttention) };
}

export function Overview({ height }: { height: number }) {
  const { lists, utf8 } = useDeck();
  const state = useApp((all) => all);
  const place = here(state);
  const view = lists.view(state, place);
  const { index } = cursorOf(view, place);
  const rows = view.rows as readonly OverviewRow[];
  const attention = rows.flatMap((row) => (row.list === 'attention' ? [row.item] : []));
  const pools = rows.flatMap((row) => (row.list === 'pool' ? [row.item] : []));
  const syncing = Math.min(syncingKinds(state).length, Math.max(0, Math.floor(height / 3)));
  const figures = counterLines(state.columns);
  const room = height - figures - syncing;
  const columns = attentionColumns(state);
  const placed = usePlaced(attention, columns, state.columns);
  const spill = (row: AttentionItem) => spillOf(row, placed, { now: state.now, utf8 }, state, state.columns);
  const parts = share(room, divide(attention, placed, room, spill).wanted, pools.length);
  const fresh = panelFreshness(state.freshness, ATTENTION_KINDS);
  const poolFresh = panelFreshness(state.freshness, POOL_KINDS);
  // What a filter hides must not read as what there is.
  const of = (all: number) => (place.filter === '' ? '' : ` of ${all}`);
  const filtered = place.filter === '' ? '' : `/${place.filter}`;
  const onAttention = index < attention.length;
  const lines = parts.attention - 1;
  const hidden = attention.length - (lines - divide(attention, placed, lines, spill).note);
  return (
    <>
      <CountersPanel />
      {syncing > 0 ? <SyncPanel height={syncing} /> : null}
      <PanelTitle
        title={`ATTENTION ${fresh.unknown ? '?' : attentionCount(attention).replace(/^\d+/, `$&${of(attentionOf(state).length)}`)}`}
        detail={[filtered, hidden > 0 ? `${hidden} more: ! shows all` : ''].filter(Boolean).join('  ')}
        warning={view.filterError}
        kinds={ATTENTION_KINDS}
      />
      {attention.length === 0 ? (
        <Line text={emptyAttention(fresh, place.filter)} />
      ) : (
        <Table
          rows={attention}
          columns={columns}
          placed={placed}
          rowId={(row) => row.ref.uid}
          cursor={onAttention ? index : -1}
          height={lines}
          columnsWide={state.columns}
          sort={{ descending: false }}
          heading={false}
          stale={fresh.phase === 'stale' || fresh.phase === 'auth'}
        />
      )}
      <PanelTitle
        title={`POOLS ${poolFresh.unknown ? '?' : `${pools.length}${of(state.fleet.pools.list.length)}`}`}
        detail={filtered}
        kinds={POOL_KINDS}
      />
      {pools.length === 0 ? (
        <Line
          text={
            poolFresh.unknown
              ? paint(' not known', 'warn')
              : place.filter !== '' && state.fleet.pools.list.length > 0
                ? paint(' nothing matches the filter', 'dim')
                : poolFresh.synced && poolFresh.phase !== 'syncing'
                  ? ' no pool exists; C makes a cluster from bare hosts'
                  : paint(' arriving', 'busy')
          }
        />
      ) : (
        <Table
          rows={pools}
          columns={poolColumns}
          rowId={(row) => row.uid}
          cursor={onAttention ? -1 : index - attention.length}
          height={parts.pools - 1}
          columnsWide={state.columns}
          sort={{ descending: false }}
          stale={poolFresh.phase === 'stale' || poolFresh.phase === 'auth'}
        />
      )}
    </>
  );
}

/** "Nothing needs attention" is only said when it is known. */
function emptyAttention(fresh: ReturnType<typeof panelFreshness>, filter: string): string {
  if (filter !== '') return paint(' nothing matches the filter', 'dim');
  if (fresh.phase === 'waiting' || fresh.phase === 'syncing') return paint(' not known yet', 'busy');
  if (fresh.unknown) return paint(' not known: part of the fleet cannot be read', 'warn');
  if (!fresh.synced) return paint(' not known yet', 'busy');
  if (fresh.phase !== 'live') return paint(' nothing when it was last verified', 'stale');
  return paint(' nothing', 'ok');
}
