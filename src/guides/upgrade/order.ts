/** Another order of the groups of workers, while the session goes on. */
import type { Course, Known, Session } from '../contract.ts';
import { valuesOf } from '../session.ts';
import { routeOf } from './route.ts';

/** What is under way stays first: two groups are never replaced at once. */
function overtaken({ stages }: Course): string | undefined {
  const first = stages.find(({ state }) => state !== 'done');
  const behind = stages.find((stage) => (stage.state === 'running' || stage.state === 'failed') && stage !== first);
  return behind && `${behind.title} is under way: no other group goes before it`;
}

/** All groups in the order that names some of them, or one sentence why that is none. `courseOf`: of a session. */
export function reordered(
  known: Known,
  session: Session,
  values: Readonly<Record<string, string>>,
  courseOf: (session: Session) => Course,
): Record<string, string> | { refused: string } {
  const odd = Object.keys(values).find((name) => name !== 'order');
  if (odd !== undefined) return { refused: `only the order of the groups can be chosen now, not ${odd}` };
  const before = valuesOf(session);
  const route = routeOf(known, { ...session.ask, values: { ...before, ...values } });
  if (typeof route === 'string') return { refused: route };
  const order = route.workers.map(({ name }) => name).join(',');
  if (order === before['order']) return { refused: `the order is ${order} already` };
  const why = overtaken(
    courseOf({
      ...session,
      ask: { ...session.ask, values: { ...before, order } },
      notes: session.notes.filter(({ note }) => note !== 'chose'),
    }),
  );
  return why === undefined ? { order } : { refused: why };
}
