/** All gates of an upgrade, in the order in which they are shown. */
import type { Gate } from '../../contract.ts';
import type { Rule, View } from './gate.ts';

const WHOLE: readonly Rule[] = [];
const STAGE: readonly Rule[] = [];

/** The gates before a stage, or those of the whole. */
export function gatesOf(view: View): Gate[] {
  return (view.stage ? STAGE : WHOLE).flatMap((rule) => rule(view));
}
