/** A small program on the terminal room and Ink, for the tests in pty.test.ts. Each key makes something happen. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { Box, render, Text, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { createElement as h, useEffect, useState } from 'react';
import { openTerminal } from '../../src/terminal/terminal.ts';

const terminal = openTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  process,
  onCrash: () => 'the report is in /nowhere',
});

function child(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn('sh', ['-c', command], { stdio: 'inherit' })
      .once('error', reject)
      .once('exit', () => resolve());
  });
}

function colourful(frame: number): string {
  const cell = (_: unknown, at: number) => `\x1b[38;2;${frame};${at % 256};${at % 7}m${at % 10}`;
  return Array.from({ length: 24 }, () => Array.from({ length: 80 }, cell).join('')).join('\n');
}

function App() {
  const [keys, setKeys] = useState('');
  const [broken, setBroken] = useState(false);
  const { exit, suspendTerminal } = useApp();
  const { columns, rows } = useWindowSize();
  useEffect(() => terminal.setInputOwner(suspendTerminal), [suspendTerminal]);
  usePaste((text) => setKeys((before) => `${before}<${text}>`));
  useInput((input, key) => {
    setKeys((before) => before + input);
    if (key.ctrl && input === 'z') void terminal.suspend();
    if (input === 'q') exit();
    if (input === 'x') process.exit(7);
    if (input === 't')
      setTimeout(() => {
        throw new Error('thrown in a timer \x1b[2J');
      }, 0);
    if (input === 'r') void Promise.reject(new Error('nobody listens'));
    if (input === 'e') setBroken(true);
    if (input === 'f') {
      // More than any line takes at once; a blocked process would never come to the exit.
      for (let frame = 0; frame < 50; frame++) terminal.stdout.write(colourful(frame));
      for (let copy = 0; copy < 20; copy++) terminal.copy('x'.repeat(50_000));
      setTimeout(() => process.exit(8), 50);
    }
    if (input === 'o') {
      void terminal.runOutside(() => child('echo outside; read a; read b; echo "child read $a and $b"; read c'));
    }
  });
  if (broken) throw new Error('thrown in render');
  return h(
    Box,
    { flexDirection: 'column' },
    h(Text, { color: 'green' }, `pid ${process.pid}.`),
    h(Text, null, `keys ${keys}.`),
    h(Text, null, `${columns}x${rows}`),
  );
}

const app = render(h(App), {
  stdout: terminal.stdout,
  stdin: process.stdin,
  debug: true,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
  alternateScreen: false,
});
try {
  await app.waitUntilExit();
  terminal.close();
} catch (error) {
  terminal.crash(error);
}
