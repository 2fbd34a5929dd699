import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { jsonOfProtobuf } from '../../src/simulator/api/protobuf-body.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

interface DocumentV3 {
  paths: Record<string, { get?: Record<string, unknown>; patch?: { parameters: { name: string }[] } }>;
  components: { schemas: Record<string, { properties: Record<string, unknown> } & Record<string, unknown>> };
}

describe('OpenAPI', () => {
  const transport = apiTransport(createApi({ clusterApi: 'v1beta2' }), { user: { name: 'admin' } });

  it('v3 has a document for each group and version, with every kind and its paths', async () => {
    const root = await transport.json<{ paths: Record<string, { serverRelativeURL: string }> }>({
      path: '/openapi/v3',
    });
    expect(Object.keys(root.paths)).toEqual(
      expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/cluster.x-k8s.io/v1beta2']),
    );
    const url = root.paths['apis/infrastructure.cluster.x-k8s.io/v1beta1']!.serverRelativeURL;
    expect(url).toMatch(/\?hash=[0-9A-F]{128}$/);
    const path = url.split('?')[0]!;
    const { paths, components } = await transport.json<DocumentV3>({ path });
    const item = paths['/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/{namespace}/baremetalmachines/{name}'];
    expect(item?.get).toMatchObject({ 'x-kubernetes-group-version-kind': { kind: 'BaremetalMachine' } });
    // By this parameter kubectl sees that the server judges fields itself.
    expect(item?.patch?.parameters.map(({ name }) => name)).toContain('fieldValidation');
    const machine = components.schemas['io.x-k8s.cluster.infrastructure.v1beta1.BaremetalMachine']!;
    expect(machine['x-kubernetes-group-version-kind']).toEqual([
      { group: 'infrastructure.cluster.x-k8s.io', kind: 'BaremetalMachine', version: 'v1beta1' },
    ]);
    expect(machine.properties['metadata']).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
    });
    await expect(transport.json({ path: '/openapi/v3/apis/nonsense/v1' })).rejects.toMatchObject({ code: 404 });
  });

  it('names its types, and says by what members of lists are told apart, and merged', async () => {
    interface Part {
      $ref?: string;
      allOf?: { $ref: string }[];
      properties?: Record<string, Part>;
      items?: Part;
    }
    const v2 = await transport.json<{ definitions: Record<string, Part> }>({ path: '/openapi/v2' });
    const v3 = await transport.json<{ components: { schemas: Record<string, Part> } }>({
      path: '/openapi/v3/apis/apps/v1',
    });
    for (const definitions of [v2.definitions, v3.components.schemas]) {
      const nameOf = (part?: Part) => (part?.$ref ?? part?.allOf?.[0]?.$ref)?.split('/').at(-1);
      const typeOf = (part?: Part) => definitions[nameOf(part) ?? ''];
      const deployment = definitions['io.k8s.api.apps.v1.Deployment'];
      const spec = deployment?.properties?.['spec'];
      expect(nameOf(spec)).toBe('io.k8s.api.apps.v1.DeploymentSpec');
      const template = typeOf(typeOf(spec)?.properties?.['template']);
      const metadata = template?.properties?.['metadata'];
      expect(nameOf(metadata)).toBe('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
      expect(Object.keys(typeOf(metadata)?.properties ?? {})).toEqual(
        expect.arrayContaining([
          'annotations',
          'creationTimestamp',
          'labels',
          'managedFields',
          'ownerReferences',
          'uid',
        ]),
      );
      expect(typeOf(metadata)?.properties?.['finalizers']).toMatchObject({ 'x-kubernetes-patch-strategy': 'merge' });
      expect(nameOf(template?.properties?.['spec'])).toBe('io.k8s.api.core.v1.PodSpec');
      const pod = typeOf(template?.properties?.['spec']);
      const merged = (key: string, ...keys: string[]) => ({
        ...{ 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': key },
        ...{ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key, ...keys] },
      });
      expect(pod?.properties?.['containers']).toMatchObject(merged('name'));
      const container = typeOf(pod?.properties?.['containers']?.items)?.properties;
      expect(container?.['ports']).toMatchObject(merged('containerPort', 'protocol'));
      expect(container?.['env']).toMatchObject(merged('name'));
      expect(container?.['command']).toMatchObject({ 'x-kubernetes-list-type': 'atomic' });
      expect(pod?.properties?.['volumes']).toMatchObject({ 'x-kubernetes-patch-strategy': 'merge,retainKeys' });
    }
    const own = v2.definitions['io.x-k8s.cluster.v1beta2.Machine'];
    expect(JSON.stringify(own?.properties?.['spec'])).not.toContain('x-kubernetes-patch');
    const stream = await transport.stream({ path: '/openapi/v2', accept: PROTOBUF });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString('latin1')).toContain('x-kubernetes-patch-merge-key');
  });

  it('points only at definitions that are there', async () => {
    const document = JSON.stringify(await transport.json({ path: '/openapi/v2' }));
    const { definitions } = JSON.parse(document) as { definitions: Record<string, unknown> };
    const named = new Set([...document.matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name));
    expect(named.size).toBeGreaterThan(40);
    expect([...named].filter((name) => !Object.hasOwn(definitions, name!))).toEqual([]);
  });

  it('v2 comes as protobuf where that is asked for', async () => {
    const stream = await transport.stream({ path: '/openapi/v2', accept: PROTOBUF });
    expect(stream.headers['content-type']).toBe(PROTOBUF.replace('@', '.'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    // Field 1 of the document, a text of three bytes.
    expect(bytes.subarray(0, 5)).toEqual(Buffer.from([0x0a, 3, ...Buffer.from('2.0')]));
    expect(sizes(bytes)).toMatchObject({ 1: 1, 2: 1, 8: 1, 9: 1 });
    await expect(transport.stream({ path: '/openapi/v2', accept: 'application/xml' })).rejects.toMatchObject({
      code: 406,
    });
  });
});

