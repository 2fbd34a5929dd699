/** When a Deployment of a cluster that begins ready-made says that it was rolled out. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { between, completed, settled } from '../../../src/simulator/workload/owned.ts';
import { make } from '../../../src/simulator/workload/system.ts';

const born = '2026-10-30T10:00:00Z';
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
const status = { replicas: 2, readyReplicas: 2, availableReplicas: 2 };
const owner = completed(
  make('apps/v1', 'Deployment', 'kube-system', 'web', born, {
    ...{ spec: { replicas: 2, selector: { matchLabels: labels }, template }, status },
  }),
);

/** A Pod that was made, and whose containers have been ready since, at these times. */
function pod(made: string, ready: string): KubeObject {
  const since = { status: 'True', lastTransitionTime: ready };
  const conditions = [
    { type: 'Ready', ...since },
    { type: 'ContainersReady', ...since },
  ];
  return make('v1', 'Pod', 'kube-system', `web-${made}`, made, { status: { conditions } });
}

const rolledOut = (...pods: KubeObject[]) => {
  const conditions = settled(owner, between(owner, make), pods).status?.['conditions'] as Record<string, string>[];
  return conditions.find(({ type }) => type === 'Progressing');
};
const [first, second] = [
  pod('2026-10-30T10:01:00Z', '2026-10-30T10:01:40Z'),
  pod('2026-10-30T10:05:00Z', '2026-10-30T10:05:40Z'),
];

it('is rolled out once the last of the Pods with which it began is ready', () => {
  expect(rolledOut(first, second)).toMatchObject({
    ...{ reason: 'NewReplicaSetAvailable', lastUpdateTime: '2026-10-30T10:05:40Z', lastTransitionTime: born },
  });
});

it.each([
  ['one of them was replaced', [first, pod('2026-11-18T09:00:00Z', '2026-11-18T09:00:40Z')], '2026-10-30T10:01:40Z'],
  ['one of them began again', [first, pod('2026-10-30T10:05:00Z', '2026-11-20T06:00:00Z')], '2026-10-30T10:05:30Z'],
  [
    'both were replaced',
    [pod('2026-11-18T09:00:00Z', '2026-11-18T09:00:40Z'), pod('2026-11-19T09:00:00Z', '2026-11-19T09:00:40Z')],
    '2026-10-30T10:20:00Z',
  ],
] as const)('says nothing else since %s', (_what, pods, at) => {
  expect(rolledOut(...pods)?.['lastUpdateTime']).toBe(at);
});
