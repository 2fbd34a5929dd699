/** The help: every key of the keymap, the signs, and the filter's language. Generated, so that it cannot drift. */
import { Box, renderToString } from 'ink';
import type { Binding } from '../hooks/keymap.ts';
import { useApp, useDeck } from '../hooks/use-state.ts';
import { fit } from './parts/fit.ts';
import { BorderedTable } from './parts/ink-table.tsx';
import { paint } from './parts/style.ts';
import { Line } from './parts/table.tsx';

const SIGNS: readonly (readonly [string, string])[] = [
  ['x', 'someone must act'],
  ['!', 'worth a look; it may heal by itself'],
  ['~', 'at work: reprovisioning, preparing, rolling, building'],
  ['applied?', 'only the MachineInventory says so; no checksum was compared'],
  ['5≠6', 'counted here 5, reported by the provider 6'],
  ['12+', 'still arriving: at least 12'],
  ['?', 'not known; never a zero'],
];

const FILTERS: readonly (readonly [string, string])[] = [
  ['rack3 bad', 'rows that hold both words'],
  ['!running', 'rows that do not'],
  ['state:free', 'a column by its name'],
  ['-l a=b,!c', 'labels, as kubectl reads them'],
];

function keyText(key: string): string {
  return key === 'escape' ? 'esc' : key;
}

let signs: string[] | undefined;

/** The signs in a bordered table, drawn once: the help is a list of lines that scrolls. */
function signsTable(): string[] {
  signs ??= renderToString(<BorderedTable data={SIGNS.map(([sign, meaning]) => ({ sign, meaning }))} />, { columns: 100 })
    .split('\n')
    .map((line) => ` ${line}`);
  return signs;
}

/** The help as lines. */
export function helpLines(bindings: readonly Binding[]): string[] {
  const groups = [...new Set(bindings.map((binding) => binding.group))];
  const lines: string[] = [];
  const add = (title: string, rows: readonly (readonly [string, string])[]) => {
    lines.push(paint(` ${title}`, 'title'));
    for (const [left, right] of rows) lines.push(`   ${fit(left, 24)} ${right}`);
    lines.push('');
  };
  for (const group of groups) {
    add(
      group,
      bindings.filter((each) => each.group === group).map((each) => [each.keys.map(keyText).join(' '), each.title] as const),
    );
  }
  add('Filter', FILTERS);
  lines.push(paint(' Signs', 'title'), ...signsTable());
  return lines;
}

export function Help({ height }: { height: number }) {
  const { bindings } = useDeck();
  const offset = useApp((state) => state.helpOffset);
  const lines = helpLines(bindings);
  const start = Math.min(offset, Math.max(0, lines.length - (height - 1)));
  const shown = lines.slice(start, start + height - 1);
  const more = lines.length - start - shown.length;
  return (
    <Box flexDirection="column" height={height}>
      <Line text={paint(` HELP${more > 0 ? `   ${more} more lines: j and k scroll` : ''}   esc closes`, 'title')} />
      {shown.map((text, index) => (
        <Line key={`${start + index}`} text={text} />
      ))}
    </Box>
  );
}
