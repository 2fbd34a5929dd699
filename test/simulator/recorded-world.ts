/**
 * The world a recording begins in, put into an embedded API, and the stand-in for infrastructure that stood behind it: a
 * BaremetalMachine is ready 4 s after its Machine has bootstrap data, and gone 6 s after it is deleted.
 */

import type { Api } from '../../src/simulator/api/api.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { addFinalizer, ownerName, removeFinalizer } from '../../src/simulator/controllers/owners.ts';
import type { Runtime } from '../../src/simulator/controllers/runtime.ts';
import type { Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import type { BaremetalMachine } from '../../src/simulator/controllers/shapes/provider.ts';
import { wireOf } from '../../src/simulator/controllers/versions/wire.ts';
import type { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { bootstrapTemplate, machineTemplate } from '../../src/simulator/world/blueprint.ts';
import type { Entry } from './recorded.ts';

const finalizer = 'baremetalmachine.infrastructure.cluster.x-k8s.io';
const role = 'node-role.kubernetes.io/control-plane';
export const planeTaints = [{ key: role, effect: 'NoSchedule' }];
const readyAfter = 4000;
const goneAfter = 6000;

/** Puts what a recording lists at its start into an API that serves its version, and what it must have stood on. */
export function loadRecorded(entries: readonly Entry[], api: Api, workload: (cluster: string) => WorkloadApi): void {
  const listed = entries.flatMap(({ type, object }) =>
    type === 'LISTED' && object && object.kind !== 'Event' ? [object] : [],
  );
  const cluster = listed.find(({ kind }) => kind === 'Cluster')!;
  const version = cluster.apiVersion.endsWith('v1beta2') ? 'v1beta2' : 'v1beta1';
  const wire = wireOf(version);
  const bootstrap = bootstrapTemplate('prod-worker-bootstrap', 'v1.33.7-2');
  bootstrap.spec = { template: { spec: { joinConfiguration: { patches: { directory: '/etc/kubernetes/patches' } } } } };
  const registration = { nodeRegistration: { imagePullPolicy: 'IfNotPresent' } };
  if (version === 'v1beta1') {
    Object.assign(bootstrap.spec.template!.spec!.joinConfiguration!, { discovery: {}, ...registration });
    bootstrap.spec.template!.spec!.format = 'cloud-config';
  }
  const more: KubeObject[] = [
    machineTemplate('prod-worker-template', 'prod-worker-pool'),
    machineTemplate('prod-worker-template-2', 'prod-db-pool'),
    machineTemplate('prod-control-plane-template', 'prod-control-plane-pool'),
    bootstrap,
    infrastructureOf(cluster),
  ];
  const stamped = more.map((object, at) => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'cpaas-system', uid: `stand-in-${at}`, generation: 1 },
  }));
  const objects = [
    ...listed,
    ...stamped.map((object) =>
      wire.encode(Object.values(kinds).find(({ kind }) => kind === object.kind) as never, object),
    ),
  ];
  api.load(objects as unknown as Parameters<Api['load']>[0]);
  const nodes = listed.flatMap((object) => {
    const machine = object.kind === 'Machine' ? wire.decode(kinds.Machine, object) : undefined;
    return machine?.status?.nodeRef ? [nodeOf(machine)] : [];
  });
  workload('prod').load(nodes);
}

function infrastructureOf(cluster: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = cluster;
  const { controlPlaneEndpoint } = (cluster as KubeObject & { spec: { controlPlaneEndpoint: object } }).spec;
  return {
    apiVersion: kinds.BaremetalCluster.apiVersion,
    kind: 'BaremetalCluster',
    metadata: {
      name: 'prod',
      labels: { 'cluster.x-k8s.io/cluster-name': 'prod' },
      ownerReferences: [{ apiVersion, kind, name: 'prod', uid: metadata.uid ?? '' }],
    },
    spec: { controlPlaneLoadBalancer: { host: '127.0.0.1', port: 6443 }, controlPlaneEndpoint },
    status: { ready: true },
  } as KubeObject;
}

/** The Node of a Machine that runs when the recording begins. Some had not told of their pressures yet. */
function nodeOf(machine: Machine): Node {
  const healthy = machine.status?.v1beta2?.conditions?.find(({ type }) => type === 'NodeHealthy');
  const { name = '', uid = `node-${machine.metadata.name}` } = machine.status?.nodeRef ?? {};
  const node = standInNode(name, machine.status?.nodeInfo?.kubeletVersion ?? '', healthy?.status === 'True');
  return { ...node, metadata: { ...node.metadata, uid } };
}

function standInNode(name: string, version: string, whole: boolean): Node {
  const at = '2026-11-21T01:00:00Z';
  const pressures = whole ? ['MemoryPressure', 'DiskPressure', 'PIDPressure'] : [];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: /control-plane/.test(name) ? { [role]: '' } : {} },
    spec: { providerID: `baremetal:///${name}` },
    status: {
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: at },
        ...pressures.map((type) => ({ type, status: 'False', lastTransitionTime: at })),
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: name,
        containerRuntimeVersion: 'containerd://1.7.29-4',
        kernelVersion: '6.4',
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: name,
        operatingSystem: 'linux',
        osImage: 'Alauda OS',
        systemUUID: name,
      },
    },
  };
}

/** Registers the stand-in on a runtime: any infrastructure provider that keeps the contract would do. */
export function standIn(rt: Runtime): void {
  const infras = rt.informer(kinds.BaremetalMachine);
  const machines = rt.informer(kinds.Machine);
  const controller = rt.controller('stand-in', reconcile);
  infras.onChange((infra) => controller.enqueue(infra.metadata.name));
  machines.onChange((machine) => controller.enqueue(machine.spec?.infrastructureRef?.name));

  async function reconcile(name: string): Promise<number | undefined> {
    const infra = infras.get(name);
    const machine = machines.get(infra && ownerName(infra, 'Machine'));
    if (!infra || !machine) return undefined;
    const inventory = `inv-${name}`;
    const change = (edit: (draft: BaremetalMachine) => void) => rt.client.change(kinds.BaremetalMachine, infra, edit);
    if (infra.metadata.deletionTimestamp) {
      const wait = rt.delays.left(name, 'stand-in-end', () => goneAfter);
      if (wait > 0) return wait;
      const { client } = (await rt.nodes('prod')).as('manager');
      await client.remove(kinds.Node, inventory);
      await change((draft) => removeFinalizer(draft, finalizer));
      return undefined;
    }
    if (infra.status?.ready) return undefined;
    if (!machine.spec?.bootstrap?.dataSecretName) {
      await change((draft) => addFinalizer(draft, finalizer));
      return undefined;
    }
    const wait = rt.delays.left(name, 'stand-in-start', () => readyAfter);
    if (wait > 0) return wait;
    const nodes = await rt.nodes('prod');
    const node = standInNode(inventory, machine.spec.version ?? '', true);
    node.spec!.taints = /control-plane/.test(name) ? planeTaints : [];
    await nodes.as('kubelet').client.create(kinds.Node, node);
    await change((draft) => {
      addFinalizer(draft, finalizer);
      draft.spec = { ...draft.spec, providerID: `baremetal:///${inventory}` };
      draft.status = { phase: 'Running', ready: true, addresses: [{ type: 'InternalIP', address: '10.1.0.9' }] };
    });
    return undefined;
  }
}
