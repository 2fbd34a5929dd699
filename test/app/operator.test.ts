/** The operator's port on a real runner, over an embedded API whose line can be cut: what the screen is told. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTS } from '../../hooks/act-keys.ts';
import type { Operator } from '../../hooks/operate.ts';
import { createOperator } from '../../src/app/operator.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import { KubeError, type KubeRequest } from '../../src/kube/types.ts';
import { operations } from '../../src/operations/index.ts';
import type { Stage } from '../../src/store/operating.ts';
import type { State } from '../../src/store/state.ts';
import { newPlace } from '../../src/store/state.ts';
import { createAppStore, type Store } from '../../src/store/store.ts';
import { mark, NAMESPACE, openRoom, type Room } from '../runner/support.ts';

let room: Room;
const stops: (() => void)[] = [];

beforeEach(async () => {
  room = await openRoom();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Seat {
  store: Store;
  operator: Operator;
  /** Resolves with the state once `seen` holds. */
  until(seen: (state: State) => boolean): Promise<State>;
  stage(...wanted: Stage[]): Promise<State>;
}

/** A dashboard's store and operator on a runner of the room. */
function sit(runner = room.runner, how: { edited?: (text: string) => string; folder?: string } = {}): Seat {
  const { sight } = room;
  const session = { context: 'test', cluster: 'test', host: 'api.test:6443', namespace: NAMESPACE, demo: false };
  const { fleet, now } = sight.picture();
  const store = createAppStore(session, fleet, now);
  const operator = createOperator({
    store,
    runner,
    operations: [mark, ...operations],
    sight,
    copy: () => undefined,
    edit: async (text) => how.edited?.(text),
    folder: how.folder,
    now: () => now,
  });
  stops.push(() => operator.stop());
  const until: Seat['until'] = (seen) =>
    new Promise((resolve) => {
      const look = (state: State) => {
        if (!seen(state)) return;
        stop();
        resolve(state);
      };
      const stop = store.subscribe(look);
      look(store.getState());
    });
  return {
    store,
    operator,
    until,
    stage: (...wanted) => until(({ operating }) => operating !== undefined && wanted.includes(operating.stage)),
  };
}

const open = ({ store, operator }: Seat, operation: string, targets: readonly ObjectRef[]) => {
  store.setState({ places: [newPlace('machines'), newPlace('operate')] });
  operator.begin(operation, targets);
};

const worker = (): ObjectRef => {
  const { uid, name } = room.sight.picture().fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
  return { kind: 'deployment', uid, name };
};

const cut = () => new Error('socket hang up');

