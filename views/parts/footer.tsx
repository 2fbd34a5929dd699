/** Two lines: the screens with their keys, and the keys that work here, or what is being typed, or what was said. */
import { Box } from 'ink';
import { acknowledgeHint } from '../../hooks/acknowledge.ts';
import { choicesHint, meaningOf } from '../../hooks/choices.ts';
import { answerHint, entryOf } from '../../hooks/create.ts';
import { askedHint } from '../../hooks/guide.ts';
import type { Lists } from '../../hooks/lists.ts';
import { completions } from '../../hooks/prompt.ts';
import { useApp, useDeck } from '../../hooks/use-state.ts';
import type { ListView } from '../../src/store/list.ts';
import { here, type Notice, type Prompt, type State } from '../../src/store/state.ts';
import { cut, fitText, width, wrap } from './fit.ts';
import { LongLineRows, longLine } from './long-line.tsx';
import { inverse, paint } from './style.ts';
import { Line } from './table.tsx';

const SHOWN: Readonly<Record<string, string>> = { escape: 'esc', enter: 'enter' };

/** Whether what is asked for has no room beside what is typed, and stands in the line above. */
function asksAbove(state: State, prompt: Prompt): boolean {
  const { asks, text } = prompt;
  return asks !== undefined && width(asks.title) + width(text) + width(askedHint(state, prompt)) + 8 > state.columns;
}

/** While an answer is typed, what it is about: where the screens lead is no matter then. */
function aboutOf(state: State): string | undefined {
  const { prompt } = state;
  if (prompt?.asks) return asksAbove(state, prompt) ? askedHint(state, prompt) : undefined;
  return prompt?.kind === 'entry' ? (entryOf(state, prompt)?.about ?? meaningOf(state, prompt)) : undefined;
}

const NOTICE_TONES = { info: 'busy', warn: 'warn' } as const;

/** A notice in at most two lines. */
function noticeLines({ text }: Notice, columns: number): string[] {
  const [first = '', ...rest] = wrap(text, columns - 2);
  return rest.length === 0 ? [first] : [first, cut(rest.join(' '), columns - 2)];
}

function ScreensBar() {
  const { lists } = useDeck();
  const columns = useApp((state) => state.columns);
  const about = useApp(aboutOf);
  const current = useApp((state) => here(state).screen);
  const notice = useApp((state) => state.notice);
  const typing = useApp((state) => state.prompt !== undefined);
  // What is said needs both lines where one would cut it.
  const said = notice && !typing ? noticeLines(notice, columns) : [];
  if (said.length > 1) return <Line text={paint(` ${said[0]}`, NOTICE_TONES[notice!.tone])} />;
  if (about !== undefined) return <Line text={paint(cut(about, columns), 'dim')} />;
  let used = 0;
  const parts: string[] = [];
  for (const screen of lists.screens) {
    if (screen.key === undefined || screen.key === '!' || screen.bar === '') continue;
    const text = `${screen.key} ${screen.bar ?? screen.title.toLowerCase()}`;
    if (used + text.length > columns) break;
    used += text.length + 1;
    parts.push(screen.id === current ? inverse(text) : text);
  }
  return <Line text={parts.join(' ')} />;
}

function PromptLine() {
  const { lists } = useDeck();
  const prompt = useApp((state) => state.prompt)!;
  const state = useApp((all) => all);
  const columns = state.columns;
  const list = lists.view(state, here(state));
  const hint = hintOf(prompt, state, list, lists);
  const sign = signOf(prompt, state);
  // Why it is not confirmed is all there is to say, and worth the whole line.
  if (prompt.void) return <Line text={paint(cut(`${sign}${hint}`, columns), 'warn')} />;
  // The hint gets what is typed into seldom; where that is long, half of the line.
  const forTyping = Math.max(16, width(prompt.text) + 4);
  const most = Math.max(Math.floor(columns / 2), columns - width(sign) - forTyping - 3);
  const room = Math.max(8, columns - Math.min(width(hint), most) - 3 - width(sign));
  // The cursor is drawn: the terminal's own is hidden, so that it never wanders over the screen.
  const before = prompt.text.slice(0, prompt.at);
  const at = [...prompt.text.slice(prompt.at)][0] ?? ' ';
  const after = prompt.text.slice(prompt.at + (prompt.at < prompt.text.length ? at.length : 0));
  const head = cut(before, room - 3, 'start');
  const tail = cut(after, Math.max(0, room - 2 - width(head) - 1));
  const typed = `${sign}${head}${inverse(at)}${tail}`;
  const pad = ' '.repeat(Math.max(1, room - 1 - width(head) - 1 - width(tail)));
  return (
    <Line
      text={`${typed}${pad}${paint(cut(hint, columns - room - width(sign)), prompt.refused !== undefined || (list.filterError && prompt.kind === 'filter') ? 'warn' : 'dim')}`}
    />
  );
}

