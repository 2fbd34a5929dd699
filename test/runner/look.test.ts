/** Single objects, in the version they are wanted in. */
import { expect, it } from 'vitest';
import { pathOf } from '../../src/kube/kinds.ts';
import { errorFromAnswer, type KubeRequest } from '../../src/kube/types.ts';
import { look, read } from '../../src/runner/look.ts';

const V1 = 'cluster.x-k8s.io/v1beta1';

/** A server that has Cluster `prod` in these versions, in use being v1beta2. */
function door(served: readonly string[]) {
  const versions = ['v1beta1', 'v1beta2'];
  const json = async <T>({ path }: KubeRequest): Promise<T> => {
    const version = versions.find((one) => path.includes(`/${one}/`))!;
    if (!served.includes(version)) throw errorFromAnswer(404, '404 page not found\n');
    if (path !== pathOf('cluster', version, 'ns', 'prod'))
      throw errorFromAnswer(404, '{"kind":"Status","reason":"NotFound","message":"not found"}');
    return { apiVersion: `cluster.x-k8s.io/${version}` } as T;
  };
  return { transport: { json }, namespace: 'ns', versionOf: () => 'v1beta2' };
}

it.each([
  ['as it is watched', ['v1beta1', 'v1beta2'], undefined, 'cluster.x-k8s.io/v1beta2'],
  ['as it is written', ['v1beta1', 'v1beta2'], V1, V1],
  ['as it is watched, where the other is not served', ['v1beta2'], V1, 'cluster.x-k8s.io/v1beta2'],
])('reads it %s', async (_how, served, wanted, got) => {
  expect((await read(door(served), 'cluster', 'prod', false, wanted))?.['apiVersion']).toBe(got);
});

it.each([[undefined], ['cluster.x-k8s.io/v1beta2']])(
  'never takes a version that is not served (%s) for an object that is gone',
  async (wanted) => {
    const asked = read(door(['v1beta1']), 'cluster', 'prod', false, wanted);
    await expect(asked).rejects.toThrow('Cluster is not served as v1beta2');
    const waited: number[] = [];
    const after = (ms: number) => {
      waited.push(ms);
      return () => {};
    };
    const looked = await look({ ...door(['v1beta1']), clock: { now: () => 0, after } }, 'cluster', 'prod');
    expect([looked, waited]).toEqual([undefined, []]);
  },
);

it.each([['v1beta1'], ['v1beta2']])('says that there is none, on a server of %s too', async (version) => {
  const at = { ...door([version]), versionOf: () => version };
  expect(await read(at, 'cluster', 'other', false, V1)).toBeNull();
});
