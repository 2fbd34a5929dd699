import { describe, expect, it } from 'vitest';
import type { KubeError } from '../../src/kube/types.ts';
import { Client, CONTENT, type Connection, refused } from './client.ts';

/** Refusals of bodies that are wrong before their schema is looked at, in the words of the real server. */
export function refusalContract(connection: () => Connection): void {
  const at = (plural: string) => `/api/v1/namespaces/${connection().namespace}/${plural}`;
  const post = (path: string, body: unknown) => new Client(connection()).json({ method: 'POST', path, body });
  const SUBJECT = 'machineinventorypools.infrastructure.cluster.x-k8s.io';

  describe('refusals', () => {
    it('of names, labels and owners', async () => {
      const client = new Client(connection());
      const kind = 'MachineInventoryPool.infrastructure.cluster.x-k8s.io';
      const name = await refused(client.createPool('a', { name: 'Bad_Name' }), 422, 'Invalid');
      expect(name.message).toBe(
        `${kind} "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      );
      const none = await refused(client.createPool('a', { name: undefined }), 422, 'Invalid');
      expect(none.message).toBe(
        `${kind} "" is invalid: metadata.name: Required value: name or generateName is required`,
      );
      const owner = (of: string) => ({ apiVersion: 'v1', kind: 'A', name: of, uid: of, controller: true });
      const two = await refused(client.createPool('a', { ownerReferences: [owner('a'), owner('b')] }), 422, 'Invalid');
      expect(two.message).toMatch(
        /Only one reference can have Controller set to true\. Found "true" in references for a and b$/,
      );
    });

    it('of a custom resource without a version, and of a version that is no number', async () => {
      const client = new Client(connection());
      const { apiVersion: _apiVersion, ...body } = client.pool('a');
      const error = (await post(client.path('machineinventorypools'), body).catch((thrown) => thrown)) as KubeError;
      expect(error).toMatchObject({ code: 500, reason: 'InternalError' });
      const made = await client.createPool('a');
      const odd = { metadata: { resourceVersion: 'abc' } };
      const patch = (await client.patchPool('a', 'merge', odd).catch((thrown) => thrown)) as KubeError;
      expect(patch).toMatchObject({ code: 500, message: 'strconv.ParseUint: parsing "abc": invalid syntax' });
      expect((await client.getPool('a')).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    it('of keys that could not be file names', async () => {
      const { id } = new Client(connection());
      for (const plural of ['secrets', 'configmaps']) {
        const error = await refused(post(at(plural), { metadata: { name: id }, data: { 'a b': '' } }), 422, 'Invalid');
        expect(error.message).toContain(`"${id}" is invalid: data[a b]: Invalid value: "a b": a valid config key must`);
      }
    });

    it('of core kinds with a wrong type', async () => {
      const { id } = new Client(connection());
      const error = await refused(
        post(at('configmaps'), { metadata: { name: id }, data: { a: 5 } }),
        400,
        'BadRequest',
      );
      expect(error.message).toMatch(/^ConfigMap in version "v1" cannot be handled as a ConfigMap: /);
    });

    it('of events about another namespace', async () => {
      const { id } = new Client(connection());
      const involvedObject = { kind: 'Pod', name: 'a', namespace: 'elsewhere' };
      const error = await refused(post(at('events'), { metadata: { name: id }, involvedObject }), 422, 'Invalid');
      expect(error.message).toBe(
        `Event "${id}" is invalid: involvedObject.namespace: Invalid value: "elsewhere": does not match event.namespace`,
      );
    });

    it('of a policy said twice, and of subresources that are not there', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const twice = { kind: 'DeleteOptions', apiVersion: 'v1', orphanDependents: true, propagationPolicy: 'Orphan' };
      const error = await refused(client.deletePool('a', { body: twice }), 422, 'Invalid');
      expect(error.message).toContain('orphanDependents and deletionPropagation cannot be both set');
      const none = client.json({ path: client.path('machineinventorypools', `${client.id}-a`, 'nope') });
      expect((await refused(none, 404, 'NotFound')).message).toBe(`${SUBJECT} "${client.id}-a" not found`);
      const all = await refused(client.json({ method: 'DELETE', path: '/api/v1/namespaces' }), 405, 'MethodNotAllowed');
      expect(all.message).toBe('the server does not allow this method on the requested resource');
    });

    it('of patches that do not apply, or are not of a type that is taken', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const test = [{ op: 'test', path: '/spec/clusterName', value: 'other' }];
      expect((await refused(client.patchPool('a', 'json', test), 422, 'Invalid')).message).toBe(
        'the server rejected our request due to an error in our request',
      );
      const path = client.path('machineinventorypools', `${client.id}-a`);
      const strategic = client.json({ method: 'PATCH', path, contentType: CONTENT.strategic, body: {} });
      expect((await refused(strategic, 415, 'UnsupportedMediaType')).message).toBe(
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      );
      await refused(client.patchPool('nope', 'json', test), 404, 'NotFound');
    });
  });
}
