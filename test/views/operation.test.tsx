/** Operations through keys: what is shown, what confirms, and that nothing else ever does. */
import { afterEach, describe, expect, it } from 'vitest';
import { fleetOf, host, type Raw, raw, smallDatacenter } from './fixtures.ts';
import { calmDatacenter, type Desk, openDesk } from './operating.tsx';
import { openScreen } from './screen.tsx';

const desks: Desk[] = [];
const open = (...args: Parameters<typeof openDesk>) => {
  const desk = openDesk(...args);
  desks.push(desk);
  return desk;
};
afterEach(() => {
  for (const desk of desks.splice(0)) desk.stop();
});

/** The scale operation of the one group, with a number entered and everything read. */
async function scaling(to: string, size: Parameters<typeof openDesk>[1] = { rows: 60 }): Promise<Desk> {
  const desk = open(calmDatacenter(), size);
  desk.press('5', 'a', 'enter', 'backspace');
  desk.type(to);
  desk.press('enter');
  await desk.settle();
  return desk;
}

describe('the list of operations', () => {
  it('is walked entry by entry, each read to its last line, and paged line by line', () => {
    const desk = open(calmDatacenter(), { rows: 15 });
    desk.press('5', 'a');
    type Row = { part: number; id: string; text: string; targets: readonly { uid: string }[] };
    const state = () => desk.store.getState();
    const lines = desk.lists.view(state(), state().places.at(-1)!).rows as readonly Row[];
    const entry = ({ id, targets }: Row) => `${id} ${targets[0]?.uid}`;
    const entries = lines.filter(({ part }) => part === 0);
    expect(lines.length).toBeGreaterThan(entries.length);
    const at = () => desk.lists.selected(state())!.row as Row;
    const stands = (wanted: Row) => expect([entry(at()), at().part]).toEqual([entry(wanted), 0]);
    for (const wanted of entries) {
      stands(wanted);
      for (const line of lines) if (entry(line) === entry(wanted)) expect(desk.text()).toContain(line.text);
      desk.press('j');
    }
    for (const wanted of entries.toReversed()) {
      stands(wanted);
      desk.press('k');
    }
    const seen = new Set<string>();
    for (let page = 0; page < entries.length; page++) {
      for (const { text } of lines) if (desk.text().includes(text)) seen.add(text);
      expect(at().part).toBe(0);
      desk.press('pagedown');
    }
    expect(lines.filter(({ text }) => !seen.has(text))).toEqual([]);
    stands(entries.at(-1)!);
  });
});

