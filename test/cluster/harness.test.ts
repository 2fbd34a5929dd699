import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, LIMITED_USER, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds } = clusterEnvironment();

describe('the real server', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ assets, crds });
  });
  afterAll(() => cluster?.stop());

  it('goes away and comes back at the same place with what it had', async () => {
    const transport = cluster.transport();
    const path = `/api/v1/namespaces/${cluster.namespace}/configmaps`;
    await transport.json({ method: 'POST', path, body: { metadata: { name: 'kept' } } });
    const stream = await transport.stream({ path, query: { watch: true } });
    const pieces = stream.body[Symbol.asyncIterator]();
    await pieces.next();
    await cluster.stopApiServer('SIGKILL');
    await expect(pieces.next()).rejects.toMatchObject({ reason: 'Network' });
    await expect(transport.json({ path })).rejects.toMatchObject({ reason: 'Network' });
    await cluster.startApiServer();
    await expect(cluster.transport().json({ path: `${path}/kept` })).resolves.toBeTruthy();
  });

  it('grants the limited user what a role says, and no more', async () => {
    const admin = cluster.transport('admin');
    const limited = cluster.transport('limited');
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${cluster.namespace}`;
    const path = `/api/v1/namespaces/${cluster.namespace}/configmaps`;
    await expect(limited.json({ path })).rejects.toMatchObject({ code: 403 });
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'] }];
    await admin.json({ method: 'POST', path: `${roles}/roles`, body: { metadata: { name: 'reader' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: LIMITED_USER }];
    await admin.json({
      method: 'POST',
      path: `${roles}/rolebindings`,
      body: { metadata: { name: 'reader' }, roleRef, subjects },
    });
    // The authorizer learns of it through a watch of its own.
    await expect
      .poll(() =>
        limited.json({ path }).then(
          () => 200,
          (error: { code: number }) => error.code,
        ),
      )
      .toBe(200);
    await expect(limited.json({ path, query: { watch: true } })).rejects.toMatchObject({ code: 403 });
  });
});
