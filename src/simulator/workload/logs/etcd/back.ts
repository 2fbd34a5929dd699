/** How a member goes on that was a member before: its host was booted anew, and it has what it had. Source: etcd 3.5 and 3.6. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { termAt, votersAt } from '../../etcd-past.ts';
import { begun, serves } from './begun.ts';
import { raft, type Voice } from './line.ts';
import { connected } from './members.ts';

/** A container begins within the second of which its kubelet tells, and a few later at most, ms. */
const within = 5000;

/** Whether a run is not the first of its member: it was one already when this run began. */
export function isAgain({ run, past, self }: Voice): boolean {
  const known = past.members.find(({ id }) => id === self.id);
  return known !== undefined && known.since + within < run.since;
}

/** Its lines: it begins with what is on its disk, hears of the others, and of who leads among them. */
export function back(voice: Voice): LogLine[] {
  const { run, past, self } = voice;
  const { since } = run;
  const others = votersAt(past, since).filter(({ id }) => id !== self.id);
  // Who is elected with its vote alone is told of with the elections.
  const { term, leader } = termAt(past, since);
  const elected = past.terms.find(({ at }) => at > since)?.at;
  const isLed = elected === undefined || elected > since + 3000;
  const heard = isLed && leader !== self.id && leader !== '';
  const at = since + 190;
  return [
    ...begun(voice, since, true),
    ...others.flatMap((peer, turn) => connected(voice, since + 140 + turn * 9, peer)),
    ...(heard ? [raft(voice, at, `raft.node: ${self.id} elected leader ${leader} at term ${term}`)] : []),
    ...serves(voice, (isLed ? at : elected) + 60).filter(({ text }) => !text.includes('set initial cluster version')),
  ];
}
