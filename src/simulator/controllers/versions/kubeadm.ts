/** kubeadm's configuration: arguments are a map in v1beta1 and a list in v1beta2; empty parts are left out there. */

import { at, every, isJson, type Json, listAt, some, without } from './json-fields.ts';
import { fromSeconds, toSeconds } from './times.ts';

const components = ['apiServer', 'controllerManager', 'scheduler'] as const;
const configurations = ['initConfiguration', 'joinConfiguration'] as const;

function argumentMap(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return Object.fromEntries(list.filter(isJson).map(({ name, value }) => [String(name), value ?? '']));
}

function argumentList(map: unknown): unknown {
  if (!isJson(map)) return map;
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
}

/** A copy in which `change` was done to the object under a path, where there is one. */
function changed(object: Json, path: readonly string[], change: (inner: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(object);
  const inner = object[key];
  return isJson(inner) ? { ...object, [key]: changed(inner, rest, change) } : object;
}

function withArguments(spec: Json, convert: (args: unknown) => unknown): Json {
  const places: [string[], string][] = [
    ...components.map((name): [string[], string] => [['clusterConfiguration', name], 'extraArgs']),
    [['clusterConfiguration', 'etcd', 'local'], 'extraArgs'],
    ...configurations.map((name): [string[], string] => [[name, 'nodeRegistration'], 'kubeletExtraArgs']),
  ];
  return places.reduce(
    (all, [path, key]) =>
      changed(all, path, (inner) => (inner[key] === undefined ? inner : { ...inner, [key]: convert(inner[key]) })),
    spec,
  );
}

const renamed = (object: Json, from: string, to: string, convert: (value: unknown) => unknown): Json =>
  object[from] === undefined ? object : every({ ...without(object, from), [to]: convert(object[from]) });

function withTokens(spec: Json, from: string, to: string, convert: (value: unknown) => unknown): Json {
  return changed(spec, ['initConfiguration'], (init) => {
    const tokens = listAt(init, 'bootstrapTokens');
    return tokens ? { ...init, bootstrapTokens: tokens.map((token) => renamed(token, from, to, convert)) } : init;
  });
}

/** A KubeadmConfigSpec of v1beta2 in the shape of v1beta1. */
export function decodeKubeadm(spec: unknown): unknown {
  if (!isJson(spec)) return spec;
  const health = at(spec, 'initConfiguration', 'timeouts')['controlPlaneComponentHealthCheckSeconds'];
  const discovery = at(spec, 'joinConfiguration', 'timeouts')['tlsBootstrapSeconds'];
  let decoded = withTokens(withArguments(spec, argumentMap), 'ttlSeconds', 'ttl', fromSeconds);
  for (const key of configurations) decoded = changed(decoded, [key], (inner) => without(inner, 'timeouts'));
  if (health !== undefined) {
    const cluster = at(decoded, 'clusterConfiguration');
    const apiServer = { ...at(cluster, 'apiServer'), timeoutForControlPlane: fromSeconds(health) };
    decoded = { ...decoded, clusterConfiguration: { ...cluster, apiServer } };
  }
  if (discovery !== undefined) {
    const join = at(decoded, 'joinConfiguration');
    const found = { ...at(join, 'discovery'), timeout: fromSeconds(discovery) };
    decoded = { ...decoded, joinConfiguration: { ...join, discovery: found } };
  }
  return decoded;
}

/** The way back. `cloud-config` is what v1beta2 means when it says no format. */
export function encodeKubeadm(spec: unknown): Json | undefined {
  if (!isJson(spec)) return undefined;
  const apiServer = at(spec, 'clusterConfiguration', 'apiServer');
  const health = toSeconds(apiServer['timeoutForControlPlane']);
  const discovery = toSeconds(at(spec, 'joinConfiguration', 'discovery')['timeout']);
  let encoded = withTokens(withArguments(spec, argumentList), 'ttl', 'ttlSeconds', toSeconds);
  encoded = changed(encoded, ['clusterConfiguration'], (cluster) =>
    without(cluster, 'apiVersion', 'kind', 'networking', 'kubernetesVersion', 'clusterName', 'useHyperKubeImage'),
  );
  encoded = changed(encoded, ['clusterConfiguration', 'apiServer'], (own) => without(own, 'timeoutForControlPlane'));
  encoded = changed(encoded, ['joinConfiguration', 'discovery'], (own) => without(own, 'timeout'));
  for (const key of configurations) {
    encoded = changed(encoded, [key], (inner) => {
      const tls = key === 'joinConfiguration' ? discovery : undefined;
      const timeouts = some({ controlPlaneComponentHealthCheckSeconds: health, tlsBootstrapSeconds: tls });
      return every({ ...without(inner, 'apiVersion', 'kind'), timeouts });
    });
  }
  encoded = without(encoded, 'useExperimentalRetryJoin');
  if (encoded['format'] === 'cloud-config') encoded = without(encoded, 'format');
  return some(solid(encoded, []));
}

/** Without empty objects, lists and texts, except where being there at all says something. */
function solid(object: Json, path: readonly string[]): Json {
  const entries = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const here = [...path, key];
    const meant = /(^joinConfiguration\.controlPlane|nodeRegistration\.taints)$/.test(here.join('.'));
    if (value === undefined || value === null || value === '') return [];
    if (isJson(value)) {
      const inner = solid(value, here);
      return Object.keys(inner).length > 0 || meant ? [[key, inner]] : [];
    }
    if (!Array.isArray(value)) return [[key, value]];
    const items = value.map((item: unknown) => (isJson(item) && key !== 'extraArgs' ? solidItem(item, here) : item));
    return items.length > 0 || meant ? [[key, items]] : [];
  });
  return Object.fromEntries(entries);
}

/** An entry of a list; an argument or a variable may be empty. */
function solidItem(item: Json, path: readonly string[]): Json {
  return 'value' in item && 'name' in item ? item : solid(item, path);
}
