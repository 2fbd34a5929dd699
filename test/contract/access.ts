import { describe, expect, it } from 'vitest';
import type { KubeRequest } from '../../src/kube/types.ts';
import { Client, CONTENT, type Connection, INFRASTRUCTURE, refused } from './client.ts';

export function accessContract(connection: () => Connection): void {
  describe('access', () => {
    it.each<[string, (client: Client) => KubeRequest]>([
      ['list', (c) => ({ path: c.path('machineinventorypools') })],
      ['watch', (c) => ({ path: c.path('machineinventorypools'), query: { watch: true } })],
      ['get', (c) => ({ path: c.path('machineinventorypools', 'x') })],
      ['create', (c) => ({ method: 'POST', path: c.path('machineinventorypools'), body: c.pool('a') })],
      ['delete', (c) => ({ method: 'DELETE', path: c.path('machineinventorypools', 'x') })],
      ['deletecollection', (c) => ({ method: 'DELETE', path: c.path('machineinventorypools') })],
    ])('refuses %s to a user without rights, word for word', async (verb, request) => {
      const { limited, namespace } = connection();
      const asked = request(new Client(connection()));
      const error = await refused(limited.json(asked), 403, 'Forbidden');
      const subject = asked.path.endsWith('/x')
        ? `machineinventorypools.${INFRASTRUCTURE} "x"`
        : `machineinventorypools.${INFRASTRUCTURE}`;
      expect(error.message).toBe(
        `${subject} is forbidden: User "limited" cannot ${verb} resource "machineinventorypools" in API group "${INFRASTRUCTURE}" in the namespace "${namespace}"`,
      );
    });

    it('names subresources and the scope of a refusal', async () => {
      const { limited } = connection();
      const client = new Client(connection());
      const path = client.path('machineinventorypools', 'x', 'status');
      const status = limited.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: {} });
      expect((await refused(status, 403, 'Forbidden')).message).toContain(
        'cannot patch resource "machineinventorypools/status"',
      );
      const everywhere = limited.json({ path: `/apis/${INFRASTRUCTURE}/v1beta1/machineinventorypools` });
      expect((await refused(everywhere, 403, 'Forbidden')).message).toContain('at the cluster scope');
      const secrets = limited.json({ path: client.path('secrets') });
      expect((await refused(secrets, 403, 'Forbidden')).message).toMatch(
        /^secrets is forbidden: .* in API group "" in/,
      );
      expect((await limited.json<{ gitVersion: string }>({ path: '/version' })).gitVersion).toMatch(/^v1\./);
    });

    it('answers reviews of one’s own rights', async () => {
      const { transport, limited, namespace } = connection();
      const review = (who: typeof transport, spec: unknown) =>
        who.json<{ kind: string; status: { allowed: boolean } }>({
          method: 'POST',
          path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
          body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
        });
      const resourceAttributes = { verb: 'patch', group: INFRASTRUCTURE, resource: 'machineinventorypools', namespace };
      expect(await review(transport, { resourceAttributes })).toMatchObject({
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
        status: { allowed: true },
      });
      expect((await review(limited, { resourceAttributes })).status.allowed).toBe(false);
      const nonResourceAttributes = { path: '/version', verb: 'get' };
      expect((await review(limited, { nonResourceAttributes })).status.allowed).toBe(true);
      await refused(review(transport, {}), 422, 'Invalid');
    });
  });

  describe('errors', () => {
    it('answers an unknown object with a Status that names it', async () => {
      const client = new Client(connection());
      const error = await refused(client.getPool('nope'), 404, 'NotFound');
      expect(error.message).toBe(`machineinventorypools.${INFRASTRUCTURE} "${client.id}-nope" not found`);
      expect(error.status).toMatchObject({
        metadata: {},
        details: { name: `${client.id}-nope`, group: INFRASTRUCTURE, kind: 'machineinventorypools' },
      });
    });

    it('answers an unknown resource with 404: a Status in the core group, plain text elsewhere', async () => {
      const client = new Client(connection());
      await refused(client.json({ path: '/api/v1/nonsenses' }), 404, 'NotFound');
      for (const path of [
        `/apis/${INFRASTRUCTURE}/v1beta1/nonsenses`,
        '/apis/nonsense.io/v1/things',
        '/apis/nonsense.io',
      ]) {
        const error = await client.json({ path }).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 404, reason: 'HTTP404' });
      }
    });

    it('tells a client of discovery which kinds it serves and how', async () => {
      const client = new Client(connection());
      const { clusterApi } = connection();
      const groups = await client.json<{ groups: { name: string; preferredVersion: { version: string } }[] }>({
        path: '/apis',
      });
      const capi = groups.groups.find(({ name }) => name === 'cluster.x-k8s.io');
      expect(capi?.preferredVersion.version).toBe(clusterApi);
      const { resources } = await client.json<{ resources: Record<string, unknown>[] }>({
        path: `/apis/cluster.x-k8s.io/${clusterApi}`,
      });
      const named = (name: string) => resources.find((resource) => resource['name'] === name);
      expect(named('machinedeployments')).toMatchObject({
        kind: 'MachineDeployment',
        namespaced: true,
        singularName: 'machinedeployment',
        shortNames: ['md'],
        categories: ['cluster-api'],
      });
      expect(named('machinedeployments/scale')).toMatchObject({ kind: 'Scale', group: 'autoscaling', version: 'v1' });
      expect(named('machinedeployments/status')).toMatchObject({ kind: 'MachineDeployment' });
      expect(named('machines/scale')).toBeUndefined();
    });
  });
}
