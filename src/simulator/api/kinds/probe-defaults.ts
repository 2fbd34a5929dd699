/** What the server adds to the probes of a container: k8s.io/kubernetes/pkg/apis/core/v1, SetDefaults_Probe and SetDefaults_HTTPGetAction. */

import { isRecord } from '../types.ts';

type Fields = Record<string, unknown>;

const often = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

/** The container with whole probes. */
export function withProbeDefaults(container: Fields): Fields {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((key) => {
    const probe = container[key];
    return isRecord(probe) ? [[key, whole(probe)] as const] : [];
  });
  return probes.length === 0 ? container : { ...container, ...Object.fromEntries(probes) };
}

function whole(probe: Fields): Fields {
  const { httpGet, grpc } = probe;
  return {
    ...often,
    ...probe,
    ...(isRecord(httpGet) ? { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } } : {}),
    ...(isRecord(grpc) ? { grpc: { service: '', ...grpc } } : {}),
  };
}
