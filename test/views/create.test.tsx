/** The screen of a cluster to be made: as text at the three sizes, and with whatever stands in files and answers. */
import { describe, expect, it } from 'vitest';
import type { Creator } from '../../hooks/create.ts';
import { type Creating, FILE_ENTRY } from '../../src/store/creating.ts';
import { createLines } from '../../views/create/lines.ts';
import { width } from '../../views/parts/fit.ts';
import { fleetOf, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const entry = (name: string, title: string, value: string) => ({
  name,
  title,
  value,
  kind: 'text' as const,
  choices: [],
});

function creating(say: (text: string) => string = (text) => text): Creating {
  return {
    file: say('/home/ops/depot.yaml'),
    entries: [
      entry(FILE_ENTRY, 'File of answers', say('/home/ops/depot.yaml')),
      entry('cluster', 'Name of the cluster <cluster-name>', say('depot')),
      entry('endpoint.host', 'Address of the control plane', say('10.20.1.200')),
      entry('networks.pods', 'Network of pods', say('10.4.0.0/16')),
    ],
    findings: [
      { path: 'networks.pods', severity: 'error', text: say('10.4.0.0/16 overlaps the services of prod') },
      { path: 'endpoint.host', severity: 'warning', text: say('nobody could say whether it is in use') },
    ],
    unchecked: [say('clusters')],
    course: {
      title: say('Create depot with v1.33.7-2'),
      stages: [
        {
          id: 'hosts',
          part: 'depot',
          title: say('Hosts booted from the ISO'),
          state: 'running',
          gates: [],
          outline: [],
          progress: { milestones: [{ title: say('Host 1'), state: 'now', detail: say('has not registered') }] },
          turns: [],
          estimate: { hosts: 0, usual: 0, longest: 0, rests: [] },
        },
      ],
      gates: [],
      keep: [],
      estimate: { hosts: 0, usual: 0, longest: 0, rests: [] },
      next: { what: 'wait', stage: 'hosts', for: say('Host 1') },
    },
    rack: [say('ISO https://platform.dc1.example/elemental/seedimage/very/long/address/of/an/image.iso')],
    unnamed: [say('depot-4c4c4544')],
  };
}

/** Takes what is entered, and does nothing with it. */
const CREATOR: Creator = { enter() {}, edit() {}, fill() {}, go: () => undefined };

function open(given: Creating, columns: number, rows: number) {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns, rows, creator: CREATOR });
  screen.press('C');
  screen.store.setState({ creating: given });
  return screen;
}

describe.each([
  [80, 24],
  [120, 40],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  it('shows where it stands, the answers, and what is wrong with them', async () => {
    const screen = open(creating(), columns, rows);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`__screens__/create-${columns}x${rows}.txt`);
  });

  it('draws nothing of what others wrote, and stays in its place', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b5A\u0000\u202e\nFORGED\ttxt';
    const screen = open(
      creating((text) => `${text}${evil}`),
      columns,
      rows,
    );
    for (const key of ['end', 'home', 'down', 'enter', 'escape', 'pagedown']) {
      screen.press(key);
      const rest = screen.raw().replace(/\u001b\[[0-9;]*m/g, '');
      expect(rest).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(screen.lines().length).toBeLessThanOrEqual(rows);
      for (const line of screen.lines()) {
        expect(width(line)).toBeLessThanOrEqual(columns);
        // Wrapped it may be, within its column; never as a row of its own.
        expect(line).not.toMatch(/^.{0,3}FORGED/);
        if (!screen.store.getState().prompt) expect(line).not.toMatch(/txt\s+…/);
      }
    }
  });
});

it('says what is wrong with the file itself, and with keys that are no answers', () => {
  const findings = [
    { path: '', severity: 'error' as const, text: 'Flow sequence must end with a ]' },
    { path: 'vird', severity: 'error' as const, text: '"vird" is not known' },
    { path: 'cluster', severity: 'error' as const, text: 'has capital letters' },
  ];
  const lines = createLines({ ...creating(), findings }).map(({ text }) => text);
  expect(lines.filter((text) => text.startsWith('! ') && !text.includes('capital'))).toEqual([
    '! the file: Flow sequence must end with a ]',
    '! "vird" is not known',
  ]);
  expect(lines.filter((text) => text === '! has capital letters')).toHaveLength(1);
});

