/** A server that has been there for a while: what it says of itself and of what it holds. */
import { expect, it } from 'vitest';
import { type ApiOptions, createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';

const transportOf = (options: ApiOptions = {}) => {
  const api = createApi(options);
  return { api, transport: apiTransport(api, { user: { name: 'admin' } }) };
};

interface Item {
  metadata: { uid: string; creationTimestamp: string; resourceVersion: string };
}

it('begins at the revision and with namespaces of the age it is given', async () => {
  const { api, transport } = transportOf({ revision: 9_000_000, namespacesSince: Date.UTC(2024, 0, 2) });
  const path = '/api/v1/namespaces/default';
  const before = await transport.json<Item>({ path });
  expect(before.metadata.creationTimestamp).toBe('2024-01-02T00:00:00Z');
  expect(Number(before.metadata.resourceVersion)).toBe(9_000_001);
  api.backdateNamespaces('2023-05-06T07:08:09Z');
  const after = await transport.json<Item>({ path });
  expect(after.metadata).toMatchObject({ creationTimestamp: '2023-05-06T07:08:09Z', uid: before.metadata.uid });
});

it('tells all of its build, the same for the same version', async () => {
  const ask = (gitVersion?: string) =>
    transportOf({ gitVersion }).transport.json<Record<string, string>>({ path: '/version' });
  const version = await ask('v1.33.7-2');
  expect(version).toMatchObject({ major: '1', minor: '33', gitVersion: 'v1.33.7-2', compiler: 'gc' });
  expect(version['gitCommit']).toMatch(/^[0-9a-f]{40}$/);
  expect(version['goVersion']).toMatch(/^go1\.24\./);
  expect(Date.parse(version['buildDate'] ?? '')).toBeGreaterThan(Date.UTC(2025, 3, 1));
  expect(await ask('v1.33.7-2')).toEqual(version);
  expect((await ask('v1.34.5'))['gitCommit']).not.toBe(version['gitCommit']);
});

it('tells from 1.33 on which version it behaves like, and how far back', async () => {
  const told = async (gitVersion: string) =>
    Object.entries(await transportOf({ gitVersion }).transport.json<Record<string, string>>({ path: '/version' }));
  expect((await told('v1.32.11')).slice(0, 3)).toEqual([...minor('32'), ['gitVersion', 'v1.32.11']]);
  expect((await told('v1.34.5')).slice(0, 7)).toEqual([
    ...minor('34'),
    ['emulationMajor', '1'],
    ['emulationMinor', '34'],
    ['minCompatibilityMajor', '1'],
    ['minCompatibilityMinor', '33'],
    ['gitVersion', 'v1.34.5'],
  ]);
});
const minor = (minor: string) => [
  ['major', '1'],
  ['minor', minor],
];

it('gives a loaded Service what it gives any', async () => {
  const { api, transport } = transportOf();
  const metadata = { name: 'iso', namespace: 'default', uid: 'u', creationTimestamp: '2024-01-02T00:00:00Z' };
  api.load([{ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } }]);
  expect(await transport.json({ path: '/api/v1/namespaces/default/services/iso' })).toMatchObject({
    metadata: { uid: 'u' },
    spec: {
      type: 'ClusterIP',
      clusterIP: expect.stringMatching(/^10\.96\./),
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    },
  });
});
