/**
 * etcd: how it begins, who comes and goes, who leads, each compaction that the API server asks for, and reads that took
 * long. Source: the log lines of etcd 3.5 and 3.6.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { memberOf, type Run, slowMoments, type Teller } from '../run.ts';
import { begun } from './begun.ts';
import { compacted } from './compactions.ts';
import { elections } from './elections.ts';
import { line, voiceOf } from './line.ts';
import { afterwards, comings } from './members.ts';
import { silences } from './silences.ts';
import { versions } from './versions.ts';

/** The log of a member. */
export const etcd: Teller = (run) => {
  const voice = voiceOf(run);
  const { removed } = voice.self;
  const again = removed === undefined ? undefined : afterwards(removed).findLast((at) => at <= run.until);
  if (removed !== undefined && again !== undefined) {
    // Its kubelet has started it once more, and that is all that can be read of it.
    run.from = again;
    return [...begun(voice, again, true), ...comings(voice, again)];
  }
  return [
    ...begun(voice),
    ...elections(voice),
    ...comings(voice),
    ...silences(voice),
    ...versions(voice),
    ...compacted(voice),
    ...slow(run),
  ].filter(({ at }) => removed === undefined || at < removed + 2000);
};

/** Moments in which the disk of this member was slow. */
function slow(run: Run): LogLine[] {
  const own = memberOf(run);
  return slowMoments(run).flatMap(({ at, took, member, lease }) => {
    if (member !== own) return [];
    const ms = took - 12;
    const read = {
      took: `${ms}.${at % 997}ms`,
      'expected-duration': '100ms',
      prefix: 'read-only range ',
      request: `key:"/registry/leases/kube-system/${lease}" limit:1 `,
      response: 'range_response_count:1 size:510',
    };
    return [line(at + ms, 'txn/util.go:93', 'apply request took too long', read, { level: 'warn' })];
  });
}
