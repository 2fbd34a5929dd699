/** What somebody wants otherwise from now on, settled by the guide as things stand. */
import type { Guide, Session } from '../guides/contract.ts';
import type { Refused } from '../runner/api.ts';
import { lookAround } from './course.ts';
import type { Objects } from './objects.ts';
import type { DriverOptions } from './types.ts';

/** The values to be noted, or why they cannot be chosen now. */
export async function settledChoice(
  options: DriverOptions,
  objects: Objects,
  guide: Guide,
  session: Session,
  values: Readonly<Record<string, string>>,
): Promise<{ values: Readonly<Record<string, string>> } | Refused> {
  if (!guide.choose) return { refused: `nothing of ${guide.title} can be chosen once it has begun` };
  const known = await lookAround(options, objects, guide, session);
  if ('why' in known) return { refused: known.why };
  const refused = guide.refuse(known, session);
  if (refused !== undefined) return { refused };
  const chosen = guide.choose(known, session, values);
  return typeof chosen['refused'] === 'string' ? { refused: chosen['refused'] } : { values: chosen };
}
