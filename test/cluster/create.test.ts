/** The manifests of a file of answers on a real API server, with the real definitions: applied, compared, contested. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences } from '../../src/guides/create/diff.ts';
import { manifestsOf } from '../../src/guides/create/render/index.ts';
import { wantedOf } from '../../src/guides/create/wish.ts';
import { pathOf } from '../../src/kube/kinds.ts';
import type { Transport } from '../../src/kube/types.ts';
import type { Raw } from '../../src/operations/contract.ts';
import { conflictsOf } from '../../src/runner/failure.ts';
import { answers, KNOWN } from '../guides/create/fixtures.ts';
import { type Cluster, NAMESPACE, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
let cluster: Cluster;
let api: Transport;
beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  api = cluster.transport();
});
afterAll(() => cluster?.stop());

// Without conversion webhooks the server serves one generation of Cluster API only: the manifests are written in that.
const all = (changes = {}) => wantedOf({ manifests: manifestsOf(answers(changes), { ...KNOWN, clusterApi }) });

type Wanted = ReturnType<typeof all>[number];

function apply({ kind, name, body }: Wanted, more: Record<string, unknown> = {}, force = false): Promise<Raw> {
  const version = String(body['apiVersion']).split('/').at(-1)!;
  return api.json<Raw>({
    method: 'PATCH',
    path: pathOf(kind, version, NAMESPACE, name),
    query: { fieldManager: 'metaldeck', fieldValidation: 'Strict', force, ...more },
    contentType: 'application/apply-patch+yaml',
    body,
  });
}

it.each(['minimal', 'hardened'])(
  'takes the manifests of the %s profile, and has them as they were sent',
  async (profile) => {
    for (const place of ['iso', 'registration']) {
      for (const wanted of all({
        profile,
        'dns.servers': ['10.0.0.53'],
        'dns.place': place,
        'iso.statePartitionMiB': 20_480,
      })) {
        await apply(wanted, { dryRun: 'All' });
        const live = await apply(wanted, {}, true);
        expect(differences(live, wanted.body)).toEqual([]);
      }
    }
  },
);

it('names manager and field of what somebody else has changed', async () => {
  const pool = all().find(({ kind }) => kind === 'pool')!;
  await apply(pool, {}, true);
  await api.json({
    method: 'PATCH',
    path: pathOf('pool', 'v1beta1', NAMESPACE, pool.name),
    query: { fieldManager: 'kubectl-edit' },
    contentType: 'application/merge-patch+json',
    body: { spec: { clusterName: 'theirs' } },
  });
  const refused: unknown = await apply(pool).catch((error: unknown) => error);
  expect(conflictsOf(refused)).toEqual([{ manager: 'kubectl-edit', field: 'spec.clusterName' }]);
  const live = await apply(pool, {}, true);
  expect(differences(live, pool.body)).toEqual([]);
});