describe('entries', () => {
  it('take a number, and plan again with it', async () => {
    const desk = await scaling('4');
    expect(desk.text()).toContain('Scale prod-workers from 3 to 4');
    desk.press('enter', 'backspace');
    desk.type('2');
    desk.press('enter');
    await desk.settle();
    expect(desk.text()).toContain('Scale prod-workers from 3 to 2');
  });

  it('say what is wrong with a value, and write nothing', async () => {
    const desk = await scaling('0123');
    expect(desk.text()).toContain('"0123" is not a number of machines');
    desk.press('y');
    await desk.settle();
    expect(desk.text()).toContain('is not a number of machines');
    expect(desk.runner.ran).toEqual([]);
  });

  it('take nothing but digits into a number, and say so', async () => {
    const desk = await scaling('4');
    desk.press('enter');
    desk.type('1e3');
    expect(desk.lines().at(-1)).toMatch(/^Machines wanted: 13 /);
    desk.type('x');
    expect(desk.lines().at(-1)).toMatch(/^Machines wanted: 13 +"x" is no digit: a whole number$/);
    desk.paste('-5');
    expect(desk.lines().at(-1)).toMatch(/^Machines wanted: 13 +"-" is no digit: a whole number$/);
    desk.type('1');
    expect(desk.lines().at(-1)).toMatch(/^Machines wanted: 131 +now 4 /);
  });

  it('say where a number is typed while it is, and what is so now until it was', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('5', 'a', 'enter');
    await desk.settle();
    expect(desk.text()).toMatch(/entering +Machines wanted: typed in the last line$/m);
    expect(desk.text()).toMatch(/^>Machines wanted +3 now$/m);
    desk.press('escape');
    await desk.settle();
    expect(desk.text()).toMatch(/still to be entered: Machines wanted; enter on its line/);
  });

  it('keep a value that esc leaves as it was', async () => {
    const desk = await scaling('4');
    desk.press('enter');
    desk.type('999');
    desk.press('escape');
    await desk.settle();
    expect(desk.text()).toContain('Scale prod-workers from 3 to 4');
  });

  it('complete a choice with tab', async () => {
    const calm = calmDatacenter();
    const pool = (name: string, ...hosts: string[]) =>
      raw('MachineInventoryPool', name, {
        spec: { clusterName: 'prod', machineInventories: hosts.map((each) => ({ name: each })) },
      });
    const free = JSON.parse(
      JSON.stringify(host('rack4-u01', 'Available')).replace('prod-worker-pool', 'spare-pool'),
    ) as Raw;
    const pools = [...calm.pool!, pool('spare-empty'), pool('spare-pool', 'rack4-u01')];
    const desk = open({ ...calm, pool: pools, host: [...calm.host!, free] }, { rows: 60 });
    desk.press('5', 'a', 'down', 'enter');
    desk.type('sp');
    expect(desk.text()).toMatch(/Pool: sp .*\(spare-empty\) {2}spare-pool/);
    desk.press('tab', 'enter');
    await desk.settle();
    expect(desk.store.getState().operating?.request.values).toMatchObject({ pool: 'spare-pool' });
  });

  it('open a list of lines in the editor, with what there is as comments', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    const opened: string[] = [];
    desk.editor = async (text) => {
      opened.push(text);
      return ['# order', 'rack2-u01', ...text.split('\n').filter((line) => line !== 'rack2-u01')].join('\n');
    };
    desk.press('2', 'a');
    const offers = desk.store.getState().offers.map(({ id }) => id);
    for (let at = 0; at < offers.indexOf('pool-order'); at += 1) desk.press('down');
    desk.press('enter');
    expect(desk.store.getState().prompt).toBeUndefined();
    expect(desk.text()).toContain('5 lines; enter opens it');
    desk.press('enter');
    await desk.settle();
    expect(opened[0]).toContain('rack1-u01\nrack1-u02\n');
    expect(opened[0]).toContain('# All hosts');
    expect(desk.store.getState().operating?.request.values['order']).toBe(
      'rack2-u01\nrack1-u01\nrack1-u02\nrack1-u03\nrack2-u02',
    );
  });

  it('say why the editor could not be run, and change nothing', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.editor = async () => Promise.reject(new Error('ed ended with 1; nothing was taken over'));
    desk.press('2', 'a');
    const offers = desk.store.getState().offers.map(({ id }) => id);
    for (let at = 0; at < offers.indexOf('pool-order'); at += 1) desk.press('down');
    desk.press('enter', 'enter');
    await desk.settle();
    expect(desk.text()).toContain('ed ended with 1; nothing was taken over');
  });
});

