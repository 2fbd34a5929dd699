/** What gates are made of. */
import { machineRef, refTo } from '../../../domain/explain/lookup.ts';
import type { MachineRow, ObjectRef } from '../../../domain/fleet/rows.ts';
import { API_KIND } from '../../../domain/kinds.ts';
import type { DomainObject } from '../../../domain/objects.ts';
import type { Gate, GateEvidence, GateRemedy } from '../../contract.ts';
import type { Draft, Ground } from '../draft.ts';

/** What a gate may look at: everything, and the stage it stands before; without one it is about the whole. */
export interface View extends Ground {
  stage?: Draft;
  /** Uids of the groups whose stage is under way: that machines of them come and go is as it should be. */
  busy: ReadonlySet<string>;
}

/** A rule: one file or a row in one, listed in `index.ts`. Gives a gate for each thing it looks at, or none. */
export type Rule = (view: View) => readonly Gate[];

type More = Partial<Pick<Gate, 'evidence' | 'asks' | 'override' | 'secondHand'>>;

/** A gate that stands open. */
export function open(name: string, title: string, figure: string, more: More = {}): Gate {
  return { name, result: 'pass', title, figure, evidence: [], override: 'typed', ...more };
}

/** A gate that does not. */
export function not(
  result: 'warn' | 'block' | 'unknown',
  name: string,
  title: string,
  figure: string,
  remedy: GateRemedy,
  more: More = {},
): Gate {
  return { name, result, title, figure, evidence: [], override: 'typed', remedy, ...more };
}

/** What an object says. */
export function says(of: ObjectRef, text: string, at?: number): GateEvidence {
  return { of: `${API_KIND[of.kind]} ${of.name}`, says: text, ref: of, ...(at === undefined ? {} : { at }) };
}

export function objectSays(object: DomainObject, text: string, at?: number): GateEvidence {
  return says(refTo(object), text, at);
}

export function machineSays(row: MachineRow, text: string, at?: number): GateEvidence {
  return says(machineRef(row), text, at);
}

/** `a, b and 3 more`. */
export function few(names: readonly string[], most = 3): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
