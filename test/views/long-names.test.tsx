/** Hosts that are named after the UUIDs of their boards, as SMBIOS has them: on 80 columns they are told apart, and read whole. */
import { expect, it } from 'vitest';
import { fleetOf, host, machine, plan, type Raw, raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

/** `edge-a-0b1f731f5-...`: alike in what they begin with, different in what they end with. */
const nameOf = (at: number) => {
  const digits = (seed: number, length: number) =>
    ((seed * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').slice(0, length);
  return `edge-a-${digits(at + 1, 8)}-ae${digits(at + 7, 2)}-4${digits(at + 3, 3)}-bc26-${digits(at + 5, 8)}57dc`;
};
const names = Array.from({ length: 20 }, (_, at) => nameOf(at));

function longNames() {
  const objects = smallDatacenter();
  objects.host!.push(...names.map((name) => host(name, 'Available')));
  objects.plan!.push(...names.map((name) => plan(name, 'clean')));
  const pool = objects.pool![0]! as Raw & { spec: { machineInventories: { name: string }[] } };
  pool.spec.machineInventories.push(...names.map((name) => ({ name })));
  const [ours, its] = machine('edge-a-workers-csvh2-58gzh', names[0], 'Running');
  objects.machine!.push(ours!);
  objects.baremetalMachine!.push(its!);
  objects.event = names.map((name, at) =>
    raw('Event', `${name}.${at}`, {
      type: at % 4 === 0 ? 'Warning' : 'Normal',
      reason: ['SuccessfulDrainNode', 'MachineMarkedUnhealthy', 'FailedCreatePodSandBox'][at % 3],
      message: `Machine cpaas-system/edge-a-workers-csvh2-58gzh on inventory ${name} waits for its Node to come back`,
      involvedObject: { apiVersion: 'v1', kind: 'MachineInventory', name },
      lastTimestamp: new Date(Date.parse('2026-11-21T02:00:00Z') - at * 60_000).toISOString(),
      count: at + 1,
    }),
  );
  return fleetOf(objects);
}

it.each([
  ['hosts', '3'],
  ['machines', '4'],
  ['plans', '6'],
  ['events', '9'],
])('%s at 80x24', async (screen, key) => {
  const deck = openScreen(longNames());
  deck.press(key, 'down');
  await expect(`${deck.text()}\n`).toMatchFileSnapshot(`__screens__/long-names-${screen}-80x24.txt`);
});

it('shows of each host its plan and its pool on 80 columns, and its name whole where the cursor is', () => {
  const deck = openScreen(longNames());
  deck.press('3');
  expect(deck.text()).toMatch(/ HOST .* PLAN .* POOL/);
  const short = new Set<string>();
  for (const name of names) {
    deck.press('/', 'ctrl-u');
    deck.type(name);
    deck.press('enter');
    const row = deck.underCursor()!;
    expect(row).toMatch(/^> {2}\S+…\S+ +free +clean applied\? +prod-worker-pool$/);
    short.add(row.split(/ +/)[1]!);
    expect(deck.lines()).toContain(` ${name}`);
  }
  expect(short.size).toBe(names.length);
});

it('has names whole where there is room for them', () => {
  const deck = openScreen(longNames(), { columns: 200, rows: 50 });
  for (const key of ['3', '4', '6', '9']) {
    deck.press(key);
    expect(deck.text()).toContain(names[0]);
    expect(deck.text()).not.toMatch(/^[> ][ x~] edge\S*…/m);
  }
});
