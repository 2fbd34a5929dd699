import type { BaremetalCluster } from '../objects.ts';
import { at, bool, get, num, rec, str, word } from '../read.ts';
import { readEndpoint } from './capi.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** A BaremetalCluster as served; `undefined` without uid or name. */
export function projectBaremetalCluster(raw: unknown): BaremetalCluster | undefined {
  const meta = readMeta('baremetalCluster', raw);
  if (!meta) return undefined;
  const balancer = at(raw, 'spec', 'controlPlaneLoadBalancer');
  return withConditions(
    {
      ...meta,
      endpoint: readEndpoint(at(raw, 'spec', 'controlPlaneEndpoint')),
      loadBalancer:
        Object.keys(rec(balancer)).length === 0
          ? undefined
          : {
              type: word(get(balancer, 'type')),
              host: str(get(balancer, 'host')),
              port: num(get(balancer, 'port')),
              vrid: num(get(balancer, 'vrid')),
            },
      networkType: word(at(raw, 'spec', 'networkType')),
      ready: bool(at(raw, 'status', 'ready')),
    },
    readConditions(at(raw, 'status', 'conditions')),
  );
}
