/** What went wrong on the way, kept: once it is mended the cluster has forgotten it, and a report must not. */
import type { Course, Fact, Session } from '../guides/contract.ts';
import { unkept } from '../guides/session.ts';

/** Machines in trouble, and stages that failed, that the session's journal does not hold yet. */
export function troubleFacts({ stages }: Course, session: Session): Fact[] {
  const found = stages.flatMap((stage): Fact[] => {
    const bad = stage.turns.filter(({ state }) => state === 'bad');
    const machines = bad.map(({ old, fresh, doing }): Fact => {
      const one = fresh ?? old;
      const where = one?.host ? ` on ${one.host}` : '';
      return {
        note: 'saw',
        key: `trouble/${stage.id}/${one?.name ?? ''}`,
        text: `${one?.name ?? stage.title}${where}: ${doing}`,
        data: {},
      };
    });
    if (stage.state !== 'failed') return machines;
    const line = stage.progress.milestones.find(({ state }) => state === 'bad' || state === 'overtaken');
    const why = line?.detail ?? 'failed';
    return [...machines, { note: 'saw', key: `trouble/${stage.id}/failed`, text: `${stage.title}: ${why}`, data: {} }];
  });
  return unkept(session, found);
}
