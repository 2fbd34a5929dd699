/** The Machine controller: brings bootstrap data, infrastructure and Node together, and takes them apart again. */

import { isTrue } from '../conditions.ts';
import { initialized } from '../hosts/node-lifecycle.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import type { NodeAccess } from '../node-access.ts';
import { addFinalizer, isControlled, labels, own, ownerName } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, KubeadmConfig, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { Backoff } from './backoff.ts';
import { onClusterTurn } from './clusters.ts';
import { awaited, capiController, deleting, hasNode, machineFinalizer, restsPaused } from './common.ts';
import { untilLate } from './late-deletion.ts';
import { deletionStep } from './machine-deletion.ts';
import { tellProgress } from './machine-log.ts';
import { type MachineFacts, setMachineStatus } from './machine-status.ts';
import { isSynced, syncNode } from './node-sync.ts';
import { outageOf, sooner } from './remote-connection.ts';

const component = 'machine-controller';
/** Cluster API goes on with a deletion no more than once in so many ms, whatever changes in between. */
const deletionPace = 1000;

/** The indexes that controllers of Machines share. */
export function machineInformer(rt: Runtime) {
  const machines = rt.informer(kinds.Machine);
  machines.index('cluster', (machine) => [machine.spec?.clusterName ?? '']);
  machines.index('set', (machine) => [ownerName(machine, 'MachineSet') ?? '']);
  machines.index('orphan', (machine) => (isControlled(machine) ? [] : [machine.spec?.clusterName ?? '']));
  machines.index('deployment', (machine) => [machine.metadata.labels?.[labels.deployment] ?? '']);
  machines.index('controlPlane', (machine) => [ownerName(machine, 'KubeadmControlPlane') ?? '']);
  machines.index('provider', (machine) => (machine.spec?.providerID ? [machine.spec.providerID] : []));
  return machines;
}