describe('confirming', () => {
  it('takes one key where it can be undone', async () => {
    const desk = await scaling('4');
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toHaveLength(1);
    expect(desk.text()).toContain('sent');
  });

  it('takes the name of the group where it destroys', async () => {
    const desk = await scaling('2');
    desk.press('y');
    desk.type('prod');
    desk.press('enter');
    expect(desk.text()).toContain('not that; nothing was written');
    expect(desk.runner.ran).toEqual([]);
    desk.type('prod-workers');
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran.map(({ words }) => words)).toEqual([['prod-workers']]);
  });

  it.each([
    ['before the server has answered', 'asking', (desk: Desk) => desk.press('y')],
    ['after the server has refused', 'rejected', (desk: Desk) => desk.press('y')],
    ['run together with the word', 'ready', (desk: Desk) => desk.pressTogether('y', 'p', 'r')],
  ] as const)('swallows the word that follows a y %s', async (_when, stage, press) => {
    const desk = await scaling('2');
    desk.store.setState(({ operating }) => ({ operating: { ...operating!, stage } }));
    press(desk);
    // As keys these would open the list of operations, sort it, and ask the server again.
    desk.type('od-workers');
    desk.press('enter');
    expect(desk.store.getState().places.at(-1)?.screen).toBe('operate');
    expect(desk.store.getState().operating?.stage).toBe(stage);
    expect(desk.runner.ran).toEqual([]);
    desk.press('escape');
    expect(desk.store.getState().prompt).toBeUndefined();
  });

  it('takes the number too where several machines go', async () => {
    const desk = await scaling('1');
    desk.press('y');
    desk.type('prod-workers');
    desk.press('enter');
    expect(desk.runner.ran).toEqual([]);
    expect(desk.text()).toContain('type 2:');
    desk.type('2');
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran.map(({ words }) => words)).toEqual([['prod-workers', '2']]);
  });

  it.each([
    ['a wrong word', (desk: Desk) => desk.type('prod-worker')],
    ['a word in capitals', (desk: Desk) => desk.type('PROD-WORKERS')],
    ['a bracketed paste', (desk: Desk) => desk.paste('prod-workers')],
    ['a paste of two words', (desk: Desk) => desk.pressTogether(...'prod-workers', 'enter', ...'y')],
  ])('is not done by %s', async (_name, act) => {
    const desk = await scaling('2');
    desk.press('y');
    act(desk);
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
    // The line stays: what is typed on must not become keys.
    expect(desk.store.getState().prompt?.kind).toBe('confirm');
    desk.press('escape');
    expect(desk.text()).toContain('nothing was written');
    desk.press('escape');
    expect(desk.store.getState().operating).toBeUndefined();
  });

  it('stands a few keys in one chunk, as a slow line sends them', async () => {
    const desk = await scaling('2');
    desk.press('y');
    for (const chunk of ['prod-', 'w', 'orkers']) desk.pressTogether(...chunk);
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran).toHaveLength(1);
  });

  it('keeps a word whose enter came with it, and is done by an enter of its own', async () => {
    const desk = await scaling('2');
    desk.press('y');
    desk.pressTogether(...'prod-workers', 'enter');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
    expect(desk.text()).toContain('enter came with other keys');
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran).toHaveLength(1);
  });

  it('is not done by a y that came with other keys', async () => {
    const desk = await scaling('4');
    desk.pressTogether('j', 'y');
    desk.paste('y');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
  });

  it('waits until every line that matters was on the screen', async () => {
    const desk = await scaling('2', { rows: 15 });
    desk.press('y');
    expect(desk.text()).toMatch(/\d+ lines not shown, 3 of them warnings: PgDn/);
    // What is typed on, as if it had been taken, is no run of keys.
    desk.type('prod-workers');
    expect(desk.store.getState().prompt).toMatchObject({ void: true, text: '' });
    desk.press('pagedown', 'y');
    expect(desk.store.getState().prompt?.void).toBe(true);
    desk.press('pagedown', 'pagedown', 'pagedown', 'y');
    expect(desk.store.getState().prompt).toMatchObject({ kind: 'confirm' });
    expect(desk.store.getState().prompt?.void).toBeUndefined();
  });

  it('moves the text by a page from the first key on, one line staying in sight', async () => {
    const desk = await scaling('2', { rows: 15 });
    const lines = () => desk.text().split('\n').slice(2, 13);
    const first = lines();
    desk.press('pagedown');
    const second = lines();
    expect(second[0]!.slice(1)).toBe(first[10]!.slice(1));
    expect(second[1]).not.toBe(first[1]);
    desk.press('pageup');
    expect(lines().map((line) => line.slice(1))).toEqual(first.map((line) => line.slice(1)));
  });

  it('does not count what lay under the help, or on a screen too small', async () => {
    const desk = await scaling('2', { rows: 15 });
    desk.press('?');
    expect(desk.store.getState().reading?.unread).toBeGreaterThan(0);
    desk.store.setState({ columns: 40, rows: 10, help: false });
    desk.press('pagedown', 'pagedown', 'pagedown', 'pagedown', 'y');
    expect(desk.store.getState().prompt?.void).toBe(true);
    expect(desk.store.getState().prompt?.refused).toContain('too small');
  });

  it('counts words that changed while out of sight as not shown', async () => {
    const desk = await scaling('4', { rows: 15 });
    desk.press('pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown');
    expect(desk.store.getState().reading?.unread).toBe(0);
    desk.press('home');
    desk.store.setState(({ operating }) => ({
      operating: { ...operating!, plan: { ...operating!.plan!, undo: 'It cannot be undone' } },
    }));
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
  });
});

