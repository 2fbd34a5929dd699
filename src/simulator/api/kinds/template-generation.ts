/**
 * How often the template of a DaemonSet has changed. Older servers counted that in its specification; newer ones note it:
 * k8s.io/kubernetes/pkg/apis/apps/v1/conversion.go, and pkg/registry/apps/daemonset/strategy.go.
 */

import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../types.ts';
import { withoutTemplateTimes } from './template-times.ts';

const GENERATION = 'deprecated.daemonset.template.generation';

/** The DaemonSet with its count, which nobody else can write. `before` is missing for a new one. */
export function withTemplateGeneration(object: KubeObject, before: KubeObject | undefined): KubeObject {
  const known = Number(before?.metadata.annotations?.[GENERATION] ?? 1);
  const template = ({ spec }: KubeObject) => spec?.['template'];
  const changed = before !== undefined && !isDeepStrictEqual(template(before), template(withoutTemplateTimes(object)));
  const count = String(changed ? known + 1 : known);
  if (object.metadata.annotations?.[GENERATION] === count) return object;
  const annotations = { ...object.metadata.annotations, [GENERATION]: count };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
