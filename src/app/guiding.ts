/** From where a session stands to what is shown of it. */
import type { Standing } from '../driver/types.ts';
import { wayBack } from '../guides/back.ts';
import type { Guiding } from '../store/guiding.ts';

export function guidingOf({ guide, session, ...rest }: Standing): Guiding {
  const back = rest.course && wayBack(rest.course)?.takeBack;
  return {
    ...rest,
    ...(back ? { back } : {}),
    guide: guide.id,
    ask: session.ask,
    notes: session.notes,
    ...(session.began === undefined ? {} : { began: session.began }),
  };
}