/** How often each field is in a message of texts and messages. Throws where one does not end with the bytes. */
function sizes(bytes: Buffer): Record<number, number> {
  const found: Record<number, number> = {};
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    expect(tag & 7).toBe(2);
    const length = varint();
    at += length;
    found[tag >> 3] = (found[tag >> 3] ?? 0) + 1;
  }
  expect(at).toBe(bytes.length);
  return found;
}

describe('protobuf bodies', () => {
  const field = (number: number, body: Buffer | string) => {
    const bytes = Buffer.from(body);
    return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  };
  const message = (...fields: Buffer[]) => Buffer.concat(fields);
  const entry = (key: string, value: string) => message(field(1, key), field(2, value));
  const wrapped = (apiVersion: string, kind: string, raw: Buffer) =>
    message(Buffer.from('k8s\0'), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));
  const metadata = field(
    1,
    message(field(1, 'made'), field(11, entry('a', 'b')), field(11, entry('c', 'd')), field(14, 'x.y/z')),
  );

  it('are read for the kinds that kubectl makes by name', () => {
    const secret = message(metadata, field(2, entry('k', 'v')), field(3, 'Opaque'), Buffer.from([5 * 8, 1]));
    expect(JSON.parse(jsonOfProtobuf(wrapped('v1', 'Secret', secret)) ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'made', labels: { a: 'b', c: 'd' }, finalizers: ['x.y/z'] },
      data: { k: Buffer.from('v').toString('base64') },
      type: 'Opaque',
      immutable: true,
    });
  });

  it('are left alone where they are of another kind, cut short, or none', () => {
    expect(jsonOfProtobuf(wrapped('apps/v1', 'StatefulSet', metadata))).toBeUndefined();
    expect(jsonOfProtobuf(wrapped('v1', 'Secret', metadata.subarray(0, 9)))).toBeUndefined();
    expect(jsonOfProtobuf(Buffer.from('{}'))).toBeUndefined();
    expect(jsonOfProtobuf(Buffer.alloc(0))).toBeUndefined();
  });

  it('arrive as the objects they are', async () => {
    const server = await startApiServer({ api: createApi(), token: 'secret' });
    try {
      const headers = { authorization: 'Bearer secret', 'content-type': 'application/vnd.kubernetes.protobuf' };
      const post = (path: string, body: Buffer) => fetch(`${server.url}${path}`, { method: 'POST', headers, body });
      const path = '/api/v1/namespaces/default/configmaps';
      const made = await post(path, wrapped('v1', 'ConfigMap', message(metadata, field(2, entry('k', 'v')))));
      expect(made.status).toBe(201);
      expect(await made.json()).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'made' }, data: { k: 'v' } });
      expect((await post(path, wrapped('v1', 'Other', metadata))).status).toBe(415);
    } finally {
      await server.close();
    }
  });
});

it('describes the fields operators ask for', async () => {
  const transport = apiTransport(createApi(), { user: { name: 'admin' } });
  interface Part {
    description?: string;
    properties?: Record<string, Part>;
  }
  const { definitions } = await transport.json<{ definitions: Record<string, Part> }>({ path: '/openapi/v2' });
  const described = (kind: string, ...path: string[]) => {
    let part = definitions[kind];
    for (const step of path) part = part?.properties?.[step];
    return part?.description ?? '';
  };
  const infrastructure = 'io.x-k8s.cluster.infrastructure.v1beta1';
  expect(described('io.x-k8s.cluster.v1beta1.MachineDeployment', 'spec', 'replicas')).toMatch(/number of machines/);
  expect(described('io.x-k8s.cluster.v1beta1.Machine', 'status', 'nodeRef')).toMatch(/Node/);
  expect(described(`${infrastructure}.MachineInventoryPool`)).toMatch(/hosts/);
  expect(described(`${infrastructure}.BaremetalMachine`, 'status', 'conditions')).toMatch(/^Conditions/);
});
