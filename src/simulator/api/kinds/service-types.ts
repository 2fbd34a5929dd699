import { isRecord } from '../types.ts';

type Fields = Record<string, unknown>;

const isOutside = (type: unknown): boolean => type === 'NodePort' || type === 'LoadBalancer';
const portsOf = ({ ports }: Fields): Fields[] => (Array.isArray(ports) ? ports.filter(isRecord) : []);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * A Service that becomes one of another type loses what only the old type has, where nobody has changed it:
 * k8s.io/kubernetes/pkg/registry/core/service/strategy.go.
 */
export function withoutOldType(spec: Fields, before: Fields | undefined): Fields {
  if (before === undefined || spec['type'] === before['type']) return spec;
  const next: Fields = { ...spec };
  if (isOutside(before['type']) && !isOutside(spec['type'])) {
    const old = portsOf(before).map(({ nodePort }) => nodePort);
    const kept = same(
      old,
      portsOf(spec).map(({ nodePort }) => nodePort),
    );
    if (kept) next['ports'] = portsOf(spec).map(({ nodePort: _gone, ...port }) => port);
    if (same(spec['externalTrafficPolicy'], before['externalTrafficPolicy'])) delete next['externalTrafficPolicy'];
  }
  if (before['type'] === 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass', 'healthCheckNodePort']) {
      if (same(spec[field], before[field])) delete next[field];
    }
  }
  if (spec['type'] === 'ExternalName' && same(spec['clusterIP'], before['clusterIP'])) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) {
      if (same(spec[field], before[field])) delete next[field];
    }
  }
  return next;
}
