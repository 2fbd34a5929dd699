/** Kinds that are kept once and served twice. */
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { managementResources } from '../../src/simulator/world/management/index.ts';

type Answer = Record<string, unknown> & { metadata: Record<string, unknown>; items?: Answer[] };

function served() {
  const api = createApi({ resources: managementResources('v1beta1'), now: () => Date.parse('2026-11-29T08:10:00Z') });
  const transport = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
  const send = (method: string, path: string, body?: unknown, contentType?: string) =>
    transport.json<Answer>({ method: method as 'POST', path, body, contentType });
  const get = (path: string, fieldSelector?: string) => transport.json<Answer>({ path, query: { fieldSelector } });
  return { get, send, transport };
}

const textOf = (piece: unknown): string =>
  typeof piece === 'string' ? piece : new TextDecoder().decode(piece as Uint8Array);
const older = '/api/v1/namespaces/default/events';
const newer = '/apis/events.k8s.io/v1/namespaces/default/events';
const legacy = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'old', namespace: 'default' },
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
  ...{ reason: 'Pulled', message: 'image is there', type: 'Normal', count: 2, source: { component: 'kubelet' } },
  ...{ firstTimestamp: '2026-11-29T08:00:00Z', lastTimestamp: '2026-11-29T08:05:00Z' },
};
const regarding = { kind: 'Pod', name: 'web', namespace: 'default' };
const modern = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'new', namespace: 'default' },
  regarding,
  ...{ reason: 'Done', note: 'it is', type: 'Normal', action: 'doing', eventTime: '2026-11-29T08:00:00.123456Z' },
  ...{ reportingController: 'example.org/one', reportingInstance: 'one-1' },
};

describe('events', () => {
  it('tell what they do not have as a server does', async () => {
    const { send, get } = served();
    await send('POST', older, legacy);
    const nothing = { eventTime: null, reportingComponent: '', reportingInstance: '' };
    expect(await get(`${older}/old`)).toMatchObject(nothing);
    expect((await get(older)).items).toMatchObject([{ ...nothing, reason: 'Pulled' }]);
    const named = JSON.stringify((await get(`${older}/old`)).metadata['managedFields']);
    expect(named).toContain('f:message');
    expect(named).not.toContain('f:eventTime');
  });

  it('of either group are read in both', async () => {
    const { send, get } = served();
    await send('POST', older, legacy);
    await send('POST', newer, modern);
    expect(await get(`${newer}/old`)).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      ...{ regarding, note: 'image is there', deprecatedCount: 2, deprecatedSource: { component: 'kubelet' } },
      ...{ deprecatedFirstTimestamp: '2026-11-29T08:00:00Z', eventTime: null },
    });
    expect(await get(`${newer}/old`)).not.toHaveProperty('reportingController');
    expect(await get(`${older}/new`)).toMatchObject({
      apiVersion: 'v1',
      ...{ involvedObject: regarding, message: 'it is', reportingComponent: 'example.org/one' },
      ...{ firstTimestamp: null, source: {}, eventTime: '2026-11-29T08:00:00.123456Z' },
    });
    const { items } = await get(newer, 'regarding.name=web');
    expect(items?.map(({ metadata }) => metadata['name'])).toEqual(['new', 'old']);
    await expect(get(newer, 'involvedObject.name=web')).rejects.toThrow(
      'field label not supported: involvedObject.name',
    );
  });

  it('are watched, changed and removed through the newer group', async () => {
    const { send, get, transport } = served();
    await send('POST', older, legacy);
    const { body } = await transport.stream({ path: newer, query: { watch: true, timeoutSeconds: 5 } });
    const lines = body[Symbol.asyncIterator]();
    const next = async () => JSON.parse(textOf((await lines.next()).value)) as { type: string; object: Answer };
    expect(await next()).toMatchObject({ type: 'ADDED', object: { note: 'image is there' } });
    await send('PATCH', `${newer}/old`, { note: 'changed' }, 'application/merge-patch+json');
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { note: 'changed', deprecatedCount: 2 } });
    expect(await get(`${older}/old`)).toMatchObject({ message: 'changed', count: 2, source: { component: 'kubelet' } });
    await send('DELETE', `${newer}/old`);
    expect(await next()).toMatchObject({ type: 'DELETED', object: { apiVersion: 'events.k8s.io/v1' } });
    expect((await get(older)).items).toEqual([]);
  });

  it('of the newer group say all that they have to', async () => {
    const { send } = served();
    const { action: _action, type: _type, ...rest } = modern;
    await expect(send('POST', newer, { ...rest, deprecatedCount: 2 })).rejects.toThrow(
      'Event.events.k8s.io "new" is invalid: [action: Required value, type: Invalid value: "": has invalid value: , ' +
        'count: Invalid value: "": needs to be unset]',
    );
  });
});

