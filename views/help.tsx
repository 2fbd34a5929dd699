/** The help: every key of the keymap, the signs, and the filter's language. Generated, so that it cannot drift. */

import { Box } from 'ink';
import { useEffect } from 'react';
import type { Binding } from '../hooks/keymap.ts';
import { useApp, useDeck } from '../hooks/use-state.ts';
import { fitText, wrap } from './parts/fit.ts';
import { BorderedTable } from './parts/ink-table.tsx';
import { paint } from './parts/style.ts';
import { Line } from './parts/table.tsx';

const SIGNS: readonly (readonly [string, string])[] = [
  ['x', 'someone must act'],
  ['!', 'worth a look; it may heal by itself'],
  ['~', 'at work: reprovisioning, preparing, rolling, building'],
  ['applied?', 'only the MachineInventory says so; its Secret was not read'],
  ['2/3', 'ready of desired, or what the heading says of desired'],
  ['14→13', 'more than desired: some have to go'],
  ['12 ↓2', 'just fell by 2'],
  ['5≠6', 'counted here 5, reported by the provider 6'],
  ['12+', 'still arriving: at least 12'],
  ['?', 'not known; never a zero'],
];

const FILTERS: readonly (readonly [string, string])[] = [
  ['rack3 bad', 'rows that hold both words'],
  ['!rack3', 'rows that do not'],
  ['state:free', 'a column by its name'],
  ['-l a=b,!c', 'labels, as kubectl reads them'],
];

function keyText(key: string): string {
  return { escape: 'esc', ' ': 'space' }[key] ?? key;
}

/** Lines the table of signs takes: ink-table draws a rule around the heading and after every row. */
const SIGN_LINES = SIGNS.length * 2 + 3;

/** Width of the keys. */
const KEYS = 22;

/** Keys of single screens stand behind those that work everywhere. */
const isSpecial = ({ title }: Binding) => /^(in the|on the) /.test(title);

/** Everything above the signs, as lines. */
function helpLines(bindings: readonly Binding[], columns: number): string[] {
  const groups = [...new Set(bindings.map((binding) => binding.group))];
  const lines: string[] = [];
  const add = (title: string, rows: readonly (readonly [string, string])[]) => {
    lines.push(paint(` ${title}`, 'title'));
    for (const [left, right] of rows) {
      for (const [at, part] of wrap(right, Math.max(20, columns - KEYS - 5)).entries())
        lines.push(`   ${fitText(at === 0 ? left : '', KEYS)} ${part}`);
    }
    lines.push('');
  };
  for (const group of groups) {
    add(
      group,
      bindings
        .filter((each) => each.group === group)
        .sort((a, b) => Number(isSpecial(a)) - Number(isSpecial(b)))
        .map((each) => [each.keys.map(keyText).join(' '), each.title] as const),
    );
  }
  add('Filter', FILTERS);
  lines.push(paint(' Signs', 'title'));
  return lines;
}

/** The furthest the help can be scrolled on a screen with `height` lines for it. */
function lastOffset(lines: number, height: number): number {
  return Math.max(0, lines + SIGN_LINES - (height - 1));
}

export function Help({ height }: { height: number }) {
  const { store, bindings, utf8 } = useDeck();
  const wanted = useApp((state) => state.helpOffset);
  const columns = useApp((state) => state.columns);
  const lines = helpLines(bindings, columns);
  const offset = Math.min(wanted, lastOffset(lines.length, height));
  useEffect(() => {
    // Keys scroll blindly; past the end they would have to be pressed back again.
    if (wanted !== offset) store.setState({ helpOffset: offset });
  }, [store, wanted, offset]);
  const more = lines.length + SIGN_LINES - offset - (height - 1);
  const signs = SIGNS.map(([sign, meaning]) => ({
    sign: utf8 ? sign : sign.replace('≠', '!=').replace('→', '>').replace('↓', 'v'),
    meaning,
  }));
  return (
    <Box flexDirection="column" height={height}>
      <Line text={paint(` HELP${more > 0 ? `   ${more} more lines: j and k scroll` : ''}   esc closes`, 'title')} />
      <Box flexDirection="column" height={height - 1} overflow="hidden" contentOffsetY={offset}>
        {lines.map((text, index) => (
          <Box key={`${index + 1}`} flexShrink={0}>
            <Line text={text} />
          </Box>
        ))}
        <Box flexShrink={0} flexDirection="column" paddingLeft={1}>
          <BorderedTable data={signs} />
        </Box>
      </Box>
    </Box>
  );
}
