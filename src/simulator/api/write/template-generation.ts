/**
 * Which template of a DaemonSet this is: the server counts them, each change of one is the next, and whatever somebody writes
 * there is not read but of a new one. Source: k8s.io/kubernetes, pkg/registry/apps/daemonset/strategy.go and pkg/apis/apps/v1/conversion.go.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../resources.ts';
import type { KubeObject, Meta } from '../types.ts';

const GENERATION = 'deprecated.daemonset.template.generation';

const countOf = ({ metadata }: KubeObject): number => {
  const written = metadata.annotations?.[GENERATION] ?? '';
  return /^\d+$/.test(written) ? Number(written) : 0;
};

/** The metadata of an object as it is to be stored, with the count of its templates; `before` is missing for a new one. */
export function withTemplateGeneration({ custom, kind }: Resource, object: KubeObject, before?: KubeObject): Meta {
  const { metadata, spec } = object;
  if (custom || kind !== 'DaemonSet') return metadata;
  const last = Math.max(1, countOf(before ?? object));
  const isSame = before === undefined || isDeepStrictEqual(before.spec?.['template'], spec?.['template']);
  return { ...metadata, annotations: { ...metadata.annotations, [GENERATION]: String(isSame ? last : last + 1) } };
}
