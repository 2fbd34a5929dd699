import type { Registration } from '../objects.ts';
import { at, str } from '../read.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** Longest URL kept: they carry a token and must never be shortened into a dead link. */
const URL_CAP = 2_048;

/** A MachineRegistration as served; `undefined` without uid or name. Its URL stays whole: onboarding shows it. */
export function projectRegistration(raw: unknown): Registration | undefined {
  const meta = readMeta('registration', raw);
  if (!meta) return undefined;
  return withConditions(
    {
      ...meta,
      machineName: str(at(raw, 'spec', 'machineName')),
      url: str(at(raw, 'status', 'registrationURL'), URL_CAP),
    },
    readConditions(at(raw, 'status', 'conditions')),
  );
}
