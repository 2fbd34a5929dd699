/**
 * What can be asked of a Pod beside reading and writing it. Evictions are carried out, and logs are told where the Node is
 * up; into containers nobody gets: no process is there. That is refused as a kubelet does which lets the API server read
 * and not create. Words: k8s.io/kubernetes/pkg/registry/core/pod and pkg/kubelet/server.
 */

import { type LabelSelector, selects } from '../controllers/selector.ts';
import { readObjectBody } from './bodies.ts';
import type { Core } from './core.ts';
import { ApiError, badRequest, notFound } from './errors.ts';
import { podLog } from './pod-logs.ts';
import { keyOf } from './store.ts';
import type { PathParts } from './target.ts';
import { type ApiAnswer, isRecord, type KubeObject, type User } from './types.ts';
import { deleteObject } from './write/deletes.ts';
import { timestamp } from './write/metadata.ts';

/** Subresources of Pods that are actions, with the verbs and the kind that discovery tells of. */
export const POD_ACTIONS = [
  { name: 'attach', kind: 'PodAttachOptions', group: '', version: 'v1', verbs: ['create', 'get'] },
  { name: 'binding', kind: 'Binding', group: '', version: 'v1', verbs: ['create'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'exec', kind: 'PodExecOptions', group: '', version: 'v1', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', group: '', version: 'v1', verbs: ['get'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', group: '', version: 'v1', verbs: ['create', 'get'] },
] as const;

/** The kubelet's port. */
export const port = 10_250;

/** Whether a path asks for one of them. */
export const isPodAction = ({ group, plural, name, subresource }: PathParts): boolean =>
  group === '' &&
  plural === 'pods' &&
  name !== undefined &&
  subresource !== 'binding' &&
  POD_ACTIONS.some((one) => one.name === subresource);

/** Answers one. Throws ApiError, as for everything but an eviction in the end. */
export function podAction(
  core: Core,
  parts: PathParts,
  request: { query: URLSearchParams; contentType: string; body: string },
  user: User,
): ApiAnswer {
  const { query } = request;
  const { name = '', namespace = '', subresource } = parts;
  const pods = core.resources.find(({ plural, group }) => plural === 'pods' && group === '')!;
  const eviction = subresource === 'eviction' ? (readObjectBody('Eviction', request) ?? {}) : undefined;
  const stored = core.store.get(pods, keyOf(namespace, name));
  if (!stored) throw notFound(pods, name);
  if (eviction) return evict(core, { resource: pods, namespace, name }, stored.object, eviction, user);
  const { spec } = stored.object;
  const node = typeof spec?.['nodeName'] === 'string' ? spec['nodeName'] : '';
  if (!node && subresource === 'log') return { status: 204, headers: {}, body: '' };
  if (!node) throw badRequest(`pod ${name} does not have a host assigned`);
  const container = chosenContainer(stored.object, query.get('container') ?? '');
  const address = `${addressOf(core, node) ?? node}:${port}`;
  const log = subresource === 'log';
  if (isUp(core, node)) {
    if (!log) throw new ApiError(501, 'NotImplemented', NOT_RUN, { plain: true });
    if (core.logs) return podLog(core, core.logs, stored.object, container, query);
  }
  const nodes = core.resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  if (nodes && core.logs && !core.store.get(nodes, node)) throw notFound(nodes, node);
  const dial = `dial tcp ${address}: connect: ${core.logs ? 'no route to host' : 'connection refused'}`;
  if (!log) throw new ApiError(500, '', `error dialing backend: ${dial}`);
  const url = `https://${address}/containerLogs/${namespace}/${name}/${container}${logQuery(query)}`;
  throw new ApiError(500, '', `Get "${url}": ${dial}`);
}

/** What is said to whoever wants into a container: there are none. */
export const NOT_RUN = 'sim: containers are not run here: there is nothing to exec, attach, forward or copy';

/** Whether a kubelet answers: where the Node is not known, none does. */
export function isUp(core: Core, name: string): boolean {
  const nodes = core.resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  const conditions = nodes && core.store.get(nodes, name)?.object.status?.['conditions'];
  const ready = (Array.isArray(conditions) ? conditions : []).filter(isRecord).find(({ type }) => type === 'Ready');
  return core.logs !== undefined && ready !== undefined && ready['status'] !== 'Unknown';
}

function logQuery(query: URLSearchParams): string {
  const passed = new URLSearchParams();
  for (const key of ['follow', 'previous', 'sinceSeconds', 'tailLines', 'timestamps']) {
    const value = query.get(key);
    if (value !== null) passed.set(key, value);
  }
  const text = passed.toString();
  return text ? `?${text}` : '';
}

function chosenContainer({ metadata, spec }: KubeObject, asked: string): string {
  const list = (key: string) => (Array.isArray(spec?.[key]) ? (spec[key] as unknown[]).filter(isRecord) : []);
  const names = list('containers').map(({ name }) => String(name));
  const initial = list('initContainers').map(({ name }) => String(name));
  if (asked === '') {
    if (names.length <= 1) return names[0] ?? '';
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  if ([...names, ...initial].includes(asked)) return asked;
  throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
}

/** Where a Node is reached in its network; undefined where it does not say. */
export function addressOf(core: Core, node: string): string | undefined {
  const nodes = core.resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  const addresses = nodes && core.store.get(nodes, node)?.object.status?.['addresses'];
  const all = Array.isArray(addresses) ? addresses.filter(isRecord) : [];
  const found = all.find(({ type }) => type === 'InternalIP')?.['address'];
  return typeof found === 'string' ? found : undefined;
}

function evict(
  core: Core,
  target: Parameters<typeof deleteObject>[1],
  pod: KubeObject,
  { deleteOptions: given }: Record<string, unknown>,
  user: User,
): ApiAnswer {
  const options = isRecord(given) ? given : {};
  const dryRun = Array.isArray(options['dryRun']) && options['dryRun'].includes('All');
  const budget = exhausted(core, pod);
  if (budget) {
    const { metadata, status } = budget;
    const message = `The disruption budget ${metadata.name} needs ${status?.['desiredHealthy'] ?? 1} healthy pods and has ${status?.['currentHealthy'] ?? 1} currently`;
    throw new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      details: { causes: [{ reason: 'DisruptionBudget', message }] },
    });
  }
  const context = { user, manager: '', dryRun, fieldValidation: 'Ignore', warn: () => {} } as const;
  const asked = options['gracePeriodSeconds'];
  const grace = typeof asked === 'number' ? asked : undefined;
  if (!dryRun) mark(core, target.resource, pod);
  deleteObject(core, target, { propagation: 'Background', grace, dryRun }, context);
  if (!dryRun) spend(core, pod);
  core.settle();
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(status) };
}

