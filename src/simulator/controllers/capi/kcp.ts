/** The KubeadmControlPlane controller: at most one Machine comes or goes at a time, the oldest first. */

import { find, isTrue } from '../conditions.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { addFinalizer, annotate, clusterOf, ownerName, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { Backoff } from './backoff.ts';
import { noteExpiries } from './certificate-expiry.ts';
import { certify } from './certificates.ts';
import { onClusterTurn } from './clusters.ts';
import { byAge, capiController, deleting, isControlPlane, restsPaused, scaled } from './common.ts';
import { defaultControlPlane } from './defaults.ts';
import { emptiest } from './failure-domains.ts';
import { followInPlace, inPlace, Wants } from './in-place.ts';
import { updateCoreDns } from './kcp-add-ons.ts';
import { componentsOf, setComponents, type Unseen } from './kcp-components.ts';
import { created, deletedMachine, departs, leftEtcd, rollingOut, wanting } from './kcp-log.ts';
import { cleanupHook, controlPlaneOrder, selectForScaleDown } from './kcp-machines.ts';
import { awaitedBy, holdOf } from './kcp-preflight.ts';
import {
  firstToRemediate,
  forgetRemediation,
  inProgress,
  remediatePlane,
  remediates,
  remediationFor,
} from './kcp-remediation.ts';
import { setControlPlaneStatus } from './kcp-status.ts';
import { machineInformer } from './machine.ts';
import { createMachine } from './machine-create.ts';
import { awaitsRemediation } from './machinehealthcheck.ts';
import { setUpToDate } from './machineset.ts';
import { type Outage, outageOf, sooner } from './remote-connection.ts';
import { tieTemplate } from './templates.ts';
import { controlPlaneDifferences } from './up-to-date.ts';

const finalizer = 'kubeadm.controlplane.cluster.x-k8s.io';
const component = 'kubeadmcontrolplane-controller';
/** How soon it looks again, ms: while a preflight check fails, a Machine is deleted, or one is not well. It watches no Nodes. */
const [preflightPace, deletePace, unwellPace] = [15_000, 30_000, 20_000];
/** What it does not watch, as the Secrets of a cluster, it sees so often. */
const syncPeriod = 10 * 60_000;
/** From v1beta2 on it lets nothing wake it sooner than this after a failed check. */
const deferred = 'preflight-deferral';
const deferral = 5000;

