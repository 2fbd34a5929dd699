import { downCondition } from '../../falls.ts';
import type { MachineRow } from '../../fleet/rows.ts';
import { nodeWords } from '../../node-words.ts';
import { conditionOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { machineRef, machinesOf } from '../lookup.ts';
import { open } from '../steps.ts';
import type { Evidence, Failure } from '../types.ts';
import { endpointEvidence } from './endpoint.ts';
import { endpointDown } from './endpoint-state.ts';

const planeMachines = ({ fleet, groups }: ClusterFacts) =>
  groups.filter(({ controlPlane }) => controlPlane).flatMap((group) => machinesOf(fleet, group));

const lost = (facts: ClusterFacts) =>
  planeMachines(facts).filter((row) => row.node !== undefined && downCondition(row.machine) !== undefined);

/** What is lost of what there is: with the majority etcd has its quorum. */
const hasMajority = (gone: number, all: number) => all - gone > all / 2;
const hostOf = ({ host, name }: MachineRow) => host ?? name;

/** An API that went after control-plane nodes had: etcd without its majority serves nothing. */
export const quorumLost: Failure<ClusterFacts> = {
  id: 'quorum-lost',
  test(facts) {
    const down = endpointDown(facts.fleet, facts.row);
    const gone = lost(facts).map(hostOf);
    if (!down || gone.length === 0) return undefined;
    const text = 'control-plane nodes lost, API silent, etcd probably without quorum';
    return { severity: 'bad', text: `${text}: ${gone.join(', ')}`, since: down.since, decisive: true };
  },
  tell(facts) {
    const gone = lost(facts);
    const all = planeMachines(facts);
    const others = all.filter((row) => !gone.includes(row));
    const hosts = gone.map(hostOf).join(', ');
    const sure = !hasMajority(gone.length, all.length);
    return {
      what: `The API of ${facts.row.name} does not answer, and ${gone.length} of its ${all.length} control-plane nodes fell silent before it: ${hosts}. ${sure ? 'That is the majority of etcd, which serves nothing without it' : 'Most likely another one went with the API, unseen: etcd serves nothing without its majority'}.`,
      evidence: [
        ...gone.map((row): Evidence | undefined => {
          const condition = downCondition(row.machine);
          const told = conditionOf(machineRef(row), condition);
          return told && condition && { ...told, message: `${nodeWords(condition)}, on ${hostOf(row)}` };
        }),
        ...endpointEvidence(facts),
      ],
      causes: [
        'several control-plane hosts lost power or network at once: a rack, a switch, a power feed they share',
        'one was lost earlier and not replaced, and now another one',
      ],
      next: [
        {
          text: `power, console and network of ${hosts} first: once the majority is up, etcd and the API come back alone`,
        },
        ...gone.map((row) => open(machineRef(row), `lost: ${hostOf(row)}, with ${row.name}`)),
        ...others.map((row) => open(machineRef(row), `not seen since: ${hostOf(row)}, with ${row.name}`)),
        { text: 'delete no control-plane machine meanwhile: each takes a member of etcd with it' },
      ],
    };
  },
};
