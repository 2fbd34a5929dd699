/** Where a cluster can go from its version: what the matrix allows and the catalog has, with the reason for the rest. */
import { expect, it } from 'vitest';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import { targetsOf } from '../../src/guides/upgrade/targets.ts';

const every = PUBLISHED.map(({ kubernetes }) => kubernetes);

function seen(version: string | undefined, images: readonly string[] = every, workers = version) {
  const fleet = {
    clusters: { list: [{ name: 'prod', object: {} }] },
    groups: {
      list: [
        { name: 'plane', controlPlane: true, cluster: 'prod', version },
        { name: 'workers', controlPlane: false, cluster: 'prod', version: workers },
      ],
    },
    catalog: { images: Object.fromEntries(images.map((each) => [each, 'image'])) },
  } as unknown as Fleet;
  const found = targetsOf({ fleet, matrix: PUBLISHED }, { name: 'prod' });
  return typeof found === 'string'
    ? found
    : found.targets.map(({ row, over, refused }) => [row.kubernetes, ...over, ...(refused ? [`no: ${refused}`] : [])]);
}

it('lists what is newer, the newest first, with what lies between', () => {
  expect(seen('v1.33.7-4')).toEqual([['v1.35.6-acp.1', 'v1.34.5-3'], ['v1.34.5-3'], ['v1.34.5-1'], ['v1.34.5']]);
  expect(seen('v1.35.6-acp.1')).toEqual([]);
});

it('lists the present version where workers did not follow it, and goes over it to the next minor', () => {
  expect(seen('v1.34.5', every, 'v1.33.7-4')).toEqual([['v1.35.6-acp.1', 'v1.34.5'], ['v1.34.5']]);
});

it.each([
  ['itself', ['v1.34.5-1', 'v1.34.5'], ['v1.34.5-3', 'no: the image catalog does not have v1.34.5-3']],
  [
    'what lies between',
    ['v1.35.6-acp.1'],
    ['v1.35.6-acp.1', 'v1.34.5-3', 'no: the image catalog does not have v1.34.5-3'],
  ],
])('says where an image is missing, of %s', (_, images, row) => {
  expect(seen('v1.33.7-4', images)).toContainEqual(row);
});

it('says so where the present version is not known', () => {
  expect(seen(undefined)).toMatch(/not known/);
});
