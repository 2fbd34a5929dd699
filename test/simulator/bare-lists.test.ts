/** Controllers in the process of the API read lists without their text: they must not see anything else than others do. */
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import type { KubeObject } from '../../src/simulator/api/types.ts';

const user = { name: 'admin', groups: ['system:masters'] };
const annotations = JSON.parse('{"__proto__":"own","plain":"yes"}') as Record<string, string>;

const world = () => {
  const api = createApi();
  const configMap = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', annotations, labels: undefined },
    data: { text: 'a' },
  });
  const cluster: KubeObject = {
    apiVersion: 'cluster.x-k8s.io/v1beta1',
    kind: 'Cluster',
    metadata: { name: 'prod', namespace: 'default' },
    spec: { paused: false, list: [null, { deep: [1, 2] }] },
  };
  api.load([configMap('one'), configMap('two'), configMap('three'), cluster]);
  return { bare: apiTransport(api, { user, bare: true }), text: apiTransport(api, { user }) };
};

interface List {
  metadata: { continue?: string };
  items: { metadata: { labels?: object } }[];
}

describe('lists for controllers', () => {
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const clusters = '/apis/cluster.x-k8s.io/v1beta1/namespaces/default/clusters';

  it.each([configMaps, clusters])('are what the text says: %s', async (path) => {
    const { bare, text } = world();
    const told = await text.json({ path });
    expect(await bare.json({ path })).toEqual(told);
    expect(JSON.stringify(await bare.json({ path }))).toBe(JSON.stringify(told));
  });

  it('come in the same pages', async () => {
    const { bare, text } = world();
    const query = { limit: 2 };
    const page = await bare.json<List>({ path: configMaps, query });
    expect(page).toEqual(await text.json({ path: configMaps, query }));
    expect(page.metadata).toMatchObject({ continue: expect.any(String), remainingItemCount: 1 });
    // It begins just after the last one, below the namespace that is listed.
    const { start } = JSON.parse(Buffer.from(page.metadata.continue!, 'base64url').toString());
    expect(start).toMatch(/^[^/]+\0$/);
    const rest = await bare.json<List>({ path: configMaps, query: { ...query, continue: page.metadata.continue } });
    expect(rest.items).toHaveLength(1);
  });

  it('belong to who reads them', async () => {
    const { bare } = world();
    const first = await bare.json<List>({ path: configMaps });
    for (const { metadata } of first.items) metadata.labels = { mine: 'yes' };
    const again = await bare.json<List>({ path: configMaps });
    expect(again.items.map(({ metadata }) => metadata.labels)).toEqual([undefined, undefined, undefined]);
  });

  it('are refused as any other', async () => {
    const { bare } = world();
    const gone = bare.json({ path: '/apis/cluster.x-k8s.io/v1beta1/nothings' });
    await expect(gone).rejects.toMatchObject({ code: 404 });
  });
});
