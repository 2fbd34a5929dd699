import { ELEMENTAL_PLAN_TYPE, PLAN_TYPE } from '../annotations.ts';
import type { Plan } from '../objects.ts';
import { word } from '../read.ts';
import { annotation, readMeta } from './meta.ts';

/** A plan Secret, as PartialObjectMetadata or whole: its data is never looked at here. */
export function projectPlan(raw: unknown): Plan | undefined {
  const meta = readMeta('plan', raw);
  if (!meta) return undefined;
  return {
    ...meta,
    planType: word(annotation(raw, PLAN_TYPE)),
    elementalType: word(annotation(raw, ELEMENTAL_PLAN_TYPE)),
  };
}