describe('field selectors', () => {
  it('know what is meant where nothing is said', async () => {
    const { send, get } = served();
    const spec = { containers: [{ name: 'a', image: 'a' }] };
    const pods = '/api/v1/namespaces/default/pods';
    await send('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });
    await send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    const found = async (path: string, selector: string) => (await get(path, selector)).items?.length;
    expect(await found('/api/v1/nodes', 'spec.unschedulable=false')).toBe(1);
    expect(await found('/api/v1/nodes', 'spec.unschedulable=true')).toBe(0);
    expect(await found(pods, 'spec.hostNetwork=false,status.nominatedNodeName=,spec.restartPolicy=Always')).toBe(1);
    expect(await found('/apis/batch/v1/jobs', 'status.successful=0')).toBe(0);
    expect(await found('/apis/certificates.k8s.io/v1/certificatesigningrequests', 'spec.signerName=a')).toBe(0);
  });

  it.each([
    ['/api/v1/configmaps', '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['/api/v1/pods', 'field label not supported: data.a'],
    ['/apis/batch/v1/jobs', 'field label "data.a" not supported for Job'],
    ['/apis/cluster.x-k8s.io/v1beta1/machines', 'field label not supported: data.a'],
  ])('are refused as %s refuses them', async (path, words) => {
    await expect(served().get(path, 'data.a=x')).rejects.toThrow(words);
  });
});

it('the scale of a Deployment says which Pods it counts', async () => {
  const { send, get } = served();
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const labels = { app: 'web', tier: 'front' };
  const matchExpressions = [{ key: 'tier', operator: 'In', values: ['front', 'back'] }];
  await send('POST', path, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } },
    spec: {
      selector: { matchLabels: { app: 'web' }, matchExpressions },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  });
  expect((await get(`${path}/web/scale`))['status']).toEqual({ replicas: 0, selector: 'app=web,tier in (back,front)' });
});

describe('autoscalers', () => {
  const path = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const head = { kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: 'default' } };

  it('are one in both versions', async () => {
    const { send, get } = served();
    const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 70 };
    await send('POST', path('v1'), { apiVersion: 'autoscaling/v1', ...head, spec });
    expect((await get(`${path('v2')}/web`))['spec']).toEqual({
      ...{ scaleTargetRef, maxReplicas: 3, minReplicas: 1 },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    });
    const memory = { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } };
    const metrics = [{ type: 'Resource', resource: memory }];
    await send('PATCH', `${path('v2')}/web`, { spec: { metrics } }, 'application/merge-patch+json');
    const first = await get(`${path('v1')}/web`);
    expect(first['spec']).toEqual({ scaleTargetRef, maxReplicas: 3, minReplicas: 1 });
    await send('PATCH', `${path('v1')}/web`, { spec: { maxReplicas: 4 } }, 'application/merge-patch+json');
    expect((await get(`${path('v2')}/web`))['spec']).toMatchObject({ maxReplicas: 4, metrics });
  });

  it('are refused and printed as a server does', async () => {
    const { send, transport } = served();
    const spec = { scaleTargetRef: { kind: 'Deployment' }, maxReplicas: 0 };
    await expect(send('POST', path('v2'), { apiVersion: 'autoscaling/v2', ...head, spec })).rejects.toThrow(
      '[spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must be greater ' +
        'than or equal to `minReplicas`, spec.scaleTargetRef.name: Required value]',
    );
    await send('POST', path('v2'), { apiVersion: 'autoscaling/v2', ...head, spec: { scaleTargetRef, maxReplicas: 2 } });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    for (const version of ['v1', 'v2']) {
      const table = await transport.json<{ rows: { cells: unknown[] }[] }>({ path: path(version), accept });
      expect(table.rows[0]?.cells).toEqual(['web', 'Deployment/web', 'cpu: <unknown>/80%', '1', 2, 0, '0s']);
    }
  });
});

describe('discovery', () => {
  it('tells groups and versions in the order in which a server prefers them', async () => {
    const { get } = served();
    const { groups } = (await get('/apis')) as unknown as {
      groups: { name: string; versions: { version: string }[] }[];
    };
    expect(groups.slice(0, 4).map(({ name }) => name)).toEqual([
      ...['apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io'],
    ]);
    expect(groups.at(-1)?.name).toBe('ipam.cluster.x-k8s.io');
    const autoscaling = groups.filter(({ name }) => name === 'autoscaling');
    expect(autoscaling).toHaveLength(1);
    expect(autoscaling[0]?.versions.map(({ version }) => version)).toEqual(['v2', 'v1']);
  });
});