describe('y in a stage where nothing can be confirmed', () => {
  it('says that the server has not answered', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.runner.rehearsal = () => new Promise(() => {});
    desk.press('5', 'a', 'enter', 'backspace');
    desk.type('4');
    desk.press('enter');
    await desk.settle();
    desk.press('y');
    expect(desk.text()).toContain('the server has not answered the dry run yet');
    expect(desk.runner.ran).toEqual([]);
  });

  it('says what the server said, word for word', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    const words = 'admission webhook "v.example" denied the request: replicas: Forbidden: quota of 3';
    desk.runner.rehearsal = async ({ steps }) => ({
      steps: steps.map(({ id }) => ({ step: id, result: 'refused', message: words })),
      missing: [],
      refused: words,
    });
    desk.press('5', 'a', 'enter', 'backspace');
    desk.type('4');
    desk.press('enter');
    await desk.settle();
    const text = desk.text().replace(/\s+/g, ' ');
    expect(text).toContain(`rejected ${words}`);
    expect(text).toContain(`REFUSED ${words}`);
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
  });

  it('does not write twice, neither while it writes nor afterwards', async () => {
    const desk = await scaling('4');
    let answer: (() => void) | undefined;
    desk.runner.outcome = () =>
      new Promise((done) => {
        answer = () => done({ id: 'op-1', result: 'written', steps: [] });
      });
    desk.press('y');
    await desk.settle();
    desk.press('y');
    await desk.settle();
    expect(desk.text()).toContain('it is being written');
    answer?.();
    await desk.settle();
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toHaveLength(1);
    expect(desk.text()).toContain('o lists what is followed');
  });
});

describe('a fleet that moves while it is read', () => {
  it('shows what moved, and asks to read it before it can be confirmed', async () => {
    const desk = await scaling('1');
    desk.become(calmDatacenter(2));
    await desk.settle();
    expect(desk.text()).toContain('HAS CHANGED');
    expect(desk.text()).toContain('now: Scale prod-workers from 2 to 1');
    expect(desk.text()).toContain('no longer: Scale prod-workers from 3 to 1');
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
    expect(desk.text()).toContain('d takes it as it is now');
    desk.type('prod-workers');
    expect(desk.text()).toContain('HAS CHANGED');
    desk.press('escape', 'd');
    await desk.settle();
    desk.press('y');
    desk.type('prod-workers');
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran[0]?.prepared.plan.title).toBe('Scale prod-workers from 2 to 1');
  });

  it('does not take words that are being typed for what it was before', async () => {
    const desk = await scaling('2');
    desk.press('y');
    desk.type('prod-wor');
    desk.become(calmDatacenter(2));
    await desk.settle();
    // Typed on, the rest goes nowhere: neither into the line nor to the keys.
    desk.type('kersqqy');
    desk.press('enter');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
    expect(desk.events).toEqual([]);
    expect(desk.text()).toContain('not confirmed');
    desk.press('escape');
    expect(desk.text()).toContain('prod-workers has 2 machines already');
  });
});

