import type { ControlPlane } from '../objects.ts';
import { at, bool, get, num, word } from '../read.ts';
import { readClusterName, readRef, readReplicas, readRollout } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** A KubeadmControlPlane of either version; `undefined` without uid or name. */
export function projectControlPlane(raw: unknown): ControlPlane | undefined {
  const meta = readMeta('controlPlane', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  return withConditions(
    {
      ...meta,
      clusterName: readClusterName(raw) ?? meta.owners.find((owner) => owner.apiKind === 'Cluster')?.name,
      replicas: readReplicas(raw),
      version: word(get(spec, 'version')),
      statusVersion: word(get(status, 'version')),
      infraTemplate:
        readRef(at(spec, 'machineTemplate', 'spec', 'infrastructureRef')) ??
        readRef(at(spec, 'machineTemplate', 'infrastructureRef')),
      rollout: readRollout(spec),
      initialized: bool(at(status, 'initialization', 'controlPlaneInitialized')) ?? bool(get(status, 'initialized')),
      observedGeneration: num(get(status, 'observedGeneration')),
    },
    readCapiConditions(raw),
  );
}
