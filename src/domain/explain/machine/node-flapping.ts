import { clockText, formatDuration } from '../../age.ts';
import { CALM_MS, downCondition, flapping } from '../../falls.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { countText, fallText, TOLD } from '../host/flapping.ts';
import { clusterRef, hostRef, machineRef, refTo } from '../lookup.ts';
import { agentJournal, kubectl, open, remedy } from '../steps.ts';
import type { Evidence, Failure } from '../types.ts';
import { nodeEvidence } from '../workload-evidence.ts';

const flapOf = ({ row, falls, now }: Pick<MachineFacts, 'row' | 'falls' | 'now'>) =>
  row.machine?.phase === 'Running' && !row.deleting ? flapping(falls.get(row.uid), now) : undefined;

/** Whether the node of a machine comes and goes. */
export const flaps = (facts: Pick<MachineFacts, 'row' | 'falls' | 'now'>): boolean => flapOf(facts) !== undefined;

/** A node that comes and goes: between two falls nothing shows it but what was seen before. */
export const nodeFlapping: Failure<MachineFacts> = {
  id: 'node-flapping',
  test(facts) {
    const flap = flapOf(facts);
    return (
      flap && {
        severity: 'bad',
        text: `node comes and goes: fell ${countText(flap)}`,
        since: flap.since,
        // Whether it is up at the moment decides nothing.
        decisive: true,
      }
    );
  },
  tell(facts) {
    const { row, host, cluster } = facts;
    const of = machineRef(row);
    const flap = flapOf(facts);
    const falls = flap?.falls ?? [];
    const back = falls.at(-1)?.back;
    const stands = back === undefined ? 'is down now' : `is up since ${clockText(back)}`;
    const where = host === undefined ? '' : ` on ${host.name}`;
    const told = [...falls].reverse().slice(0, TOLD);
    return {
      what: `The node of ${row.name}${where} comes and goes: it fell ${falls.length} times since ${clockText(flap?.since ?? facts.now)}, and ${stands}; this stays until it was up for ${formatDuration(CALM_MS)}.`,
      evidence: [
        ...told.map((fall): Evidence => ({ sort: 'field', of, says: `fell ${fallText(fall)}`, at: fall.at })),
        conditionOf(of, downCondition(row.machine)),
        ...nodeEvidence(of, row.nodeObject),
        host && fieldOf(hostRef(host), 'boot id', host.object.bootId),
      ],
      causes: [
        'its network link or the port of its switch comes and goes',
        'it reboots by itself: power, a watchdog, memory errors; its boot id is another one then',
        'its kubelet or its container runtime is killed again and again: memory or disk at its limit',
      ],
      next: [
        host && agentJournal(host.object),
        { text: 'on the host: whether it rebooted, and when', command: 'journalctl --list-boots' },
        row.node === undefined
          ? undefined
          : {
              text: `read the Events of the Node (in ${cluster?.name ?? 'the workload cluster'})`,
              command: kubectl('', 'describe', 'node', row.node),
            },
        { text: 'drain or replace it: what runs there is moved away and back each time' },
        open(
          cluster && clusterRef(cluster),
          'see whether other nodes fall at the same times: then it is what they share',
        ),
      ],
      remedies: [remedy('replace', row.machine && refTo(row.machine))],
    };
  },
};
