/** What is wrong can be read whole: below its row while there is room for all of it, else as a note on the row under the cursor. */
import { describe, expect, it } from 'vitest';
import type { Column } from '../../hooks/screen.ts';
import type { State } from '../../src/store/state.ts';
import { width } from '../../views/parts/fit.ts';
import { spillOf } from '../../views/parts/spill.ts';
import { fleetOf, NOW, raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const MESSAGE = 'no API server answers at the virtual IP 10.1.12.10:6443 of the cluster';

/** Clusters whose endpoints do not answer, and nothing else in trouble but what the small datacenter has. */
function silent(clusters: number) {
  const objects = smallDatacenter();
  for (let at = 1; at <= clusters; at += 1) {
    const name = `edge-${at}`;
    objects.cluster!.push(
      raw('Cluster', name, {
        spec: { infrastructureRef: { kind: 'BaremetalCluster', name, namespace: 'cpaas-system' } },
        status: { phase: 'Provisioned', infrastructureReady: true, controlPlaneReady: true },
      }),
    );
    objects.baremetalCluster!.push(
      raw('BaremetalCluster', name, {
        status: {
          ready: true,
          conditions: [
            {
              type: 'EndpointReady',
              status: 'False',
              reason: 'X',
              message: `${MESSAGE} ${name}`,
              lastTransitionTime: new Date(NOW - at * 60_000).toISOString(),
            },
          ],
        },
      }),
    );
  }
  return fleetOf(objects);
}

/** The lines as one text, so that a break between words does not hide them. */
const flat = (lines: readonly string[]) => lines.join(' ').replace(/\s+/g, ' ');
const endOf = (name: string) => new RegExp(`of the cluster\\s+${name}(?!\\d)`);

describe.each(['1', '!'])('on %s', (key) => {
  it('says since when on 60 columns too', async () => {
    const screen = openScreen(silent(2), { columns: 60, rows: 15 });
    await screen.press(key);
    expect(screen.text()).toMatch(/edge-2 .* 2m$/m);
  });

  it.each([
    [80, 24],
    [60, 24],
    [200, 50],
  ])('every cause is whole where there is room for it, at %ix%i', (columns, rows) => {
    const screen = openScreen(silent(2), { columns, rows });
    screen.press(key);
    const text = screen
      .text()
      .split('\n')
      .map((line) => line.replace(/\s+\d+[smhd]( \w+)?$/, ''));
    expect(flat(text)).toMatch(endOf('edge-1'));
    expect(flat(text)).toMatch(endOf('edge-2'));
    expect(screen.text()).not.toContain('more: !');
    expect(Math.max(...screen.lines().map(width))).toBeLessThanOrEqual(columns);
  });

  it('the cause under the cursor is whole where there is no room for all', () => {
    const screen = openScreen(silent(30));
    screen.press(key, 'g');
    expect(flat(screen.lines())).toMatch(endOf('edge-30'));
    const before = screen.lines();
    screen.press('down');
    expect(flat(screen.lines())).toMatch(endOf('edge-29'));
    expect(flat(screen.lines())).not.toMatch(endOf('edge-30'));
    expect(screen.lines().length).toBeLessThanOrEqual(24);
    // The rows stand still: on a slow line a cursor costs what it moved over.
    const rowsOf = (lines: readonly string[]) =>
      lines.filter((line) => / edge-\d+ +endpoint/.test(line)).map((line) => line.slice(1));
    expect(rowsOf(screen.lines())).toEqual(rowsOf(before));
  });
});

it('a name at its beginning is not broken, but stands below', () => {
  const cells = (width: number) => {
    const column: Column<string> = { key: 'what', title: 'WHAT', min: 14, rank: 1, spill: true, cell: (row) => row };
    return spillOf('lab-control-plane: 2 of 3 ready', [{ column, width }], { now: 0, utf8: true }, {} as State, 80);
  };
  expect(cells(14)).toEqual({ first: '', rest: [' lab-control-plane: 2 of 3 ready'] });
  expect(cells(20)).toEqual({ first: 'lab-control-plane: 2', rest: [' of 3 ready'] });
  expect(cells(0)).toEqual({ first: '', rest: ['    lab-control-plane: 2 of 3 ready'] });
});

it('the overview counts what is out of sight', () => {
  const screen = openScreen(silent(30));
  const shown = screen.lines().filter((line) => / (edge-\d+|rack2-u02) +(endpoint|unavailable)/.test(line)).length;
  expect(screen.text()).toContain(`${31 - shown} more: ! shows all`);
});
