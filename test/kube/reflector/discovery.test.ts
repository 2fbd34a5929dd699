import { describe, expect, it } from 'vitest';
import { discover, remembering } from '../../../src/kube/reflector/discovery.ts';
import { KubeError, type KubeRequest } from '../../../src/kube/types.ts';

const GROUP = 'cluster.x-k8s.io';
const list = (...names: string[]) => ({ resources: names.map((name) => ({ name, namespaced: name !== 'nodes' })) });
const group = (...versions: string[]) => ({ versions: versions.map((version) => ({ version })) });

/** An API that has these documents, and 404 for all others. */
function api(documents: Record<string, unknown>) {
  const asked: string[] = [];
  return {
    asked,
    async json<T>({ path }: KubeRequest): Promise<T> {
      asked.push(path);
      const document = documents[path];
      if (document instanceof Error) throw document;
      if (document === undefined) throw new KubeError(404, 'NotFound', 'not found');
      return document as T;
    },
  };
}

describe('discover', () => {
  it('takes the first preferred version that is served', async () => {
    const both = api({
      [`/apis/${GROUP}`]: group('v1beta1', 'v1beta2'),
      [`/apis/${GROUP}/v1beta2`]: list('machines', 'machines/status'),
      [`/apis/${GROUP}/v1beta1`]: list('machines'),
    });
    expect(await discover(both, GROUP, 'machines', ['v1beta2', 'v1beta1'])).toEqual({
      version: 'v1beta2',
      namespaced: true,
    });
    expect(both.asked).toEqual([`/apis/${GROUP}`, `/apis/${GROUP}/v1beta2`]);
  });

  it('takes the next where the resource is not in the first', async () => {
    const older = api({
      [`/apis/${GROUP}`]: group('v1beta1', 'v1beta2'),
      [`/apis/${GROUP}/v1beta2`]: list('clusters'),
      [`/apis/${GROUP}/v1beta1`]: list('machines'),
    });
    expect(await discover(older, GROUP, 'machines', ['v1beta2', 'v1beta1'])).toMatchObject({ version: 'v1beta1' });
  });

  it('knows the core group', async () => {
    const core = api({ '/api': { versions: ['v1'] }, '/api/v1': list('secrets', 'nodes') });
    expect(await discover(core, '', 'secrets', ['v1'])).toEqual({ version: 'v1', namespaced: true });
    expect(await discover(core, '', 'nodes', ['v1'])).toEqual({ version: 'v1', namespaced: false });
    expect(await discover(core, '', 'pods', ['v1'])).toBe('absent');
  });

  it('says absent for a group, a version or a resource that is not there', async () => {
    expect(await discover(api({}), GROUP, 'machines', ['v1beta1'])).toBe('absent');
    expect(await discover(api({ [`/apis/${GROUP}`]: group('v1beta1') }), GROUP, 'machines', ['v1beta1'])).toBe(
      'absent',
    );
    const without = api({ [`/apis/${GROUP}`]: group('v1beta1'), [`/apis/${GROUP}/v1beta1`]: list('clusters') });
    expect(await discover(without, GROUP, 'machines', ['v1beta1'])).toBe('absent');
  });

  it('does not call absent what is served in a version nobody here can read', async () => {
    const newer = api({ [`/apis/${GROUP}`]: group('v2'), [`/apis/${GROUP}/v2`]: list('machines') });
    await expect(discover(newer, GROUP, 'machines', ['v1beta2', 'v1beta1'])).rejects.toThrow(
      'machines is served as v2, and only v1beta2, v1beta1 can be read',
    );
  });

  it('passes other failures on', async () => {
    const failing = api({ [`/apis/${GROUP}`]: new KubeError(503, 'ServiceUnavailable', 'later') });
    await expect(discover(failing, GROUP, 'machines', ['v1beta1'])).rejects.toMatchObject({ code: 503 });
  });

  it.each([null, 'text', { versions: 'x' }, { versions: [null, {}, { version: 7 }] }])(
    'takes %j for nothing',
    async (odd) => {
      expect(await discover(api({ [`/apis/${GROUP}`]: odd }), GROUP, 'machines', ['v1beta1'])).toBe('absent');
      const inside = api({ [`/apis/${GROUP}`]: group('v1beta1'), [`/apis/${GROUP}/v1beta1`]: { resources: odd } });
      expect(await discover(inside, GROUP, 'machines', ['v1beta1'])).toBe('absent');
    },
  );
});

describe('remembering', () => {
  it('asks once for many, for a while, and again when told to', async () => {
    let now = 0;
    const inner = api({ '/api': { versions: [] } });
    const memory = remembering(inner, () => now, 1_000);
    await Promise.all([memory.json({ path: '/api' }), memory.json({ path: '/api' })]);
    now = 999;
    await memory.json({ path: '/api' });
    expect(inner.asked).toHaveLength(1);
    now = 1_000;
    await memory.json({ path: '/api' });
    memory.forget();
    await memory.json({ path: '/api' });
    expect(inner.asked).toHaveLength(3);
  });

  it('does not remember failures, absence included', async () => {
    const documents: Record<string, unknown> = {};
    const memory = remembering(api(documents), () => 0);
    expect(await discover(memory, GROUP, 'machines', ['v1beta1'])).toBe('absent');
    documents[`/apis/${GROUP}`] = group('v1beta1');
    documents[`/apis/${GROUP}/v1beta1`] = list('machines');
    expect(await discover(memory, GROUP, 'machines', ['v1beta1'])).toMatchObject({ version: 'v1beta1' });
  });
});
