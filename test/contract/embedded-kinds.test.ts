import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { ageOf, humanDuration } from '../../src/simulator/api/kinds/age.ts';
import { compilePath } from '../../src/simulator/api/kinds/jsonpath.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ACCEPT } from './client.ts';

describe('ages', () => {
  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;

  it.each([
    [-5 * SECOND, '<invalid>'],
    [-1 * SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + 42 * SECOND, '2m42s'],
    [48 * MINUTE, '48m'],
    [3 * HOUR, '3h'],
    [5 * HOUR + 3 * MINUTE, '5h3m'],
    [47 * HOUR, '47h'],
    [2 * DAY + 7 * HOUR, '2d7h'],
    [30 * DAY, '30d'],
    [730 * DAY, '2y'],
    [740 * DAY, '2y10d'],
    [3650 * DAY, '10y'],
  ])('%d ms is %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });

  it('are unknown without a time, and invalid with nonsense', () => {
    expect(ageOf(undefined, 0)).toBe('<unknown>');
    expect(ageOf('yesterday', 0)).toBe('<invalid>');
  });
});

describe('JSONPath of printer columns', () => {
  const object = {
    metadata: { labels: { 'a.b/c': 'x' } },
    status: { conditions: [{ type: 'Ready', status: 'True' }, null, { type: 'Paused', status: 'False' }] },
  };

  it.each([
    [".metadata.labels['a\\.b/c']", 'x'],
    ['.status.conditions[?(@.type=="Paused")].status', 'False'],
    ['.status.conditions[?(@.type=="Missing")].status', undefined],
    ['.status.conditions.type', undefined],
    ['.spec.replicas', undefined],
  ])('%s reads %s', (path, value) => {
    expect(compilePath(path)(object)).toBe(value);
  });

  it('reads the first of a list, or the one that is named', () => {
    const object = { a: [{ b: 1 }, { b: 2 }] };
    expect(['.a[*].b', '.a[1].b', '.a[2].b'].map((path) => compilePath(path)(object))).toEqual([1, 2, undefined]);
  });

  it('refuses what it does not know', () => {
    expect(() => compilePath('.a[1:2].b')).toThrow('unsupported JSONPath');
  });
});

describe('tables of Cluster API', () => {
  it.each(['v1beta1', 'v1beta2'] as const)('show a machine in %s', async (clusterApi) => {
    const transport = apiTransport(createApi({ clusterApi }), { user: { name: 'admin' } });
    const collection = `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/default/machines`;
    const body = {
      apiVersion: `cluster.x-k8s.io/${clusterApi}`,
      kind: 'Machine',
      metadata: { name: 'm' },
      spec: {
        clusterName: 'prod',
        bootstrap: {},
        infrastructureRef: { apiGroup: 'x.io', kind: 'Any', name: 'any' },
        version: 'v1.34.5',
      },
    };
    await transport.json({ method: 'POST', path: collection, body });
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'yes', lastTransitionTime };
    const status = { phase: 'Running', nodeRef: { name: 'n' }, conditions: [ready] };
    const contentType = 'application/merge-patch+json';
    await transport.json({ method: 'PATCH', path: `${collection}/m/status`, contentType, body: { status } });
    const table = await transport.json<{ columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }>({
      path: collection,
      accept: ACCEPT.table,
    });
    const cells = Object.fromEntries(table.columnDefinitions.map(({ name }, i) => [name, table.rows[0]?.cells[i]]));
    expect(cells).toMatchObject({ Name: 'm', Cluster: 'prod', Phase: 'Running', Version: 'v1.34.5' });
    expect(cells[clusterApi === 'v1beta1' ? 'NodeName' : 'Node Name']).toBe('n');
    expect(cells['Ready']).toBe(clusterApi === 'v1beta1' ? undefined : 'True');
  });
});
