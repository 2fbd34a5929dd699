/** Small fleets at rest, of raw objects. */
import * as make from '../../domain/fixtures.ts';

const revision = { 'machinedeployment.clusters.x-k8s.io/revision': '2' };
const components = [
  'APIServerPodHealthy',
  'ControllerManagerPodHealthy',
  'SchedulerPodHealthy',
  'EtcdPodHealthy',
  'EtcdMemberHealthy',
];

/** A healthy control plane of three, c1 the oldest; `hosts` members of its pool, three of them in use. */
export function planeFleet(hosts = 3): make.Raw[] {
  const names = Array.from({ length: hosts }, (_, at) => `p${at + 1}`);
  const raws: make.Raw[] = [
    make.cluster('prod'),
    make.baremetalCluster('prod'),
    make.template('cp-template', 'cp-pool'),
    make.catalog({ 'v1.33.7-2': 'registry/tkestack/baremetal-base-image:1' }),
    make.controlPlane('control-plane', 3, {
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      unavailableReplicas: 0,
    }),
    make.pool('cp-pool', names),
  ];
  names.forEach((name, at) => {
    if (at >= 3) raws.push(make.host(name, 'Available', { pool: 'cp-pool' }), make.plan(name, 'clean'));
    else {
      const machine = `c${at + 1}`;
      const healthy = components.map((type) => make.condition(type, 'True'));
      raws.push(
        make.host(name, 'Allocated', { pool: 'cp-pool', bmm: machine }),
        make.plan(name, 'reprovision'),
        make.bmm(machine, name, 'Running', { pool: 'cp-pool' }),
        make.controlPlaneMachine(machine, 'Running', {
          conditions: [make.condition('Ready', 'True'), ...healthy],
          meta: { creationTimestamp: make.at(at) },
        }),
      );
    }
  });
  return raws;
}

/** As `smallFleet`, with its MachineSet whole and a control plane: three workers of four hosts run, h4 is free. */
export function workerFleet(): make.Raw[] {
  const spec = {
    clusterName: 'prod',
    replicas: 3,
    template: {
      spec: {
        version: 'v1.33.7-2',
        infrastructureRef: { kind: 'BaremetalMachineTemplate', name: 'workers-template' },
        bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: 'workers-bootstrap' } },
      },
    },
  };
  const set = {
    ...make.machineSet('workers-abc', 'workers', 3, { meta: { annotations: revision } }),
    spec,
    status: { replicas: 3, availableReplicas: 3 },
  };
  const small = make.smallFleet().flatMap((raw) => {
    if (raw['kind'] === 'MachineSet') return [];
    if (raw['kind'] !== 'Machine') return [raw];
    const { metadata } = raw as { metadata: { labels: Record<string, string>; ownerReferences?: unknown } };
    metadata.ownerReferences = [make.owner('MachineSet', 'workers-abc')];
    metadata.labels['cluster.x-k8s.io/set-name'] = 'workers-abc';
    return [raw];
  });
  const known = new Set(small.map((raw) => `${raw['kind']}/${(raw['metadata'] as { name: string }).name}`));
  const more = planeFleet().filter((raw) => !known.has(`${raw['kind']}/${(raw['metadata'] as { name: string }).name}`));
  return [...small, set, ...more];
}