describe('an operation', () => {
  it('is planned, rehearsed, written and followed', async () => {
    const seat = sit();
    const [one] = room.machines();
    open(seat, 'mark', [one!]);
    const { operating } = await seat.stage('ready');
    expect(operating).toMatchObject({ title: 'Mark 1 machines', answers: [{ result: 'accepted' }] });
    expect(operating?.kubectl[0]).toContain(`patch machines.cluster.x-k8s.io ${one!.name}`);
    expect(seat.operator.confirm([])).toBeUndefined();
    await seat.stage('sent');
    expect(await room.marks()).toMatchObject({ [one!.name]: 'true' });
    const { tray } = await seat.until((state) => state.tray.length === 1);
    expect(tray[0]).toMatchObject({ state: 'running' });
    await room.sight.refresh();
    await seat.until((state) => state.tray[0]?.state === 'done');
    expect(seat.store.getState().operating?.progress?.outcome).toBe('done');
  });

  it('that was over before this start is listed for a day, as such, and what it came to', async () => {
    const first = sit();
    open(first, 'mark', room.machines().slice(0, 1));
    await first.stage('ready');
    first.operator.confirm([]);
    await first.stage('sent');
    room.clock.advance(30_000);
    await room.sight.refresh();
    await first.until((state) => state.tray[0]?.state === 'done');
    const { tray } = await sit(room.second(2).runner).until((state) => state.tray.length === 1);
    expect(tray[0]).toMatchObject({ title: 'Mark 1 machines', state: 'done', past: true });
    expect(tray[0]?.progress.milestones).toEqual([{ title: 'before this start', state: 'done', detail: 'after 30s' }]);
    expect(tray[0]?.final).toContain('before this start: metaldeck journal show ');
  });

  it('says that the journal lacks it, where the disk is full behind the last write', async () => {
    const seat = sit();
    open(seat, 'mark', room.machines().slice(0, 1));
    await seat.stage('ready');
    room.files.failing.push(undefined, undefined, 'ENOSPC');
    seat.operator.confirm([]);
    await seat.until(({ notice }) => notice?.text.includes('was written, and that is not noted') === true);
  });

  it('shows what an admission webhook said, word for word, and cannot be confirmed', async () => {
    const words = 'admission webhook "v.example" denied the request: metadata.annotations: Forbidden: not tonight';
    room.line.fault = ({ query }) =>
      query?.['dryRun'] === undefined ? undefined : { before: new KubeError(403, 'Forbidden', words) };
    const seat = sit();
    open(seat, 'mark', room.machines().slice(0, 1));
    const { operating } = await seat.stage('rejected');
    expect(operating?.answers[0]).toMatchObject({ result: 'refused' });
    expect(operating?.answers[0]?.text).toContain(words);
    seat.operator.confirm([]);
    await seat.until(({ writing }) => writing === undefined);
    expect(room.line.writes).toEqual([]);
  });

  it('is refused with the verb and the resource that are not allowed', async () => {
    const json = room.line.json.bind(room.line);
    room.line.json = <T>(request: KubeRequest) =>
      request.path.includes('selfsubjectaccessreviews')
        ? Promise.resolve({ status: { allowed: false, reason: 'no RBAC policy matched' } } as T)
        : json<T>(request);
    const seat = sit();
    open(seat, 'mark', room.machines().slice(0, 1));
    const { operating } = await seat.stage('rejected');
    expect(operating?.problem).toContain('patch');
    expect(operating?.problem).toContain('machines.cluster.x-k8s.io');
    seat.operator.confirm([]);
    await seat.until(({ writing }) => writing === undefined);
    expect(room.line.writes).toEqual([]);
  });

  it('is not written when the object was changed between reading and y, and says what moved', async () => {
    const seat = sit();
    const [one] = room.machines();
    open(seat, 'mark', [one!]);
    await seat.stage('ready');
    await room.meddle('machine', one!.name, { metadata: { annotations: { note: 'somebody else' } } });
    seat.operator.confirm([]);
    const { operating } = await seat.until((state) => state.operating?.notWritten !== undefined);
    expect(operating?.notWritten).toBeDefined();
    expect((await room.marks())[one!.name]).toBeUndefined();
    // Read again, it can be confirmed as it is now.
    await room.sight.refresh();
    await seat.stage('ready');
    seat.operator.confirm([]);
    await seat.stage('sent');
    expect((await room.marks())[one!.name]).toBe('true');
  });

  it('is not written on a picture that went stale', async () => {
    const seat = sit();
    open(seat, 'mark', room.machines().slice(0, 1));
    await seat.stage('ready');
    const { machine } = room.sight.freshness;
    room.sight.freshness = { ...room.sight.freshness, machine: { ...machine, phase: 'stale' } };
    seat.operator.confirm([]);
    const { operating } = await seat.until((state) => state.operating?.notWritten !== undefined);
    expect(operating?.notWritten).toContain('Machine is not live');
    expect(room.line.writes).toEqual([]);
  });

  it('begins a document with what was read', async () => {
    const seat = sit();
    const { groups } = room.sight.picture().fleet;
    const { uid, name } = groups.list.find(({ controlPlane }) => !controlPlane)!;
    open(seat, 'bootstrap', [{ kind: 'deployment', uid, name }]);
    const { operating } = await seat.until((state) => (state.operating?.entries[0]?.value ?? '') !== '');
    expect(operating?.entries[0]?.value).toContain('kind: KubeadmConfigTemplate');
    const { operating: asking } = await seat.stage('entering');
    expect(asking?.missing).toEqual(['Template']);
  });

  it('keeps its document where the editor left an empty file behind', async () => {
    const seat = sit(room.runner, { edited: () => ' \n' });
    open(seat, 'bootstrap', [worker()]);
    await seat.stage('entering');
    seat.operator.edit('document');
    const { notice, operating } = await seat.until((state) => state.notice !== undefined);
    expect(notice?.text).toBe('the file came back empty: nothing was taken over');
    expect(operating?.stage).toBe('entering');
    expect(operating?.entries[0]?.value).toContain('kind: KubeadmConfigTemplate');
  });

  it('says what is still to be entered before it refuses anything, and refuses what was entered', async () => {
    const seat = sit();
    const target = worker();
    const { desired } = room.sight.picture().fleet.groups.byUid.get(target.uid)!.replicas;
    open(seat, 'scale', [target]);
    const { operating } = await seat.stage('entering');
    expect(operating).toMatchObject({ missing: ['Machines wanted'], plan: undefined });
    // The number it has already, typed by hand, is an answer.
    seat.operator.enter('replicas', String(desired));
    const refused = await seat.stage('refused');
    expect(refused.operating?.refusal).toBe(`${target.name} has ${desired} machines already`);
  });

  it('is refused, and not asked for, where nothing that is entered would help', async () => {
    const { deployment } = room.sight.freshness;
    room.sight.freshness = { ...room.sight.freshness, deployment: { ...deployment, phase: 'stale' } };
    const seat = sit();
    open(seat, 'scale', [worker()]);
    const { operating } = await seat.stage('refused');
    expect(operating?.refusal).toContain('MachineDeployment is not verified');
  });

  it('begins with the number that somebody else has set meanwhile, and never offers to undo it', async () => {
    const seat = sit();
    const target = worker();
    open(seat, 'scale', [target]);
    await seat.stage('entering');
    await room.meddle('deployment', target.name, { spec: { replicas: 1 } });
    await room.sight.refresh();
    const { operating } = await seat.until((state) => state.operating?.entries[0]?.value === '1');
    expect(operating?.plan).toBeUndefined();
    await seat.stage('entering');
  });

  it.each([
    ['restart', true],
    ['scale', false],
  ])('%s offers its way back only where there is one', async (operation, final) => {
    const seat = sit();
    const target = worker();
    open(seat, operation, [target]);
    if (operation === 'scale') seat.operator.enter('replicas', '1');
    const ready = await seat.stage('ready');
    expect(seat.operator.confirm(ready.operating!.plan!.confirm)).toBeUndefined();
    await seat.until(({ operating, tray }) => operating?.stage === 'sent' && tray.length > 0);
    const key = ACTS.find(({ id }) => id === 'take-back')!;
    const why = () => key.disabled?.(seat.store.getState());
    expect(why()).toBe(final ? 'nothing takes such an operation back' : undefined);
    seat.store.setState({ places: [newPlace('tray')] });
    expect(why()).toBe(final ? 'nothing takes such an operation back' : undefined);
  });
});

