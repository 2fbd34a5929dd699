/** What can be asked of objects beside reading and writing them. */
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { managementResources } from '../../src/simulator/world/management/index.ts';

type Answer = Record<string, unknown> & { spec?: Record<string, unknown>; status?: Record<string, unknown> };

function served() {
  const api = createApi({ resources: managementResources('v1beta1') });
  const user = { name: 'admin', groups: ['system:masters'] };
  const transport = apiTransport(api, { user });
  const send = (method: string, path: string, body?: unknown, contentType?: string, query = {}) =>
    transport.json<Answer>({ method: method as 'POST', path, body, contentType, query });
  return { send, as: (program: string) => apiTransport(api, { user, program: () => program }) };
}

const pods = '/api/v1/namespaces/default/pods';
const pod = (name: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { containers: [{ name: 'a', image: 'a' }] },
});
const binding = (name: string, target: object) => ({ apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });

describe('bindings', () => {
  it('say where a pod runs, once', async () => {
    const { send } = served();
    await send('POST', pods, pod('a'));
    await send('POST', pods, pod('b'));
    const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
    expect(await send('POST', `${pods}/a/binding`, binding('a', node))).toMatchObject({ status: 'Success', code: 201 });
    await send('POST', '/api/v1/namespaces/default/bindings', binding('b', node));
    for (const name of ['a', 'b']) {
      const { spec, status } = await send('GET', `${pods}/${name}`);
      expect(spec).toMatchObject({ nodeName: 'n1' });
      expect(status).toMatchObject({ conditions: [{ type: 'PodScheduled', status: 'True' }] });
    }
    await expect(send('POST', `${pods}/a/binding`, binding('a', node))).rejects.toThrow(
      'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
    );
    await expect(send('POST', `${pods}/c/binding`, binding('c', node))).rejects.toThrow('"c" not found');
    await expect(send('POST', `${pods}/a/binding`, binding('a', { kind: 'Rack', name: '' }))).rejects.toThrow(
      '[target.kind: Unsupported value: "Rack": supported values: "Node", "<empty>", target.name: Required value]',
    );
  });
});

describe('requests for certificates', () => {
  it('tell who asks, and are approved', async () => {
    const { send } = served();
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const spec = { request: 'YQ==', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
    const asked = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'me' } };
    const made = await send('POST', path, { ...asked, spec: { ...spec, username: 'somebody-else' } });
    expect(made.spec).toMatchObject({ username: 'admin', groups: ['system:masters', 'system:authenticated'] });
    const conditions = [{ type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'yes' }];
    await send('PUT', `${path}/me/approval`, { ...made, status: { conditions } });
    expect((await send('GET', `${path}/me`)).status).toEqual({ conditions });
  });
});

