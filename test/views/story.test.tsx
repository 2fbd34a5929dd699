/** The output of a plan, a host's story and the tree, as the operator sees and drives them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeOutput } from '../../src/domain/output/decode.ts';
import type { Told } from '../../src/domain/story/timeline.ts';
import { here } from '../../src/store/state.ts';
import { storySection } from '../../views/detail/story.ts';
import { width } from '../../views/parts/fit.ts';
import * as make from '../domain/fixtures.ts';
import { fleetOf, host, NOW, type Raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64');
const PLAN = JSON.stringify({
  instructions: [
    { name: 'sim-cloud-init-clean', saveOutput: true },
    { name: 'sim-elemental-upgrade', saveOutput: true },
    { name: 'sim-delayed-reboot' },
  ],
});
const outputs = (printed: Record<string, string>) =>
  b64(gzipSync(JSON.stringify(Object.fromEntries(Object.entries(printed).map(([name, text]) => [name, b64(text)])))));

const SECRET = {
  metadata: {
    name: 'rack1-u03',
    uid: 'uid-Secret-rack1-u03',
    annotations: { 'baremetal.alauda.io/plan.type': 'reprovision' },
  },
  data: {
    plan: b64(PLAN),
    'failed-checksum': b64(createHash('sha256').update(PLAN).digest('hex')),
    'failure-count': b64('2'),
    'max-failures': b64('3'),
    'last-apply-time': b64('Sat Nov 21 02:59:50 UTC 2026'),
    'failed-output': outputs({
      'sim-cloud-init-clean': 'removing /var/lib/cloud/instances\n',
      'sim-elemental-upgrade': `\u001b[36mINFO[0000]\u001b[0m Pulling registry.example/image:v1 ${'from a mirror that has a long name '.repeat(5)}\njoin token abcdef.0123456789abcdef\nno space left on device\n`,
      'older-instruction': 'of the plan before\n',
    }),
    'probe-statuses': b64(JSON.stringify({ kubelet: { healthy: false, failureCount: 3 } })),
  },
};

/** Opens the output of the reprovisioning host, and lets it be read. */
function openOutput(columns = 80, rows = 24) {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns, rows });
  screen.press('3');
  while (!screen.underCursor()?.includes('rack1-u03')) screen.press('j');
  screen.press('O');
  const ref = here(screen.store.getState()).ref!;
  screen.store.setState({ output: { ref, state: 'read', output: decodeOutput(SECRET) } });
  return screen;
}

describe('the output of a plan', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('at %ix%i', async (columns, rows) => {
    const screen = openOutput(columns, rows);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`__screens__/output-${columns}x${rows}.txt`);
    expect(Math.max(...screen.lines().map(width))).toBeLessThanOrEqual(columns);
  });

  it('opens from a host, a machine, a plan and their details, and nowhere else', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    for (const key of ['3', '4', '6']) {
      for (const keys of [['O'], ['enter', 'O']]) {
        screen.press(key, 'home', ...keys);
        expect(here(screen.store.getState()).screen).toBe('output');
        expect(here(screen.store.getState()).ref?.kind).toBe('plan');
        expect(screen.text()).toContain('reading it from the server');
      }
    }
    screen.press('2', 'O');
    expect(here(screen.store.getState()).screen).toBe('pools');
    expect(screen.text()).toContain('only a host, a machine or a plan has output');
  });

  it('is searched with /, and found lines are read in their place after esc', () => {
    const screen = openOutput();
    screen.press('/');
    screen.type('space');
    screen.press('enter');
    expect(screen.text()).not.toContain('Pulling');
    expect(screen.underCursor()).toContain('no space left on device');
    screen.press('escape');
    expect(screen.underCursor()).toContain('no space left on device');
    expect(screen.text()).toContain('join token');
  });

  it('copies the instruction under the cursor and pages the whole, redacted both', () => {
    const screen = openOutput();
    while (!screen.underCursor()?.includes('join token')) screen.press('j');
    screen.press('c');
    screen.press('p');
    const [copied = '', paged = ''] = screen.events;
    expect(copied).toMatch(/^copy 2\. sim-elemental-upgrade: failed[\s\S]*no space left on device$/);
    expect(copied).not.toContain('removing');
    expect(paged).toMatch(
      /^page reprovision: retrying[\s\S]*removing[\s\S]*of the plan before[\s\S]*kubelet: not healthy/,
    );
    expect(copied + paged + screen.text()).not.toContain('abcdef.0123456789abcdef');
  });

  it('shows the Secret itself only as redacted YAML, and comes back', () => {
    const screen = openOutput();
    screen.press('y');
    expect(here(screen.store.getState()).yaml).toBe(true);
    screen.press('escape');
    expect(screen.text()).toContain('OUTPUT OF rack1-u03');
    screen.press('escape');
    expect(here(screen.store.getState()).screen).toBe('hosts');
  });

  it('says why it could not be read', () => {
    const screen = openOutput();
    const ref = here(screen.store.getState()).ref!;
    screen.store.setState({ output: { ref, state: 'failed', error: 'reading the plan was refused (403)' } });
    expect(screen.text()).toContain('refused (403)');
  });
});

