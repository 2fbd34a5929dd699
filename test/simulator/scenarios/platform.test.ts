import { afterEach, expect, it } from 'vitest';
import { Client } from '../../../src/simulator/controllers/client.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { sentry, sentryNamespace, serviceAccounts } from '../../../src/simulator/controllers/platform/import.ts';
import { minute } from '../harness.ts';
import { openTheatre, type Theatre } from './theatre.ts';

let theatre: Theatre | undefined;
afterEach(async () => {
  await theatre?.stop();
  theatre = undefined;
});

async function open(): Promise<Theatre> {
  theatre = await openTheatre();
  return theatre;
}

const cluster = ({ runtime }: Theatre, name = 'edge-a') => runtime.informer(kinds.Cluster).get(name);
const account = ({ runtime }: Theatre, name = 'edge-a') =>
  new Client(runtime.workload(name), sentryNamespace).get(serviceAccounts, sentry);

it('imports the clusters of the provider: marks, a finalizer, and an account for the agent', async () => {
  const of = await open();
  expect(cluster(of)?.metadata.finalizers).toContain('capi.cpaas.io/imported');
  expect(cluster(of)?.metadata.labels).toMatchObject({
    'capi.cpaas.io/imported': '',
    'capi.cpaas.io/alauda-cluster': 'edge-a',
  });
  expect(await account(of)).toBeDefined();
});

it('leaves clusters alone that are none of the provider', async () => {
  const of = await open();
  const { apiVersion } = kinds.Cluster;
  await of.client.create(kinds.Cluster, { apiVersion, kind: 'Cluster', metadata: { name: 'other' }, spec: {} });
  await of.run(minute);
  expect(cluster(of, 'other')?.metadata.finalizers).not.toContain('capi.cpaas.io/imported');
});

it('says what is missing while it hangs, and ends when it no longer does', async () => {
  const of = await open();
  of.faults.cluster('edge-a', { importHangs: true });
  await of.run(minute);
  expect(await account(of)).toBeUndefined();
  expect(cluster(of)?.metadata.labels).not.toHaveProperty('capi.cpaas.io/imported');
  of.faults.cluster('edge-a', undefined);
  await of.run(minute);
  expect(await account(of)).toBeDefined();
  expect(cluster(of)?.metadata.labels).toHaveProperty('capi.cpaas.io/imported');
});

it('lets a deleted cluster go only when nothing of it is left', async () => {
  const of = await open();
  await of.client.remove(kinds.Cluster, 'edge-a');
  await of.run(10 * 1000);
  expect(cluster(of)?.metadata.finalizers).toEqual(['cluster.cluster.x-k8s.io', 'capi.cpaas.io/imported']);
  await of.wait(() => cluster(of) === undefined, 60 * minute, 'the end of the cluster');
  const left = of.runtime.informer(kinds.Machine).by('cluster', 'edge-a');
  expect(left).toEqual([]);
  expect(of.errors).toEqual([]);
});
