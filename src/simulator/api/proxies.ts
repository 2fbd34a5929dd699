/**
 * What is asked through the API server: of kubelets, Pods and Services. Kubelets tell what may be read, and refuse the rest, as
 * they do with exec; behind the others no process listens. Words: k8s.io/apimachinery, pkg/util/proxy, and pkg/registry/core,
 * where a Service's port is found by its name in the Endpoints (core/service/storage, ResourceLocation).
 */

import type { Core } from './core.ts';
import { ApiError, noSuchPath, notFound } from './errors.ts';
import { kubeletAnswer } from './kubelet/index.ts';
import { addressOf, isUp, NOT_RUN, port } from './pod-actions.ts';
import { keyOf } from './store.ts';
import type { PathParts } from './target.ts';
import { type ApiAnswer, type ApiRequest, isRecord } from './types.ts';

/** Answers a question with this verb at a path that leads on to what its `parts` name. Throws ApiError. */
export function proxied(
  core: Core,
  { path, query }: Pick<ApiRequest, 'path' | 'query'>,
  parts: PathParts,
  verb: string,
): ApiAnswer {
  const { group, plural, namespace = '', name = '' } = parts;
  // `https:web:443`: how, whom, where.
  const [, , whom = name, wanted] = /^(?:(https?):)?([^:]+)(?::([^:]*))?$/.exec(name) ?? [];
  const resource = core.resources.find((one) => one.group === '' && one.plural === plural);
  if (group !== '' || !resource || !['nodes', 'pods', 'services'].includes(plural)) throw noSuchPath(path);
  const stored = core.store.get(resource, plural === 'nodes' ? whom : keyOf(namespace, whom));
  if (!stored) throw notFound(resource, whom);
  const unreached = (address: string, why: string) =>
    new ApiError(503, 'ServiceUnavailable', `error trying to reach service: dial tcp ${address}: ${why}`);
  if (plural === 'nodes') {
    if (isUp(core, whom)) {
      if (verb !== 'get') throw new ApiError(501, 'NotImplemented', NOT_RUN, { plain: true });
      const [, rest = ''] = /^\/api\/v1\/nodes\/[^/]+\/proxy(.*)$/.exec(path) ?? [];
      return kubeletAnswer(core, stored.object, rest, query);
    }
    throw unreached(`${addressOf(core, whom) ?? whom}:${port}`, 'connect: no route to host');
  }
  const { spec, status } = stored.object;
  const listens = (list: unknown, key: string) => Number(listOf(list)[0]?.[key]);
  if (plural === 'pods') {
    const [first] = listOf(spec?.['containers']);
    const at = Number(wanted) || listens(first?.['ports'], 'containerPort') || 80;
    throw unreached(`${String(status?.['podIP'] ?? '')}:${at}`, 'i/o timeout');
  }
  const unserved = (what: string) => new ApiError(503, 'ServiceUnavailable', what);
  // A number is one of the Service's own: what it stands for is called by the name of that port. None is the port without one.
  const byNumber = /^\d+$/.test(wanted ?? '');
  const given = listOf(spec?.['ports']).find((one) => byNumber && one['port'] === Number(wanted));
  if (byNumber && !given) throw unserved(`no service port ${wanted} found for service ${JSON.stringify(whom)}`);
  const called = (given ? given['name'] : wanted) ?? '';
  const endpoints = core.resources.find((one) => one.group === '' && one.plural === 'endpoints');
  const subsets = listOf(endpoints && core.store.get(endpoints, keyOf(namespace, whom))?.object['subsets']);
  const none = (whose: string) => unserved(`no endpoints available for service ${JSON.stringify(whose)}`);
  if (subsets.length === 0) throw none(whom);
  for (const { addresses, ports } of subsets) {
    const [address] = listOf(addresses);
    const found = listOf(ports).find((one) => (one['name'] ?? '') === called);
    if (address && found) throw unreached(`${String(address['ip'])}:${String(found['port'])}`, 'i/o timeout');
  }
  throw none(name);
}

const listOf = (list: unknown): Record<string, unknown>[] => (Array.isArray(list) ? list : []).filter(isRecord);