describe('leaving', () => {
  it.each([
    ['esc', ['escape']],
    ['a number key, twice', ['3', '3']],
    ['the list of operations, asked for twice', ['o', 'o']],
  ])('by %s closes it with nothing written', async (_name, keys) => {
    const desk = await scaling('4');
    desk.press(...keys);
    await desk.settle();
    expect(desk.store.getState().operating).toBeUndefined();
    desk.press('y');
    await desk.settle();
    expect(desk.runner.ran).toEqual([]);
  });

  it('by esc is asked once where something was edited, and closes it with nothing written', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.editor = async (text) => ['rack2-u01', ...text.split('\n').filter((line) => line !== 'rack2-u01')].join('\n');
    desk.press('2', 'a');
    const offers = desk.store.getState().offers.map(({ id }) => id);
    for (let at = 0; at < offers.indexOf('pool-order'); at += 1) desk.press('down');
    desk.press('enter');
    await desk.settle();
    expect(desk.text()).toContain('still to be entered: All hosts, the first to serve first');
    desk.press('enter');
    await desk.settle();
    desk.press('escape');
    expect(desk.text()).toContain('esc again drops what was edited; nothing of it is written');
    expect(desk.store.getState().operating).toBeDefined();
    desk.press('escape');
    expect(desk.store.getState().operating).toBeUndefined();
    expect(desk.runner.ran).toEqual([]);
  });

  it('by esc is not asked where a document was only looked at', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('2', 'a');
    const offers = desk.store.getState().offers.map(({ id }) => id);
    for (let at = 0; at < offers.indexOf('pool-order'); at += 1) desk.press('down');
    desk.press('enter', 'enter');
    await desk.settle();
    desk.press('escape');
    expect(desk.store.getState().operating).toBeUndefined();
  });

  it('by a command is asked once, and closes it with nothing written', async () => {
    const desk = await scaling('4');
    desk.press(':');
    desk.type('hosts');
    desk.press('enter');
    expect(desk.text()).toContain('enter again leaves it; nothing is written');
    expect(desk.store.getState().operating).toBeDefined();
    desk.press('enter', 'y');
    await desk.settle();
    expect(desk.store.getState().operating).toBeUndefined();
    expect(desk.runner.ran).toEqual([]);
  });

  it('while it is written does not stop it, and its end is told', async () => {
    const desk = await scaling('4');
    let answer: (() => void) | undefined;
    desk.runner.outcome = () =>
      new Promise((done) => {
        answer = () => done({ id: 'op-1', result: 'half done', steps: [], why: 'the line was cut' });
      });
    desk.press('y');
    await desk.settle();
    desk.press('3');
    expect(desk.text()).toContain('WRITING');
    desk.press('q');
    expect(desk.events).toEqual([]);
    expect(desk.text()).toContain('still writing');
    answer?.();
    await desk.settle();
    expect(desk.text()).toContain('half done: the line was cut');
    expect(desk.text()).not.toContain('WRITING');
  });

  it('quits all the same when asked twice', async () => {
    const desk = await scaling('4');
    desk.runner.outcome = () => new Promise(() => {});
    desk.press('y');
    await desk.settle();
    desk.press('q', 'q');
    expect(desk.events).toEqual(['quit']);
  });
});

describe('another screen', () => {
  it('is not opened by one key over what was entered: it is asked once', async () => {
    const desk = await scaling('4');
    desk.press('3');
    expect(desk.text()).toContain('3 again leaves Scale prod-workers from 3 to 4: nothing of it is written');
    expect(desk.store.getState().operating).toBeDefined();
    desk.press('down', '3');
    expect(desk.store.getState().operating).toBeDefined();
    desk.press('3');
    expect(desk.store.getState().operating).toBeUndefined();
    expect(desk.text()).toContain('HOSTS');
  });

  it('nor does one key quit', async () => {
    const desk = await scaling('4');
    desk.press('q');
    expect(desk.events).toEqual([]);
    expect(desk.text()).toContain('q again quits');
    desk.press('q');
    expect(desk.events).toEqual(['quit']);
  });

  it('opens at once where nothing was entered, or where it was sent', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('4', 'a', 'enter');
    await desk.settle();
    desk.press('3');
    expect(desk.text()).toContain('HOSTS');
    const sent = await scaling('4');
    sent.press('y');
    await sent.settle();
    sent.press('3');
    expect(sent.text()).toContain('HOSTS');
  });
});

