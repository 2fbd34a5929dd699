import { describe, expect, it } from 'vitest';
import type { FieldSet } from '../../src/simulator/api/types.ts';
import { Client, CONTENT, type Connection, type Item, refused } from './client.ts';

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
  ports?: { containerPort: number; protocol?: string }[];
}

/** How lists in what makes Pods are merged and owned, member by member, whatever the kind is. */
export function mergeContract(connection: () => Connection): void {
  describe.each(['Deployment', 'DaemonSet', 'StatefulSet'])('lists in a %s', (kind) => {
    const collection = () => `/apis/apps/v1/namespaces/${connection().namespace}/${kind.toLowerCase()}s`;
    const web = {
      ...{ name: 'web', image: 'nginx:1.25', ports: [{ containerPort: 80 }] },
      ...{
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    };
    const side = { name: 'side', image: 'busybox:1.36' };
    const body = (client: Client, spec: Record<string, unknown>) => ({
      ...{ apiVersion: 'apps/v1', kind, metadata: { name: client.id } },
      spec: {
        ...{ selector: { matchLabels: { app: client.id } }, ...(kind === 'StatefulSet' ? { serviceName: 'x' } : {}) },
        template: { metadata: { labels: { app: client.id } }, spec },
      },
    });
    const whole = { containers: [web, side], volumes: [{ name: 'v', emptyDir: {} }] };
    const make = (client: Client) =>
      client.json<Item>({ method: 'POST', path: collection(), body: body(client, whole) });
    const patch = (client: Client, spec: unknown) =>
      client.json<Item>({
        ...{ method: 'PATCH', path: `${collection()}/${client.id}`, contentType: CONTENT.strategic },
        body: { spec: { template: { spec } } },
      });
    const apply = (client: Client, fieldManager: string, spec: Record<string, unknown>, query = {}) =>
      client.json<Item>({
        ...{ method: 'PATCH', path: `${collection()}/${client.id}`, contentType: CONTENT.apply },
        ...{ body: body(client, spec), query: { fieldManager, ...query } },
      });
    const podOf = ({ spec }: Item) => (spec['template'] as { spec: Record<string, unknown> }).spec;
    const containers = (item: Item) => podOf(item)['containers'] as Container[];

    it('are patched member by member, at every depth', async () => {
      const client = new Client(connection());
      await make(client);
      const patched = await patch(client, {
        containers: [
          {
            name: 'web',
            env: [
              { name: 'B', $patch: 'delete' },
              { name: 'C', value: '3' },
            ],
          },
        ],
        volumes: [{ name: 'w', emptyDir: {} }],
      });
      const [first, second] = containers(patched);
      expect(first).toMatchObject({ name: 'web', image: 'nginx:1.25', ports: [{ containerPort: 80 }] });
      expect(first?.env?.map(({ name }) => name).sort()).toEqual(['A', 'C']);
      expect(second).toMatchObject(side);
      const names = (podOf(patched)['volumes'] as { name: string }[]).map(({ name }) => name);
      expect(names.sort()).toEqual(['v', 'w']);
      const left = await patch(client, { containers: [{ name: 'side', $patch: 'delete' }] });
      expect(containers(left).map(({ name }) => name)).toEqual(['web']);
    });

    it('keep of a volume only what a patch says that it keeps', async () => {
      const client = new Client(connection());
      await make(client);
      const change = { $retainKeys: ['hostPath', 'name'], name: 'v', hostPath: { path: '/x' } };
      const [volume] = podOf(await patch(client, { volumes: [change] }))['volumes'] as Record<string, unknown>[];
      expect(Object.keys(volume ?? {}).sort()).toEqual(['hostPath', 'name']);
    });

    it('have members that several appliers own, each his own', async () => {
      const client = new Client(connection());
      await apply(client, 'one', whole);
      const both = await apply(client, 'two', { containers: [{ name: 'third', image: 'a:1' }] });
      expect(
        containers(both)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['side', 'third', 'web']);
      const { env: _gone, ...bare } = web;
      const less = await apply(client, 'one', { ...whole, containers: [bare] });
      expect(
        containers(less)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['third', 'web']);
      expect(containers(less).find(({ name }) => name === 'web')?.env).toBeUndefined();
      const conflict = apply(client, 'two', { containers: [{ name: 'web', image: 'nginx:1.26' }] });
      const { message } = await refused(conflict, 409, 'Conflict');
      expect(message).toBe(
        'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="web"].image',
      );
      const forced = await apply(
        client,
        'two',
        { containers: [{ name: 'web', image: 'nginx:1.26' }] },
        { force: true },
      );
      expect(containers(forced)).toHaveLength(1);
      expect(containers(forced)[0]).toMatchObject({ name: 'web', image: 'nginx:1.26' });
    });

    it('have members whose parts are owned one by one', async () => {
      const client = new Client(connection());
      await make(client);
      const { metadata } = await patch(client, { containers: [{ name: 'web', env: [{ name: 'A', value: '9' }] }] });
      const [entry] = (metadata.managedFields ?? []).filter(({ operation }) => operation === 'Update');
      const fields = (entry?.fieldsV1 ?? {}) as FieldSet;
      const pod = fields['f:spec']?.['f:template']?.['f:spec'] ?? {};
      // What the type of the kind has in any case nobody has made.
      expect(Object.keys(pod['f:containers'] ?? {}).sort()).toEqual(['k:{"name":"side"}', 'k:{"name":"web"}']);
      expect(pod['f:containers']?.['k:{"name":"web"}']).toMatchObject({
        '.': {},
        'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
        'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
      });
      expect(fields['f:spec']?.['.']).toBeUndefined();
      expect(fields['f:status']).toBeUndefined();
    });
  });

  it('gets what makes Pods, policies and priorities made whole', async () => {
    const client = new Client(connection());
    const { namespace } = connection();
    const post = (path: string, spec: Record<string, unknown>) =>
      client.json<Item>({ method: 'POST', path, body: { metadata: { name: client.id }, ...spec } });
    const env = [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    const container = { name: 'a', image: 'a:1', env, ports: [{ containerPort: 1 }] };
    const made = await post(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
      spec: {
        ...{ serviceName: 'x', selector: { matchLabels: { a: 'b' } } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
        volumeClaimTemplates: [
          {
            metadata: { name: 'v' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
          },
        ],
      },
    });
    expect(made.spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              env: [{ valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
              ports: [{ containerPort: 1, protocol: 'TCP' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'v' },
          spec: { volumeMode: 'Filesystem' },
          status: { phase: 'Pending' },
        },
      ],
    });
    const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
    const policy = await post(policies, { spec: { podSelector: {}, ingress: [{ ports: [{ port: 1 }] }] } });
    expect(policy).toMatchObject({
      metadata: { generation: 1 },
      spec: { ingress: [{ ports: [{ port: 1, protocol: 'TCP' }] }], policyTypes: ['Ingress'] },
    });
    const priority = await post('/apis/scheduling.k8s.io/v1/priorityclasses', { value: 5 });
    expect(priority).toMatchObject({ metadata: { generation: 1 }, preemptionPolicy: 'PreemptLowerPriority' });
  });

  it('counts how often the template of a DaemonSet has changed', async () => {
    const client = new Client(connection());
    const path = `/apis/apps/v1/namespaces/${connection().namespace}/daemonsets`;
    const count = ({ metadata }: Item) => metadata.annotations?.['deprecated.daemonset.template.generation'];
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    const made = await client.json<Item>({ method: 'POST', path, body: { metadata: { name: client.id }, spec } });
    expect(count(made)).toBe('1');
    const patch = (body: unknown) =>
      client.json<Item>({ method: 'PATCH', path: `${path}/${client.id}`, contentType: CONTENT.strategic, body });
    expect(count(await patch({ spec: { minReadySeconds: 1 } }))).toBe('1');
    const containers = [{ name: 'a', image: 'a:2' }];
    expect(count(await patch({ spec: { template: { spec: { containers } } } }))).toBe('2');
    expect(count(await patch({ metadata: { annotations: null } }))).toBe('2');
  });

  it('lets a Pod ask for what it may take, and a template as it is', async () => {
    const client = new Client(connection());
    const { namespace } = connection();
    const containers = [
      { name: 'a', image: 'a:1', resources: { limits: { cpu: 1, memory: '1024Ki' }, requests: { cpu: '0.5' } } },
    ];
    const resources = (one: unknown) => (one as { containers: { resources: unknown }[] }).containers[0]?.resources;
    const post = (path: string, spec: Record<string, unknown>) =>
      client.json<Item>({ method: 'POST', path, body: { metadata: { name: client.id }, spec } });
    const pod = await post(`/api/v1/namespaces/${namespace}/pods`, { containers });
    expect(resources(pod.spec)).toEqual({
      limits: { cpu: '1', memory: '1Mi' },
      requests: { cpu: '500m', memory: '1Mi' },
    });
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers } };
    const set = await post(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
      ...{ selector: { matchLabels: { a: 'b' } }, template },
    });
    expect(resources((set.spec['template'] as { spec: unknown }).spec)).toEqual({
      ...{ limits: { cpu: '1', memory: '1Mi' }, requests: { cpu: '500m' } },
    });
  });
}
