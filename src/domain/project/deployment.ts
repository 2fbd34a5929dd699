import type { Deployment } from '../objects.ts';
import { at, bool, get, num, word } from '../read.ts';
import { readClusterName, readRef, readReplicas, readRollout } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** A MachineDeployment of either version; `undefined` without uid or name. */
export function projectDeployment(raw: unknown): Deployment | undefined {
  const meta = readMeta('deployment', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const machine = at(spec, 'template', 'spec');
  return withConditions(
    {
      ...meta,
      clusterName: readClusterName(raw),
      replicas: readReplicas(raw),
      version: word(get(machine, 'version')),
      infraTemplate: readRef(get(machine, 'infrastructureRef')),
      bootstrapTemplate: readRef(at(machine, 'bootstrap', 'configRef')),
      rollout: readRollout(spec),
      deletePolicy: word(at(spec, 'deletion', 'order')) ?? word(at(spec, 'strategy', 'rollingUpdate', 'deletePolicy')),
      rolloutPaused: bool(get(spec, 'paused')) ?? false,
      phase: word(at(raw, 'status', 'phase')),
      observedGeneration: num(at(raw, 'status', 'observedGeneration')),
    },
    readCapiConditions(raw),
  );
}
