import { DELETE_MACHINE } from '../annotations.ts';
import type { Machine, Meta } from '../objects.ts';
import { at, bool, get, name, word } from '../read.ts';
import { readCapiFailure, readClusterName, readRef, readTimeout } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { hasAnnotation, readMeta } from './meta.ts';

const CONTROL_PLANE = 'cluster.x-k8s.io/control-plane';
const CONTROL_PLANE_NAME = 'cluster.x-k8s.io/control-plane-name';
const DEPLOYMENT_NAME = 'cluster.x-k8s.io/deployment-name';
const SET_NAME = 'cluster.x-k8s.io/set-name';

/** The name of what owns it, of one kind: the owner reference is the truth, the label stands in. */
function ownerName(meta: Meta, apiKind: string, label: string): string | undefined {
  return meta.owners.find((owner) => owner.apiKind === apiKind)?.name ?? (meta.labels[label] || undefined);
}

/** A Cluster API Machine of either version; `undefined` without uid or name. */
export function projectMachine(raw: unknown): Machine | undefined {
  const meta = readMeta('machine', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  const initialization = get(status, 'initialization');
  const controlPlaneName = ownerName(meta, 'KubeadmControlPlane', CONTROL_PLANE_NAME);
  return withConditions(
    {
      ...meta,
      clusterName: readClusterName(raw),
      version: word(get(spec, 'version')),
      phase: word(get(status, 'phase')),
      providerId: name(get(spec, 'providerID')),
      node: name(at(status, 'nodeRef', 'name')),
      nodeVersion: word(at(status, 'nodeInfo', 'kubeletVersion')),
      infrastructure: readRef(get(spec, 'infrastructureRef')),
      bootstrap: readRef(at(spec, 'bootstrap', 'configRef')),
      bootstrapReady: bool(get(initialization, 'bootstrapDataSecretCreated')) ?? bool(get(status, 'bootstrapReady')),
      infrastructureReady:
        bool(get(initialization, 'infrastructureProvisioned')) ?? bool(get(status, 'infrastructureReady')),
      controlPlane: controlPlaneName !== undefined || Object.hasOwn(meta.labels, CONTROL_PLANE),
      controlPlaneName,
      deployment: meta.labels[DEPLOYMENT_NAME] || undefined,
      machineSet: ownerName(meta, 'MachineSet', SET_NAME),
      deleteMark: hasAnnotation(raw, DELETE_MACHINE),
      drainLimit: readTimeout(spec, 'nodeDrainTimeout'),
      detachLimit: readTimeout(spec, 'nodeVolumeDetachTimeout'),
      failure: readCapiFailure(raw),
    },
    readCapiConditions(raw),
  );
}
