/** From where a session stands to what is shown of it. */
import type { Standing } from '../driver/types.ts';
import { wayBack } from '../guides/back.ts';
import { elsewhere } from '../guides/record.ts';
import { repairOf } from '../guides/repair.ts';
import { valuesOf } from '../guides/session.ts';
import type { Guiding } from '../store/guiding.ts';

export function guidingOf({ guide, session, ...rest }: Standing): Guiding {
  const back = rest.course && wayBack(rest.course)?.takeBack;
  const repair = rest.course && repairOf(rest.course)?.request;
  const record = elsewhere(session);
  const { order } = valuesOf(session);
  return {
    ...rest,
    ...(back ? { back } : {}),
    ...(repair ? { repair } : {}),
    ...(guide.choose && order !== undefined && rest.id !== undefined ? { order } : {}),
    ...(record === undefined ? {} : { record }),
    ...(rest.closed ? { operations: session.operations } : {}),
    ...(session.from ? { from: session.from } : {}),
    guide: guide.id,
    ask: session.ask,
    notes: session.notes,
    ...(session.began === undefined ? {} : { began: session.began }),
  };
}
