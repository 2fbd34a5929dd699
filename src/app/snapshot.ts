/** What the dashboard would show, once, as text. */
import { stringify } from 'yaml';
import type { Lists } from '../../hooks/lists.ts';
import type { Column, Look, Screen } from '../../hooks/screen.ts';
import { cut, fitText, width } from '../../views/parts/fit.ts';
import { timeText } from '../domain/age.ts';
import { API_KIND } from '../domain/kinds.ts';
import { attentionCount, attentionOf } from '../store/attention.ts';
import type { Figure } from '../store/history.ts';
import { FIGURE_KINDS, isKnown } from '../store/panels.ts';
import type { State } from '../store/state.ts';
import { snapshotData } from './snapshot-data.ts';
import { SNAPSHOT_SCHEMA, unknownKinds, VIEW_KINDS } from './verdict.ts';

function cellText(cell: ReturnType<Column<unknown>['cell']>): string {
  // One line a row, whatever a message holds.
  return (typeof cell === 'string' ? cell : cell.text).replace(/\s*\n\s*/g, ' ');
}

/** Widest cell of a plain table: one long cause must not push what stands behind it out of sight on every row. */
const CELL = 120;

/**
 * A screen's rows as plain columns, each as wide as it needs to be. `wide` adds the columns narrow terminals leave out, and
 * cuts nothing.
 */
export function tableText(screen: Screen, lists: Lists, state: State, wide: boolean): string {
  const place = { screen: screen.id, index: 0, filter: '', descending: false, yaml: false };
  const look: Look = { now: state.now, utf8: false };
  const offered = screen.layout?.(state, place) ?? screen.columns;
  const columns = offered.filter((column) => column.title !== '' && (wide || column.rank <= 4));
  const sign = screen.columns.find((column) => column.key === 'sign');
  const rows = lists.view(state, place).rows.map((row) => {
    const cells = columns.map((column) => {
      const text = cellText(column.cell(row, look, state));
      return wide ? text : cut(text, CELL, column.cut, false);
    });
    return sign ? [cellText(sign.cell(row, look, state)), ...cells] : cells;
  });
  if (rows.length === 0 && !isKnown(state.freshness, VIEW_KINDS[screen.id] ?? screen.kinds))
    return 'not known: see above\n';
  if (rows.length === 0) return `${screen.empty}\n`;
  const heads = sign ? ['', ...columns.map((column) => column.title)] : columns.map((column) => column.title);
  const table = [heads, ...rows];
  const widths = heads.map((_, index) => Math.max(...table.map((cells) => width(cells[index]!))));
  const note = screen.note?.(state);
  return `${note ? `${note}\n` : ''}${table
    .map((cells) =>
      cells
        .map((cell, index) => fitText(cell, widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

/** What a snapshot that could not be taken says to a script. */
export function failureText(options: { output: string; namespace?: string; context?: string }, why: string): string {
  const document = {
    schema: SNAPSHOT_SCHEMA,
    context: options.context,
    namespace: options.namespace ?? 'cpaas-system',
    verdict: 'unknown',
    couldNotKnow: [{ kind: '*', why }],
  };
  return options.output === 'json'
    ? `${JSON.stringify(document, null, 2)}\n`
    : stringify(JSON.parse(JSON.stringify(document)));
}

/** The snapshot of one view in the wanted format. */
export function snapshotText(
  state: State,
  lists: Lists,
  view: string,
  format: 'table' | 'wide' | 'json' | 'yaml' | 'text',
): string {
  if (format === 'json') return `${JSON.stringify(snapshotData(state, view), null, 2)}\n`;
  if (format === 'yaml') return stringify(JSON.parse(JSON.stringify(snapshotData(state, view))));
  const unknown = unknownKinds(state.freshness).map(({ kind, why }) => `not known: ${API_KIND[kind]} (${why})\n`);
  const byId = (id: string) => lists.screens.find((screen) => screen.id === id)!;
  if (view !== 'overview') return unknown.join('') + tableText(byId(view), lists, state, format === 'wide');
  const figure = (label: string, name: Figure) =>
    `${label} ${isKnown(state.freshness, FIGURE_KINDS[name]) ? state.fleet.counters[name] : '?'}`;
  const figures = [
    figure('hosts', 'hosts'),
    figure('in use', 'inUse'),
    figure('free', 'free'),
    figure('busy', 'busy'),
    figure('bad', 'bad'),
    figure('no pool', 'unpooled'),
    figure('machines', 'machines'),
    figure('plans running', 'plansRunning'),
    figure('plans bad', 'plansBad'),
  ];
  const count = attentionCount(attentionOf(state));
  const items = unknown.length > 0 ? `${count} known` : count;
  return [
    `${state.session.host}  ${state.session.namespace}  ${timeText(state.now)}\n`,
    ...unknown,
    `${figures.join('  ')}\n\n`,
    `ATTENTION ${items}\n`,
    tableText(byId('attention'), lists, state, format === 'wide'),
    '\nPOOLS\n',
    tableText(byId('pools'), lists, state, format === 'wide'),
  ].join('');
}
