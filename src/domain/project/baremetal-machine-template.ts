import type { BaremetalMachineTemplate } from '../objects.ts';
import { at, word } from '../read.ts';
import { readMeta } from './meta.ts';

/** A BaremetalMachineTemplate as served; `undefined` without uid or name. */
export function projectBaremetalMachineTemplate(raw: unknown): BaremetalMachineTemplate | undefined {
  const meta = readMeta('baremetalMachineTemplate', raw);
  if (!meta) return undefined;
  return { ...meta, pool: word(at(raw, 'spec', 'template', 'spec', 'machineInventoryPoolRef', 'name')) };
}