/** What stands before the line: what it is for. */
function signOf(prompt: Prompt, state: State): string {
  const entry = entryOf(state, prompt);
  const word = state.operating?.plan?.confirm[prompt.given?.length ?? 0];
  if (prompt.void) return 'not confirmed: ';
  if (prompt.asks) return `${prompt.asks.title}: `;
  return {
    filter: '/',
    command: ':',
    entry: `${entry?.title ?? ''}: `,
    guide: '',
    confirm: `type ${word ?? ''}: `,
    'let go': 'let go, what is written stays; why: ',
    acknowledge: `acknowledge ${cut(prompt.cause?.ref.name ?? '', 20, 'start')}: `,
  }[prompt.kind];
}

/** What stands behind it: what it finds, or could become. */
function hintOf(prompt: Prompt, state: State, list: ListView<unknown>, lists: Lists): string {
  if (prompt.kind === 'filter') return list.filterError ?? `${list.rows.length} of ${list.total}`;
  if (prompt.refused !== undefined) return prompt.refused;
  if (prompt.kind === 'command') return completions(lists, prompt.text).slice(0, 8).join(' ');
  if (prompt.kind === 'acknowledge') return acknowledgeHint(prompt);
  if (prompt.kind === 'let go') return 'esc keeps it';
  if (prompt.asks) return asksAbove(state, prompt) ? 'esc leaves' : askedHint(state, prompt);
  if (prompt.kind === 'confirm') {
    const last = (prompt.given?.length ?? 0) + 1 >= (state.operating?.plan?.confirm.length ?? 0);
    return `${last ? 'enter writes' : 'enter goes on'}  esc leaves`;
  }
  const entry = entryOf(state, prompt);
  if (entry?.kind === 'number') return `now ${entry.value}  enter takes it  esc leaves`;
  const choices = choicesHint(state, prompt, ({ value }) => value);
  return here(state).screen === 'create' && state.creating ? answerHint(state.creating, prompt, choices) : choices;
}

function KeysBar() {
  const { bindings } = useDeck();
  const state = useApp((all) => all);
  if (state.notice) {
    const last = noticeLines(state.notice, state.columns).at(-1)!;
    return <Line text={paint(fitText(` ${last}`, state.columns), NOTICE_TONES[state.notice.tone])} />;
  }
  const offered = bindings
    .filter((binding) => binding.bar !== undefined && binding.disabled?.(state) === undefined)
    .map(({ keys: [key = ''], bar, group }) => ({ key: SHOWN[key] ?? key, bar, group }));
  const used = () => offered.reduce((sum, { key, bar }) => sum + width(`${key} ${bar}  `), -2);
  // What does not fit is left out whole; what acts, and how to get help, stays to the last.
  for (const group of ['Look', 'Move', 'Screens']) {
    while (used() > state.columns) {
      const at = offered.findLastIndex((each) => each.group === group);
      if (at < 0) break;
      offered.splice(at, 1);
    }
  }
  return <Line text={offered.map(({ key, bar }) => `${paint(key, 'title')} ${bar}`).join('  ')} />;
}

export function Footer() {
  const typing = useApp((state) => state.prompt !== undefined);
  const state = useApp((all) => all);
  const long = longLine(state);
  if (long) return <LongLineRows line={long} columns={state.columns} />;
  return (
    <Box flexDirection="column">
      <ScreensBar />
      {typing ? <PromptLine /> : <KeysBar />}
    </Box>
  );
}