describe('the first line', () => {
  it('names the first answer that is wrong, with why, and enter asks for it', () => {
    const screen = open(creating(), 80, 24);
    expect(screen.text()).toContain('1 answer is missing or wrong');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('Network of pods (10.4.0.0/16 overlaps the services of prod)');
    screen.press('enter');
    expect(screen.store.getState().prompt).toMatchObject({ kind: 'entry', entry: 'networks.pods' });
  });

  it('leads on once every answer holds', () => {
    const asked: string[] = [];
    const creator = { ...CREATOR, go: (what: string) => void asked.push(what) };
    const screen = openScreen(fleetOf(smallDatacenter()), { columns: 80, rows: 24, creator });
    screen.press('C');
    const { course, ...given } = creating();
    const request = { operation: 'create-pools', targets: [], values: {} };
    const next = { what: 'send', stage: 'pools', how: 'forward', request } as const;
    screen.store.setState({ creating: { ...given, findings: [], course: { ...course!, next } } });
    screen.press('enter');
    expect(asked).toEqual(['next']);
  });

  it('says what an answer is about while it is typed, in place of the screens', () => {
    const given = creating();
    const entries = given.entries.map((one) => ({
      ...one,
      about: `such as X: ${one.title} is about this. ${'x'.repeat(90)}`,
    }));
    const screen = open({ ...given, entries }, 80, 24);
    expect(screen.text()).toContain('2 pools');
    screen.press('enter');
    expect(screen.text()).toContain('such as X: Network of pods is about this.');
    expect(screen.text()).not.toContain('2 pools');
    screen.press('escape');
    expect(screen.text()).toContain('2 pools');
  });
});

it.each([
  [
    { who: 'ana as admin on jump1\u001b[2J', since: Date.parse('2026-11-21T02:14:00Z') },
    'ana as admin on jump1 works on it since 2026-11-21 02:14:00Z: this only looks on, and nothing is written from here meanwhile',
  ],
  [{ who: 'ana on jump1' }, 'ana on jump1 works on it: this only looks on, and nothing is written from here meanwhile'],
  [{ why: 'no Lease may be read' }, 'whether somebody else works on it is not known: no Lease may be read'],
])('says who else works on it, before anything is typed: %j', (other, text) => {
  const [, line] = createLines({ ...creating(), other });
  expect(line).toEqual({ id: 'OTHER', label: 'driver', text, tone: 'warn' });
  expect(createLines(creating()).some(({ id }) => id === 'OTHER')).toBe(false);
});

it('leads from a failed build to the write that builds it again, and says first why it failed', () => {
  const asked: string[] = [];
  const { course, ...given } = creating();
  const failed: Creating = {
    ...given,
    findings: [],
    unchecked: [],
    course: {
      ...course!,
      next: { what: 'repair', stage: 'registration', why: 'ISO depot-iso built: the build has failed.' },
    },
    rebuild: { operation: 'rebuild', targets: [{ kind: 'seedImage', uid: 'u', name: 'depot-iso' }], values: {} },
  };
  const creator = { ...CREATOR, go: (what: string) => void asked.push(what) };
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 80, rows: 24, creator });
  screen.press('C');
  screen.store.setState({ creating: failed });
  expect(screen.text().replace(/\s+/g, ' ')).toContain(
    'depot with v1.33.7-2: ISO depot-iso built: the build has failed.',
  );
  screen.press('j', 'j');
  expect(screen.text()).toMatch(/^>enter +build depot-iso again: read what would be written/m);
  screen.press('enter');
  expect(asked).toEqual(['rebuild']);
  expect(screen.store.getState().places.map(({ screen: id }) => id)).toEqual(['create', 'operate']);
});

it('does not lose the cursor when the line of what was wrong goes', () => {
  const given = creating();
  const screen = open(given, 120, 40);
  screen.press('end');
  expect(screen.text()).toMatch(/>\s+! 10\.4\.0\.0\/16 overlaps/);
  screen.press('enter');
  screen.press('escape');
  screen.store.setState({ creating: { ...given, findings: [] } });
  expect(screen.text()).not.toContain('went away');
  expect(screen.text()).toMatch(/>\s+Network of pods/);
});

describe('lines pasted into an answer', () => {
  const key = (n: number) => `ssh-rsa ${'A'.repeat(700)}${n} you@jumphost`;
  const begin = () => {
    const screen = open(creating(), 80, 24);
    screen.store.setState({ prompt: { kind: 'entry', entry: 'ssh.authorizedKeys', text: '', at: 0, before: '' } });
    return screen;
  };
  const typed = (screen: ReturnType<typeof begin>) => screen.store.getState().prompt?.text;

  it('are a list, and whole', () => {
    const screen = begin();
    screen.paste(`${key(1)}\r\n  ${key(2)}\n`);
    expect(typed(screen)).toBe(`${key(1)}, ${key(2)}`);
  });

  it('are text where the terminal does not say that they were pasted: never keys for the screen behind', () => {
    const screen = begin();
    const keys = (text: string) => [...text].map((one) => (one === '\n' ? 'enter' : one));
    screen.pressTogether(...keys(`one\nqso${'1'.repeat(20)}\n`));
    expect(typed(screen)).toBe(`one, qso${'1'.repeat(20)}`);
    expect(screen.store.getState().places.at(-1)).toMatchObject({ screen: 'create' });
  });

  it('are no lines where somebody typed ahead on a slow line: the answer is taken, and the next keys move', () => {
    const screen = begin();
    screen.pressTogether('o', 'n', 'e', 'enter', 'g');
    expect(typed(screen)).toBeUndefined();
    expect(screen.store.getState().places.at(-1)).toMatchObject({ screen: 'create', index: 0 });
  });
});
