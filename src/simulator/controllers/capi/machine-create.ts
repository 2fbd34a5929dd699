/** Making a Machine: its infrastructure and bootstrap objects first, cloned from their templates, then itself. */

import { copy } from '../json.ts';
import { type Kind, kinds } from '../kinds.ts';
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

/**
 * Creates the three objects, as the field managers that are known for it. Throws KubeError; what was made before a failure is
 * removed again. Source: Cluster API 1.10 and 1.13, createMachines and syncMachines of MachineSets and control planes.
 */
export async function createMachine(rt: Runtime, order: MachineOrder): Promise<Machine> {
  const manager = order.bootstrapTemplate ? managers.set : managers.plane;
  try {
    // A MachineSet clones the bootstrap object first, a control plane the infrastructure.
    const early = order.bootstrapTemplate ? await clone(rt, kinds.KubeadmConfig, configFor(order), manager) : undefined;
    const infra = await clone(rt, kinds.BaremetalMachine, infraFor(order), manager);
    const config = early ?? (await clone(rt, kinds.KubeadmConfig, configFor(order), manager));
    return await rt.client.apply(kinds.Machine, machineFor(order, infra, config), manager);
  } catch (error) {
    await rt.client.remove(kinds.BaremetalMachine, order.name).catch(() => false);
    await rt.client.remove(kinds.KubeadmConfig, order.name).catch(() => false);
    throw error;
  }
}

/** As whom Cluster API applies what it makes of groups, and with what it marks of it since 1.12. */
export const managers = {
  deployment: 'capi-machinedeployment',
  set: 'capi-machineset',
  plane: 'capi-kubeadmcontrolplane',
  marks: '-metadata',
} as const;

/** Makes what a Machine is made of; labels and annotations are looked after from then on, and since 1.12 the rest is applied too. */
async function clone<T extends KubeObject>(rt: Runtime, kind: Kind<T>, object: T, manager: string): Promise<T> {
  if (rt.clusterApi === 'v1beta1') return rt.client.handOver(kind, await rt.client.create(kind, object), manager);
  const made = await rt.client.apply(kind, object, manager);
  return rt.client.handOver(kind, made, `${manager}${managers.marks}`);
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