describe('a row', () => {
  it('offers what can be done with what it is joined to, each named', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('3', '/');
    desk.type('prod-workers-abcde-aaaaa');
    desk.press('enter', 'a');
    expect(desk.text()).toMatch(/Replace +machine +Delete a machine so that/);
    expect(desk.text()).toMatch(/Scale +group +Change the number/);
    expect(desk.text()).toMatch(/Pause +group +Hold all changes of this group alone/);
    expect(desk.text()).toMatch(/Add hosts +pool +Add registered/);
    expect(desk.text()).toMatch(/Pause +cluster +Hold all changes of the whole cluster/);
    desk.store.setState({ columns: 160 });
    expect(desk.text()).toMatch(/Replace +machine prod-workers-abcde-aaaaa +Delete/);
    desk.press('/');
    desk.type('Replace');
    desk.press('enter', 'enter');
    await desk.settle();
    expect(desk.text()).toContain('Replace prod-workers-abcde-aaaaa of prod-workers');
  });

  it('says of a choice what there is to be chosen, and what each means', async () => {
    const desk = open(calmDatacenter());
    desk.press('4', 'a', '/');
    desk.type('Replace');
    desk.press('enter', 'enter');
    await desk.settle();
    expect(desk.text()).toContain('Which host serves: sound');
    while (desk.store.getState().prompt === undefined) desk.press('down', 'enter');
    const bottom = () => desk.lines().slice(-2).join('\n');
    expect(bottom()).toContain('sound: one that is free and sound');
    expect(bottom()).toContain('sound  other  any  1 more: down');
    desk.press('down', 'down');
    expect(bottom()).toContain('other: another one that is free');
    expect(bottom()).toContain('2 of 4: other');
  });

  it('offers several only what is for all of them', () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('4', ' ', ' ', 'a');
    expect(desk.text()).not.toContain('Scale');
  });
});

it('offers what is possible now after coming back from an operation', async () => {
  const desk = await scaling('4');
  const before = desk.store.getState().offers.map(({ refusal }) => refusal);
  desk.become(smallDatacenter());
  desk.press('escape');
  desk.store.setState({ columns: 120 });
  expect(desk.text()).toContain('WHAT CAN BE DONE WITH prod-workers');
  expect(desk.text()).toContain('no: prod-workers is about to roll out a new template');
  expect(desk.store.getState().offers.map(({ refusal }) => refusal)).not.toEqual(before);
});

describe('marks', () => {
  it('are counted when the filter hides them, and all of them are the target', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('4', ' ', ' ', '/');
    desk.type('aaaaa');
    desk.press('enter');
    expect(desk.text()).toContain('2 marked, 1 of them not in sight');
    desk.press('a');
    expect(desk.text()).toContain('WHAT CAN BE DONE WITH 2 ROWS');
    desk.press('enter');
    await desk.settle();
    expect(desk.text()).toContain('Remove prod-workers-abcde-aaaaa, prod-workers-abcde-bbbbb');
    desk.press('y');
    desk.type('prod-workers');
    desk.press('enter');
    expect(desk.text()).toContain('type 2:');
  });

  it('of rows that went away refuse', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('4', ' ', ' ');
    const fewer = calmDatacenter();
    desk.become({ ...fewer, machine: fewer.machine!.slice(1), baremetalMachine: fewer.baremetalMachine!.slice(1) });
    desk.press('a');
    expect(desk.text()).toContain('prod-workers-abcde-aaaaa is gone');
  });

  it('go with esc, before the screen does, and with what was written', async () => {
    const desk = open(calmDatacenter(), { rows: 60 });
    desk.press('4', ' ', 'escape');
    expect(desk.text()).toContain('all marks are taken off');
    expect(desk.text()).toContain('MACHINES');
    desk.press('home', ' ', 'a', 'enter');
    await desk.settle();
    desk.press('y');
    desk.type('prod-workers');
    desk.press('enter');
    await desk.settle();
    desk.press('escape', 'escape');
    expect(desk.text()).not.toContain('marked');
  });
});

describe('where nothing may be written', () => {
  it('every operation is listed with that reason, and none begins', async () => {
    const desk = open(calmDatacenter(), { readOnly: 'this context is read-only' });
    desk.press('5', 'a');
    expect(desk.store.getState().offers.every(({ refusal }) => refusal === 'this context is read-only')).toBe(true);
    desk.press('enter');
    await desk.settle();
    expect(desk.store.getState().operating).toBeUndefined();
    expect(desk.text()).toContain('this context is read-only');
    desk.press('escape');
    expect(desk.text()).toContain('READ-ONLY');
  });

  it('says that there is no connection yet', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    screen.press('3', 'a');
    expect(screen.text()).toContain('not connected yet');
  });
});

it('copies the same writes for a shell', async () => {
  const desk = await scaling('2');
  desk.press('c');
  expect(desk.copied).toHaveLength(1);
  expect(desk.copied[0]).toMatch(
    /^kubectl --context prod-mgmt -n cpaas-system patch machinedeployments\.cluster\.x-k8s\.io prod-workers /,
  );
  expect(desk.text()).toContain('OSC 52');
});
