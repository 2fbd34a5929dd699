/** What went wrong on the way, kept: once it is mended the cluster has forgotten it, and a report must not. */
import type { Explanation } from '../domain/explain/types.ts';
import type { Course, Fact, Session, Stage, Turn } from '../guides/contract.ts';
import { notesOf } from '../guides/session.ts';

/** What comes and goes by itself within so many ms is no event: a part of a control plane fails by turns while it rolls. */
const LASTING = 5 * 60_000;
/** Trouble that comes and goes again is told so many times. */
const MOST = 5;
const OVER = '/over';

/** Whether it is to be told later: what will hardly pass by itself, what is late for this fleet, and what lasts. */
function counts({ severity, usual, since }: Explanation, now: number): boolean {
  return severity === 'bad' || usual !== undefined || (since !== undefined && now - since >= LASTING);
}

function aboutTurn({ old, fresh }: Turn): string {
  const one = fresh ?? old;
  return one ? `${one.name}${one.host ? ` on ${one.host}` : ''}` : '';
}

interface Trouble {
  key: string;
  text: string;
  data: Fact['data'];
  /** Nothing but the object's own words: no news where something better was said of it before. */
  plain: boolean;
}

const told = (stage: Stage, about: string, { id, root, what, since }: Explanation): Trouble => ({
  key: `trouble/${stage.id}/${root.name}/${id}`,
  text: what.includes(about.split(' ')[0] ?? about) ? what : `${about}: ${what}`,
  data: { about, cause: id, ...(since === undefined ? {} : { since }) },
  plain: id.endsWith('-trouble'),
});

/** A machine that is in trouble by its own word, of which no explanation says more. */
const bare = (stage: Stage, about: string, doing: string, since: number | undefined): Trouble => ({
  key: `trouble/${stage.id}/${about}`,
  text: `${about}: ${doing}`,
  data: { about, ...(since === undefined ? {} : { since }) },
  plain: true,
});

function troublesOf(stage: Stage, now: number): Trouble[] {
  const machines = stage.turns.flatMap((turn): Trouble[] => {
    const about = aboutTurn(turn) || stage.title;
    if (turn.trouble && counts(turn.trouble, now)) return [told(stage, about, turn.trouble)];
    return turn.state === 'bad' ? [bare(stage, about, turn.doing, turn.since)] : [];
  });
  if (machines.length > 0) return machines;
  if (stage.trouble && counts(stage.trouble, now)) return [told(stage, stage.title, stage.trouble)];
  if (stage.state !== 'failed') return [];
  const bad = stage.progress.milestones.find(({ state }) => state === 'bad' || state === 'overtaken');
  return [{ ...bare(stage, stage.title, bad?.detail ?? 'failed', bad?.since), key: `trouble/${stage.id}/failed` }];
}

/**
 * What is in trouble now and what is no more, as far as the session's journal does not hold it yet. The same trouble that
 * comes again after it was over is another one, and its key is numbered.
 */
export function troubleFacts({ stages }: Course, session: Session, now: number): Fact[] {
  const kept = notesOf(session, 'saw').filter(({ key }) => key.startsWith('trouble/'));
  const keys = new Set(kept.map(({ key }) => key));
  const present = new Map(stages.flatMap((stage) => troublesOf(stage, now)).map((one) => [one.key, one]));
  const open = kept.filter(({ key }) => !key.endsWith(OVER) && !keys.has(key + OVER));
  const baseOf = (key: string) => key.replace(/#\d+$/, '');
  const begun = [...present.values()].flatMap(({ plain, ...one }): Fact[] => {
    if (plain && kept.some(({ data }) => data['about'] === one.data['about'])) return [];
    if (open.some(({ key }) => baseOf(key) === one.key)) return [];
    const before = kept.filter(({ key }) => !key.endsWith(OVER) && baseOf(key) === one.key).length;
    if (before >= MOST) return [];
    return [{ note: 'saw', ...one, key: before === 0 ? one.key : `${one.key}#${before + 1}` }];
  });
  const over = open.filter(({ key }) => !present.has(baseOf(key)));
  return [
    ...begun,
    ...over.map(({ key, text }): Fact => ({ note: 'saw', key: key + OVER, text: `over: ${text}`, data: {} })),
  ];
}
