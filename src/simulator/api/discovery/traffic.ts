/**
 * What a server was asked before anybody counted: by kubelets, controllers and proxies, each at its own pace, for as long as it has
 * run. Of several servers of a control plane one answers its share. Paces: the intervals of k8s.io/kubernetes.
 */

import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import type { Sample } from './exposition.ts';

/** A server, and what it has lived through. */
export interface Life {
  /** When it began, Unix time in ms, and for how many seconds it has run. */
  since: number;
  seconds: number;
  /** What tells it from others. */
  key: string;
  nodes: number;
  /** How many servers there are. */
  servers: number;
}

const podsOf = ({ resources, store }: Core): KubeObject[] => {
  const pods = resources.find(({ plural, group }) => plural === 'pods' && group === '');
  return pods ? [...store.scan(pods, { prefix: 'kube-system/' })].map(({ object }) => object) : [];
};

/** When the container of a Pod began, Unix time in ms. */
function begun({ status }: KubeObject): number {
  const [first] = (Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'] : []).filter(isRecord);
  const state = isRecord(first?.['state']) ? first['state'] : {};
  return isRecord(state['running']) ? Date.parse(String(state['running']['startedAt'])) : Number.NaN;
}

/** The life of the server that answers; `fallback`: since when it is known, where no Pod of it is. */
export function lifeOf(core: Core, fallback: number): Life {
  const servers = podsOf(core)
    .filter(({ metadata }) => metadata.labels?.['component'] === 'kube-apiserver')
    .map((pod) => ({ key: `${pod.metadata.uid}/kube-apiserver`, since: begun(pod) }))
    .filter(({ since }) => !Number.isNaN(since))
    .sort((a, b) => a.since - b.since);
  const { key, since } = servers[0] ?? { key: 'kube-apiserver', since: fallback };
  const nodes = core.resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  return {
    ...{ since, key, seconds: Math.max(0, (core.now() - since) / 1000) },
    ...{ nodes: nodes ? core.store.count(nodes) : 0, servers: Math.max(1, servers.length) },
  };
}

/** How many follow a kind: on each Node, and in the control plane. */
const FOLLOWERS: Readonly<Record<string, readonly [perNode: number, besides: number]>> = {
  pods: [1, 6],
  nodes: [2, 7],
  services: [2, 6],
  endpointslices: [1, 4],
  configmaps: [4, 4],
  secrets: [1, 4],
  runtimeclasses: [1, 2],
  csidrivers: [1, 3],
};
/** A watch is begun again after so many seconds, on the average. */
const WATCH = 450;

/** Requests by their labels, as a server counts them. */
export function pastRequests(resources: readonly Resource[], life: Life): Sample[] {
  const { seconds, nodes, servers } = life;
  const samples: Sample[] = [];
  const add = (count: number, labels: Partial<Record<string, string>>, code = '200') => {
    const value = Math.round(count / servers);
    if (value < 1) return;
    const none = { group: '', resource: '', scope: '', subresource: '', verb: '', version: '' };
    samples.push([{ ...none, code, component: 'apiserver', dry_run: '', ...labels }, value]);
  };
  const of = (plural: string) => resources.find((one) => one.plural === plural && one.view === undefined);
  const on = (plural: string, verb: string, perSecond: number, more: Record<string, string> = {}, code?: string) => {
    const found = of(plural);
    if (!found) return;
    const { group, version, namespaced } = found;
    const scope =
      verb === 'WATCH' || verb === 'LIST' ? 'cluster' : namespaced || verb !== 'POST' ? 'resource' : 'cluster';
    add(perSecond * seconds, { group, version, resource: plural, scope, verb, ...more }, code);
  };
  // Kubelets say that they live, and now and then how they are.
  on('leases', 'PUT', nodes / 10 + 1.1);
  on('leases', 'GET', nodes / 3600 + 1);
  on('nodes', 'GET', nodes / 10 + 0.05);
  on('nodes', 'PATCH', nodes / 300, { subresource: 'status' });
  on('pods', 'GET', nodes / 400);
  on('pods', 'PATCH', nodes / 4000, { subresource: 'status' });
  on('events', 'POST', nodes / 2500, {}, '201');
  on('serviceaccounts', 'POST', nodes / 700, { subresource: 'token' }, '201');
  on('configmaps', 'GET', 0.02);
  on('namespaces', 'GET', 0.03);
  for (const resource of resources) {
    if (resource.view !== undefined || resource.plural === 'componentstatuses') continue;
    const [perNode, besides] = FOLLOWERS[resource.plural] ?? [0, 2];
    on(resource.plural, 'WATCH', (perNode * nodes + besides) / WATCH);
    add(perNode * nodes + besides, {
      ...{
        group: resource.group,
        version: resource.version,
        resource: resource.plural,
        scope: 'cluster',
        verb: 'LIST',
      },
    });
  }
  // Probes of its own kubelet come to it alone.
  const probes = { '/livez': 0.1, '/readyz': 1 };
  for (const [subresource, pace] of Object.entries(probes)) add(pace * seconds * servers, { subresource, verb: 'GET' });
  for (const path of ['/api', '/apis', '/openapi/v3', '/version'] as const)
    add(seconds / 300, { subresource: path, verb: 'GET' });
  return samples;
}

/** Two counts as one, what has the same labels together. */
export function together(a: readonly Sample[], b: readonly Sample[]): Sample[] {
  const sums = new Map<string, Sample>();
  for (const [labels, value] of [...a, ...b]) {
    const key = JSON.stringify(Object.entries(labels).sort());
    sums.set(key, [labels, value + (sums.get(key)?.[1] ?? 0)]);
  }
  return [...sums.values()];
}

/** Upper bounds of the times that requests take, s. */
const BOUNDS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
/** How much of them is done within the first bounds: what is read, and what has to be written to disks. */
const SHARES = { read: [0.93, 0.988, 0.995, 0.9985, 0.9996], write: [0.22, 0.94, 0.982, 0.995, 0.9985] };

/** Times as a histogram, by the labels of requests: those that are not answered at once are left out. */
export function durations(requests: readonly Sample[]): Sample[] {
  const byLabels = together(
    [],
    requests.flatMap(([{ code: _code, ...labels }, value]): Sample[] =>
      labels['verb'] === 'WATCH' ? [] : [[labels, value]],
    ),
  );
  return byLabels.flatMap(([labels, count]): Sample[] => {
    const shares = /^(GET|LIST)$/.test(labels['verb'] ?? '') ? SHARES.read : SHARES.write;
    const within = BOUNDS.map(
      (bound, at): Sample => [{ ...labels, le: String(bound) }, Math.round(count * (shares[at] ?? 1))],
    );
    return [...within, [{ ...labels, le: '+Inf' }, count]];
  });
}

/** What requests took together, s, by the same labels: in the middle between the bounds. */
export function sumOf(buckets: readonly Sample[]): Sample[] {
  const sums = new Map<string, { labels: Sample[0]; sum: number; below: number; bound: number }>();
  for (const [{ le = '', ...labels }, count] of buckets) {
    const key = JSON.stringify(labels);
    const known = sums.get(key) ?? { labels, sum: 0, below: 0, bound: 0 };
    const bound = le === '+Inf' ? known.bound : Number(le);
    known.sum += (count - known.below) * ((known.bound + bound) / 2);
    sums.set(key, { ...known, below: count, bound });
  }
  return [...sums.values()].map(({ labels, sum }) => [labels, Number(sum.toFixed(6))]);
}