describe('a document that was edited', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metaldeck-drafts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => rmSync(join(folder, 'drafts'), { recursive: true, force: true }));
  const files = () => (existsSync(join(folder, 'drafts')) ? readdirSync(join(folder, 'drafts')) : []);
  // Its file has its name once it is whole: until then another one lies there.
  const kept = () => vi.waitFor(() => expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]+\.json$/)]), 10_000);
  const gone = () => vi.waitFor(() => expect(files()).toEqual([]), 10_000);
  const value = (state: State) => state.operating?.entries[0]?.value ?? '';

  /** Its line drops while the operation is on screen: nothing of it is left or closed. */
  async function dropped(): Promise<string> {
    const first = sit(room.runner, { edited: (text) => `${text}# mine\n`, folder });
    open(first, 'bootstrap', [worker()]);
    await first.stage('entering');
    first.operator.edit('document');
    const typed = value(await first.until((state) => value(state).endsWith('# mine\n')));
    await kept();
    return typed;
  }

  it('is there again at the next start, of its owner alone, and without what was not typed', async () => {
    const typed = await dropped();
    const path = join(folder, 'drafts', files()[0]!);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8')).hunks).toMatchObject([{ gone: 0, typed: ['# mine'] }]);
    const next = sit(room.second(2).runner, { folder });
    open(next, 'bootstrap', [worker()]);
    const { operating } = await next.until((state) => state.notice?.text.includes('is here again') === true);
    expect(operating?.entries[0]?.value).toBe(typed);
    expect(operating?.entered).toBe(true);
    // Left as esc does it, once that was asked twice: it is not wanted.
    next.operator.leave();
    await gone();
  });

  it('is not kept once it is written', async () => {
    const change = (text: string) => text.replace(/^( *)joinConfiguration:/m, '$1verbosity: 3\n$&');
    const seat = sit(room.runner, { edited: change, folder });
    open(seat, 'bootstrap', [worker()]);
    await seat.stage('entering');
    seat.operator.edit('document');
    const ready = await seat.stage('ready');
    await kept();
    seat.operator.confirm(ready.operating!.plan!.confirm);
    await seat.stage('sent');
    await gone();
  });

  it('is told where it lies, and not taken over, where the template is another one now', async () => {
    await dropped();
    const path = join(folder, 'drafts', files()[0]!);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"base":"./, '"base":"x'));
    const next = sit(room.second(2).runner, { folder });
    open(next, 'bootstrap', [worker()]);
    const { notice, operating } = await next.until((state) => state.notice?.text.includes('another state') === true);
    expect(notice?.text).toContain(path);
    expect(operating?.entered).toBeUndefined();
    expect(files()).toHaveLength(1);
  });
});

