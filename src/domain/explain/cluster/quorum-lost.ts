import { downCondition } from '../../falls.ts';
import { conditionOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { machineRef, machinesOf } from '../lookup.ts';
import { open } from '../steps.ts';
import type { Failure } from '../types.ts';
import { endpointEvidence } from './endpoint.ts';
import { endpointDown } from './endpoint-state.ts';

const planeMachines = ({ fleet, groups }: ClusterFacts) =>
  groups.filter(({ controlPlane }) => controlPlane).flatMap((group) => machinesOf(fleet, group));

const lost = (facts: ClusterFacts) =>
  planeMachines(facts).filter((row) => row.node !== undefined && downCondition(row.machine) !== undefined);

const TEXT = 'control-plane nodes lost, and its API does not answer: etcd has probably no quorum';

/** An API that went after control-plane nodes had: etcd without its majority serves nothing. */
export const quorumLost: Failure<ClusterFacts> = {
  id: 'quorum-lost',
  test(facts) {
    const down = endpointDown(facts.fleet, facts.row);
    if (!down || lost(facts).length === 0) return undefined;
    return { severity: 'bad', text: TEXT, since: down.since, decisive: true };
  },
  tell(facts) {
    const gone = lost(facts);
    const all = planeMachines(facts);
    return {
      what: `The API of ${facts.row.name} does not answer, after ${gone.length} of its ${all.length} control-plane nodes had gone: etcd has probably lost its quorum.`,
      evidence: [
        ...gone.map((row) => conditionOf(machineRef(row), downCondition(row.machine))),
        ...endpointEvidence(facts),
      ],
      causes: [
        'several control-plane hosts lost power or network at once',
        'one was lost earlier and not replaced, and now a second one',
      ],
      next: [
        { text: 'bring a lost control-plane host back: with the majority etcd comes back by itself' },
        ...all.map((row) =>
          open(machineRef(row), `look at ${row.name}${row.host === undefined ? '' : ` on ${row.host}`}`),
        ),
        { text: 'delete no control-plane machine meanwhile: each takes a member of etcd with it' },
      ],
    };
  },
};
