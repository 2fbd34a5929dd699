import http from 'node:http';
import https from 'node:https';
import { gunzipSync } from 'node:zlib';
import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { rulesAuthorizer } from '../../src/simulator/api/authorize.ts';
import { kubeconfig } from '../../src/simulator/api/kubeconfig.ts';
import { type ApiServer, startApiServer } from '../../src/simulator/api/server.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';
import { collect } from './client.ts';
import { httpTransport } from './http-transport.ts';

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

function send(server: ApiServer, path: string, options: https.RequestOptions = {}, body?: string): Promise<Answer> {
  const headers = { authorization: 'Bearer secret', ...options.headers };
  return new Promise((resolve, reject) => {
    const web = server.ca === undefined ? http : https;
    const request = web.request(`${server.url}${path}`, { ...options, headers, ca: server.ca }, async (answer) => {
      const chunks = await collect(answer as AsyncIterable<Buffer>);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const json = ({ body }: Answer) => JSON.parse(body.toString('utf8'));

describe('the server', () => {
  let server: ApiServer;
  afterEach(() => server.close());

  const pool = (name: string, annotations = {}) => ({
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
    kind: 'MachineInventoryPool',
    metadata: { name, annotations },
    spec: { clusterName: 'prod', machineInventories: [] },
  });
  const POOLS = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools';

  it('asks for a token, except for its health', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret' });
    for (const authorization of ['', 'Bearer wrong', 'Basic c2VjcmV0']) {
      const answer = await send(server, '/api/v1/namespaces', { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(json(answer)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
    }
    for (const path of ['/healthz', '/livez', '/readyz']) {
      const answer = await send(server, path, { headers: { authorization: '' } });
      expect([answer.status, answer.body.toString()]).toEqual([200, 'ok']);
    }
  });

  it('knows further users by their tokens, with what they may do', async () => {
    const rules = [
      { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['configmaps'], namespaces: ['default'] },
    ];
    const api = createApi({
      tokens: { viewer: { name: 'viewer' } },
      authorize: rulesAuthorizer({ viewer: rules }),
    });
    server = await startApiServer({ api, token: 'secret' });
    const status = async (path: string, method = 'GET') =>
      (await send(server, path, { method, headers: { authorization: 'Bearer viewer' } })).status;
    expect(await status('/api/v1/namespaces/default/configmaps')).toBe(200);
    expect(await status('/api/v1/namespaces/default/configmaps/x')).toBe(404);
    expect(await status('/api/v1/namespaces/kube-system/configmaps')).toBe(403);
    expect(await status('/api/v1/configmaps')).toBe(403);
    expect(await status('/api/v1/namespaces/default/secrets')).toBe(403);
    expect(await status('/api/v1/namespaces/default/configmaps/x', 'DELETE')).toBe(403);
    expect(await status('/metrics')).toBe(403);
    expect(await status('/apis')).toBe(200);
  });

  it('hands on a log that is followed line by line, to those who can unpack it too', async () => {
    const told = [{ at: Date.now() - 5000, text: 'one line' }];
    const api = createApi({ logs: () => told, resources: workloadResources });
    const running = { state: { running: { startedAt: '2026-11-29T11:00:00Z' } } };
    api.load([
      {
        ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
      {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } },
        spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
        status: { containerStatuses: [{ name: 'c', ...running }] },
      },
    ] as never);
    server = await startApiServer({ api, token: 'secret' });
    const headers = { authorization: 'Bearer secret', 'accept-encoding': 'gzip' };
    const url = `${server.url}/api/v1/namespaces/default/pods/p/log?follow=true`;
    const first = await new Promise<string>((resolve, reject) => {
      const request = (url.startsWith('https') ? https : http).get(
        url,
        { headers, rejectUnauthorized: false },
        (answer) => {
          answer.once('data', (piece: Buffer) => {
            resolve(piece.toString());
            request.destroy();
          });
        },
      );
      request.once('error', reject);
    });
    expect(first).toBe('one line\n');
  });

  it('packs long answers for those who can unpack them, and only those', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret' });
    const transport = httpTransport({ url: server.url, token: 'secret' });
    for (let i = 0; i < 60; i++) {
      await transport.json({ method: 'POST', path: POOLS, body: pool(`p${i}`, { long: 'x'.repeat(5000) }) });
    }
    const gzip = { headers: { 'accept-encoding': 'gzip' } };
    const packed = await send(server, POOLS, gzip);
    expect(packed.headers['content-encoding']).toBe('gzip');
    const plain = await send(server, POOLS);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(json(plain).items).toHaveLength(60);
    const short = await send(server, `${POOLS}?limit=2`, gzip);
    expect(short.headers['content-encoding']).toBeUndefined();
    // Go's server tells the length of what it could buffer whole, and no other.
    expect(short.body.length).toBeGreaterThan(4096);
    expect(short.headers['content-length']).toBeUndefined();
    transport.close();
  });

  it('ends open watches when it closes', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret' });
    const transport = httpTransport({ url: server.url, token: 'secret' });
    const stream = await transport.stream({ path: POOLS, query: { watch: true } });
    const closed = server.close();
    await expect(collect(stream.body)).resolves.toEqual([]);
    await closed;
    await expect(transport.json({ path: POOLS })).rejects.toMatchObject({ reason: 'Network' });
    transport.close();
  });

  it('refuses bodies that are too large, and methods it does not know', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret' });
    const large = JSON.stringify(pool('x', { long: 'x'.repeat(4_000_000) }));
    const answer = await send(
      server,
      POOLS,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      large,
    );
    expect(json(answer)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
    expect(json(await send(server, POOLS, { method: 'TRACE' }))).toMatchObject({ code: 405 });
  });

  it('answers aggregated discovery and names the writable kinds in OpenAPI v3', async () => {
    server = await startApiServer({ api: createApi({ clusterApi: 'v1beta2' }), token: 'secret' });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const answer = await send(server, '/apis', { headers: { accept } });
    expect(answer.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    const group = json(answer).items.find(
      (item: { metadata: { name: string } }) => item.metadata.name === 'cluster.x-k8s.io',
    );
    expect(group.versions[0].version).toBe('v1beta2');
    expect(group.versions[0].resources).toContainEqual(
      expect.objectContaining({ resource: 'machinedeployments', scope: 'Namespaced', shortNames: ['md'] }),
    );
    const { paths } = json(await send(server, '/openapi/v3'));
    const entry = paths['apis/cluster.x-k8s.io/v1beta2'].serverRelativeURL;
    const document = json(await send(server, entry));
    expect(document.paths['/apis/cluster.x-k8s.io/v1beta2/namespaces/{namespace}/machines/{name}'].patch).toMatchObject(
      {
        'x-kubernetes-group-version-kind': { group: 'cluster.x-k8s.io', kind: 'Machine', version: 'v1beta2' },
      },
    );
  });

  it('is understood by the JavaScript client, from the kubeconfig it gives', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret', tls: true });
    const config = new KubeConfig();
    config.loadFromString(server.kubeconfig);
    expect(config.getContextObject(config.getCurrentContext())?.namespace).toBe('cpaas-system');
    const client = config.makeApiClient(CustomObjectsApi);
    const id = {
      group: 'infrastructure.cluster.x-k8s.io',
      version: 'v1beta1',
      namespace: 'cpaas-system',
      plural: 'machineinventorypools',
    };
    await client.createNamespacedCustomObject({ ...id, body: pool('a') });
    const patched = await client.patchNamespacedCustomObject(
      { ...id, name: 'a', body: { spec: { clusterName: 'b' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(patched).toMatchObject({ spec: { clusterName: 'b' }, metadata: { generation: 2 } });
    const list = await client.listNamespacedCustomObject(id);
    expect(list).toMatchObject({ items: [{ metadata: { name: 'a' } }] });
  });

  it('has a certificate that nobody else made', async () => {
    server = await startApiServer({ api: createApi(), token: 'secret', tls: true });
    expect((await send(server, '/version')).status).toBe(200);
    const strange = {
      ...server,
      ca: (await import('../../src/simulator/api/certificate.ts')).selfSigned().certificate,
    };
    await expect(send(strange, '/version')).rejects.toThrow();
  });
});

describe('a kubeconfig', () => {
  it('names the server, the token and the namespace', () => {
    const text = kubeconfig({ url: 'http://127.0.0.1:1', token: 't', name: 'demo', namespace: 'ns' });
    expect(JSON.parse(text)).toMatchObject({
      clusters: [{ name: 'demo', cluster: { server: 'http://127.0.0.1:1', 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'demo', user: { token: 't' } }],
      contexts: [{ name: 'demo', context: { namespace: 'ns' } }],
      'current-context': 'demo',
    });
  });
});
