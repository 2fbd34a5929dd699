/** Making a Machine: its infrastructure and bootstrap objects first, cloned from their templates, then itself. */

import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { labels, ownerReference } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmConfig, KubeadmConfigSpec, Machine, MachineSpec } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import type { BaremetalMachine, BaremetalMachineTemplate } from '../shapes/provider.ts';
import { machineFinalizer } from './common.ts';
import { fillStructs } from './go-structs.ts';
import { clonedFrom } from './up-to-date.ts';

export interface MachineOrder {
  owner: KubeObject;
  name: string;
  cluster: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  /** The rest of the Machine's spec. */
  spec: MachineSpec;
  infraTemplate: BaremetalMachineTemplate;
  bootstrap: KubeadmConfigSpec;
  /** The KubeadmConfigTemplate `bootstrap` comes from, where there is one. */
  bootstrapTemplate?: string;
}

/** Creates the three objects. Throws KubeError; what was made before a failure is removed again. */
export async function createMachine(rt: Runtime, order: MachineOrder): Promise<Machine> {
  try {
    // A MachineSet clones the bootstrap object first, a control plane the infrastructure.
    const early = order.bootstrapTemplate ? await rt.client.create(kinds.KubeadmConfig, configFor(order)) : undefined;
    const infra = await rt.client.create(kinds.BaremetalMachine, infraFor(order));
    const config = early ?? (await rt.client.create(kinds.KubeadmConfig, configFor(order)));
    return await rt.client.create(kinds.Machine, machineFor(order, infra, config));
  } catch (error) {
    await rt.client.remove(kinds.BaremetalMachine, order.name).catch(() => false);
    await rt.client.remove(kinds.KubeadmConfig, order.name).catch(() => false);
    throw error;
  }
}

const allLabels = (order: MachineOrder) => ({ ...order.labels, [labels.cluster]: order.cluster });

const cloned = (kind: string, group: string, from: string) => ({
  'cluster.x-k8s.io/cloned-from-groupkind': `${kind}.${group}`,
  [clonedFrom]: from,
});

/** The infrastructure object of an order, still owned by who ordered. */
export function infraFor(order: MachineOrder): BaremetalMachine {
  const template = order.infraTemplate;
  return {
    apiVersion: kinds.BaremetalMachine.apiVersion,
    kind: 'BaremetalMachine',
    metadata: {
      name: order.name,
      labels: { ...allLabels(order), ...template.spec?.template?.metadata?.labels },
      annotations: {
        ...template.spec?.template?.metadata?.annotations,
        ...cloned('BaremetalMachineTemplate', 'infrastructure.cluster.x-k8s.io', template.metadata.name),
      },
      ownerReferences: [ownerReference(order.owner, false)],
    },
    spec: copy(template.spec?.template?.spec ?? {}),
  };
}

/** The bootstrap object of an order, still owned by who ordered. */
export function configFor(order: MachineOrder): KubeadmConfig {
  const from = order.bootstrapTemplate;
  const annotations = from && cloned('KubeadmConfigTemplate', 'bootstrap.cluster.x-k8s.io', from);
  const spec: KubeadmConfigSpec = { format: 'cloud-config', ...copy(order.bootstrap) };
  fillStructs(spec);
  return {
    apiVersion: kinds.KubeadmConfig.apiVersion,
    kind: 'KubeadmConfig',
    metadata: {
      name: order.name,
      labels: allLabels(order),
      ...(annotations ? { annotations } : {}),
      ownerReferences: [ownerReference(order.owner, false)],
    },
    spec,
  };
}

/** The Machine of an order. */
export function machineFor(order: MachineOrder, infra: BaremetalMachine, config: KubeadmConfig): Machine {
  return {
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: {
      name: order.name,
      labels: allLabels(order),
      ...(order.annotations ? { annotations: order.annotations } : {}),
      // A control plane leaves it to the Machine controller.
      ...(order.bootstrapTemplate ? { finalizers: [machineFinalizer] } : {}),
      ownerReferences: [ownerReference(order.owner)],
    },
    spec: {
      ...order.spec,
      clusterName: order.cluster,
      bootstrap: { configRef: referenceTo(config) },
      infrastructureRef: referenceTo(infra),
      nodeDeletionTimeout: order.spec.nodeDeletionTimeout ?? '10s',
    },
  };
}

function referenceTo(object: KubeObject) {
  const { name, namespace, uid } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid };
}