/** Registers the controller. */
export function controlPlaneController(rt: Runtime): void {
  const planes = rt.informer(kinds.KubeadmControlPlane);
  const machines = machineInformer(rt);
  const infras = rt.informer(kinds.BaremetalMachine);
  const configs = rt.informer(kinds.KubeadmConfig);
  const clusters = rt.informer(kinds.Cluster);
  const templates = rt.informer(kinds.BaremetalMachineTemplate);
  const certified = new Set<string>();
  const backoff = new Backoff();
  const wants = new Wants();

  const controller = capiController(rt, 'kubeadmcontrolplane', reconcile);
  planes.onChange((plane, change) => {
    if (change === 'deleted') wants.forget(plane.metadata.name);
    controller.enqueue(plane.metadata.name);
  });
  machines.onChange((machine) => controller.enqueue(ownerName(machine, 'KubeadmControlPlane')));
  rt.faults.onCluster((cluster) => controller.enqueue(clusters.get(cluster)?.spec?.controlPlaneRef?.name));
  onClusterTurn(rt, (cluster) => controller.enqueue(clusters.get(cluster)?.spec?.controlPlaneRef?.name));

  async function reconcile(name: string): Promise<number | undefined> {
    const found = planes.get(name);
    const cluster = clusters.get(found && (clusterOf(found) ?? ownerName(found, 'Cluster')));
    if (!found || !cluster) return undefined;
    if (await restsPaused(rt, kinds.KubeadmControlPlane, found, cluster)) return undefined;
    const rest = rt.delays.has(name, deferred) ? rt.delays.left(name, deferred, () => deferral) : 0;
    if (rest > 0) return rest;
    rt.delays.forget(name, deferred);
    const plane = await rt.client.change(kinds.KubeadmControlPlane, found, (draft) => {
      defaultControlPlane(draft, rt.namespace);
      addFinalizer(draft, finalizer);
    });
    rt.log(plane, 'controller.go:441', `Reconcile KubeadmControlPlane${deleting(plane) ? ' deletion' : ''}`);
    const template = templates.get(plane.spec?.machineTemplate?.infrastructureRef?.name);
    const outage = outageOf(rt, cluster.metadata.name);
    const held: string[] = [];
    // Without its template nothing is done at all: a wrong name costs no Machine.
    if (!template && !deleting(plane)) {
      await report(plane, cluster, owned(plane), held, found.status?.observedGeneration);
      return backoff.next(name);
    }
    backoff.forget(name);
    if (!deleting(plane)) {
      await tieTemplate(rt, kinds.BaremetalMachineTemplate, template, cluster);
      if (!cluster.status?.infrastructureReady) return report(plane, cluster, owned(plane), held).then(() => undefined);
      await certify(rt, cluster, plane, certified.has(cluster.metadata.name));
      certified.add(cluster.metadata.name);
    }
    const outdated = await judge(plane, cluster.metadata.name, outage);
    // What is reported is what was there before this step, as Cluster API does.
    const seen = owned(plane);
    let again: number | undefined;
    if (deleting(plane)) {
      await removeAll(plane, cluster);
      again = seen.length > 0 ? deletePace : undefined;
    } else again = await step(plane, cluster, outdated, held);
    await report(plane, cluster, seen, held);
    const isWell = owned(plane).every((machine) => isTrue(machine.status?.v1beta2?.conditions, 'Ready'));
    if (!deleting(plane)) again ??= isWell ? syncPeriod : unwellPace;
    const wait = Date.parse(plane.spec?.rolloutAfter ?? '') - rt.clock.now();
    return sooner(sooner(wait > 0 ? wait * rt.speed : undefined, outage?.again), again);
  }

  const owned = (plane: KubeadmControlPlane): Machine[] => machines.by('controlPlane', plane.metadata.name);

  function differences(plane: KubeadmControlPlane, machine: Machine): string[] {
    const infra = infras.get(machine.spec?.infrastructureRef?.name);
    const config = configs.get(machine.spec?.bootstrap?.configRef?.name);
    return controlPlaneDifferences(plane, machine, infra, config, rt.clock.now());
  }

  /** Writes onto each Machine what its control plane knows of it. Gives the names of those to replace. */
  async function judge(plane: KubeadmControlPlane, cluster: string, outage: Outage | undefined): Promise<Set<string>> {
    const outdated = new Set<string>();
    const nodes = await rt.nodes(cluster);
    const awaits = awaitedBy(plane);
    const unseen: Unseen | undefined = awaits
      ? { reason: 'InspectionFailed', message: awaits }
      : outage?.stale
        ? { reason: 'ConnectionDown', message: outage.message }
        : undefined;
    let released = false;
    const template = plane.spec?.machineTemplate;
    const wanted = wants.of(plane.metadata.name, { ...template?.metadata, spec: inPlace(template) });
    for (const machine of owned(plane).sort(byAge)) {
      const lines = differences(plane, machine);
      if (lines.length > 0) outdated.add(machine.metadata.name);
      const stage = find(machine.status?.v1beta2?.conditions, 'Deleting')?.reason;
      await rt.client.change(kinds.Machine, machine, (draft) => {
        followInPlace(draft, wanted);
        setUpToDate(draft, lines, rt.timestamp());
        forgetRemediation(draft);
        const node = nodes.informer.get(machine.status?.nodeRef?.name);
        setComponents(draft, rt.timestamp(), componentsOf(plane, rt.clusterApi), node, rt.clusterApi, unseen);
        if (deleting(plane)) return;
        if (!deleting(machine)) annotate(draft, { [cleanupHook]: '' });
        else if (stage === 'WaitingForPreTerminateHook' && !released && !outage) {
          // Its etcd member is gone now; one member at a time leaves.
          annotate(draft, { [cleanupHook]: undefined });
          released = true;
          departs(rt, cluster, machine, 'left');
        }
      });
      leftEtcd(rt, plane, owned(plane), machine);
    }
    return outdated;
  }

  async function removeAll(plane: KubeadmControlPlane, cluster: Cluster): Promise<void> {
    const workers = machines.by('cluster', cluster.metadata.name).some((machine) => !isControlPlane(machine));
    if (workers) return;
    const all = owned(plane);
    for (const machine of all) {
      // Nobody is left to lead etcd: no leave is taken.
      await rt.client.change(kinds.Machine, machine, (draft) => annotate(draft, { [cleanupHook]: undefined }));
      if (deleting(machine)) continue;
      await rt.client.remove(kinds.Machine, machine.metadata.name);
      deletedMachine(rt, plane, all, new Set(), machine, 'controller.go:640', 'KubeadmControlPlane deleted');
    }
    if (all.length > 0) rt.log(plane, 'controller.go:651', 'Waiting for control plane Machines to not exist anymore');
  }

  /** One step towards what is wanted; a number tells after how many simulated ms to look again. */
  async function step(
    plane: KubeadmControlPlane,
    cluster: Cluster,
    outdated: Set<string>,
    held: string[],
  ): Promise<number | undefined> {
    const all = owned(plane);
    const replicas = plane.spec?.replicas ?? 1;
    const surge = scaled(plane.spec?.rolloutStrategy?.rollingUpdate?.maxSurge, replicas, 1, true);
    const ill = firstToRemediate(all.filter(awaitsRemediation));
    let later: number | undefined;
    if (ill && !deleting(ill) && !remediates(plane, all)) {
      const verdict = await remediatePlane(rt, plane, all, ill);
      if (verdict === 'deleted') return undefined;
      later = verdict;
    }
    const rolls = outdated.size > 0 && all.length > 0;
    if (rolls) rollingOut(rt, plane, all, outdated, (machine) => infras.get(machine.spec?.infrastructureRef?.name));
    else wanting(rt, plane, all);
    if (rolls ? all.length < replicas + surge : all.length < replicas)
      return sooner(later, await scaleUp(plane, cluster, all, outdated, held));
    if (rolls || all.length > replicas) return sooner(later, await scaleDown(plane, cluster, all, outdated, held));
    if (!plane.status?.initialized) return later;
    await updateCoreDns(rt, plane, cluster.metadata.name);
    await noteExpiries(rt, all, await rt.nodes(cluster.metadata.name));
    return later;
  }

  async function scaleUp(
    plane: KubeadmControlPlane,
    cluster: Cluster,
    all: Machine[],
    outdated: Set<string>,
    held: string[],
  ): Promise<number | undefined> {
    const infraTemplate = templates.get(plane.spec?.machineTemplate?.infrastructureRef?.name);
    if (!infraTemplate) return undefined;
    const wait = await unstable(plane, all, held);
    if (wait) return wait;
    const name = `${plane.metadata.name}-${rt.names.suffix()}`;
    const order = controlPlaneOrder(plane, cluster.metadata.name, name, infraTemplate, all.length === 0, rt.clusterApi);
    const domain = emptiest(cluster, all);
    if (domain) order.spec.failureDomain = domain;
    const replaces = plane.metadata.annotations?.[inProgress];
    if (replaces) order.annotations = { ...order.annotations, [remediationFor]: replaces };
    created(rt, plane, all, outdated, await createMachine(rt, order));
    if (!replaces) return undefined;
    await rt.client.change(kinds.KubeadmControlPlane, planes.get(plane.metadata.name) ?? plane, (draft) =>
      annotate(draft, { [inProgress]: undefined }),
    );
    return undefined;
  }

  async function scaleDown(
    plane: KubeadmControlPlane,
    cluster: Cluster,
    all: Machine[],
    outdated: Set<string>,
    held: string[],
  ): Promise<number | undefined> {
    const victim = selectForScaleDown(all, outdated, cluster);
    const wait = await unstable(plane, all, held, victim);
    if (!victim || wait) return wait;
    departs(rt, cluster.metadata.name, victim, 'asked');
    await rt.client.remove(kinds.Machine, victim.metadata.name);
    deletedMachine(rt, plane, all, outdated, victim, 'scale.go:149', 'scale down');
    return undefined;
  }

  /** The preflight check before every step; where it fails, after how many ms to look again. `held` gets why. */
  async function unstable(
    plane: KubeadmControlPlane,
    all: Machine[],
    held: string[],
    except?: Machine,
  ): Promise<number | undefined> {
    const hold = holdOf(plane, all, except, rt.clusterApi);
    if (!hold) return undefined;
    held.push(...hold.lines);
    if (hold.waits) return deletePace;
    if (rt.clusterApi === 'v1beta2') rt.delays.left(plane.metadata.name, deferred, () => deferral);
    const { problems } = hold;
    const list = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
    const message = `Waiting for control plane to pass preflight checks to continue reconciliation: ${list}`;
    rt.log(plane, 'scale.go:239', 'Waiting for control plane to pass preflight checks', { failures: list });
    await rt.event(plane, 'Warning', 'ControlPlaneUnhealthy', message, component);
    return preflightPace;
  }

  async function report(
    plane: KubeadmControlPlane,
    cluster: Cluster,
    seen: Machine[],
    held: readonly string[],
    observed?: number,
  ): Promise<void> {
    const now = planes.get(plane.metadata.name);
    if (!now) return;
    const all = seen.flatMap((machine) => machines.get(machine.metadata.name) ?? []);
    const outdated = new Set(all.filter((m) => differences(now, m).length > 0).map((m) => m.metadata.name));
    const draft = copy(now);
    if (deleting(now) && all.length === 0) {
      removeFinalizer(draft, finalizer);
      certified.delete(cluster.metadata.name);
    }
    const others = machines.by('cluster', cluster.metadata.name).filter((machine) => !isControlPlane(machine));
    const template = now.spec?.machineTemplate?.infrastructureRef;
    setControlPlaneStatus(draft, cluster.metadata.name, all, outdated, rt.timestamp(), rt.clusterApi, {
      held,
      since: (at) => rt.since(at),
      workers: others.map(({ metadata }) => metadata.name).sort(),
      missing: templates.get(template?.name) ? undefined : template?.kind,
      awaits: awaitedBy(now, cluster),
      uncertified: !certified.has(cluster.metadata.name),
    });
    if (observed !== undefined) draft.status!.observedGeneration = observed;
    await rt.client.replace(kinds.KubeadmControlPlane, now, draft);
  }
}
