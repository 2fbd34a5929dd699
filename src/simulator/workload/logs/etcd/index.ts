/**
 * etcd: how it begins, who comes and goes, who leads, each compaction that the API server asks for, and reads that took
 * long. Source: the log lines of etcd 3.5 and 3.6.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import { termAt } from '../../etcd-past.ts';
import { chance, memberOf, type Run, slowMoments, strains, type Teller } from '../run.ts';
import { alone } from './alone.ts';
import { back, isAgain } from './back.ts';
import { begun } from './begun.ts';
import { compacted } from './compactions.ts';
import { elections } from './elections.ts';
import { line, type Voice, voiceOf } from './line.ts';
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
    ...(isAgain(voice) ? back(voice) : begun(voice)),
    ...elections(voice),
    ...comings(voice),
    ...silences(voice),
    ...alone(voice),
    ...versions(voice),
    ...compacted(voice),
    ...slow(run),
    ...strained(voice),
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

/** A disk that was so slow that leaders on this host could not renew their Leases. */
function strained({ run, self, past, late }: Voice): LogLine[] {
  const warn = { level: 'warn' };
  return strains(run).flatMap(({ at, lease }) => {
    const drawn = chance(self.id, at);
    const took = drawn.integer(4_100_000, 4_900_000) / 1e6;
    const synced = at - drawn.integer(400, 900);
    const heartbeats = past.members
      .filter(({ id }) => id !== self.id && termAt(past, at).leader === self.id)
      .map(({ id }) =>
        line(
          synced + 3,
          `etcdserver/raft.go:${late ? 420 : 416}`,
          'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk',
          {
            to: id,
            'heartbeat-interval': '100ms',
            'expected-duration': '200ms',
            'exceeded-duration': `${(took * 1000 - 200).toFixed(3)}ms`,
          },
          warn,
        ),
      );
    return [
      line(
        synced,
        `wal/wal.go:${late ? 847 : 805}`,
        'slow fdatasync',
        { took: `${took}s`, 'expected-duration': '1s' },
        warn,
      ),
      ...heartbeats,
      line(
        synced + 6,
        'txn/util.go:93',
        'apply request took too long',
        {
          ...{ took: `${(took + 0.0021).toFixed(6)}s`, 'expected-duration': '100ms', prefix: 'read-only range ' },
          ...{
            request: `key:"/registry/leases/kube-system/${lease}" limit:1 `,
            response: '',
            error: 'context canceled',
          },
        },
        warn,
      ),
    ];
  });
}
