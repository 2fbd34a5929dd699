import type { Cluster } from '../objects.ts';
import { at, bool, get, strings, word } from '../read.ts';
import { readCapiFailure, readEndpoint, readRef } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** A Cluster API Cluster of either version; `undefined` without uid or name. */
export function projectCluster(raw: unknown): Cluster | undefined {
  const meta = readMeta('cluster', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  const initialization = get(status, 'initialization');
  return withConditions(
    {
      ...meta,
      phase: word(get(status, 'phase')),
      paused: bool(get(spec, 'paused')) ?? false,
      endpoint: readEndpoint(get(spec, 'controlPlaneEndpoint')),
      podCidrs: strings(at(spec, 'clusterNetwork', 'pods', 'cidrBlocks')),
      serviceCidrs: strings(at(spec, 'clusterNetwork', 'services', 'cidrBlocks')),
      controlPlane: readRef(get(spec, 'controlPlaneRef')),
      infrastructure: readRef(get(spec, 'infrastructureRef')),
      infrastructureReady:
        bool(get(initialization, 'infrastructureProvisioned')) ?? bool(get(status, 'infrastructureReady')),
      controlPlaneReady: bool(get(initialization, 'controlPlaneInitialized')) ?? bool(get(status, 'controlPlaneReady')),
      failure: readCapiFailure(raw),
    },
    readCapiConditions(raw),
  );
}
