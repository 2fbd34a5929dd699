/** Every stage of an operation at the three sizes operators use, as text. Read the difference before updating a file. */
import { afterEach, describe, expect, it } from 'vitest';
import type { HalfDone, Underway } from '../../src/runner/api.ts';
import { width } from '../../views/parts/fit.ts';
import { NOW } from './fixtures.ts';
import { calmDatacenter, type Desk, openDesk } from './operating.tsx';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

let desk: Desk;
afterEach(() => desk.stop());

async function scaling(to: string): Promise<void> {
  desk.press('5', 'a', 'enter', 'backspace');
  desk.type(to);
  desk.press('enter');
  await desk.settle();
}

async function confirmed(): Promise<void> {
  desk.press('pagedown', 'pagedown', 'pagedown', 'pagedown', 'y');
  desk.type('prod-workers');
  desk.press('enter');
  desk.type('2');
  desk.press('enter');
  await desk.settle();
}

function underway(more: Partial<Underway> = {}): Underway {
  const target = { kind: 'deployment', uid: 'uid-MachineDeployment-prod-workers', name: 'prod-workers' } as const;
  return {
    id: 'op-1',
    title: 'Scale prod-workers from 3 to 1',
    sent: {
      request: desk.runner.ran[0]!.prepared.request,
      memo: {},
      at: NOW - 240_000,
      written: ['scale prod-workers'],
    },
    targets: [target],
    progress: {
      milestones: [
        { title: 'Written', state: 'done' },
        { title: 'Seen by its controller', state: 'done' },
        {
          title: 'prod-workers-abcde-ccccc gone',
          state: 'bad',
          detail: 'the cleanup plan failed after 3 tries',
          since: NOW - 60_000,
        },
        { title: 'prod-workers-abcde-aaaaa gone', state: 'now', detail: 'draining', since: NOW - 200_000 },
        { title: '1 machine running', state: 'todo' },
      ],
    },
    live: true,
    overdue: false,
    usual: { count: 7, median: 720_000, p95: 1_500_000 },
    ...more,
  };
}

/** The removal that was confirmed, cut off behind its first step. */
function cutOff(): HalfDone {
  const { prepared } = desk.runner.ran[0]!;
  const [first, ...rest] = prepared.plan.steps.map(({ id }) => id);
  const began = {
    type: 'began',
    user: { os: 'oncall' },
    context: 'prod-mgmt',
    server: 'api.dc1.example:6443',
    namespace: 'cpaas-system',
    request: prepared.request,
    plan: prepared.plan,
    rehearsed: [],
    withheld: [],
  } as unknown as HalfDone['record']['began'];
  const record = {
    id: 'op-1',
    at: NOW - 5_000,
    began,
    steps: [],
    status: 'half done',
    ended: {
      type: 'ended',
      at: '',
      result: 'half done',
      why: `"${prepared.plan.steps[1]!.title}": the connection was cut`,
    },
  } as unknown as HalfDone['record'];
  return {
    id: 'op-1',
    record,
    written: [first!],
    remaining: rest,
    inDoubt: [],
    finish: prepared,
    takeBack: { refused: 'nothing takes such an operation back' },
  };
}

const STORIES: Readonly<Record<string, () => Promise<void>>> = {
  async act() {
    desk.press('4', ' ', ' ', 'a');
  },
  async refused() {
    await scaling('9');
  },
  async ready() {
    await scaling('1');
  },
  async typing() {
    await scaling('1');
    desk.press('pagedown', 'pagedown', 'pagedown', 'pagedown', 'y');
    desk.type('prod-w');
  },
  async rejected() {
    const message =
      'admission webhook "validation.machinedeployment.cluster.x-k8s.io" denied the request: spec.replicas: Forbidden: 1 is under the least of 2 that node-group-min-size asks for';
    desk.runner.rehearsal = async ({ steps }) => ({
      steps: steps.map(({ id }) => ({ step: id, result: 'refused', message })),
      missing: [],
      refused: message,
    });
    await scaling('1');
  },
  async changed() {
    await scaling('1');
    desk.press('home');
    desk.become(calmDatacenter(2));
    await desk.settle();
  },
  async sending() {
    desk.runner.outcome = () => new Promise(() => {});
    await scaling('1');
    await confirmed();
  },
  async conflict() {
    desk.runner.outcome = async () => ({
      result: 'refused',
      steps: [],
      why: 'what it would write has changed since it was shown; nothing was written',
    });
    await scaling('1');
    await confirmed();
  },
  async stopped() {
    desk.press('4', ' ', ' ', 'a', 'enter');
    desk.runner.outcome = async ({ steps }, tell) => {
      tell(steps[0]!.id);
      desk.runner.broken = [cutOff()];
      return {
        id: 'op-1',
        result: 'half done',
        steps: [],
        why: `"${steps[1]!.title}": the connection was cut; it was not sent again`,
      };
    };
    await desk.settle();
    await confirmed();
  },
  async sent() {
    await scaling('1');
    await confirmed();
    desk.runner.follow(underway());
  },
  async tray() {
    await STORIES['stopped']!();
    desk.runner.follow(
      underway({ id: 'op-2' }),
      underway({ id: 'op-3', overdue: true, title: 'Restart prod-workers' }),
      underway({
        id: 'op-4',
        title: 'Pause prod',
        progress: { milestones: [{ title: 'Paused', state: 'done' }], outcome: 'done' },
      }),
    );
    desk.press('o');
  },
};

describe.each(SIZES)('at %ix%i', (columns, rows) => {
  it.each(Object.keys(STORIES))('%s', async (name) => {
    desk = openDesk(calmDatacenter(), { columns, rows });
    await STORIES[name]!();
    const lines = desk.lines();
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns);
    await expect(`${desk.text()}\n`).toMatchFileSnapshot(`__screens__/operation-${name}-${columns}x${rows}.txt`);
  });
});

it('stands the least size, and says there too what was not shown', async () => {
  desk = openDesk(calmDatacenter(), { columns: 60, rows: 15 });
  await scaling('1');
  expect(desk.lines().length).toBeLessThanOrEqual(15);
  expect(Math.max(...desk.lines().map(width))).toBeLessThanOrEqual(60);
  expect(desk.text()).toMatch(/\d+ lines not shown, \d of them warnings: PgDn/);
});
