/** What can be done with a row says of each line what it is for, and why not, without a look at another line. */
import { expect, it } from 'vitest';
import type { Offer } from '../../src/store/operating.ts';
import { newPlace } from '../../src/store/state.ts';
import { fleetOf, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const offer = (id: string, of: string | undefined, refusal?: string): Offer => ({
  id,
  title: id,
  about: `${id} it`,
  targets: [{ kind: 'deployment', uid: `${of}`, name: `${of}` }],
  of,
  refusal,
});

function offered(offers: Offer[], columns = 80) {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns, rows: 40 });
  screen.store.setState({ offers, places: [newPlace('clusters'), newPlace('act')] });
  return screen.lines().slice(3, 3 + offers.length);
}

it('names the groups of a cluster on 80 columns, where it has several', () => {
  const [workers, db, own] = offered([
    offer('Scale', 'group workers'),
    offer('Scale', 'group db'),
    offer('Pause', undefined),
  ]);
  expect(workers).toMatch(/^.Scale +group +workers: Scale it$/);
  expect(db).toMatch(/^.Scale +group +db: Scale it$/);
  expect(own).toMatch(/^.Pause +Pause it$/);
});

it('leaves the name to the title where there is one, and to its column where that has room', () => {
  expect(offered([offer('Scale', 'group db'), offer('Move', 'group db')])[0]).toMatch(/group +Scale it$/);
  expect(offered([offer('Scale', 'group db'), offer('Scale', 'group a')], 120)[0]).toMatch(/group db +Scale it$/);
});

it('says the reason of each that cannot be done', () => {
  const why = 'takes one at a time';
  for (const line of offered([offer('Scale', undefined, why), offer('Move', undefined, why)])) {
    expect(line).toMatch(/no: takes one at a time$/);
  }
});

it('what mends the trouble stands first, and says so; refused, it stands with what cannot be done', () => {
  const replace = { ...offer('Replace', 'machine w1'), helps: true };
  expect(offered([offer('Remove', 'machine w1'), replace]).map((line) => line.trim().replace(/\s+/g, ' '))).toEqual([
    expect.stringMatching(/^>?Replace machine HELPS: Replace it$/),
    expect.stringMatching(/^>?Remove machine Remove it$/),
  ]);
  const refused = { ...replace, refusal: 'it goes already' };
  expect(offered([refused, offer('Remove', 'machine w1')])[1]).toContain('no: it goes already');
});
