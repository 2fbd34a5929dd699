/** What may be changed of what the containers of a Pod take while it runs: k8s.io/kubernetes/pkg/apis/core/validation, ValidatePodResize. */

import { isMirror } from '../../../controllers/mirror.ts';
import { type Cause, cause } from '../../errors.ts';
import { qosOf } from '../../kinds/workload-kinds.ts';
import type { KubeObject } from '../../types.ts';
import { goDiff } from '../go/diff.ts';
import { readQuantity } from '../quantities.ts';
import { type Fields, fieldsOf, type Rules, records, same } from '../tools.ts';
import { internalPod } from './jobs.ts';
import { podSpecCauses } from './pod-spec.ts';

/** What can be changed. */
const MUTABLE = new Set(['cpu', 'memory']);

const taken = (container: Fields | undefined, which: string): Fields =>
  fieldsOf(fieldsOf(container?.['resources'])[which]);

/** What is wrong with such a change. */
export function resizeCauses(old: KubeObject, { spec }: KubeObject, rules: Rules): Cause[] {
  if (isMirror(old)) {
    return [cause.forbidden('', 'static pods cannot be resized')];
  }
  const [before, after] = [fieldsOf(old.spec), fieldsOf(spec)];
  const qos = qosOf(after);
  const containers = records(after['containers']);
  const found = containers.flatMap((one, at) => {
    const was = records(before['containers']).find(({ name }) => name === one['name']);
    const field = (which: string) => `spec.containers[${at}].resources.${which}`;
    const restarts = records(one['resizePolicy']).some(
      ({ resourceName, restartPolicy }) => resourceName === 'memory' && restartPolicy === 'RestartContainer',
    );
    const limit = (container: Fields | undefined) => readQuantity(taken(container, 'limits')['memory']) ?? 0n;
    const removed = (['requests', 'limits'] as const).flatMap((which) =>
      Object.keys(taken(was, which)).some((name) => taken(one, which)[name] === undefined)
        ? [cause.forbidden(field(which), `resource ${which} cannot be removed`)]
        : [],
    );
    const shrinks = rules.minor < 34 && !restarts && limit(one) > 0n && limit(one) < limit(was);
    const words = 'memory limits cannot be decreased unless resizePolicy is RestartContainer';
    return [...removed, ...(shrinks ? [cause.forbidden(field('limits'), words)] : [])];
  });
  const munged = withKept(before, after);
  return [
    ...podSpecCauses('spec', spec, rules),
    ...(qosOf(before) === qos
      ? []
      : [cause.invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing')]),
    ...found,
    ...(same(munged, before)
      ? []
      : [
          cause.forbidden(
            'spec',
            `only cpu and memory resources are mutable\n${goDiff('core.PodSpec', internalPod(before), internalPod(munged))}`,
          ),
        ]),
  ];
}

/** The new specification with what may be changed as it was. */
function withKept(before: Fields, after: Fields): Fields {
  const containers = records(before['containers']).map((was) => {
    const now = records(after['containers']).find(({ name }) => name === was['name']);
    const resources = { ...fieldsOf(was['resources']) };
    for (const which of ['requests', 'limits']) {
      const kept = Object.entries(taken(was, which)).flatMap(([name, value]): [string, unknown][] => {
        const told = MUTABLE.has(name) ? value : taken(now, which)[name];
        return told === undefined ? [] : [[name, told]];
      });
      const more = Object.entries(taken(now, which)).filter(
        ([name]) => !MUTABLE.has(name) && taken(was, which)[name] === undefined,
      );
      if (kept.length + more.length > 0) resources[which] = Object.fromEntries([...kept, ...more]);
    }
    return { ...was, resources };
  });
  return { ...before, containers };
}
