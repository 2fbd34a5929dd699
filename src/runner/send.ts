/**
 * One write, brought to an answer. It is sent again only where it is certain that it has not been carried out, and
 * always upon a state in which nothing but reports of controllers differs from what the operator saw.
 */

import { KubeError } from '../kube/types.ts';
import type { Raw, Step, Write } from '../operations/contract.ts';
import { isWritten, movedText, revisionOf, whatMoved } from './effect.ts';
import { failureOf, wordsOf } from './failure.ts';
import { look, pause } from './look.ts';
import type { Door, RunEvent, StepResult } from './types.ts';
import { requestOf, upon } from './write.ts';

/** How often a write follows an object whose status moves. */
const FOLLOW_TIMES = 5;
/** How often a busy server is asked again, and for how long at most, in all. */
const BUSY_TIMES = 5;
const BUSY_MS = 60_000;
/** How often a write whose answer was lost, and that is known not to have happened, is sent again. */
const LOST_TIMES = 1;

export interface Sending {
  door: Door;
  step: Step;
  /** The object as the operator saw it; null where there was none. */
  seen: Raw | null;
  signal?: AbortSignal;
  /** Notes that it is about to be sent. What it throws is thrown on, and nothing is sent. */
  before(resourceVersion: string | undefined): Promise<void>;
  tell(state: RunEvent['state'], detail?: string): void;
}

/** The answer, with the object as the server has it after the write. */
export interface Sent extends StepResult {
  object?: Raw;
}

/** Sends one step until it is known what became of it. Never throws but what `before` throws. */
export async function send({ door, step, seen, signal, before, tell }: Sending): Promise<Sent> {
  const { name } = step.write;
  let write: Write = step.write;
  /** An earlier attempt of this step may have arrived. */
  let maybe = false;
  const left = { follow: FOLLOW_TIMES, busy: BUSY_TIMES, lost: LOST_TIMES };
  let waited = 0;

  const answer = (result: StepResult['result'], from: StepResult['from'], more: Partial<Sent> = {}): Sent => ({
    step: step.id,
    result,
    from,
    ...more,
  });
  const found = (live: Raw | null): Sent =>
    answer('written', 're-read', live ? { object: live, resourceVersion: revisionOf(live).resourceVersion } : {});

  for (;;) {
    await before(write.verb === 'create' ? undefined : write.seen?.resourceVersion);
    tell('sending');
    let failed: unknown;
    try {
      const object = await door.transport.json<Raw>(requestOf(door, write));
      const gone = write.verb === 'delete' && object['kind'] === 'Status';
      return answer('written', 'answer', gone ? {} : { object, resourceVersion: revisionOf(object).resourceVersion });
    } catch (error) {
      failed = error;
    }
    const words = wordsOf(failed);
    const refused = (message = words.message) => answer('refused', 'answer', { code: words.code, message });
    const failure = failureOf(failed);
    // What an earlier attempt deleted after all is not there any more.
    const late = maybe && words.code === 404;
    if ((failure === 'refused' && !late) || failure === 'unsent') return refused();
    if (failure === 'busy') {
      const asked = failed instanceof KubeError ? failed.retryAfter : undefined;
      const ms = (asked ?? 2 ** (BUSY_TIMES - left.busy)) * 1_000;
      left.busy -= 1;
      if (left.busy < 0 || waited + ms > BUSY_MS) return refused();
      waited += ms;
      tell('waiting', `the server is busy: again in ${ms / 1_000} s`);
      await pause(door.clock, ms, signal);
      if (signal?.aborted) return refused('called off while the server was busy');
      continue;
    }
    if (failure === 'lost') {
      maybe = true;
      tell('looking', words.message);
    }
    const live = await look(door, write.kind, name);
    if (live === undefined) {
      const message = `${words.message}; and ${name} could not be read again`;
      return maybe ? answer('unknown', 're-read', { code: words.code, message }) : refused(message);
    }
    if (maybe && isWritten(write, live)) return found(live);
    if (live === null) {
      if (write.verb !== 'create' && (write.verb !== 'apply' || write.seen)) return refused(`${name} is gone`);
      if (failure === 'moved') return refused();
    } else if (write.verb === 'create') {
      // Somebody else's, or ours and changed since.
      if (!maybe) return refused();
      return answer('unknown', 're-read', { code: words.code, message: `${name} is there, and is not what was sent` });
    } else if (write.seen === undefined) {
      // It was not there when it was planned, and is now. Nothing is overwritten by an apply that conflicts, and one
      // that was lost and is not seen may be sent again, upon what is there.
      if (!maybe) return refused();
      write = upon(write, revisionOf(live));
    } else {
      if (revisionOf(live).uid !== write.seen.uid) return refused(`${name} is another object now`);
      const moved = seen ? whatMoved(seen, live) : [];
      if (moved.length > 0) {
        const message = `${name} has changed since: ${movedText(moved)}`;
        return maybe ? answer('unknown', 're-read', { code: words.code, message }) : refused(message);
      }
      const { resourceVersion } = revisionOf(live);
      const still = resourceVersion === write.seen.resourceVersion;
      // Nothing moved: it is the server's own rule that refuses.
      if (failure === 'moved' && still) return refused();
      if (!still) {
        if (left.follow === 0) return refused(`${name} changes faster than it can be written`);
        left.follow -= 1;
        write = upon(write, revisionOf(live));
      }
    }
    if (failure === 'lost') {
      // An error of the server itself would only come again: a webhook that fails, a database that is away.
      if (words.code === 500 || left.lost === 0)
        return refused(`${words.message}; it was looked at: nothing was written`);
      left.lost -= 1;
    }
    if (signal?.aborted) return refused('called off');
  }
}
