import { REVISION } from '../annotations.ts';
import type { MachineSet } from '../objects.ts';
import { at, decimal, get, word } from '../read.ts';
import { readClusterName, readRef, readReplicas } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { annotation, readMeta } from './meta.ts';

const DEPLOYMENT_NAME = 'cluster.x-k8s.io/deployment-name';

/** A MachineSet of either version; `undefined` without uid or name. */
export function projectMachineSet(raw: unknown): MachineSet | undefined {
  const meta = readMeta('machineSet', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const machine = at(spec, 'template', 'spec');
  return withConditions(
    {
      ...meta,
      clusterName: readClusterName(raw),
      deployment:
        meta.owners.find((owner) => owner.apiKind === 'MachineDeployment')?.name ??
        (meta.labels[DEPLOYMENT_NAME] || undefined),
      replicas: readReplicas(raw),
      version: word(get(machine, 'version')),
      infraTemplate: readRef(get(machine, 'infrastructureRef')),
      bootstrapTemplate: readRef(at(machine, 'bootstrap', 'configRef')),
      deletePolicy: word(at(spec, 'deletion', 'order')) ?? word(get(spec, 'deletePolicy')),
      revision: decimal(annotation(raw, REVISION)),
    },
    readCapiConditions(raw),
  );
}
