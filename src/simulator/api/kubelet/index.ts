/**
 * What a kubelet answers who is asked through the API server: what may be read, made from what is known of its Node. Paths
 * and words: k8s.io/kubernetes/pkg/kubelet/server.
 */

import { mirrorAnnotation } from '../../controllers/mirror.ts';
import type { Core } from '../core.ts';
import { METRICS_TYPE } from '../discovery/exposition.ts';
import { buildOf } from '../discovery/version.ts';
import { ApiError } from '../errors.ts';
import { podLog } from '../pod-logs.ts';
import { type ApiAnswer, isRecord, type KubeObject } from '../types.ts';
import { configuration } from './config.ts';
import { logFiles } from './log-files.ts';
import { cadvisorMetrics, kubeletMetrics, probeMetrics, resourceMetrics } from './metrics.ts';
import { podsOn, sightOf } from './node.ts';
import { identityOf, summary } from './summary.ts';

/** Answers a GET of `path`, which begins with a slash. Throws ApiError. */
export function kubeletAnswer(core: Core, node: KubeObject, path: string, query: URLSearchParams): ApiAnswer {
  const [, first = '', ...rest] = path.split('/').map(decodeURIComponent);
  const { name } = node.metadata;
  switch (first) {
    case 'healthz':
      return healthz(rest, query);
    case 'pods':
      return json({ ...list, items: podsOn(core, name).map(asHeld) });
    case 'runningpods':
      return json({
        ...list,
        items: sightOf(core, node)
          .pods.filter(({ containers }) => containers.length > 0)
          .map(asRun),
      });
    case 'configz':
      return json(configuration(core, node));
    case 'stats':
      if (rest[0] === 'summary') return text(JSON.stringify(summary(sightOf(core, node)), null, 1), 'application/json');
      break;
    case 'metrics':
      return metrics(core, node, rest.join('/'));
    case 'containerLogs':
      return containerLog(core, name, rest, query);
    case 'logs':
      return logFiles(core, podsOn(core, name), rest);
    case 'exec':
    case 'attach':
    case 'portForward':
      // Nobody asks for another protocol.
      throw new ApiError(400, 'BadRequest', 'Upgrade request required', { plain: true });
  }
  throw new ApiError(404, 'NotFound', '404 page not found', { plain: true });
}

const list = { kind: 'PodList', apiVersion: 'v1', metadata: {} };

function metrics(core: Core, node: KubeObject, which: string): ApiAnswer {
  const sight = sightOf(core, node);
  const info = node.status?.['nodeInfo'];
  const version = String((isRecord(info) && info['kubeletVersion']) || 'v1.32.0');
  const tellers: Readonly<Record<string, () => string>> = {
    '': () => kubeletMetrics(sight, buildOf(version)),
    cadvisor: () => cadvisorMetrics(sight),
    probes: () => probeMetrics(sight),
    resource: () => resourceMetrics(sight),
    slis: () => '',
  };
  const tell = tellers[which];
  if (!tell) throw new ApiError(404, 'NotFound', '404 page not found', { plain: true });
  return text(tell(), METRICS_TYPE);
}

function healthz(rest: readonly string[], query: URLSearchParams): ApiAnswer {
  const checks = ['ping', 'log', 'syncloop'];
  const [check] = rest;
  if (check && !checks.includes(check)) throw new ApiError(404, 'NotFound', '404 page not found', { plain: true });
  if (check || !query.has('verbose')) return text('ok');
  return text(`${checks.map((one) => `[+]${one} ok`).join('\n')}\nhealthz check passed\n`);
}

/** A Pod as its kubelet has it: of what comes from a file it knows the file, and nothing of the mirror. */
function asHeld(pod: KubeObject): object {
  const { apiVersion: _version, kind: _kind, ...rest } = pod;
  const { managedFields: _fields, ...metadata } = pod.metadata;
  const { [mirrorAnnotation]: mirror, ...annotations } = metadata.annotations ?? {};
  const seen = { 'kubernetes.io/config.seen': metadata.creationTimestamp, 'kubernetes.io/config.source': 'api' };
  if (mirror === undefined) return { ...rest, metadata: { ...metadata, annotations: { ...annotations, ...seen } } };
  const { name, namespace, labels, creationTimestamp } = metadata;
  return { ...rest, metadata: { name, namespace, uid: identityOf(pod), creationTimestamp, labels, annotations } };
}

/** What its runtime knows of a Pod. */
const asRun = ({ pod, containers }: ReturnType<typeof sightOf>['pods'][number]): object => ({
  metadata: {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace,
    uid: identityOf(pod),
    creationTimestamp: null,
  },
  spec: { containers: containers.map(({ name, image }) => ({ name, image, resources: {} })) },
  status: {},
});

function containerLog(core: Core, node: string, rest: readonly string[], query: URLSearchParams): ApiAnswer {
  const [namespace = '', name = '', container = ''] = rest;
  const refuse = (words: string) => new ApiError(404, 'NotFound', words, { plain: true });
  const pod = podsOn(core, node).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!pod || !core.logs) throw refuse(`pod "${name}" does not exist`);
  const containers = pod.spec?.['containers'];
  if (!(Array.isArray(containers) && containers.some((one) => isRecord(one) && one['name'] === container))) {
    throw refuse(`container "${container}" not found in pod "${name}"`);
  }
  return podLog(core, core.logs, pod, container, query);
}

const text = (body: string, type = 'text/plain; charset=utf-8'): ApiAnswer => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});
const json = (body: object): ApiAnswer => text(JSON.stringify(body), 'application/json');
