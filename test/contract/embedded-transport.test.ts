import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { collect } from './client.ts';

const NAMESPACES = '/api/v1/namespaces';
const watch = { path: NAMESPACES, query: { watch: true, resourceVersion: '5' } };

describe('the in-memory transport', () => {
  const connect = () => {
    const api = createApi({ tokens: { known: { name: 'somebody' } } });
    return { api, transport: apiTransport(api, { user: { name: 'admin' } }) };
  };

  it('gives copies: what a caller does with an answer stays with the caller', async () => {
    const { transport } = connect();
    const path = `${NAMESPACES}/default`;
    const mine = await transport.json<{ metadata: { labels: Record<string, string> } }>({ path });
    mine.metadata.labels['spoiled'] = 'yes';
    const again = await transport.json<{ metadata: { labels: Record<string, string> } }>({ path });
    expect(again.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'default' });
  });

  it('takes copies: what a caller does with a body after sending it stays with the caller', async () => {
    const { transport } = connect();
    const body = { metadata: { name: 'mine', labels: { a: 'b' } } };
    await transport.json({ method: 'POST', path: NAMESPACES, body });
    body.metadata.labels.a = 'spoiled';
    const stored = await transport.json<typeof body>({ path: `${NAMESPACES}/mine` });
    expect(stored.metadata.labels.a).toBe('b');
  });

  it('speaks for the bearer of a token, and for nobody with a wrong one', async () => {
    const { api } = connect();
    await apiTransport(api, { token: 'known' }).json({ path: NAMESPACES });
    const stranger = apiTransport(api, { token: 'wrong' }).json({ path: NAMESPACES });
    await expect(stranger).rejects.toMatchObject({ code: 401, reason: 'Unauthorized' });
  });

  it('can be aborted before, during, and while a stream is read', async () => {
    const { transport } = connect();
    const aborted = { reason: 'Aborted', code: 0 };
    await expect(transport.json({ path: NAMESPACES, signal: AbortSignal.abort() })).rejects.toMatchObject(aborted);
    const control = new AbortController();
    const stream = await transport.stream({ ...watch, signal: control.signal });
    const next = stream.body[Symbol.asyncIterator]().next();
    control.abort();
    await expect(next).rejects.toMatchObject(aborted);
  });

  it('calls silence by its name', async () => {
    const { transport } = connect();
    const stream = await transport.stream({ ...watch, idleMs: 5 });
    await expect(collect(stream.body)).rejects.toMatchObject({ reason: 'Timeout', code: 0 });
  });

  it('lets a stream go when it is closed, and all of them when it is', async () => {
    const { api, transport } = connect();
    const first = await transport.stream(watch);
    first.close();
    first.close();
    const second = await transport.stream(watch);
    const next = second.body[Symbol.asyncIterator]().next();
    transport.close();
    await expect(next).rejects.toMatchObject({ reason: 'Aborted' });
    await expect(apiTransport(api, { user: { name: 'x' } }).json({ path: NAMESPACES })).resolves.toBeTruthy();
  });

  it('streams an answer that json() would give', async () => {
    const { transport } = connect();
    const { status, headers, body } = await transport.stream({ path: NAMESPACES });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    const text = Buffer.concat(await collect(body)).toString('utf8');
    expect(JSON.parse(text)).toEqual(await transport.json({ path: NAMESPACES }));
  });
});