it('tells the story of a host in its detail: life, plan, storage, timeline', async () => {
  const world = smallDatacenter();
  const status = (world.host!.find(({ metadata }) => metadata.name === 'rack1-u03') as Raw)['status'] as object;
  const storage = {
    phase: 'Failed',
    operation: { type: 'Prepare', phase: 'Failed', mutationState: 'Unknown', updatedAt: '2026-11-21T02:50:00Z' },
    appliedVolumes: [
      { name: 'data', mountPath: '/var/cpaas', phase: 'Failed', filesystemType: 'xfs', reason: 'DeviceGone' },
    ],
    conditions: [
      { type: 'StoragePrepared', status: 'False', reason: 'PrepareFailed', lastTransitionTime: '2026-11-21T02:50:00Z' },
    ],
  };
  world.host = world.host!.map((each) =>
    each.metadata.name === 'rack1-u03'
      ? host('rack1-u03', 'Reprovisioning', 'prod-workers-abcde-ccccc', { status: { ...status, storage } })
      : each,
  );
  const screen = openScreen(fleetOf(world), { columns: 120, rows: 54 });
  screen.press('3');
  while (!screen.underCursor()?.includes('rack1-u03')) screen.press('j');
  screen.press('enter');
  const ref = here(screen.store.getState()).ref!;
  const told: Told[] = [
    { id: 'op', at: NOW - 60_000, title: 'Replace the machine', status: 'done', by: 'ann', targets: [ref] },
  ];
  screen.store.setState({
    told,
    observed: [{ at: NOW - 30_000, uid: ref.uid, ref, text: 'use: free -> reprovisioning' }],
  });
  await expect(`${screen.text()}\n`).toMatchFileSnapshot('__screens__/story-120x54.txt');
});

describe('how long a stage usually takes', () => {
  const ready = ['InventoryAllocated', 'BootstrapReady', 'ImageResolved'].map((type) => make.condition(type, 'True'));
  const up = make.condition('InfrastructureReady', 'True', 'Ready', { lastTransitionTime: make.at(400) });
  const { fleet } = make.fleetOf(
    ...make.smallFleet(),
    make.bmm('w1', 'h1', 'Running', { status: { phase: 'Running', conditions: ready } }),
    make.machine('w1', 'Running', { conditions: [make.condition('Ready', 'True'), up] }),
  );
  const learntOf = (count: number, after: number) => ({
    samples: Array.from({ length: count }, (_, each) =>
      ['reprovision', 'join'].map((what) => ({
        ...{ id: `${each}`, cluster: 'prod', what, ms: 20_000 },
        at: make.T0 + (after + each) * 1000,
      })),
    ).flat(),
  });
  const ref = { kind: 'machine', uid: 'Machine/w1', name: 'w1' } as const;
  const lineOf = (count: number, after: number) =>
    storySection(fleet, ref, [], learntOf(count, after)).find(({ label }) => label === 'Reprovisioning')?.text;

  it.each([
    ['stands beside how long it took, when that was looked on', 5, 390, /took 6m40s, usually 40s$/],
    ['is left out of a few', 4, 390, /took 6m40s$/],
    ['is left out of what was over before anything was learnt', 5, 4000, /took 6m40s$/],
  ])('%s', (_what, count, after, text) => {
    expect(lineOf(count, after)).toMatch(text);
  });
});

describe('the tree', () => {
  it('opens and folds with enter, right and left, and goes up from what is folded', () => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns: 120 });
    screen.press('t');
    expect(screen.text()).toContain('- prod');
    screen.press('enter');
    expect(screen.text()).toContain('+ prod');
    expect(screen.text()).not.toContain('prod-workers-abcde');
    screen.press('right');
    expect(screen.text()).toContain('prod-workers-abcde-ccccc');
    screen.press('end');
    expect(screen.underCursor()).toContain('+ rack1-u03');
    screen.press('left');
    expect(screen.underCursor()).toContain('prod-workers-abcde-ccccc');
    screen.press('left');
    expect(screen.text()).not.toContain('rack1-u03 ');
  });

  it('opens the object from an open branch or a leaf, and comes back to where it was', () => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns: 120 });
    screen.press('t', 'end', 'right', 'end');
    expect(screen.underCursor()).toMatch(/rack1-u03 +plan/);
    screen.press('enter');
    expect(screen.text()).toContain('Secret rack1-u03');
    screen.press('escape');
    expect(screen.underCursor()).toMatch(/rack1-u03 +plan/);
    screen.press('home', 'right');
    expect(screen.text()).toContain('Cluster prod');
  });

  it('keeps its order, says so, and shows the output of what the cursor is on', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    screen.press('t', 's');
    expect(screen.text()).toContain('a tree has an order of its own');
    screen.press('end', 'O');
    expect(screen.text()).toContain('OUTPUT OF rack1-u03');
  });
});

it('says of what tells no time itself since when it was seen', async () => {
  const fleet = fleetOf(smallDatacenter());
  const screen = openScreen(fleet);
  const [cause] = fleet.attention;
  expect(cause).toMatchObject({ text: 'unavailable', since: undefined });
  await screen.press('!');
  expect(screen.text()).toMatch(/rack2-u02 +unavailable *$/m);
  const seen = { at: NOW - 120_000, uid: cause!.ref.uid, ref: cause!.ref, text: cause!.text };
  screen.store.setState({ observed: [seen] });
  expect(screen.text()).toMatch(/rack2-u02 +unavailable +2m/);
  await screen.press('enter');
  expect(screen.text()).toMatch(/does not give it away\. \(2m ago\)/);
});