describe('tokens of accounts', () => {
  it('are signed with the key that the server publishes', async () => {
    const { send } = served();
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await send('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'me' } });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await send('POST', `${accounts}/me/token`, request);
    const [head = '', claims = '', signature = ''] = String(status?.['token']).split('.');
    const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string; alg: string };
    const { keys } = (await send('GET', '/openid/v1/jwks')) as unknown as { keys: { kid: string }[] };
    expect({ kid, alg }).toEqual({ kid: keys[0]?.kid, alg: 'RS256' });
    expect(kid).toMatch(/^[\w-]{43}$/);
    const key = createPublicKey({ key: keys[0] as never, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('conflicts of an apply', () => {
  it('are told by manager, in order', async () => {
    const { send, as } = served();
    const path = '/api/v1/namespaces/default/configmaps';
    const head = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
    const merge = 'application/merge-patch+json';
    await as('zoe').json({ method: 'POST', path, body: { ...head, data: { b: '1', a: '1' } } });
    await as('anna').json({ method: 'PATCH', path: `${path}/c`, contentType: merge, body: { data: { c: '1' } } });
    const body = { ...head, data: { a: '2', b: '2', c: '2' } };
    const applied = send('PATCH', `${path}/c`, body, 'application/apply-patch+yaml', { fieldManager: 'me' });
    await expect(applied).rejects.toThrow(
      'Apply failed with 3 conflicts: conflicts with "anna" using v1:\n- .data.c\nconflicts with "zoe" using v1:\n- .data.a\n- .data.b',
    );
  });
});

describe('services', () => {
  const path = '/api/v1/namespaces/default/services';
  const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  const merge = 'application/merge-patch+json';

  it('have their family, and a port on every node where that is asked for', async () => {
    const { send } = served();
    const { spec } = await send('POST', path, service('a', { type: 'NodePort', ports: [{ port: 80 }] }));
    expect(spec).toMatchObject({
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      externalTrafficPolicy: 'Cluster',
    });
    const [{ nodePort }] = (spec as { ports: [{ nodePort: number }] }).ports;
    expect(nodePort).toBeGreaterThanOrEqual(30_000);
    expect(nodePort).toBeLessThanOrEqual(32_767);
  });

  it('keep their address', async () => {
    const { send } = served();
    await send('POST', path, service('a', { ports: [{ port: 80 }] }));
    await expect(send('PATCH', `${path}/a`, { spec: { clusterIP: '10.0.0.1' } }, merge)).rejects.toThrow(
      'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: []string{"10.0.0.1"}: may not change once set',
    );
    const ports = [{ port: 80, nodePort: 30_001 }];
    await expect(send('PATCH', `${path}/a`, { spec: { ports } }, merge)).rejects.toThrow(
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    );
  });
});

describe('the paths of watches that were', () => {
  it('are those of today', async () => {
    const { send, as } = served();
    await send('POST', pods, pod('a'));
    await send('POST', pods, pod('b'));
    const { body } = await as('me').stream({ path: '/api/v1/watch/namespaces/default/pods/b' });
    const { value } = await body[Symbol.asyncIterator]().next();
    expect(JSON.parse(Buffer.from(value as Uint8Array).toString())).toMatchObject({
      ...{ type: 'ADDED', object: { metadata: { name: 'b' } } },
    });
  });
});

describe('values of a wrong type', () => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec });
  const containers = [{ name: 'a', image: 'a' }];
  const whole = {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
  };

  it('are told in the words of whoever reads them', async () => {
    const { send } = served();
    await expect(send('POST', deployments, deployment({ replicas: 'many' }))).rejects.toThrow(
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field ' +
        'DeploymentSpec.spec.replicas of type int32',
    );
    const maps = '/api/v1/namespaces/default/configmaps';
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { b: 1 } };
    await expect(send('POST', maps, map)).rejects.toThrow(
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    );
    await send('POST', deployments, deployment(whole));
    const patched = (type: string) =>
      send('PATCH', `${deployments}/a`, { spec: { replicas: 'x' } }, `application/${type}-patch+json`);
    await expect(patched('strategic-merge')).rejects.toThrow(
      'patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32',
    );
    await expect(patched('merge')).rejects.toThrow('Go struct field DeploymentSpec.spec.replicas of type int32');
  });
});

describe('what kubectl has applied by itself', () => {
  it('it applies through the server without a conflict, and notes it again', async () => {
    const { send, as } = served();
    const path = '/api/v1/namespaces/default/configmaps';
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const made = (value: string, extra: object = {}) => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...extra }, data: { a: value } },
    });
    const annotations = { [key]: JSON.stringify(made('1')) };
    await as('kubectl-client-side-apply').json({ method: 'POST', path, body: made('1', { annotations }) });
    const apply = (value: string, fieldManager: string) =>
      send('PATCH', `${path}/c`, made(value), 'application/apply-patch+yaml', { fieldManager });
    await expect(apply('2', 'somebody')).rejects.toThrow('conflict with "kubectl-client-side-apply" using v1: .data.a');
    const applied = await apply('2', 'kubectl');
    expect(applied).toMatchObject({
      data: { a: '2' },
      metadata: { annotations: { [key]: expect.stringContaining('"2"') } },
    });
    await as('somebody-else').json({
      ...{
        method: 'PATCH',
        path: `${path}/c`,
        contentType: 'application/merge-patch+json',
        body: { data: { a: '3' } },
      },
    });
    await expect(apply('4', 'kubectl')).rejects.toThrow('conflict with "somebody-else" using v1: .data.a');
  });

  it('takes nothing away that it still wants, once kubectl has booked what it made under its other name', async () => {
    const { send, as } = served();
    const path = '/api/v1/namespaces/default/configmaps';
    const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data });
    await as('kubectl-client-side-apply').json({ method: 'POST', path, body: config({ a: '1', b: '2' }) });
    const { metadata } = await as('x').json<{ metadata: { managedFields: object[] } }>({ path: `${path}/c` });
    const managedFields = metadata.managedFields.map((one) => ({ ...one, manager: 'kubectl', operation: 'Apply' }));
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value: managedFields }];
    await send('PATCH', `${path}/c`, patch, 'application/json-patch+json', { fieldManager: 'kubectl' });
    const again = config({ a: '1' });
    const applied = await send('PATCH', `${path}/c`, again, 'application/apply-patch+yaml', {
      fieldManager: 'kubectl',
    });
    expect(applied).toMatchObject({ data: { a: '1' } });
    expect(applied).not.toHaveProperty('data.b');
  });
});

describe('who owns what', () => {
  it('is what a writer says of it, as when kubectl gives up what it owned before', async () => {
    const { send, as } = served();
    const path = '/api/v1/namespaces/default/configmaps';
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } };
    await as('old').json({ method: 'POST', path, body });
    const ownersOf = async () => {
      const { metadata } = (await send('GET', `${path}/c`)) as unknown as { metadata: { managedFields: object[] } };
      return metadata.managedFields;
    };
    const [entry] = await ownersOf();
    const value = [{ ...entry, manager: 'new', operation: 'Apply' }];
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value }];
    await as('new').json({
      method: 'PATCH',
      path: `${path}/c`,
      contentType: 'application/json-patch+json',
      body: patch,
    });
    expect(await ownersOf()).toEqual(value);
  });

  it('is told container by container and port by port', async () => {
    const { send } = served();
    const path = `${pods}/a`;
    await send('POST', pods, pod('a'));
    const { metadata } = (await send('GET', path)) as unknown as { metadata: object };
    expect(JSON.stringify(metadata)).toContain(String.raw`"k:{\"name\":\"a\"}":{".":{}`);
  });
});

describe('lists of containers and ports', () => {
  it('are applied member by member, a protocol being TCP where none is said', async () => {
    const { send } = served();
    const path = '/apis/apps/v1/namespaces/default/deployments/web';
    const applied = (fieldManager: string, containers: object[]) =>
      send(
        'PATCH',
        path,
        {
          ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
          spec: {
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
          },
        },
        'application/apply-patch+yaml',
        { fieldManager },
      );
    const web = { name: 'web', image: 'web', ports: [{ containerPort: 80 }] };
    await applied('one', [web]);
    await applied('one', [web]);
    const { spec } = await applied('two', [{ name: 'log', image: 'log' }]);
    expect(spec).toMatchObject({
      template: {
        spec: { containers: [{ name: 'web', ports: [{ containerPort: 80, protocol: 'TCP' }] }, { name: 'log' }] },
      },
    });
  });
});
