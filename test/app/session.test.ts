import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openCluster } from '../../src/app/session.ts';
import type { Options } from '../../src/cli.ts';

it('gives an exec plugin no longer than --timeout', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'metaldeck-session-'));
  const kubeconfig = path.join(folder, 'config');
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sleep',
    args: ['60'],
    interactiveMode: 'Never',
  };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'dc',
      contexts: [{ name: 'dc', context: { cluster: 'dc', user: 'ops' } }],
      clusters: [{ name: 'dc', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'ops', user: { exec } }],
    }),
  );
  const opened = await openCluster({ kubeconfig, asGroups: [], timeout: 300 } as unknown as Options, '0');
  await expect(opened.transport.json({ path: '/version' })).rejects.toThrow('gave nothing within 0.3 s');
  await opened.close();
  rmSync(folder, { recursive: true });
});
