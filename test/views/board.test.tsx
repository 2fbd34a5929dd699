/** The board of a session: what is next is said and done by one key, and no word of others draws on the screen. */
import { describe, expect, it } from 'vitest';
import { standingText } from '../../src/app/upgrade/standing-text.ts';
import type { Course, Gate, Note, Stage } from '../../src/guides/contract.ts';
import type { Guiding, Targets } from '../../src/store/guiding.ts';
import { newPlace } from '../../src/store/state.ts';
import { boardLines } from '../../views/guide/lines.ts';
import { fleetOf, NOW, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const late = { usual: { median: 20 * 60_000, p95: 40 * 60_000, count: 9 }, lateAfter: 81 * 60_000 };
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202egnp\nforged line';

const gate = (more: Partial<Gate>): Gate => ({
  name: 'spare-hosts/pool',
  result: 'block',
  title: 'spare hosts in pool',
  figure: '0 free, 1 needed',
  evidence: [],
  override: 'typed',
  ...more,
});

const stage = (id: string, state: Stage['state'], more: Partial<Stage> = {}): Stage => ({
  id,
  part: 'Hop 1 of 1: v1 to v2',
  title: id,
  state,
  gates: [],
  outline: [],
  progress: { milestones: [] },
  turns: [],
  estimate: { hosts: 0, usual: 0, longest: 0, rests: [] },
  ...more,
});

function course(next: Course['next'], crossed = false): Course {
  const turns: Stage['turns'] = [
    {
      old: { name: 'a', host: 'rack1-u1' },
      fresh: { name: 'b', host: 'rack1-u2' },
      state: 'done',
      doing: 'done',
      ...late,
    },
    { old: { name: 'c', host: HOSTILE }, state: 'now', doing: HOSTILE, began: NOW - 5 * 60_000, ...late },
    { old: { name: 'd', host: 'rack1-u4' }, state: 'todo', doing: 'waits for its turn', ...late },
  ];
  return {
    title: 'Upgrade prod from v1 to v2',
    stages: [
      stage('catalog', 'done'),
      stage('plane', next.what === 'wait' ? 'running' : 'next', { turns, gates: [gate({})] }),
      stage('workers', 'todo'),
    ],
    gates: [],
    line: { stage: 'plane', text: 'the first machine of v2', crossed, ...(crossed ? { at: NOW } : {}) },
    keep: [],
    estimate: { hosts: 3, usual: 60 * 60_000, longest: 0, rests: [] },
    next,
  };
}

/** What a pool with long names is offered. */
const offered =
  'hosts=3 pool=edge-a-worker-pool names=edge-a-worker-{09} group=edge-a-workers registration=edge-a-registration';

const fields = [
  { name: 'hosts', says: 'how many, or which: hosts=r1-u1,r1-u2', values: ['r1-u1', 'r1-u2', 'r2-u1'], list: true },
  { name: 'image', says: 'image=rebuild builds the ISO anew', values: ['rebuild'] },
  { name: 'pool', says: 'which they go into: pool=edge-a-worker-pool', values: ['edge-a-worker-pool', 'lab-pool'] },
  { name: 'replicas', says: 'how many machines in the end: replicas=8', values: [] },
];

const ONE: Targets = [{ value: 'v4.3.0', title: 'v1.34.5 (v4.3.0)' }];

function open(guiding: Partial<Guiding>, columns = 80, rows = 24, choices: Targets = ONE) {
  const did: string[] = [];
  const screen = openScreen(fleetOf(smallDatacenter()), {
    columns,
    rows,
    guides: () => ({
      offer: () => ({ line: offered, about: 'rack-pool has 2 spare hosts already', fields }),
      choices: () => choices,
      plan: (target, to) => did.push(`plan ${target.name} ${to}`),
      begin: () => did.push('begin'),
      resume: (id) => did.push(`resume ${id}`),
      answer: async (name, words) => {
        did.push(`answer ${name}: ${words}`);
        return undefined;
      },
      hold: (how) => did.push(`hold ${how}`),
      goOn: () => did.push('go on'),
      choose: async ({ order }) => {
        did.push(`order ${order}`);
        return undefined;
      },
      send: (wish) => did.push(`send ${wish}`),
      report: () => did.push('report'),
    }),
  });
  const target = { kind: 'cluster' as const, uid: 'u', name: 'prod' };
  screen.store.setState({
    guiding: {
      id: 'id',
      guide: 'upgrade',
      ask: { guide: 'upgrade', targets: [target], values: {} },
      title: 'Upgrade prod from v1 to v2',
      notes: [],
      live: true,
      at: NOW,
      lock: { state: 'mine' },
      ...guiding,
    },
    places: [newPlace('overview'), newPlace('guide', target)],
  });
  return { ...screen, did };
}

const waiting: Course['next'] = { what: 'wait', stage: 'plane', for: '1 of 3' };

describe.each([
  [80, 24],
  [120, 40],
  [200, 50],
])('the board at %ix%i', (columns, rows) => {
  it('shows what is next, the line, each machine with its hosts, and nothing that draws', () => {
    const screen = open({ course: course(waiting) }, columns, rows);
    const text = screen.text();
    for (const part of ['1 of 3', 'FROM HERE ON: FORWARD ONLY', 'rack1-u1', 'rack1-u2', '5m of 20m'])
      expect(text).toContain(part);
    expect(screen.raw()).not.toMatch(/\u001b\[2J|\u001b\]0;|\u202e/);
    expect(text).not.toMatch(/^forged line/m);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});

it('says of each word when it was said, and the day where it was another one', () => {
  const said = (at: number) => ({ note: 'held', at, by: 'ana', how: 'stage' }) as const;
  const notes = [said(Date.UTC(2026, 10, 27, 23, 59, 59)), said(Date.UTC(2026, 10, 28, 0, 1, 0))];
  const now = Date.UTC(2026, 10, 28, 9, 0, 0);
  const screen = open({ course: course(waiting), notes }, 120);
  const state = { ...screen.store.getState(), now };
  const [, told = ''] = standingText(state.guiding!, state).split('SAID, DONE\n');
  expect(told.trimEnd().split('\n')).toEqual(['00:01Z       ana: held', '11-27 23:59Z ana: held']);
});

describe('its keys', () => {
  it('are told on the screen, and not where there is none', () => {
    const screen = open({ id: undefined, course: course(waiting) }, 120);
    expect(screen.text()).toContain('nothing is begun; y begins the session');
    const state = screen.store.getState();
    const text = standingText(state.guiding!, state);
    expect(text).toContain('nothing is begun');
    expect(text).not.toContain('y begins');
  });

  it('are told with what has changed alone, where the board was shown before', () => {
    const screen = open({ course: course(waiting) }, 120);
    const state = screen.store.getState();
    const guiding = state.guiding!;
    const before = boardLines(guiding, state);
    const lines = (text: string) => text.trimEnd().split('\n');
    expect(lines(standingText(guiding, { ...state, now: NOW + 60_000 }, before))).toEqual([
      guiding.title,
      expect.stringMatching(/^now +1 of 3$/),
    ]);
    const note = { note: 'confirmed', at: NOW, by: 'ana', gate: 'etcd-backup', words: 'rack 3' } as const;
    const next = { ...waiting, for: '2 of 3' } as Course['next'];
    const after = { ...guiding, course: course(next), notes: [note] };
    expect(lines(standingText(after, state, before))).toEqual([
      guiding.title,
      expect.stringMatching(/^now +2 of 3$/),
      'SAID, DONE',
      expect.stringContaining('etcd-backup: "rack 3"'),
    ]);
    expect(lines(standingText(after, state)).length).toBeGreaterThan(8);
  });

  it('begins, sends, answers, holds, goes on and reports', async () => {
    const planned = open({
      id: undefined,
      course: course({ what: 'send', stage: 'plane', request: {} as never, how: 'forward' }),
    });
    planned.press('y');
    expect(planned.did).toEqual(['begin']);
    const sending = open({ course: course({ what: 'send', stage: 'plane', request: {} as never, how: 'forward' }) });
    sending.press('y');
    sending.press('p');
    sending.press('P');
    sending.press('w');
    expect(sending.did).toEqual(['send next', 'hold machine', 'hold stage', 'report']);
    const held = open({
      course: course(waiting),
      notes: [{ note: 'held', at: NOW, by: 'ana', how: 'stage' }],
    });
    held.press('p');
    expect(held.did).toEqual(['go on']);
    const two = open({ course: course(waiting), order: 'db,workers' });
    two.press('m');
    two.press('ctrl-u');
    two.type('workers, db');
    two.press('enter');
    expect(two.did).toEqual(['order workers, db']);
    const back = open({ course: course(waiting), back: {} as never }, 200, 50);
    expect(back.text().split('take back')).toHaveLength(2);
    back.press('u');
    expect(back.did).toEqual(['send take back']);
    const asked = open({ course: course({ what: 'answer', stage: 'plane', gates: [gate({})] }) });
    asked.press('y');
    asked.type('spare-hosts/pool');
    asked.press('enter');
    expect(asked.did).toEqual(['answer spare-hosts/pool: spare-hosts/pool']);
  });

  it('offers no key to whoever only looks on but the report, and each of them says who drives', () => {
    const lock = { state: 'other', who: 'ben on jump2' } as const;
    const send: Course['next'] = { what: 'send', stage: 'plane', how: 'forward', request: {} as never };
    const screen = open({
      course: course(send),
      lock,
      apart: true,
      back: {} as never,
      order: 'a,b',
      repair: undefined,
    });
    const bar = () => screen.lines().at(-1)!;
    for (const word of ['next', 'hold/go on', 'take back', 'order', 'yaml']) expect(bar()).not.toContain(word);
    expect(bar()).toContain('report');
    expect(screen.text()).not.toContain('y shows the write');
    for (const key of ['y', 'p', 'P', 'u', 'm', 'R']) {
      screen.store.setState({ notice: undefined });
      screen.press(key);
      expect(bar(), key).toContain('ben on jump2 drives it: this only looks on');
    }
    expect(screen.did).toEqual([]);
    expect(screen.store.getState().places.at(-1)).toMatchObject({ screen: 'guide' });
  });

  it('lets another process of the same account say stop, and not go on', () => {
    const lock = { state: 'other', who: 'process 7 on jump' } as const;
    const screen = open({ course: course(waiting), lock });
    expect(screen.lines().at(-1)).toContain('hold/go on');
    screen.press('p', 'P');
    expect(screen.did).toEqual(['hold machine', 'hold stage']);
    screen.store.setState(({ guiding }) => ({
      guiding: { ...guiding!, notes: [{ note: 'held', how: 'stage', at: NOW, by: 'ana' }] },
    }));
    expect(screen.lines().at(-1)).not.toContain('hold/go on');
    screen.press('p');
    expect(screen.lines().at(-1)).toContain('process 7 on jump drives it');
  });

  it('says why there is no way back behind the line, and who drives', () => {
    const over = open({ course: course(waiting, true) });
    over.press('u');
    expect(over.text()).toContain('forward only');
    const other = open({ course: course(waiting), lock: { state: 'other', who: 'ben on jump2' } });
    expect(other.text()).toContain('ben on jump2 drives it');
    other.press('y');
    expect(other.did).toEqual([]);
    const bare = open({ course: course(waiting), lock: { state: 'unprotected', why: 'leases is forbidden' } });
    expect(bare.text()).toContain('NOT PROTECTED');
  });
});

describe('the question where a cluster is to go', () => {
  const rows = ['v1.35.6', 'v1.34.5-3', 'v1.34.5-1', 'v1.34.5', 'v1.33.7-4', 'v1.33.7-3'];
  const choices: Targets = [
    ...rows.map((title, at) => ({ value: title, title: `${title} (v4.${at})` })),
    { value: 'v1.36.0', title: 'v1.36.0 (v4.9)', disabled: 'no image' },
  ];
  const asked = () => {
    const screen = open({}, 80, 24, choices);
    screen.press('7', 'u');
    return screen;
  };
  const bottom = (screen: ReturnType<typeof asked>) => screen.lines().slice(-2).join('\n');

  it('says how many answers there are, and the arrows go through all that can be taken', () => {
    const screen = asked();
    expect(bottom(screen)).toContain('down: all 6');
    const seen = rows.map((title, at) => {
      screen.press('down');
      expect(bottom(screen)).toContain(`${at + 1} of 6: ${title} (v4.${at})`);
      return screen.store.getState().prompt?.text;
    });
    expect(seen).toEqual(rows);
    screen.press('down');
    expect(screen.store.getState().prompt?.text).toBe('v1.35.6');
    screen.press('up', 'enter');
    expect(screen.did).toEqual(['plan prod v1.33.7-3']);
  });

  it('narrows them down by what is typed, and counts those that have no room', () => {
    const screen = asked();
    screen.type('v1.3');
    expect(bottom(screen)).toContain('v1.35.6 (v4.0)  v1.34.5-3 (v4.1)  v1.34.5-1 (v4.2)  4 more: down');
    screen.press('ctrl-u');
    screen.type('v1.33');
    expect(bottom(screen)).toContain('v1.33.7-4 (v4.4)  v1.33.7-3 (v4.5)');
    screen.press('up');
    expect(bottom(screen)).toContain('2 of 2: v1.33.7-3 (v4.5)');
    screen.press('backspace');
    expect(bottom(screen)).not.toContain('of 2');
  });
});

describe.each([
  [80, 24],
  [60, 16],
])('what is offered of more hosts, at %ix%i', (columns, rows) => {
  it('is read whole, with what there is already, before it is taken', () => {
    const screen = open({}, columns, rows);
    const pool = { kind: 'pool' as const, uid: 'p', name: 'edge-a-worker-pool' };
    screen.store.setState({ places: [newPlace('overview'), newPlace('detail', pool)] });
    screen.press('+');
    const lines = screen.text().split('\n');
    const read = lines.join(' ').replace(/\s+/g, ' ');
    expect(lines).toHaveLength(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    for (const part of ['rack-pool has 2 spare hosts already', `more hosts: ${offered}`, 'enter shows the plan'])
      expect(read).toContain(part);
    // What is changed at its beginning is seen there.
    screen.press('home', 'delete');
    expect(screen.text().replace(/\s+/g, ' ')).toContain(`more hosts: ${offered.slice(1)}`);
    screen.press('enter');
    expect(screen.did).toEqual([`plan edge-a-worker-pool ${offered.slice(1)}`]);
  });
});

describe('the line of more hosts', () => {
  const asked = (line: string) => {
    const screen = open({}, 100, 30);
    const pool = { kind: 'pool' as const, uid: 'p', name: 'edge-a-worker-pool' };
    screen.store.setState({ places: [newPlace('overview'), newPlace('detail', pool)] });
    screen.press('+', 'end', 'ctrl-u');
    screen.type(line);
    const read = () => screen.text().replace(/\s+/g, ' ');
    const typed = () => screen.store.getState().prompt?.text;
    return { ...screen, read, typed };
  };

  it('says of the word under the cursor what may be entered, with an example, and which words there are besides', () => {
    const { press, read } = asked('hosts=3 pool=lab-pool');
    expect(read()).toContain(
      'pool: which they go into: pool=edge-a-worker-pool (down: all 2); space adds image= replicas=',
    );
    press('home');
    expect(read()).toContain('hosts: how many, or which: hosts=r1-u1,r1-u2; space adds');
    expect(asked('hosts=3 ').read()).toContain('a field, tab or down completes it: image= pool= replicas=');
    expect(asked('hosts=3 re').read()).toContain('replicas: how many machines in the end: replicas=8 (tab)');
    expect(asked('hosts=3 color').read()).toContain('there is no field "color": hosts= image= pool= replicas=');
  });

  it('is completed word by word: names of fields by tab, and what there is of each by the arrows', () => {
    const one = asked('hosts=3 po');
    one.press('tab');
    expect(one.typed()).toBe('hosts=3 pool=');
    one.press('down', 'down');
    expect(one.typed()).toBe('hosts=3 pool=lab-pool');
    expect(one.read()).toContain('(2 of 2)');
    one.type(' ');
    one.press('tab');
    expect(one.typed()).toBe('hosts=3 pool=lab-pool image=');
    const which = asked('hosts=r1-u1,');
    which.press('down', 'down');
    expect(which.typed()).toBe('hosts=r1-u1,r2-u1');
    const number = asked('hosts=3');
    number.press('down');
    expect(number.typed()).toBe('hosts=r1-u1');
    number.press('enter');
    expect(number.did).toEqual(['plan edge-a-worker-pool hosts=r1-u1']);
  });
});

const minute = 60_000;

it('shows of a session that is over what it kept itself, and says so: the fleet has gone on since', () => {
  const saw = (ago: number, key: string, text: string): Note => ({
    ...{ note: 'saw', at: NOW - ago * minute, by: 'ana', key, text, data: {} },
  });
  const notes: Note[] = [
    saw(9, 'stage/v2/image/done', 'Image of v2: done'),
    { note: 'sent', at: NOW - 8 * minute, by: 'ana', stage: 'v2/w', operation: 'op-7', how: 'forward' },
    saw(2, 'stage/v2/w/done', 'workers to v2: done'),
  ];
  const screen = open({ course: course(waiting), closed: 'done', operations: new Map(), notes });
  const text = screen.text();
  const read = text.replace(/\s+/g, ' ');
  expect(text).toContain('done: everything was seen');
  expect(text).toContain('told by');
  expect(read).toContain('how the cluster is today is no part of it');
  expect(text).toMatch(/\[x\] +Image of v2, was there already/);
  expect(text).toMatch(/\[x\] +workers to v2, in 6m; written by ana \(op-7\)/);
  for (const today of ['POOLS', 'GATES', 'left 1h', 'draining']) expect(text).not.toContain(today);
});

it('copies the command or the address of a line of the board, however it is broken', () => {
  const copied = (of: Course, text: string) => {
    const screen = open({ course: of }, 80, 60);
    const row = screen.lines().findIndex((line) => line.includes(text));
    screen.press('home');
    for (let step = 0; step < 60 && !screen.lines()[row]?.startsWith('>'); step += 1) screen.press('down');
    screen.press('c');
    return screen.events.at(-1);
  };
  const url = `https://platform.dc1.example/elemental/seedimage/${'x7k2'.repeat(30)}/worker.iso`;
  const command = `etcdctl snapshot save ${'/var/lib/etcd'.repeat(6)}.db`;
  const milestones = [{ title: `boot from ${url} (checksum ${url}.sha256)`, state: 'now' as const }];
  const running = stage('iso', 'running', { progress: { milestones } });
  const on = { ...course(waiting), stages: [running], next: { what: 'wait' as const, stage: 'iso', for: 'hosts' } };
  expect(copied(on, 'x7k2x7k2x7k2')).toBe(`copy ${url}`);
  const gates = [gate({ name: 'etcd-backup', asks: 'where it is', remedy: { text: 'take a snapshot', command } })];
  const before = [stage('ovn', 'next', { gates })];
  const asks = { ...course(waiting), stages: before, next: { what: 'answer' as const, stage: 'ovn', gates } };
  expect(copied(asks, 'etcdctl')).toBe(`copy ${command}`);
});
