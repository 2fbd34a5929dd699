/** What the server adds to the parts of a container: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. */

import { isRecord } from '../types.ts';

type Fields = Record<string, unknown>;

const often = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

/** The container with whole probes and hooks, ports of a protocol, and variables that say in which version fields are named. */
export function withContainerDefaults(container: Fields): Fields {
  const { ports, env, lifecycle } = container;
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((key) => {
    const probe = container[key];
    return isRecord(probe) ? [[key, whole(probe)] as const] : [];
  });
  return {
    ...container,
    ...Object.fromEntries(probes),
    ...(Array.isArray(ports) ? { ports: ports.map(withProtocol) } : {}),
    ...(Array.isArray(env) ? { env: env.map(variable) } : {}),
    ...(isRecord(lifecycle) ? { lifecycle: hooks(lifecycle) } : {}),
  };
}

/** A port of TCP where nobody says otherwise. */
export const withProtocol = (port: unknown): unknown => (isRecord(port) ? { protocol: 'TCP', ...port } : port);

/** What has a reference to a field of its Pod, with the version in which that is named. */
export function withFieldVersion<T extends Fields>(one: T): T {
  const { fieldRef } = one;
  return isRecord(fieldRef) ? { ...one, fieldRef: { apiVersion: 'v1', ...fieldRef } } : one;
}

function variable(one: unknown): unknown {
  if (!isRecord(one) || !isRecord(one['valueFrom'])) return one;
  return { ...one, valueFrom: withFieldVersion(one['valueFrom']) };
}

const hooks = (lifecycle: Fields): Fields =>
  Object.fromEntries(
    Object.entries(lifecycle).map(([key, hook]) => [key, isRecord(hook) ? { ...hook, ...request(hook) } : hook]),
  );

const request = ({ httpGet }: Fields): Fields =>
  isRecord(httpGet) ? { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } } : {};

function whole(probe: Fields): Fields {
  const { grpc } = probe;
  return {
    ...often,
    ...probe,
    ...request(probe),
    ...(isRecord(grpc) ? { grpc: { service: '', ...grpc } } : {}),
  };
}
