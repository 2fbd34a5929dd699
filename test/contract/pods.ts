import { describe, expect, it } from 'vitest';
import { Client, type Connection, refused } from './client.ts';

/** What can be asked of a Pod beside reading and writing it. Nothing runs it: that is what is told. */
export function podContract(connection: () => Connection): void {
  const containers = [{ name: 'main', image: 'registry.example/a:1' }];

  async function made(more: object[] = []) {
    const client = new Client(connection());
    const path = `/api/v1/namespaces/${connection().namespace}/pods`;
    const body = { metadata: { name: client.id }, spec: { containers: [...containers, ...more] } };
    await client.json({ method: 'POST', path, body });
    return { client, pod: `${path}/${client.id}` };
  }

  describe('pods', () => {
    it('that nobody has placed have no output, and run no commands', async () => {
      const { client, pod } = await made();
      const log = await connection().transport.stream({ path: `${pod}/log` });
      expect(log.status).toBe(204);
      for await (const chunk of log.body) expect(chunk).toHaveLength(0);
      log.close();
      const query = { command: 'ls', stdout: 'true' };
      const exec = await refused(client.json({ method: 'POST', path: `${pod}/exec`, query }), 400, 'BadRequest');
      expect(exec.message).toBe(`pod ${client.id} does not have a host assigned`);
    });

    it('that are not there are not found', async () => {
      const client = new Client(connection());
      const path = `/api/v1/namespaces/${connection().namespace}/pods/${client.id}/log`;
      const error = await refused(client.json({ path }), 404, 'NotFound');
      expect(error.message).toBe(`pods "${client.id}" not found`);
    });
  });
}
