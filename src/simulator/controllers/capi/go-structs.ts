/** What v1beta1's Go types hold by value, and so write even where it is empty. Source: Cluster API 1.10, kubeadm_types.go. */

import type { KubeadmConfigSpec } from '../shapes/capi.ts';

const held = {
  clusterConfiguration: ['etcd', 'networking', 'apiServer', 'controllerManager', 'scheduler', 'dns'],
  initConfiguration: ['nodeRegistration', 'localAPIEndpoint'],
  joinConfiguration: ['nodeRegistration', 'discovery'],
} as const;

/** A copy of a part of a kubeadm configuration with the empty structs that Go writes in it. */
export function asGoWrites<T extends Record<string, unknown>>(part: keyof typeof held, value: T): T {
  return { ...Object.fromEntries(held[part].map((key) => [key, {}])), ...value };
}

/** Puts the empty structs that Go writes into `spec`. On the wire of v1beta2 they are left out. */
export function fillStructs(spec: KubeadmConfigSpec): void {
  for (const part of ['clusterConfiguration', 'initConfiguration', 'joinConfiguration'] as const) {
    const value = spec[part];
    if (value) spec[part] = asGoWrites(part, value);
  }
  const plane = spec.joinConfiguration?.['controlPlane'];
  if (spec.joinConfiguration && plane) {
    spec.joinConfiguration['controlPlane'] = { localAPIEndpoint: {}, ...(plane as object) };
  }
}
