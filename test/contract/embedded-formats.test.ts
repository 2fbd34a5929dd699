import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { type ApiServer, startApiServer } from '../../src/simulator/api/server.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

describe('formats of the embedded server', () => {
  let server: ApiServer;
  beforeEach(async () => {
    server = await startApiServer({ api: createApi(), token: 'secret' });
  });
  afterEach(() => server.close());

  async function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) {
    const all = { authorization: 'Bearer secret', 'user-agent': 'script/1', ...headers };
    const answer = await fetch(`${server.url}${path}`, { method, headers: all, body });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  const make = (name: string, data: Record<string, string>) =>
    ask(MAPS, { 'content-type': 'application/json' }, 'POST', JSON.stringify({ metadata: { name }, data }));

  it('indents JSON for people: for curl, for browsers, and for who asks for it', async () => {
    await make('a', { b: 'c' });
    const plain = await ask(`${MAPS}/a`);
    expect(plain.text.trim()).not.toContain('\n');
    const indented = await ask(`${MAPS}/a`, { 'user-agent': 'curl/8.5.0' });
    expect(indented.text).toMatch(
      /^\{\n {2}"kind": "ConfigMap",\n {2}"apiVersion": "v1",\n {2}"metadata": \{\n {4}"name": "a",/,
    );
    expect(indented.text.endsWith('}')).toBe(true);
    expect(JSON.parse(indented.text)).toEqual(JSON.parse(plain.text));
    const asking: [string, Record<string, string>][] = [
      [`${MAPS}/a?pretty=true`, {}],
      [`${MAPS}/a`, { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }],
      [`${MAPS}/a`, { accept: 'application/json;pretty=1' }],
    ];
    for (const [path, headers] of asking) expect((await ask(path, headers)).text).toBe(indented.text);
    expect((await ask(`${MAPS}/a?pretty=false`, { 'user-agent': 'curl/8.5.0' })).text).toBe(plain.text);
    expect((await ask(MAPS, { 'user-agent': 'curl/8.5.0' })).text).toMatch(
      /^\{\n {2}"kind": "ConfigMapList",\n.*\n.*\n.*\n {2}\},\n {2}"items": \[\n {4}\{/,
    );
    expect((await ask(`${MAPS}/none?pretty=1`)).text).toContain('\n  "reason": "NotFound",\n');
    expect((await ask('/api?pretty=1')).text).toMatch(/^\{\n {2}"kind": "APIVersions",\n/);
  });

  it('never indents what a watch tells', async () => {
    await make('a', { b: 'c' });
    const { text } = await ask(`${MAPS}?watch=1&timeoutSeconds=1`, { 'user-agent': 'curl/8.5.0' });
    for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ type: 'ADDED' });
  });

  it('answers in YAML, lists and refusals too, but no watches', async () => {
    await make('a', { b: 'c', 'file.txt': 'one\ntwo\n', on: 'true' });
    const yaml = { accept: 'application/yaml' };
    const one = await ask(`${MAPS}/a`, yaml);
    expect(one.headers.get('content-type')).toBe('application/yaml');
    expect(one.text).toMatch(
      /^apiVersion: v1\ndata:\n {2}b: c\n {2}file\.txt: \|\n {4}one\n {4}two\n {2}"on": "true"\nkind: ConfigMap\n/,
    );
    expect((await ask(MAPS, yaml)).text).toMatch(
      /^apiVersion: v1\nitems:\n- apiVersion|^apiVersion: v1\nitems:\n- data:\n/,
    );
    const none = await ask(`${MAPS}/none`, yaml);
    expect([none.status, none.headers.get('content-type')]).toEqual([404, 'application/yaml']);
    expect(none.text).toBe(
      'apiVersion: v1\ncode: 404\ndetails:\n  kind: configmaps\n  name: none\nkind: Status\n' +
        'message: configmaps "none" not found\nmetadata: {}\nreason: NotFound\nstatus: Failure\n',
    );
    expect((await ask(`${MAPS}?watch=1`, yaml)).status).toBe(406);
  });

  it('says which formats there are', async () => {
    const { status, text } = await ask(MAPS, { accept: 'application/vnd.kubernetes.protobuf' });
    expect(status).toBe(406);
    expect(JSON.parse(text).message).toBe(
      'only the following media types are accepted: application/json, application/yaml',
    );
    expect(text).toContain('\n  "code": 406');
  });

  it('writes JSON as pages could hold it, and tells lengths and packing as Go does', async () => {
    await make('a', { b: '<a&b>' });
    const small = await ask(`${MAPS}/a`);
    expect(small.text).toContain('\\u003ca\\u0026b\\u003e');
    expect(small.headers.get('content-length')).toBe(String(Buffer.byteLength(small.text)));
    await make('large', { b: 'x'.repeat(200_000) });
    const large = await ask(`${MAPS}/large`, { 'accept-encoding': 'gzip' });
    expect([large.headers.get('content-encoding'), large.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding']);
    const bare = await ask(`${MAPS}/large`, { 'accept-encoding': 'identity' });
    expect([bare.headers.get('vary'), bare.headers.get('content-length')]).toEqual([null, null]);
  });

  it('tells kinds in the order and with the fields of a server, and in which version they are kept', async () => {
    const told = async (path: string) => JSON.parse((await ask(path)).text);
    const core = await told('/api/v1');
    expect(Object.keys(core)).toEqual(['kind', 'groupVersion', 'resources']);
    const names: string[] = core.resources.map(({ name }: { name: string }) => name);
    expect(names).toEqual([...names].sort());
    const pods = core.resources.find(({ name }: { name: string }) => name === 'pods');
    expect(pods.storageVersionHash).toBe('xPOwRZ+Yhw8=');
    const status = core.resources.find(({ name }: { name: string }) => name === 'pods/status');
    expect(Object.keys(status)).toEqual(['name', 'singularName', 'namespaced', 'kind', 'verbs']);
    const [events] = (await told('/apis/events.k8s.io/v1')).resources;
    expect(events.storageVersionHash).toBe('r2yiGXH7wu8=');
    const group = 'infrastructure.cluster.x-k8s.io/v1beta1';
    const custom = (await told(`/apis/${group}`)).resources;
    const pools = custom.find(({ name }: { name: string }) => name === 'machineinventorypools');
    expect(pools.storageVersionHash).toBe('FjkQR3S7A2M=');
  });

  it('counts what is kept, and knows of every group that it is there', async () => {
    const { text } = await ask('/metrics');
    expect(text).not.toContain('apiserver_storage_objects{resource="componentstatuses"}');
    for (const name of ['v1.', 'v1.authentication.k8s.io', 'v1.authorization.k8s.io', 'v1.events.k8s.io']) {
      expect(text).toContain(`aggregator_unavailable_apiservice{name="${name}"} 0`);
    }
  });
});
