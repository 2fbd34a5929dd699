/** What of a KubeadmControlPlane needs new Machines. */
import { expect, it } from 'vitest';
import {
  clusterConfigurationAnnotation,
  isSameBootstrap,
} from '../../src/simulator/controllers/capi/same-bootstrap.ts';
import type { KubeadmConfig, KubeadmControlPlane, Machine } from '../../src/simulator/controllers/shapes/capi.ts';

const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } });
const labels = { kubeletExtraArgs: { 'node-labels': 'a=b' } };
const wanted = {
  clusterConfiguration: { dns: { imageTag: '1' }, etcd: { local: { imageTag: 'v3.5' } }, scheduler: {} },
  initConfiguration: { localAPIEndpoint: {}, nodeRegistration: labels },
  joinConfiguration: { discovery: {}, nodeRegistration: labels },
  files: [{ path: '/a', content: 'a' }],
};
const joined = {
  clusterConfiguration: { etcd: { local: { imageTag: 'v3.5' } }, featureGates: { ControlPlaneKubeletLocalMode: true } },
  joinConfiguration: { controlPlane: { localAPIEndpoint: {} }, discovery: { file: {} }, nodeRegistration: labels },
  files: [{ path: '/a', content: 'a' }],
  format: 'cloud-config',
};

const same = (plane: object, own: object = joined, annotation?: object): boolean => {
  const annotations = annotation ? { [clusterConfigurationAnnotation]: JSON.stringify(annotation) } : {};
  return isSameBootstrap(
    { ...object('KubeadmControlPlane'), spec: { kubeadmConfigSpec: { ...wanted, ...plane } } } as KubeadmControlPlane,
    { ...object('Machine'), metadata: { name: 'x', annotations } } as Machine,
    { ...object('KubeadmConfig'), spec: own } as KubeadmConfig,
  );
};
const cluster = (more: object) => ({ clusterConfiguration: { ...wanted.clusterConfiguration, ...more } });

it.each([
  ['nothing', {}, true],
  ['DNS, which is changed in the running cluster', cluster({ dns: { imageTag: '2' } }), true],
  ['an image of etcd', cluster({ etcd: { local: { imageTag: 'v3.6' } } }), false],
  ['a flag', cluster({ apiServer: { extraArgs: { profiling: 'false' } } }), false],
  ['a gate', cluster({ featureGates: { ControlPlaneKubeletLocalMode: false } }), false],
  ['how others begin', { initConfiguration: { nodeRegistration: {} } }, true],
  ['what a kubelet is told', { joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { v: '2' } } } }, false],
  ['nothing, where nothing is asked of the kubelet any more', { joinConfiguration: { discovery: {} } }, true],
  [
    'a directory of patches',
    { joinConfiguration: { ...wanted.joinConfiguration, patches: { directory: '/p' } } },
    false,
  ],
  ['a file', { files: [] }, false],
  ['a clock', { ntp: { servers: ['a'] } }, false],
])('%s', (_, change, expected) => {
  expect(same(change)).toBe(expected);
});

it('asks the note on a Machine first, where there is one', () => {
  expect(
    same(cluster({ etcd: { local: { imageTag: 'v3.6' } } }), joined, { etcd: { local: { imageTag: 'v3.6' } } }),
  ).toBe(true);
  const { clusterConfiguration: _none, ...bare } = joined;
  expect(same(cluster({ etcd: { local: { imageTag: 'v3.6' } } }), bare)).toBe(true);
});
