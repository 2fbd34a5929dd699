/** The dashboard on a real terminal: Ink draws, the terminal room owns the tty, the store is between. */
import { type Instance, render, useApp as useInk } from 'ink';
import { useEffect } from 'react';
import type { Mind } from '../../hooks/binding.ts';
import type { Creator } from '../../hooks/create.ts';
import type { Guides } from '../../hooks/guide.ts';
import { type KeyContext, keymapOf } from '../../hooks/keymap.ts';
import { createLists, type Lists } from '../../hooks/lists.ts';
import type { Operator } from '../../hooks/operate.ts';
import { trackReading } from '../../hooks/reading.ts';
import { App } from '../../views/app.tsx';
import { screens } from '../../views/screens/index.ts';
import { resize, type Store, tick } from '../store/store.ts';
import { Terminal } from '../terminal/terminal.ts';
import { editText } from './editor.ts';
import { pageText } from './pager.ts';

const TICK_MS = 1_000;

/** Hands Ink's way to silence the input over to the terminal, for Ctrl-Z and for programs run in between. */
function InputBridge({ terminal }: { terminal: Terminal }) {
  const { suspendTerminal } = useInk();
  useEffect(() => {
    terminal.setInputOwner((body) => suspendTerminal(body));
    return () => terminal.setInputOwner(undefined);
  }, [terminal, suspendTerminal]);
  return null;
}

export interface Dashboard {
  /** What is on its screens. */
  lists: Lists;
  /** Resolves with the exit code once the operator quits. */
  finished: Promise<number>;
  /** Gives the terminal back; `finished` resolves with `code`. */
  close(code: number): void;
  /** From now on causes can be acknowledged. */
  setMind(mind: Mind): void;
  /** From now on guides can be followed. */
  setGuides(guides: Guides): void;
  /** From now on clusters can be made. */
  setCreator(creator: Creator): void;
  /** From now on operations can be opened. */
  setOperator(operator: Operator): void;
  /** Puts a text on the terminal's clipboard; gives why it was not even tried, if so. */
  copy(text: string): 'empty' | 'too large' | undefined;
  bell(): void;
  /** Opens a text in $EDITOR on this terminal; undefined where it was left as it was. Rejects with a sentence. */
  edit(text: string, name: string): Promise<string | undefined>;
}

/** Opens the dashboard on the process's terminal. `onGone` runs when the terminal or the process goes away. */
export function openDashboard(store: Store, onGone: () => void): Dashboard {
  const terminal = new Terminal({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    process,
    onExit: onGone,
  });
  // Node's warnings go to stderr, which is this same screen: they would draw over it.
  process.removeAllListeners('warning');
  // Node would open its inspector to every user of a shared host, with credentials in memory.
  process.on('SIGUSR1', () => {});
  const lists = createLists(screens);
  const bindings = keymapOf(lists);
  trackReading(store, lists);
  const fitScreen = () => resize(store, terminal.stdout.columns, terminal.stdout.rows);
  fitScreen();
  terminal.stdout.on('resize', fitScreen);
  const timer = setInterval(() => tick(store, Date.now()), TICK_MS);
  timer.unref();

  let resolve: (code: number) => void;
  const finished = new Promise<number>((done) => {
    resolve = done;
  });
  let instance: Instance | undefined;
  let closed = false;
  let operator: Operator | undefined;
  let mind: Mind | undefined;
  let guides: Guides | undefined;
  let creator: Creator | undefined;
  const close = (code: number): void => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    // The terminal first: what Ink writes while it unmounts must not reach the shell's screen.
    terminal.close();
    instance?.unmount();
    resolve(code);
  };
  const keys: KeyContext = {
    store,
    lists,
    quit: () => close(0),
    suspend: () => void terminal.suspend(),
    repaint: () => terminal.repaint(),
    texts: {
      copy: (text) => terminal.copy(text),
      page: (text) => terminal.runOutside(() => pageText(text, process.env)),
    },
    // It comes with the connection: until then nothing can be written.
    get operator() {
      return operator;
    },
    get guides() {
      return guides;
    },
    get mind() {
      return mind;
    },
    get creator() {
      return creator;
    },
  };
  instance = render(
    <>
      <InputBridge terminal={terminal} />
      <App deck={{ store, lists, bindings, utf8: terminal.capabilities.utf8 }} keys={keys} />
    </>,
    {
      stdout: terminal.stdout as unknown as NodeJS.WriteStream,
      stdin: process.stdin,
      stderr: process.stderr,
      // Whole frames to our writer, which sends only the cells that changed.
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
    },
  );
  // A view that throws ends Ink with an error and no word: it must not end with exit code 0.
  instance.waitUntilExit().then(
    () => close(0),
    (error: unknown) => {
      if (!closed) terminal.crash(error);
    },
  );
  return {
    lists,
    finished,
    close,
    setGuides: (made) => {
      guides = made;
    },
    setMind: (made) => {
      mind = made;
    },
    setCreator: (made) => {
      creator = made;
    },
    setOperator: (made) => {
      operator = made;
    },
    copy: (text) => terminal.copy(text),
    bell: () => terminal.bell(),
    edit: (text, name) => terminal.runOutside(() => editText(text, name, process.env)),
  };
}
