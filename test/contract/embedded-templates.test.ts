import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { managementResources } from '../../src/simulator/world/management/kinds.ts';
import { CONTENT } from './client.ts';

interface Work {
  metadata: { generation: number; resourceVersion: string; managedFields?: unknown[] };
  spec: Record<string, unknown> & { template: { metadata: Record<string, unknown> } };
}

function serving(gitVersion: string) {
  const api = createApi({ gitVersion: () => gitVersion, resources: managementResources('v1beta1') });
  const user = { name: 'admin' };
  return { people: apiTransport(api, { user }), controllers: apiTransport(api, { user, bare: true }) };
}

const apps = '/apis/apps/v1/namespaces/default';
const spec = { containers: [{ name: 'a', image: 'a:1' }] };
const template = { metadata: { labels: { a: 'b' } }, spec };
const body = (kind: string, more = {}) => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name: 'x' } },
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...more },
});

describe('templates', () => {
  it('tell of the time that they do not have before Kubernetes 1.34, to clients from outside', async () => {
    for (const [version, told] of [
      ['v1.33.7', { creationTimestamp: null, labels: { a: 'b' } }],
      ['v1.34.5', { labels: { a: 'b' } }],
    ] as const) {
      const { people, controllers } = serving(version);
      const path = `${apps}/deployments`;
      const made = await people.json<Work>({ method: 'POST', path, body: body('Deployment') });
      expect(made.spec.template.metadata).toEqual(told);
      const one = await people.json<Work>({ path: `${path}/x` });
      const [listed] = (await people.json<{ items: Work[] }>({ path })).items;
      const query = { watch: true, timeoutSeconds: 1 };
      const stream = await people.stream({ path, query });
      let text = '';
      for await (const chunk of stream.body) text += Buffer.from(chunk).toString();
      const [event] = text.split('\n').map((line) => (line ? (JSON.parse(line) as { object: Work }) : undefined));
      for (const object of [one, listed, event?.object]) expect(object?.spec.template.metadata).toEqual(told);
      const bare = await controllers.json<Work>({ path: `${path}/x` });
      expect(bare.spec.template.metadata).toEqual({ labels: { a: 'b' } });
    }
  });

  it('are the same whether they are written with it or without', async () => {
    const { people, controllers } = serving('v1.32.11');
    const claims = [{ metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'] } }];
    const path = `${apps}/statefulsets`;
    const more = { serviceName: 'x', volumeClaimTemplates: claims };
    const made = await people.json<Work>({ method: 'POST', path, body: body('StatefulSet', more) });
    expect(made.spec['volumeClaimTemplates']).toMatchObject([{ metadata: { creationTimestamp: null, name: 'v' } }]);
    const put = await people.json<Work>({ method: 'PUT', path: `${path}/x`, body: made });
    expect(put.metadata).toEqual(made.metadata);
    const patch = { spec: { template: { metadata: { creationTimestamp: null } } } };
    for (const contentType of [CONTENT.strategic, CONTENT.merge]) {
      const patched = await people.json<Work>({ method: 'PATCH', path: `${path}/x`, contentType, body: patch });
      expect(patched.metadata).toEqual(made.metadata);
    }
    const bare = await controllers.json<Work>({ path: `${path}/x` });
    expect(JSON.stringify(bare.spec)).not.toContain('creationTimestamp');
  });

  it('of Jobs are put back as they were, in whatever order their fields come', async () => {
    const { people } = serving('v1.32.11');
    const path = '/apis/batch/v1/namespaces/default/jobs';
    const pod = { restartPolicy: 'Never', ...spec };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template: { spec: pod } } };
    const made = await people.json<Work>({ method: 'POST', path, body: job });
    const sorted = (value: unknown): unknown =>
      value === null || typeof value !== 'object' || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .sort(([one], [other]) => (one < other ? 1 : -1))
              .map(([key, part]) => [key, sorted(part)]),
          );
    const put = await people.json<Work>({ method: 'PUT', path: `${path}/j`, body: sorted(made) });
    expect(put.metadata).toEqual(made.metadata);
  });

  it('of CronJobs have metadata at each depth, which nobody can take away', async () => {
    const { people } = serving('v1.32.11');
    const path = '/apis/batch/v1/namespaces/default/cronjobs';
    const pod = { restartPolicy: 'Never', ...spec };
    const job = {
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c' } },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: pod } } } },
    };
    const made = await people.json<Work>({ method: 'POST', path, body: job });
    const none = { metadata: { creationTimestamp: null } };
    expect(made.spec['jobTemplate']).toMatchObject({ ...none, spec: { template: none } });
    const request = { method: 'PATCH', path: `${path}/c`, contentType: CONTENT.merge } as const;
    const patched = await people.json<Work>({ ...request, body: { spec: { jobTemplate: { metadata: null } } } });
    expect(patched.metadata).toEqual(made.metadata);
  });
});
