import { describe, expect, it, vi } from 'vitest';
import { ACCEPT, Client, CONTENT, type Connection, type Item, refused } from './client.ts';

/** Kubernetes' own kinds that controllers make beside the custom resources, and what stands around all kinds. */
export function kubernetesContract(connection: () => Connection): void {
  const at = (plural: string, group = '') =>
    `${group ? `/apis/${group}/v1` : '/api/v1'}/namespaces/${connection().namespace}/${plural}`;
  const post = (path: string, body: unknown) => new Client(connection()).json<Item>({ method: 'POST', path, body });

  async function row(path: string): Promise<Record<string, unknown>> {
    const { transport } = connection();
    const table = await transport.json<{
      columnDefinitions: { name: string; priority: number }[];
      rows: { cells: unknown[] }[];
    }>({
      path,
      accept: ACCEPT.table,
    });
    const shown = table.columnDefinitions.map(({ name, priority }, i) => [
      priority === 0 ? name : `(${name})`,
      table.rows[0]?.cells[i],
    ]);
    return Object.fromEntries(shown) as Record<string, unknown>;
  }

  describe('kinds of Kubernetes itself', () => {
    it('has pods, with defaults and the columns of kubectl', async () => {
      const { id } = new Client(connection());
      const containers = [
        { name: 'a', image: 'registry:5000/a' },
        { name: 'b', image: 'b:v1', ports: [{ containerPort: 80 }] },
      ];
      const made = await post(at('pods'), { metadata: { name: id, labels: { test: id } }, spec: { containers } });
      expect(made.spec).toMatchObject({
        containers: [
          { name: 'a', imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' },
          {
            name: 'b',
            imagePullPolicy: 'IfNotPresent',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            resources: {},
          },
        ],
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        terminationGracePeriodSeconds: 30,
      });
      expect(made.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
      const cells = await row(`${at('pods')}/${id}`);
      expect(cells).toMatchObject({ Name: id, Ready: '0/2', Status: 'Pending', '(IP)': '<none>', '(Node)': '<none>' });
      expect(String(cells['Restarts'])).toBe('0');
      const selected = await new Client(connection()).json<{ items: unknown[] }>({
        path: at('pods'),
        query: { fieldSelector: 'status.phase=Pending,spec.nodeName=', labelSelector: `test=${id}` },
      });
      expect(selected.items).toHaveLength(1);
    });

    it('has services with an address, whose ports lead somewhere', async () => {
      const { id } = new Client(connection());
      const spec = {
        selector: { app: id },
        ports: [
          { name: 'a', port: 80, targetPort: 8080 },
          { name: 'b', port: 443 },
        ],
      };
      const made = await post(at('services'), { metadata: { name: id }, spec });
      expect(made.spec).toMatchObject({
        ports: [
          { name: 'a', port: 80, protocol: 'TCP', targetPort: 8080 },
          { name: 'b', port: 443, protocol: 'TCP', targetPort: 443 },
        ],
        sessionAffinity: 'None',
        type: 'ClusterIP',
      });
      expect(made.spec['clusterIP']).toMatch(/^10\.96\.\d+\.\d+$/);
      expect(await row(`${at('services')}/${id}`)).toMatchObject({
        Type: 'ClusterIP',
        'Cluster-IP': made.spec['clusterIP'],
        'External-IP': '<none>',
        'Port(s)': '80/TCP,443/TCP',
        '(Selector)': `app=${id}`,
      });
    });

    it('has deployments that count generations and can be scaled', async () => {
      const client = new Client(connection());
      const labels = { app: client.id };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i:v1' }] } };
      const path = at('deployments', 'apps');
      const made = await post(path, {
        metadata: { name: client.id },
        spec: { selector: { matchLabels: labels }, template },
      });
      expect(made.metadata.generation).toBe(1);
      expect(made.spec).toMatchObject({
        replicas: 1,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate' },
      });
      const scaled = await client.json<{ kind: string; spec: unknown }>({
        method: 'PATCH',
        path: `${path}/${client.id}/scale`,
        contentType: CONTENT.merge,
        body: { spec: { replicas: 3 } },
      });
      expect(scaled).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
      expect((await client.json({ path: `${path}/${client.id}` })).metadata.generation).toBe(2);
      expect(await row(`${path}/${client.id}`)).toMatchObject({
        Ready: '0/3',
        '(Containers)': 'c',
        '(Images)': 'i:v1',
      });
    });

    it('has service accounts, roles and role bindings', async () => {
      const { id } = new Client(connection());
      const rbac = 'rbac.authorization.k8s.io';
      await post(at('serviceaccounts'), { metadata: { name: id } });
      expect(await row(`${at('serviceaccounts')}/${id}`)).toMatchObject({ Name: id, Secrets: 0 });
      const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
      const role = await post(at('roles', rbac), { metadata: { name: id }, rules });
      expect(role).toMatchObject({ rules });
      expect(await row(`${at('roles', rbac)}/${id}`)).toEqual({
        Name: id,
        'Created At': role.metadata.creationTimestamp,
      });
      await post(at('rolebindings', rbac), {
        metadata: { name: id },
        roleRef: { apiGroup: rbac, kind: 'Role', name: id },
        subjects: [
          { kind: 'ServiceAccount', name: 'sa', namespace: 'ns' },
          { kind: 'User', name: 'u', apiGroup: rbac },
        ],
      });
      expect(await row(`${at('rolebindings', rbac)}/${id}`)).toMatchObject({
        Role: `Role/${id}`,
        '(Users)': 'u',
        '(Groups)': '',
        '(ServiceAccounts)': 'ns/sa',
      });
    });

    it('merges lists of theirs member by member, as kubectl sends them', async () => {
      const client = new Client(connection());
      const path = `${at('pods')}/${client.id}`;
      const containers = [
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:1' },
      ];
      await post(at('pods'), { metadata: { name: client.id }, spec: { containers } });
      const patch = (target: string, body: unknown) =>
        client.json<Item>({ method: 'PATCH', path: target, contentType: CONTENT.strategic, body });
      const images = ({ spec }: Item) => (spec['containers'] as { image: string }[]).map(({ image }) => image);
      expect(images(await patch(path, { spec: { containers: [{ name: 'b', image: 'b:2' }] } }))).toEqual([
        'a:1',
        'b:2',
      ]);

      const service = `${at('services')}/${client.id}`;
      const ports = (item: Item) => (item.spec['ports'] as { port: number }[]).map(({ port }) => port);
      const spec = { ports: [1, 2, 3].map((port) => ({ name: `p${port}`, port })) };
      await post(at('services'), { metadata: { name: client.id }, spec });
      expect(ports(await patch(service, { spec: { ports: [{ port: 2, $patch: 'delete' }] } }))).toEqual([1, 3]);
      const added = {
        ports: [{ name: 'p4', port: 4 }],
        '$setElementOrder/ports': [{ port: 4 }, { port: 1 }, { port: 3 }],
      };
      expect(ports(await patch(service, { spec: added }))).toEqual([4, 1, 3]);
      const replaced = { ports: [{ $patch: 'replace' }, { name: 'p9', port: 9 }] };
      expect(ports(await patch(service, { spec: replaced }))).toEqual([9]);
    });

    it('takes finalizers away from a list of plain values', async () => {
      const client = new Client(connection());
      const metadata = { name: client.id, finalizers: ['a.b/1', 'a.b/2'] };
      await post(at('configmaps'), { metadata });
      const patch = (body: unknown) =>
        client.json<Item>({
          method: 'PATCH',
          path: `${at('configmaps')}/${client.id}`,
          contentType: CONTENT.strategic,
          body,
        });
      const left = await patch({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a.b/1'] } });
      expect(left.metadata.finalizers).toEqual(['a.b/2']);
      await patch({ metadata: { finalizers: null } });
    });
  });

  describe('namespaces', () => {
    it('take nothing new while they are going', async () => {
      const client = new Client(connection());
      const name = client.id;
      await post('/api/v1/namespaces', { metadata: { name } });
      const pools = client.path('machineinventorypools').replace(connection().namespace, name);
      const held = client.pool('held', { finalizers: ['example.com/hold'] });
      await client.json({ method: 'POST', path: pools, body: held });
      const going = await client.json({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
      expect(going.status).toMatchObject({ phase: 'Terminating' });
      // A real server's admission learns of it by a watch of its own.
      let tried = 0;
      await vi.waitFor(async () => {
        const late = `new${++tried}`;
        const creation = client.json({ method: 'POST', path: pools, body: client.pool(late) });
        const error = await refused(creation, 403, 'Forbidden');
        expect(error.message).toBe(
          `machineinventorypools.infrastructure.cluster.x-k8s.io "${client.id}-${late}" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
        );
      });
      const body = { metadata: { finalizers: null } };
      await client.json({ method: 'PATCH', path: `${pools}/${held.metadata.name}`, contentType: CONTENT.merge, body });
    });
  });

  describe('the server itself', () => {
    it('says that it is healthy, as a whole and check by check', async () => {
      const { transport } = connection();
      const text = async (path: string, query = {}) => {
        const stream = await transport.stream({ path, query });
        let body = '';
        for await (const chunk of stream.body) body += Buffer.from(chunk).toString('utf8');
        stream.close();
        return body;
      };
      for (const path of ['/healthz', '/livez', '/readyz', '/livez/ping']) expect(await text(path)).toBe('ok');
      const verbose = await text('/readyz', { verbose: true });
      expect(verbose).toMatch(/^\[\+\]ping ok\n/);
      expect(verbose).toMatch(/readyz check passed\n$/);
      await expect(transport.json({ path: '/readyz/no-such-check' })).rejects.toMatchObject({ code: 404 });
    });

    it('lists what can be asked for', async () => {
      const { transport, clusterApi } = connection();
      const { paths } = await transport.json<{ paths: string[] }>({ path: '/' });
      const groups = ['/apis/cluster.x-k8s.io', `/apis/cluster.x-k8s.io/${clusterApi}`, '/apis/apps/v1'];
      expect(paths).toEqual(expect.arrayContaining(['/api/v1', ...groups, '/healthz', '/openapi/v2', '/version']));
    });

    it('lists one’s own rights', async () => {
      const { transport, limited, namespace } = connection();
      interface Rules {
        kind: string;
        status: { resourceRules: { verbs: string[]; resources: string[] }[]; nonResourceRules: unknown[] };
      }
      const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
      const review = (who: typeof transport, spec: unknown) =>
        who.json<Rules>({
          method: 'POST',
          path,
          body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec },
        });
      const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
      const admin = await review(transport, { namespace });
      expect(admin.kind).toBe('SelfSubjectRulesReview');
      expect(admin.status.resourceRules).toContainEqual(all);
      const { resourceRules, nonResourceRules } = (await review(limited, { namespace })).status;
      expect(resourceRules).toEqual([
        {
          verbs: ['create'],
          apiGroups: ['authorization.k8s.io'],
          resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        },
      ]);
      expect(JSON.stringify(nonResourceRules)).toContain('"/version"');
      await refused(review(transport, {}), 400, 'BadRequest');
    });

    it('tells its kinds in OpenAPI, with what may be patched and how', async () => {
      const { transport } = connection();
      interface Document {
        swagger: string;
        paths: Record<string, { patch?: { parameters: { name: string }[] } }>;
        definitions: Record<string, Record<string, unknown>>;
      }
      const document = await transport.json<Document>({ path: '/openapi/v2' });
      expect(document.swagger).toBe('2.0');
      const name = 'io.x-k8s.cluster.infrastructure.v1beta1.BaremetalMachine';
      expect(document.definitions[name]).toMatchObject({
        type: 'object',
        properties: {
          apiVersion: { type: 'string' },
          metadata: { $ref: expect.stringContaining('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta') },
          spec: { type: 'object', required: ['machineInventoryPoolRef'] },
          status: { properties: { ready: { type: 'boolean' } } },
        },
        'x-kubernetes-group-version-kind': [
          { group: 'infrastructure.cluster.x-k8s.io', kind: 'BaremetalMachine', version: 'v1beta1' },
        ],
      });
      expect(document.definitions).toHaveProperty([`${name}List`]);
      const path = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/{namespace}/baremetalmachines/{name}';
      const parameters = document.paths[path]?.patch?.parameters.map((one) => one.name);
      expect(parameters).toEqual(expect.arrayContaining(['dryRun', 'fieldManager']));
    });
  });
}