/** Registers the controller. */
export function machineController(rt: Runtime): void {
  const machines = machineInformer(rt);
  const infras = rt.informer(kinds.BaremetalMachine);
  const configs = rt.informer(kinds.KubeadmConfig);
  const clusters = rt.informer(kinds.Cluster);
  const planes = rt.informer(kinds.KubeadmControlPlane);
  infras.index('provider', (infra) => (infra.spec?.providerID ? [infra.spec.providerID] : []));

  const backoff = new Backoff();
  const controller = capiController(rt, 'machine', reconcile);
  machines.onChange((machine, change) => {
    if (change === 'deleted') {
      rt.delays.forget(machine.metadata.name);
      backoff.forget(machine.metadata.name);
    } else controller.enqueue(machine.metadata.name);
  });
  infras.onChange((infra) => controller.enqueue(ownerName(infra, 'Machine')));
  configs.onChange((config) => controller.enqueue(ownerName(config, 'Machine')));
  onClusterTurn(rt, (cluster) => {
    for (const machine of machines.by('cluster', cluster)) controller.enqueue(machine.metadata.name);
  });
  rt.faults.onCluster((cluster) => {
    for (const machine of machines.by('cluster', cluster)) controller.enqueue(machine.metadata.name);
  });
  rt.onNode((node) => {
    for (const infra of infras.by('provider', node.spec?.providerID)) controller.enqueue(ownerName(infra, 'Machine'));
    for (const machine of machines.by('provider', node.spec?.providerID)) controller.enqueue(machine.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const machine = machines.get(name);
    const clusterName = machine?.spec?.clusterName;
    if (!machine || !clusterName) return undefined;
    const cluster = clusters.get(clusterName);
    // Nothing at all is done, and nothing said, where the Cluster is not there.
    if (!cluster) return backoff.next(name);
    backoff.forget(name);
    const draft = copy(machine);
    if (await restsPaused(rt, kinds.Machine, machine, cluster)) return undefined;
    addFinalizer(draft, machineFinalizer);
    draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: clusterName };
    if (!isControlled(machine)) own(draft, cluster, false);

    const nodes = await rt.nodes(clusterName);
    const infra = infras.get(machine.spec?.infrastructureRef?.name);
    const config = configs.get(machine.spec?.bootstrap?.configRef?.name);
    const since = (at: string | undefined) => rt.since(at);
    const awaits = awaitedIn(cluster);
    const facts: MachineFacts = { infra, config, node: undefined, clusterApi: rt.clusterApi, since, awaits };
    const plane = planes.get(cluster.spec?.controlPlaneRef?.name);
    if (plane && deleting(plane)) facts.planeGoes = true;
    const outage = outageOf(rt, clusterName);
    facts.outage = outage;
    let again: number | undefined;
    if (deleting(machine)) {
      const rest = restOf(name);
      if (rest > 0) return rest;
      facts.node = nodes.informer.get(machine.status?.nodeRef?.name);
      const step = await deletionStep(rt, draft, facts, cluster, nodes);
      facts.deletion = step;
      again = sooner(step.again, untilLate(machine, since));
    } else {
      await adopt(machine, infra, config);
      take(draft, infra, config);
      facts.node = nodeOf(draft, infra, nodes);
      tellProgress(rt, machine, draft, facts);
    }
    setMachineStatus(draft, facts, rt.timestamp());
    const after = await rt.client.replace(kinds.Machine, machine, draft);
    if (facts.node && hasNode(after) && !deleting(after)) await linkNode(machine, after, facts.node, nodes);
    return sooner(again, outage?.again);
  }

  /** Ms until a deletion may be gone on with; where it may, the next rest begins. */
  function restOf(name: string): number {
    const what = 'deletion-pace';
    const rest = rt.delays.has(name, what) ? rt.delays.left(name, what, () => deletionPace) : 0;
    if (rest > 0) return rest;
    rt.delays.forget(name, what);
    rt.delays.left(name, what, () => deletionPace);
    return 0;
  }

  /** The Machine becomes the one owner of its infrastructure and bootstrap objects. */
  async function adopt(machine: Machine, infra?: BaremetalMachine, config?: KubeadmConfig): Promise<void> {
    if (infra && !deleting(infra)) await rt.client.change(kinds.BaremetalMachine, infra, (d) => adoptInto(d, machine));
    if (config && !deleting(config)) await rt.client.change(kinds.KubeadmConfig, config, (d) => adoptInto(d, machine));
  }

  async function linkNode(before: Machine, machine: Machine, node: Node, nodes: NodeAccess): Promise<void> {
    const first = !hasNode(before);
    if (first) await rt.event(machine, 'Normal', 'SuccessfulSetNodeRef', node.metadata.name, component);
    else if (isSynced(node, machine, rt.namespace, rt.clusterApi)) return;
    await nodes.as('manager').client.change(kinds.Node, node, (draft) => {
      syncNode(draft, machine, rt.namespace, rt.clusterApi);
      if (first) initialized(draft);
    });
  }
}

/** What a cluster lacks before its Nodes can be looked for. */
function awaitedIn({ status }: Cluster): string | undefined {
  if (!status?.infrastructureReady) return awaited.infrastructure;
  return isTrue(status.conditions, 'ControlPlaneInitialized') ? undefined : awaited.controlPlane;
}

/** Makes a Machine the one owner of its infrastructure or bootstrap object. */
export function adoptInto(draft: BaremetalMachine | KubeadmConfig, machine: Machine): void {
  own(draft, machine);
  const cluster = machine.spec?.clusterName;
  if (cluster) draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: cluster };
}

/** Takes over what bootstrap and infrastructure provide. */
function take(draft: Machine, infra: BaremetalMachine | undefined, config: KubeadmConfig | undefined): void {
  draft.spec ??= {};
  const spec = draft.spec;
  const secret = config?.status?.ready ? config.status.dataSecretName : undefined;
  if (secret && !spec.bootstrap?.dataSecretName) spec.bootstrap = { ...spec.bootstrap, dataSecretName: secret };
  if (infra?.status?.ready && infra.spec?.providerID) spec.providerID = infra.spec.providerID;
  spec.nodeDeletionTimeout ??= '10s';
}

function nodeOf(machine: Machine, infra: BaremetalMachine | undefined, nodes: NodeAccess): Node | undefined {
  const known = machine.status?.nodeRef?.name;
  if (known) return nodes.informer.get(known);
  // A Node counts once the infrastructure says it is ready, as Cluster API asks for it only then.
  return infra?.status?.ready ? nodes.informer.by('provider', machine.spec?.providerID)[0] : undefined;
}
