import { falseCondition } from '../../conditions.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { clusterRef, groupRef, refTo } from '../lookup.ts';
import { describe, open, quoted } from '../steps.ts';
import type { Failure } from '../types.ts';
import { reachEvidence, workloadOf } from '../workload-evidence.ts';
import { endpointDown } from './endpoint-state.ts';

const isExternal = ({ row }: ClusterFacts) => row.infrastructure?.loadBalancer?.type === 'External';

export function endpointEvidence(facts: ClusterFacts) {
  const { row } = facts;
  const { infrastructure } = row;
  const of = infrastructure ? refTo(infrastructure) : clusterRef(row);
  return [
    conditionOf(of, endpointDown(facts.fleet, row)),
    fieldOf(of, 'endpoint', row.endpoint),
    fieldOf(of, 'controlPlaneLoadBalancer.type', infrastructure?.loadBalancer?.type),
    fieldOf(of, 'controlPlaneLoadBalancer.vrid', infrastructure?.loadBalancer?.vrid),
    conditionOf(clusterRef(row), falseCondition(row.object.conditions, 'RemoteConnectionProbe')),
    // From where the operator is, which may be another way than the controllers have.
    reachEvidence(clusterRef(row), workloadOf(facts.fleet, row.name), 'node'),
  ];
}

/** Other clusters whose virtual router has the same number: on one network they take the address from one another. */
const rivals = ({ fleet, row }: ClusterFacts) => {
  const vrid = row.infrastructure?.loadBalancer?.vrid;
  return vrid === undefined
    ? []
    : fleet.baremetalClusters.list.filter(
        (each) => each.uid !== row.infrastructure?.uid && each.loadBalancer?.vrid === vrid,
      );
};

function probe({ row }: ClusterFacts) {
  return row.endpoint === undefined
    ? undefined
    : { text: 'ask it from the management cluster', command: `curl -k ${quoted(`https://${row.endpoint}/version`)}` };
}

const plane = ({ groups }: ClusterFacts) =>
  open(groups.filter((each) => each.controlPlane).map(groupRef)[0], 'look at its control plane');

export const vipUnreachable: Failure<ClusterFacts> = {
  id: 'vip-unreachable',
  mode: 'F12',
  test(facts) {
    const down = isExternal(facts) ? undefined : endpointDown(facts.fleet, facts.row);
    return down && { severity: 'bad', text: 'its virtual IP does not lead to its API', since: down.since };
  },
  tell(facts) {
    const { row } = facts;
    const others = rivals(facts);
    return {
      what: `The API of ${row.name} does not answer at its virtual IP ${row.endpoint ?? ''}: nothing can join it, and what is known of its nodes is old.`.replace(
        ' :',
        ':',
      ),
      evidence: [
        ...endpointEvidence(facts),
        ...others.map((each) =>
          fieldOf(refTo(each), 'controlPlaneLoadBalancer.vrid (the same)', each.loadBalancer?.vrid),
        ),
      ],
      causes: [
        others.length > 0
          ? `${others.map(({ name }) => name).join(', ')} has the same virtual router ID (vrid ${row.infrastructure?.loadBalancer?.vrid}): on one network they take the address from one another`
          : 'another cluster on the same network has the same virtual router ID (vrid)',
        'the address is outside the L2 domain of the control-plane hosts, or its gratuitous ARP is ignored',
        'IPVS or keepalived on the hosts: sysctls arp_accept and vs.conntrack',
        'all control-plane hosts are down',
      ],
      next: [
        probe(facts),
        { text: 'on a control-plane host: who holds the address', command: 'ip -brief address; ipvsadm -Ln' },
        plane(facts),
        row.infrastructure && describe(row.infrastructure),
      ],
    };
  },
};

export const externalEndpoint: Failure<ClusterFacts> = {
  id: 'external-endpoint',
  mode: 'F13',
  test(facts) {
    const down = isExternal(facts) ? endpointDown(facts.fleet, facts.row) : undefined;
    return down && { severity: 'bad', text: 'its load balancer does not lead to its API', since: down.since };
  },
  tell(facts) {
    const { row } = facts;
    return {
      what: `The API of ${row.name} does not answer behind its external load balancer ${row.endpoint ?? ''}: nothing can join it.`.replace(
        ' :',
        ':',
      ),
      evidence: endpointEvidence(facts),
      causes: [
        'its listener has no backends, or not those of the present control-plane hosts',
        'its health check does not get 200 from /healthz of the backends',
        'a firewall between the two',
      ],
      next: [
        probe(facts),
        { text: 'see that every control-plane host is a backend, and that /healthz of each answers 200' },
        plane(facts),
        row.infrastructure && describe(row.infrastructure),
      ],
    };
  },
};