describe('a line that is dead from the first write on', () => {
  /** One mark, of which nobody can tell whether it arrived. */
  async function inDoubt(seat: Seat, fault: 'before' | 'after'): Promise<ObjectRef> {
    const [target] = room.machines();
    open(seat, 'mark', [target!]);
    await seat.stage('ready');
    room.line.restart();
    const { machine } = room.sight.freshness;
    let dead = false;
    room.line.fault = (_request, write) => {
      if (dead) return { before: cut() };
      if (write !== 1) return undefined;
      dead = true;
      room.sight.freshness = { ...room.sight.freshness, machine: { ...machine, phase: 'stale' } };
      return { [fault]: cut() };
    };
    seat.operator.confirm([]);
    await seat.until((state) => state.operating?.problem?.includes('of 1 nobody knows') === true);
    room.line.fault = () => undefined;
    room.sight.freshness = { ...room.sight.freshness, machine };
    await room.sight.refresh();
    return target!;
  }

  it('is followed on its screen once it is found that it was written', async () => {
    const seat = sit();
    const target = await inDoubt(seat, 'after');
    const { operating } = await seat.stage('sent');
    expect(operating).toMatchObject({ problem: undefined, written: [`mark ${target.name}`] });
    await room.sight.refresh();
    await seat.until((state) => state.operating?.progress?.outcome === 'done');
  });

  it('says so on its screen once it is found that it was not', async () => {
    const seat = sit();
    await inDoubt(seat, 'before');
    const { operating, tray } = await seat.until((state) => state.operating?.id === undefined);
    expect(operating?.problem).toContain('nothing of it was written');
    expect(tray).toEqual([]);
    const keys = ACTS.filter(({ id }) => ['finish', 'take-back', 'let-go'].includes(id));
    seat.store.setState({ places: [newPlace('operate')] });
    const why = keys.map(({ disabled }) => disabled?.(seat.store.getState()));
    expect(why).toEqual(Array(3).fill('nothing of it was written'));
  });
});

