/** Where a cluster is being brought to is seen beside where it is. */
import { expect, it } from 'vitest';
import { fleetOf, raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

function upgrading(from: string, to: string) {
  const objects = smallDatacenter();
  objects.controlPlane = [
    raw(
      'KubeadmControlPlane',
      'prod-control-plane',
      {
        spec: { replicas: 3, version: to },
        status: { version: from, replicas: 3, readyReplicas: 3, updatedReplicas: 1, observedGeneration: 1 },
      },
      { generation: 1, labels: { 'cluster.x-k8s.io/cluster-name': 'prod' } },
    ),
  ];
  return fleetOf(objects);
}

it.each([
  ['v1.31.14-2', 'v1.32.11-1', 'v1.31.14-2→1.32.11-1'],
  ['v1.33.7-3', 'v1.34.5-3', 'v1.33.7-3→1.34.5-3'],
  ['v1.33.7-2', 'v1.33.7', 'v1.33.7-2→1.33.7'],
  ['v1.33.7-2', 'v1.33.7-3', 'v1.33.7-2→-3'],
  ['v1.33.7-2', 'v1.33.7-2', 'v1.33.7-2'],
])('from %s to %s on 80 columns', (from, to, shown) => {
  const screen = openScreen(upgrading(from, to));
  screen.press('7');
  expect(screen.underCursor()).toContain(` Provisioned  ${shown} `);
});

it('is told whole in its detail', () => {
  const screen = openScreen(upgrading('v1.31.14-2', 'v1.32.11-1'));
  screen.press('7', 'enter');
  expect(screen.text()).toMatch(/version +v1\.31\.14-2, on its way to v1\.32\.11-1$/m);
});
