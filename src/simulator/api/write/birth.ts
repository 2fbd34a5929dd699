/** What is there of an object before anybody has written it, and what the server adds to it: nobody owns either. */

import type { Resource } from '../resources.ts';
import { type FieldSet, isRecord, type KubeObject } from '../types.ts';
import { isEmptySet, minus, paths, printPath, single, valueAt } from './fields.ts';

/** Parts that Go's types of Kubernetes' own kinds have even where they are empty: structs that are no pointers, and lists. */
const INBORN = new Set([
  ...['spec', 'status', 'template', 'metadata', 'jobTemplate', 'strategy', 'updateStrategy', 'containers'],
  ...['roleRef', 'scaleTargetRef', 'loadBalancer', 'resources'],
]);

/**
 * Fields that somebody owns who wrote all of `set`, of an object of a kind of Kubernetes itself: parts that are always there
 * he has not made, nor what is in them as it always was. Custom resources have no such parts.
 */
export function withoutInborn(resource: Resource, set: FieldSet, object: KubeObject): FieldSet {
  return resource.custom ? set : ofInborn(set, object, false);
}

function ofInborn(set: FieldSet, value: unknown, reported: boolean): FieldSet {
  const rest: FieldSet = {};
  for (const [step, inner] of Object.entries(set)) {
    const name = step.slice(2);
    const part = isRecord(value) ? value[name] : undefined;
    if (step === '.') continue;
    if (isEmptySet(inner) && isNothing(part, reported || INBORN.has(name))) continue;
    if (!INBORN.has(name)) rest[step] = inner;
    else {
      const left = ofInborn(inner, part, name === 'status');
      if (!isEmptySet(left) || isEmptySet(inner)) rest[step] = left;
    }
  }
  return rest;
}

/** Whether a value is the one that Go has where nobody has written one. Zero is one of a status, and a wish elsewhere. */
const isNothing = (value: unknown, always: boolean): boolean =>
  always && (value === 0 || value === null || (isRecord(value) && Object.keys(value).length === 0));

/** Fields that the server sets after it has noted who wrote what: k8s.io/kubernetes/pkg/registry, strategies and allocators. */
const SERVER: Readonly<Record<string, RegExp>> = {
  Service: /^\.spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort)$|\.nodePort$/,
  Job: /^\.spec\.(selector|template\.metadata\.labels)|^\.metadata\.labels/,
  Namespace: /^\.spec/,
  Pod: /^\.status/,
  PersistentVolumeClaim: /^\.metadata\.finalizers/,
  PersistentVolume: /^\.metadata\.finalizers/,
  CertificateSigningRequest: /^\.spec\.(username|uid|groups|extra)/,
};

/** A set without what the server has set of a new object, where nobody has sent it. */
export function withoutServers({ kind, custom }: Resource, set: FieldSet, sent: KubeObject): FieldSet {
  const server = SERVER[kind];
  if (custom || server === undefined) return set;
  return [...paths(set)].reduce(
    (left, path) =>
      server.test(printPath(path)) && valueAt(sent, path) === undefined ? minus(left, single(path)) : left,
    set,
  );
}