describe('a line that is cut between two writes', () => {
  /** Three marks, of which the second never arrives, and nothing after it. */
  async function broken(seat: Seat): Promise<ObjectRef[]> {
    const targets = room.machines().slice(0, 3);
    open(seat, 'mark', targets);
    await seat.stage('ready');
    room.line.restart();
    room.line.fault = (_request, write) => (write > 1 ? { before: cut() } : undefined);
    seat.operator.confirm([]);
    const { operating } = await seat.stage('stopped');
    expect(operating?.written).toEqual([`mark ${targets[0]!.name}`]);
    room.line.fault = () => undefined;
    room.line.restart();
    await room.sight.refresh();
    return targets;
  }

  it('is said at once, and by the next start; finished, everything is written, and nothing twice', async () => {
    const targets = await broken(sit());
    room.gone.add(1);
    const next = sit(room.second(2).runner);
    const { notice, tray } = await next.until((state) => state.tray.length > 0 && state.notice !== undefined);
    expect(notice?.text).toContain('half done');
    expect(tray[0]).toMatchObject({ state: 'half done', title: 'Mark 3 machines' });
    next.store.setState({ places: [newPlace('tray'), newPlace('operate')] });
    next.operator.finish(tray[0]!.id);
    const { operating } = await next.stage('ready');
    expect(operating).toMatchObject({ continues: 'finish', entries: [] });
    expect(operating?.plan?.steps).toHaveLength(2);
    next.operator.confirm([]);
    await next.stage('sent');
    expect(Object.values(await room.marks()).filter((value) => value === 'true')).toHaveLength(targets.length);
    expect(room.line.writes).toHaveLength(2);
    expect(next.store.getState().tray.some(({ state }) => state === 'half done')).toBe(false);
  });

  it('is said at once, however long it takes to look at what is half done', async () => {
    const seat = sit({ ...room.runner, halfDone: () => new Promise(() => {}) });
    open(seat, 'mark', room.machines().slice(0, 2));
    await seat.stage('ready');
    room.line.restart();
    room.line.fault = (_request, write) => (write > 1 ? { before: cut() } : undefined);
    seat.operator.confirm([]);
    const { operating } = await seat.stage('stopped');
    expect(operating?.problem).toContain('half done');
  });

  it('is finished although what was entered held secrets, by what was made of it', async () => {
    const seat = sit();
    const target = worker();
    open(seat, 'bootstrap', [target]);
    const { operating } = await seat.stage('entering');
    const document = operating!.entries[0]!.value;
    seat.operator.enter('document', document.replace(/^( *)joinConfiguration:/m, '$1verbosity: 3\n$&'));
    const ready = await seat.stage('ready');
    room.line.restart();
    room.line.fault = (_request, write) => (write > 1 ? { before: cut() } : undefined);
    seat.operator.confirm(ready.operating!.plan!.confirm);
    await seat.stage('stopped');
    room.line.fault = () => undefined;
    room.line.restart();
    await room.sight.refresh();
    room.gone.add(1);
    const next = sit(room.second(2).runner);
    const { tray } = await next.until((state) => state.tray.length > 0);
    next.store.setState({ places: [newPlace('tray'), newPlace('operate')] });
    next.operator.finish(tray[0]!.id);
    const rest = await next.stage('ready', 'refused');
    expect(rest.operating).toMatchObject({ stage: 'ready', continues: 'finish' });
    expect(rest.operating?.plan?.steps.map(({ id }) => id)).toEqual([`swap ${target.name}`]);
    next.operator.confirm(rest.operating!.plan!.confirm);
    await next.stage('sent');
    await next.until((state) => !state.tray.some((one) => one.state === 'half done'));
  });

  it('can be let go with a reason, which the journal keeps; its screen says so', async () => {
    const seat = sit();
    await broken(seat);
    const { tray } = await seat.until((state) => state.tray.length > 0);
    seat.operator.letGo(tray[0]!.id, 'unmarked by hand');
    const { operating } = await seat.until((state) => state.tray.length === 0);
    expect((await room.journal.list())[0]).toMatchObject({ status: 'left', resolved: { why: 'unmarked by hand' } });
    await seat.until((state) => state.operating?.problem?.startsWith('let go: unmarked by hand') === true);
    expect(operating?.stage).toBe('stopped');
    seat.operator.letGo(tray[0]!.id, 'twice');
    await seat.until((state) => state.notice?.text.includes('is left: there is nothing to leave') === true);
  });

  it('can be taken back', async () => {
    await broken(sit());
    room.gone.add(1);
    const next = sit(room.second(2).runner);
    const { tray } = await next.until((state) => state.tray.length > 0);
    next.store.setState({ places: [newPlace('tray'), newPlace('operate')] });
    next.operator.takeBack(tray[0]!.id);
    await next.stage('ready');
    next.operator.confirm([]);
    await next.stage('sent');
    expect(Object.values(await room.marks()).filter((value) => value === 'true')).toEqual([]);
  });
});

it('lists every operation with its reason where the config says read-only, and writes nothing', async () => {
  const seat = sit(room.second(3, { readOnly: 'this context is read-only' }).runner);
  const targets = room.machines().slice(0, 1);
  seat.operator.offer(targets);
  const { offers } = seat.store.getState();
  expect(offers.length).toBeGreaterThan(0);
  expect(new Set(offers.map(({ refusal }) => refusal))).toEqual(new Set(['this context is read-only']));
  open(seat, 'mark', targets);
  await seat.stage('ready');
  expect(seat.operator.confirm([])).toBe('this context is read-only');
  expect(room.line.writes).toEqual([]);
});
