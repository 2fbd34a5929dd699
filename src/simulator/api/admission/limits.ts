/**
 * What a LimitRange gives to Pods that say nothing, and what it refuses: k8s.io/kubernetes/plugin/pkg/admission/limitranger.
 */

import { isMirror } from '../../controllers/mirror.ts';
import type { Plugin } from '../core.ts';
import type { KubeObject } from '../types.ts';
import { canonical, readQuantity } from '../validation/quantities.ts';
import { type Fields, fieldsOf, records } from '../validation/tools.ts';
import { all, isNewPod, refuse } from './find.ts';
import { requestsOf } from './usage.ts';

const RANGES: [string] = ['limitranges'];
const ANNOTATION = 'kubernetes.io/limit-ranger';

export const limits: Plugin = {
  admit: (review, core) => {
    const { object } = review;
    if (!isNewPod(review) || isMirror(object)) return undefined;
    const ranges = all(core, RANGES, object.metadata.namespace);
    return ranges.length === 0 ? undefined : ranges.reduce(withDefaults, object);
  },
  check: (review, core) => {
    const { object, resource } = review;
    const pod = isNewPod(review) && object !== undefined && !isMirror(object);
    const claim =
      resource.plural === 'persistentvolumeclaims' && resource.group === '' && review.operation !== 'DELETE';
    if (object === undefined || (!pod && !claim)) return;
    for (const range of all(core, RANGES, object.metadata.namespace)) {
      const broken = records(range.spec?.['limits']).flatMap((limit) =>
        pod ? ofPod(limit, object) : ofClaim(limit, object),
      );
      const [first, second] = broken;
      if (first === undefined) continue;
      throw refuse(review, second === undefined ? first : `[${broken.join(', ')}]`, true);
    }
  },
};

/** The Pod with what its containers are given; which that was, is noted. */
function withDefaults(object: KubeObject, range: KubeObject): KubeObject {
  const limit = records(range.spec?.['limits']).find(({ type }) => type === 'Container');
  const { spec = {} } = object;
  if (limit === undefined) return object;
  const given = { limits: fieldsOf(limit['default']), requests: fieldsOf(limit['defaultRequest']) };
  const notes: string[] = [];
  const whole = (kind: string) => (one: Fields) => {
    const resources = fieldsOf(one['resources']);
    const next: Fields = { ...resources };
    for (const part of ['requests', 'limits'] as const) {
      const own = fieldsOf(resources[part]);
      const names = Object.keys(given[part]).filter((name) => own[name] === undefined);
      if (names.length === 0) continue;
      next[part] = { ...own, ...Object.fromEntries(names.map((name) => [name, given[part][name]])) };
      notes.push(`${names.sort().join(', ')} ${part.slice(0, -1)} for ${kind} ${String(one['name'])}`);
    }
    return { ...one, resources: next };
  };
  const containers = records(spec['containers']).map(whole('container'));
  const first = records(spec['initContainers']).map(whole('init container'));
  if (notes.length === 0) return object;
  const annotations = {
    ...object.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...spec, containers, ...(first.length > 0 ? { initContainers: first } : {}) },
  };
}

function ofPod(limit: Fields, { spec = {} }: KubeObject): string[] {
  const all = [...records(spec['containers']), ...records(spec['initContainers'])];
  if (limit['type'] === 'Container') {
    return all.flatMap(({ resources }) => {
      const { requests, limits: most } = fieldsOf(resources);
      return bounds('Container', limit, fieldsOf(requests), fieldsOf(most));
    });
  }
  if (limit['type'] !== 'Pod') return [];
  return bounds('Pod', limit, requestsOf(spec, 'requests'), requestsOf(spec, 'limits'));
}

function ofClaim(limit: Fields, { spec }: KubeObject): string[] {
  if (limit['type'] !== 'PersistentVolumeClaim') return [];
  const asked = fieldsOf(fieldsOf(fieldsOf(spec)['resources'])['requests']);
  return bounds('PersistentVolumeClaim', limit, asked, {});
}

const sorted = (map: unknown): [string, unknown][] =>
  Object.entries(fieldsOf(map)).sort(([a], [b]) => (a < b ? -1 : 1));
const read = (value: unknown): bigint => readQuantity(value) ?? 0n;

/** What is below the least, above the most, or too far apart. */
function bounds(type: string, limit: Fields, requests: Fields, limits: Fields): string[] {
  const claim = type === 'PersistentVolumeClaim';
  const least = sorted(limit['min']).flatMap(([name, value]) => {
    const asked = requests[name];
    const words = `minimum ${name} usage per ${type} is ${canonical(value)}`;
    if (asked === undefined) return claim ? [] : [`${words}.  No request is specified`];
    return read(asked) < read(value) ? [`${words}, but request is ${canonical(asked)}`] : [];
  });
  const most = sorted(limit['max']).flatMap(([name, value]) => {
    const [asked, held] = [requests[name], limits[name]];
    const words = `maximum ${name} usage per ${type} is ${canonical(value)}`;
    if (claim)
      return asked !== undefined && read(asked) > read(value) ? [`${words}, but request is ${canonical(asked)}`] : [];
    if (held === undefined) return [`${words}.  No limit is specified`];
    if (read(held) > read(value)) return [`${words}, but limit is ${canonical(held)}`];
    return asked !== undefined && read(asked) > read(value) ? [`${words}, but request is ${canonical(asked)}`] : [];
  });
  const ratios = sorted(limit['maxLimitRequestRatio']).flatMap(([name, value]) => {
    const [asked, held] = [requests[name], limits[name]];
    const words = `${name} max limit to request ratio per ${type} is ${canonical(value)}, but`;
    if (asked === undefined || held === undefined)
      return [`${words} no ${asked === undefined ? 'request' : 'limit'} is specified or request is 0`];
    const ratio = Number(read(held)) / Number(read(asked));
    return ratio > Number(read(value)) / 1e9 ? [`${words} provided ratio is ${ratio.toFixed(6)}`] : [];
  });
  return [...least, ...most, ...ratios];
}
