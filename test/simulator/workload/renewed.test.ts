/** What a server of another version writes when it starts says who has written it, and when. */
import { afterEach, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

let now = Date.parse('2026-11-21T02:00:00Z');
const workloads = new Workloads({ now: () => now, faults: new Faults() });
afterEach(() => workloads.close());

/** Who has written a role, what, and when. */
async function writersOf(role: string): Promise<string[]> {
  const { url, token } = workloads.access('prod')!;
  const answer = await fetch(`${url}/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { metadata } = (await answer.json()) as KubeObject;
  return (metadata.managedFields ?? []).map(
    ({ manager, operation, time, fieldsV1 }) =>
      `${manager} ${operation} ${time} ${Object.keys(fieldsV1 ?? {}).join(' ')}`,
  );
}

it('roles are of the new server, and those that are made of others of their controller', async () => {
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true })]);
  await workloads.serve({ tls: false });
  const [born] = (await writersOf('system:node')).map((one) => one.split(' ')[2]);
  expect(await writersOf('admin')).toEqual([
    `clusterrole-aggregation-controller Apply ${born} f:rules`,
    `kube-apiserver Update ${born} f:metadata f:aggregationRule`,
  ]);
  now += 60_000;
  const path = '/api/v1/nodes/cp-1/status';
  const body = { status: { nodeInfo: { kubeletVersion: 'v1.34.5-1' } } };
  await workloads.of('prod').json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  const at = '2026-11-21T02:01:00Z';
  expect(await writersOf('system:node')).toEqual([`kube-apiserver Update ${at} f:metadata f:rules`]);
  expect(await writersOf('admin')).toEqual([
    `clusterrole-aggregation-controller Apply ${at} f:rules`,
    `kube-apiserver Update ${born} f:metadata f:aggregationRule`,
  ]);
});
