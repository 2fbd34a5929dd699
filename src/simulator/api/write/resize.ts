/** Containers that are to take more or less while they run: k8s.io/kubernetes/pkg/registry/core/pod and pkg/kubelet/allocation. */

import { amount } from '../../controllers/kubernetes/quantity.ts';
import type { Core } from '../core.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { timestamp } from './metadata.ts';

type Fields = Record<string, unknown>;

const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

/** The Pod with the resources that were sent: nothing else is written that way. */
export function resizedOnly(old: KubeObject, { spec }: KubeObject): KubeObject {
  const turned = (key: string): Fields => {
    const before = records(old.spec?.[key]);
    if (before.length === 0) return {};
    return {
      [key]: before.map((container) => {
        const sent = records(spec?.[key]).find(({ name }) => name === container['name']);
        return sent ? { ...container, resources: sent['resources'] ?? {} } : container;
      }),
    };
  };
  return { ...old, spec: { ...old.spec, ...turned('containers'), ...turned('initContainers') } };
}

/** The status once its kubelet has seen it: containers take what they are to, unless the Node never had as much. */
export function resizedStatus(core: Core, { status }: KubeObject, { spec }: KubeObject): Fields | undefined {
  if (status === undefined || typeof spec?.['nodeName'] !== 'string') return status;
  const containers = records(spec['containers']);
  const lacking = lacks(core, spec['nodeName'], containers);
  const type = 'PodResizePending';
  const others = records(status['conditions']).filter((one) => one['type'] !== type);
  if (lacking !== undefined) {
    const told = { type, status: 'True', reason: 'Infeasible', message: lacking };
    const at = { lastProbeTime: null, lastTransitionTime: timestamp(core.now()) };
    return { ...status, conditions: [...others, { ...told, ...at }] };
  }
  const containerStatuses = records(status['containerStatuses']).map((one) => {
    const resources = fieldsOf(containers.find(({ name }) => name === one['name'])?.['resources']);
    const { requests } = resources;
    return { ...one, ...(isRecord(requests) ? { allocatedResources: requests } : {}), resources };
  });
  return { ...status, conditions: others, containerStatuses };
}

/** What a Node has too little of for these containers, in the words of its kubelet. */
function lacks({ resources, store }: Core, node: string, containers: readonly Fields[]): string | undefined {
  const nodes = resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  const found = nodes && store.get(nodes, node)?.object.status?.['allocatable'];
  const allocatable = fieldsOf(found);
  for (const [name, unit] of [
    ['cpu', 1000],
    ['memory', 1],
  ] as const) {
    const wanted = containers.reduce((sum, { resources: of }) => {
      const { requests } = fieldsOf(of);
      return sum + amount(String(fieldsOf(requests)[name] ?? '0')) * unit;
    }, 0);
    const capacity = amount(String(allocatable[name] ?? '0')) * unit;
    if (found !== undefined && wanted > capacity) {
      return `Node didn't have enough capacity: ${name}, requested: ${Math.round(wanted)}, capacity: ${Math.round(capacity)}`;
    }
  }
  return undefined;
}
