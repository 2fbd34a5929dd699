import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubeconfigPaths, loadKubeconfig } from '../../../src/kube/connection/load.ts';
import { kubeconfig, put, tempDir } from './files.ts';

describe('the kubeconfig files', () => {
  it.each([
    ['--kubeconfig alone', { kubeconfig: '/x/one', env: { KUBECONFIG: '/a' } }, ['/x/one']],
    ['those of KUBECONFIG', { env: { KUBECONFIG: ['/a', '', '/b', '/a'].join(delimiter) } }, ['/a', '/b']],
    ['~/.kube/config', { env: {} }, ['/home/op/.kube/config']],
    ['~/.kube/config where KUBECONFIG is empty', { env: { KUBECONFIG: '' } }, ['/home/op/.kube/config']],
  ])('are %s', (_, places, expected) => {
    expect(kubeconfigPaths({ homedir: '/home/op', ...places })).toEqual(expected);
  });

  it('that KUBECONFIG names and that do not exist are passed over', async () => {
    const dir = tempDir();
    const real = await put(dir, 'real', kubeconfig({ server: 'https://real' }));
    const env = { KUBECONFIG: [join(dir, 'gone'), real].join(delimiter) };
    const merged = await loadKubeconfig({ env, homedir: dir });
    expect(merged?.files).toEqual([real]);
    expect(merged?.currentContext).toBe('prod');
  });

  it.each([
    ['none exists', { KUBECONFIG: '/no/such/file' }],
    ['there is none at home', {}],
  ])('are nothing where %s', async (_, env) => {
    expect(await loadKubeconfig({ env, homedir: tempDir() })).toBeUndefined();
  });

  it('named with --kubeconfig must exist', async () => {
    await expect(loadKubeconfig({ kubeconfig: '/no/such/file', env: {}, homedir: '/' })).rejects.toThrow(
      'The kubeconfig /no/such/file does not exist: no cluster was contacted; check the path given with --kubeconfig.',
    );
  });

  it('must be readable', async () => {
    await expect(loadKubeconfig({ env: { KUBECONFIG: tempDir() }, homedir: '/' })).rejects.toThrow('is a directory');
  });
});
