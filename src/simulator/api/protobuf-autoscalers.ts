/** Autoscalers in protobuf, in both versions. Field numbers are those of k8s.io/api/autoscaling/v1 and v2, generated.proto. */

import { inner, labelSelector, list, type Message, one, quantityText, whole } from './protobuf-message.ts';

const scaledObject = inner({ 1: one('kind'), 2: one('name'), 3: one('apiVersion') });
const scales: Message = {
  1: one('scaleTargetRef', scaledObject),
  2: one('minReplicas', whole),
  3: one('maxReplicas', whole),
};
/** As the first version has it. */
export const firstAutoscalerSpec = inner({ ...scales, 4: one('targetCPUUtilizationPercentage', whole) });
const target = one(
  'target',
  inner({
    1: one('type'),
    2: one('value', quantityText),
    3: one('averageValue', quantityText),
    4: one('averageUtilization', whole),
  }),
);
const measured = one('metric', inner({ 1: one('name'), 2: one('selector', labelSelector) }));
const scalingRules = inner({
  1: one('selectPolicy'),
  2: list('policies', inner({ 1: one('type'), 2: one('value', whole), 3: one('periodSeconds', whole) })),
  3: one('stabilizationWindowSeconds', whole),
  4: one('tolerance', quantityText),
});
/** As the second version has it. */
export const autoscalerSpec = inner({
  ...scales,
  4: list(
    'metrics',
    inner({
      1: one('type'),
      2: one('object', inner({ 1: one('describedObject', scaledObject), 2: target, 3: measured })),
      3: one('pods', inner({ 1: measured, 2: target })),
      4: one('resource', inner({ 1: one('name'), 2: target })),
      5: one('external', inner({ 1: measured, 2: target })),
      7: one('containerResource', inner({ 1: one('name'), 2: target, 3: one('container') })),
    }),
  ),
  5: one('behavior', inner({ 1: one('scaleUp', scalingRules), 2: one('scaleDown', scalingRules) })),
});
