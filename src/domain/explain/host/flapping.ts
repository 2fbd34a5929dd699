import { clockText, formatDuration } from '../../age.ts';
import { CALM_MS, type Fall, type Falls, type Flapping, flapping } from '../../falls.ts';
import type { HostRow, MachineRow } from '../../fleet/rows.ts';
import { fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { agentJournal, open, remedy } from '../steps.ts';
import type { Evidence, Failure } from '../types.ts';

/** The newest falls that are told one by one. */
export const TOLD = 8;

/** `14:02:07Z, back after 1m40s`. */
export function fallText({ at, back }: Fall): string {
  if (back === at) return `${clockText(at)}, and was back when it was looked at`;
  return back === undefined
    ? `${clockText(at)}, and is down`
    : `${clockText(at)}, back after ${formatDuration(back - at)}`;
}

/** `02:34Z`: what is listed for half an hour needs no seconds. */
const minuteText = (at: number) => clockText(at).replace(/:\d\dZ$/, 'Z');

/**
 * `3 times in 9m, up since 02:04Z; listed until 02:34Z`: how often, in how long, and until when it is counted. In times of
 * the clock, which do not change while it is read.
 */
export function countText({ falls, since, down }: Flapping): string {
  const last = falls.at(-1)!;
  const span = `${falls.length} times in ${formatDuration(Math.max(60_000, last.at - since))}`;
  if (down || last.back === undefined) return `${span}, down since ${minuteText(last.at)}`;
  return `${span}, up since ${minuteText(last.back)}; listed until ${minuteText(last.back + CALM_MS)}`;
}

/**
 * A host that came and went under a machine that is gone, or that had been there before the machine it has now: it is the
 * host that falls, and a replacement on it is none. Until such a one is up, nothing has shown that it stays up.
 */
export function hostFlap(
  { falls, now }: { falls: Falls; now: number },
  host: HostRow,
  machine: MachineRow | undefined,
): Flapping | undefined {
  const own = machine && falls.get(machine.uid);
  const all = own ?? falls.get(host.uid);
  const created = machine?.machine?.created;
  const before = all?.[0] !== undefined && (!own || (created !== undefined && all[0].at < created));
  if (!before) return undefined;
  const isUp = machine?.machine?.phase === 'Running' && !machine.deleting;
  return flapping(all, machine && !isUp && created !== undefined ? Math.min(now, created) : now);
}

/** A host whose node comes and goes, whichever machine is on it. */
export const hostFlapping: Failure<HostFacts> = {
  id: 'host-flapping',
  test(facts) {
    const flap = hostFlap(facts, facts.row, facts.machine);
    if (!flap) return undefined;
    const { falls } = flap;
    const up = facts.machine?.machine?.phase === 'Running' && !facts.machine.deleting;
    // The half hour begins with a node that is up.
    const count = up ? countText(flap) : `${falls.length} times, last ${minuteText(falls.at(-1)!.at)}`;
    const text = `its node came and went under the machine before: fell ${count}`;
    // While nobody is on it, nobody suffers.
    return { severity: facts.machine ? 'bad' : 'warn', text, since: flap.since, decisive: true };
  },
  tell(facts) {
    const { row, machine } = facts;
    const of = hostRef(row);
    const flap = hostFlap(facts, row, machine);
    const falls = flap?.falls ?? [];
    const now = machine === undefined ? 'is free for the next one' : `has ${machine.name} now`;
    return {
      what: `The node on ${row.name} fell ${falls.length} times since ${clockText(flap?.since ?? facts.now)}, under the machine before, and the host ${now}; this stays until a node on it was up for ${formatDuration(CALM_MS)}.`,
      evidence: [
        ...[...falls]
          .reverse()
          .slice(0, TOLD)
          .map((fall): Evidence => ({ sort: 'field', of, says: `fell ${fallText(fall)}`, at: fall.at })),
        fieldOf(of, 'boot id', row.object.bootId),
      ],
      causes: [
        'its network link or the port of its switch comes and goes',
        'it reboots by itself: power, a watchdog, memory errors',
        'the replacement was given the same host: pools serve in their order',
      ],
      next: [
        agentJournal(row.object),
        { text: 'on the host: whether it rebooted, and when', command: 'journalctl --list-boots' },
        machine
          ? open(machineRef(machine), 'replace its machine with another host: --host other')
          : { text: 'put it at the end of its pool until it is mended: pool-order' },
      ],
      remedies: [machine?.machine && !machine.deleting ? remedy('replace', machineRef(machine)) : undefined],
    };
  },
};
