/**
 * Templates of kinds of Kubernetes itself have the metadata of an object, whose time of creation Go has always told, also
 * where there was none: `creationTimestamp: null`. Since Kubernetes 1.34 it is left out
 * (k8s.io/apimachinery/pkg/apis/meta/v1/types.go, `omitzero`).
 */

import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';

type Fields = Record<string, unknown>;
type Change = (metadata: Fields) => Fields;

const LEFT_OUT = 34;

/** Where objects have templates: steps to what has metadata, `*` for each member of a list. */
const OF_PODS = ['spec.template'];
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Deployment: OF_PODS,
  DaemonSet: OF_PODS,
  ReplicaSet: OF_PODS,
  ReplicationController: OF_PODS,
  StatefulSet: [...OF_PODS, 'spec.volumeClaimTemplates.*'],
  Job: OF_PODS,
  CronJob: ['spec.jobTemplate', 'spec.jobTemplate.spec.template'],
  PodTemplate: ['template'],
  ControllerRevision: ['data.spec.template'],
};

/** Whether a server of this minor version tells of times that templates of a kind do not have. */
export const tellsTemplateTimes = ({ kind, custom }: Resource, minor: number): boolean =>
  !custom && minor < LEFT_OUT && Object.hasOwn(TEMPLATES, kind);

/** The object with the times that its templates do not have, in a copy. */
export const withTemplateTimes = (object: KubeObject): KubeObject =>
  changed(object, (metadata) => ({ creationTimestamp: null, ...metadata }));

/** The object as it is kept, without them: what has none is given back as it is. */
export const withoutTemplateTimes = (object: KubeObject): KubeObject =>
  changed(object, (metadata) => {
    if (metadata['creationTimestamp'] !== null) return metadata;
    const { creationTimestamp: _none, ...rest } = metadata;
    return rest;
  });

function changed(object: KubeObject, change: Change): KubeObject {
  let result: unknown = object;
  for (const path of TEMPLATES[object.kind] ?? []) result = at(result, path.split('.'), change);
  return result as KubeObject;
}

function at(value: unknown, [step, ...rest]: readonly string[], change: Change): unknown {
  if (step === '*') {
    if (!Array.isArray(value)) return value;
    const members = value.map((one) => at(one, rest, change));
    return members.every((one, i) => one === value[i]) ? value : members;
  }
  if (!isRecord(value)) return value;
  if (step === undefined) {
    const { metadata = {} } = value;
    const next = isRecord(metadata) ? change(metadata) : metadata;
    return next === value['metadata'] || (value['metadata'] === undefined && Object.keys(next as Fields).length === 0)
      ? value
      : { ...value, metadata: next };
  }
  const part = value[step];
  const next = at(part, rest, change);
  return next === part ? value : { ...value, [step]: next };
}