/** The Pod says why it goes: k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go. */
function mark(core: Core, resource: Parameters<typeof deleteObject>[1]['resource'], pod: KubeObject): void {
  const { conditions } = pod.status ?? {};
  if (!Array.isArray(conditions)) return;
  const type = 'DisruptionTarget';
  const told = {
    ...{ type, status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' },
    ...{ lastProbeTime: null, lastTransitionTime: timestamp(core.now()) },
  };
  const others = conditions.filter((one) => !isRecord(one) || one['type'] !== type);
  const status = { ...pod.status, conditions: [...others, told] };
  core.store.put(resource, keyOf(pod.metadata.namespace, pod.metadata.name), { ...pod, status });
}

/** Every eviction is counted at once: the next may come before the controller has. */
function spend(core: Core, pod: KubeObject): void {
  const resource = core.resources.find(({ plural }) => plural === 'poddisruptionbudgets');
  if (!resource) return;
  for (const { object } of budgetsOf(core, pod)) {
    const left = Math.max(0, Number(object.status?.['disruptionsAllowed'] ?? 0) - 1);
    const { namespace, name } = object.metadata;
    core.store.put(resource, keyOf(namespace, name), {
      ...object,
      status: { ...object.status, disruptionsAllowed: left },
    });
  }
}

/** The disruption budget of a Pod that allows nothing any more. */
function exhausted(core: Core, pod: KubeObject): KubeObject | undefined {
  return budgetsOf(core, pod).find(({ object }) => object.status?.['disruptionsAllowed'] === 0)?.object;
}

/** The budgets that a Pod counts for. */
function budgetsOf(core: Core, { metadata }: KubeObject): { object: KubeObject }[] {
  const resource = core.resources.find(({ plural }) => plural === 'poddisruptionbudgets');
  if (!resource) return [];
  return [...core.store.scan(resource, { prefix: `${metadata.namespace}/` })].filter(({ object }) => {
    return selects(object.spec?.['selector'] as LabelSelector | undefined, metadata.labels);
  });
}
