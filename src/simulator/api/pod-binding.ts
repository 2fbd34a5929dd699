/**
 * Where a Pod is to run, as a scheduler says it: by `pods/NAME/binding`, or by posting a Binding. Rules and words:
 * k8s.io/kubernetes/pkg/registry/core/pod/storage.
 */

import { readObjectBody } from './bodies.ts';
import type { Core } from './core.ts';
import { badRequest, type Cause, cause, conflict, invalid, notFound } from './errors.ts';
import type { Resource } from './resources.ts';
import { keyOf } from './store.ts';
import type { PathParts } from './target.ts';
import { type ApiAnswer, isRecord, type KubeObject } from './types.ts';
import { timestamp } from './write/metadata.ts';

/** Whether a path takes bindings. */
export const isBinding = ({ group, plural, namespace, name, subresource }: PathParts): boolean =>
  group === '' &&
  namespace !== undefined &&
  ((plural === 'pods' && name !== undefined && subresource === 'binding') ||
    (plural === 'bindings' && name === undefined));

/** Binds a Pod to a Node. Throws 404 where there is no such Pod, 409 where it runs elsewhere, 422 for what is no Node. */
export function bindPod(
  core: Core,
  { namespace = '', name }: PathParts,
  query: URLSearchParams,
  request: { contentType: string; body: string },
): ApiAnswer {
  const binding = readBinding(request);
  const metadata = isRecord(binding['metadata']) ? binding['metadata'] : {};
  const target = isRecord(binding['target']) ? binding['target'] : {};
  const called = String(metadata['name'] ?? '');
  if (name !== undefined && called !== '' && called !== name) {
    throw badRequest(`the name of the object (${called}) does not match the name on the URL (${name})`);
  }
  const kind = target['kind'] ?? '';
  const causes: Cause[] = [
    ...(kind === '' || kind === 'Node' ? [] : [cause.notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(target['name'] ? [] : [cause.required('target.name')]),
  ];
  if (causes.length > 0) throw invalid('Binding', '', called, causes);
  const pods = core.resources.find(({ plural, group }) => plural === 'pods' && group === '')!;
  const pod = core.store.get(pods, keyOf(namespace, name ?? called))?.object;
  if (!pod) throw notFound({ ...pods, plural: 'pods/binding' }, name ?? called);
  if (!query.has('dryRun'))
    core.store.put(pods, keyOf(namespace, pod.metadata.name), bound(core, pods, pod, String(target['name'])));
  core.settle();
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return { status: 201, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(status)}\n` };
}

function readBinding(request: { contentType: string; body: string }): Record<string, unknown> {
  const value = readObjectBody('Binding', request);
  if (value !== null && (value['kind'] ?? 'Binding') === 'Binding') return value;
  throw badRequest('the object provided is unrecognized (must be of type Binding)');
}

function bound(core: Core, pods: Resource, pod: KubeObject, node: string): KubeObject {
  const { name, deletionTimestamp } = pod.metadata;
  const place = { ...pods, plural: 'pods/binding' };
  if (deletionTimestamp) throw conflict(place, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const present = pod.spec?.['nodeName'];
  if (present) throw conflict(place, name, `pod ${name} is already assigned to node "${String(present)}"`);
  const told = pod.status?.['conditions'];
  const others = (Array.isArray(told) ? told : []).filter(
    (one: unknown) => !isRecord(one) || one['type'] !== 'PodScheduled',
  );
  const scheduled = {
    ...{ type: 'PodScheduled', status: 'True', lastProbeTime: null },
    lastTransitionTime: timestamp(core.now()),
  };
  return {
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}
