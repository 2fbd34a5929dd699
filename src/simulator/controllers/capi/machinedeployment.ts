/** The MachineDeployment controller: one MachineSet a template, and the way from the old one to the new. */

import { createHash } from 'node:crypto';
import { copy } from '../json.ts';
import { type ClusterApiVersion, kinds } from '../kinds.ts';
import { addFinalizer, annotate, labels, own, ownerName, ownerReference, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineDeployment, MachineSet } from '../shapes/capi.ts';
import { Backoff } from './backoff.ts';
import { onClusterTurn } from './clusters.ts';
import { byAge, capiController, deleting, restsPaused } from './common.ts';
import { defaultDeployment } from './defaults.ts';
import { withTimeouts } from './in-place.ts';
import { machineInformer } from './machine.ts';
import { managers } from './machine-create.ts';
import { listOf } from './machine-log.ts';
import { setDeploymentStatus } from './machinedeployment-status.ts';
import { newSetWords } from './machineset-log.ts';
import { budgetOf, newSetReplicas, oldSetReplicas } from './rollout.ts';
import { machinesOf } from './set-machines.ts';
import { tieTemplate } from './templates.ts';
import { rolloutDue, templateDifferences } from './up-to-date.ts';

const finalizer = 'cluster.x-k8s.io/machinedeployment';
const component = 'machinedeployment-controller';
const prefix = 'machinedeployment.clusters.x-k8s.io';

/** Registers the controller. */
export function machineDeploymentController(rt: Runtime): void {
  const deployments = rt.informer(kinds.MachineDeployment);
  const sets = rt.informer(kinds.MachineSet);
  const machines = machineInformer(rt);
  const clusters = rt.informer(kinds.Cluster);
  const infraTemplates = rt.informer(kinds.BaremetalMachineTemplate);
  const configTemplates = rt.informer(kinds.KubeadmConfigTemplate);
  deployments.index('cluster', (deployment) => [deployment.spec?.clusterName ?? '']);
  sets.index('deployment', (set) => [ownerName(set, 'MachineDeployment') ?? '']);

  const backoff = new Backoff();
  const controller = capiController(rt, 'machinedeployment', reconcile);
  deployments.onChange((deployment) => controller.enqueue(deployment.metadata.name));
  sets.onChange((set) => controller.enqueue(ownerName(set, 'MachineDeployment')));
  machines.onChange((machine) => controller.enqueue(machine.metadata.labels?.[labels.deployment]));
  onClusterTurn(rt, (cluster) => {
    for (const deployment of deployments.by('cluster', cluster)) controller.enqueue(deployment.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const found = deployments.get(name);
    const cluster = clusters.get(found?.spec?.clusterName);
    if (!found) return undefined;
    // Nothing at all is done, and nothing said, where the Cluster is not there.
    if (!cluster) return backoff.next(name);
    if (await restsPaused(rt, kinds.MachineDeployment, found, cluster)) return undefined;
    const deployment = await rt.client.change(kinds.MachineDeployment, found, (draft) => {
      defaultDeployment(draft, rt.namespace);
      addFinalizer(draft, finalizer);
      own(draft, cluster, false);
    });
    const missing = missingOf(deployment);
    if (deleting(deployment)) await removeAll(deployment);
    else if (missing.length > 0 && !currentSet(deployment) && !deployment.spec?.paused) {
      // Without a template there is no new MachineSet, and nothing goes before there is one.
      await report(deployment, missing, found.status?.observedGeneration);
      return backoff.next(name);
    } else if (!deleting(cluster)) {
      const { infrastructureRef, bootstrap } = deployment.spec?.template?.spec ?? {};
      await tieTemplate(rt, kinds.BaremetalMachineTemplate, infraTemplates.get(infrastructureRef?.name), cluster);
      await tieTemplate(rt, kinds.KubeadmConfigTemplate, configTemplates.get(bootstrap?.configRef?.name), cluster);
      await roll(deployment);
    }
    backoff.forget(name);
    await report(deployment, missing);
    return untilRollout(deployment);
  }

  /** The kinds of a deployment's templates that are not there. */
  function missingOf({ spec }: MachineDeployment): string[] {
    const { bootstrap, infrastructureRef } = spec?.template?.spec ?? {};
    const { configRef } = bootstrap ?? {};
    return [
      ...(configRef && !configTemplates.get(configRef.name) ? [configRef.kind ?? ''] : []),
      ...(infrastructureRef && !infraTemplates.get(infrastructureRef.name) ? [infrastructureRef.kind ?? ''] : []),
    ];
  }

  /** A `rolloutAfter` that is still to come needs a look then; it is a time of the clock, not a simulated duration. */
  function untilRollout(deployment: MachineDeployment): number | undefined {
    const wait = Date.parse(deployment.spec?.rolloutAfter ?? '') - rt.clock.now();
    return wait > 0 ? wait * rt.speed : undefined;
  }

  /** One that is being deleted counts until it is gone: no other takes its place before. */
  const owned = (name: string): MachineSet[] => sets.by('deployment', name);

  async function removeAll(deployment: MachineDeployment): Promise<void> {
    const all = owned(deployment.metadata.name);
    for (const set of all) {
      if (deleting(set)) continue;
      await rt.client.remove(kinds.MachineSet, set.metadata.name);
      const ref = { MachineSet: `${rt.namespace}/${set.metadata.name}` };
      rt.log(deployment, 'machinedeployment_controller.go:360', 'Deleting MachineSet (MachineDeployment deleted)', ref);
    }
    if (all.length === 0) return;
    const MachineSets = listOf(all);
    rt.log(deployment, 'machinedeployment_controller.go:364', 'Waiting for MachineSets to be deleted', { MachineSets });
  }

  function currentSet(deployment: MachineDeployment): MachineSet | undefined {
    const fitting = owned(deployment.metadata.name)
      .filter((set) => templateDifferences(set.spec?.template, deployment.spec?.template).length === 0)
      .filter((set) => !rolloutDue(deployment, set.metadata.creationTimestamp, rt.clock.now()));
    const size = ({ spec }: MachineSet) => spec?.replicas ?? 0;
    return fitting.sort((a, b) => size(b) - size(a) || byAge(a, b))[0];
  }

  async function roll(deployment: MachineDeployment): Promise<void> {
    const budget = budgetOf(deployment);
    let current = currentSet(deployment);
    if (deployment.spec?.paused && !current) return;
    current = await prepareSet(deployment, current);
    const name = deployment.metadata.name;
    const old = () => owned(name).filter((set) => set.metadata.name !== current?.metadata.name);
    await scale(deployment, current, newSetReplicas(budget, current, owned(name)));
    if (!deployment.spec?.paused && deployment.spec?.strategy?.type !== 'OnDelete') {
      const fresh = sets.get(current.metadata.name) ?? current;
      const wanted = oldSetReplicas(budget, fresh, old(), rt.clusterApi);
      for (const set of old()) {
        const replicas = wanted.get(set.metadata.name) ?? 0;
        if (replicas !== set.spec?.replicas) await scale(deployment, set, replicas);
      }
    }
    await cleanUp(deployment, old());
  }

  /** The MachineSet of the present template, made or brought up to date in what needs no new Machines. */
  async function prepareSet(deployment: MachineDeployment, found: MachineSet | undefined): Promise<MachineSet> {
    const all = owned(deployment.metadata.name);
    const newest = Math.max(0, ...all.filter((set) => set !== found).map(revisionOf));
    const revision = Math.max(newest + 1, found ? revisionOf(found) : 0);
    const set = found ?? (await createSet(deployment, revision));
    const marked = await rt.client.change(kinds.MachineSet, set, (draft) => {
      if (found && revisionOf(found) !== revision) {
        const history = [found.metadata.annotations?.[`${prefix}/revision-history`], String(revisionOf(found))];
        annotate(draft, { [`${prefix}/revision-history`]: history.filter(Boolean).join(',') });
      }
      annotate(draft, { [`${prefix}/revision`]: String(revision), ...sizes(deployment) });
      draft.spec ??= {};
      const spec = draft.spec;
      spec.deletePolicy = deployment.spec?.strategy?.rollingUpdate?.deletePolicy ?? 'Random';
      const { template } = spec;
      const wanted = deployment.spec?.template;
      const hash = template?.metadata?.labels?.[labels.templateHash];
      const own: Record<string, string> = hash === undefined ? {} : { [labels.templateHash]: hash };
      const annotations = wanted?.metadata?.annotations;
      for (const key of Object.keys(template?.metadata?.labels ?? {}))
        if (wanted?.metadata?.labels?.[key] === undefined) delete draft.metadata.labels?.[key];
      const { name } = deployment.metadata;
      draft.metadata.labels = {
        ...draft.metadata.labels,
        ...wanted?.metadata?.labels,
        [labels.deployment]: name,
        ...own,
      };
      spec.template = {
        metadata: { labels: { ...wanted?.metadata?.labels, ...own }, ...(annotations ? { annotations } : {}) },
        spec: withTimeouts(template?.spec, wanted?.spec),
      };
      if (deployment.spec?.minReadySeconds) spec.minReadySeconds = deployment.spec.minReadySeconds;
    });
    await rt.client.change(kinds.MachineDeployment, deployments.get(deployment.metadata.name) ?? deployment, (draft) =>
      annotate(draft, { [`${prefix}/revision`]: String(revision) }),
    );
    return marked;
  }

  async function createSet(deployment: MachineDeployment, revision: number): Promise<MachineSet> {
    const suffix = rt.names.suffix();
    const set = newMachineSet(deployment, suffix, revision, rt.clusterApi);
    const ref = { MachineSet: `${rt.namespace}/${set.metadata.name}` };
    rt.log(deployment, ...newSetWords, ref);
    const made = await rt.client.apply(kinds.MachineSet, set, managers.deployment);
    const ending = rt.clusterApi === 'v1beta2' ? ' with 0 replicas' : '';
    const message = `Created MachineSet ${rt.namespace}/${set.metadata.name}${ending}`;
    await rt.event(deployment, 'Normal', 'SuccessfulCreate', message, component);
    return made;
  }

  async function scale(deployment: MachineDeployment, set: MachineSet, replicas: number): Promise<void> {
    const before = set.spec?.replicas ?? 0;
    await rt.client.change(kinds.MachineSet, sets.get(set.metadata.name) ?? set, (draft) => {
      draft.spec = { ...draft.spec, replicas };
      annotate(draft, sizes(deployment));
    });
    if (before === replicas) return;
    const what =
      rt.clusterApi === 'v1beta2'
        ? `Scaled ${replicas > before ? 'up' : 'down'} MachineSet ${set.metadata.name}`
        : `Scaled MachineSet ${rt.namespace}/${set.metadata.name}`;
    const message = `${what}: ${before} -> ${replicas}`;
    await rt.event(deployment, 'Normal', 'SuccessfulScale', message, component);
  }

  /** Removes emptied MachineSets beyond the history limit, the oldest first. */
  async function cleanUp(deployment: MachineDeployment, old: MachineSet[]): Promise<void> {
    const complete =
      (deployments.get(deployment.metadata.name)?.status?.updatedReplicas ?? 0) >= budgetOf(deployment).replicas;
    const empty = old.filter(
      (set) => !deleting(set) && (set.spec?.replicas ?? 0) === 0 && machinesOf(machines, set).length === 0,
    );
    // v1beta2 has no history: nothing emptied is kept.
    const kept = rt.clusterApi === 'v1beta2' ? 0 : (deployment.spec?.revisionHistoryLimit ?? 1);
    const surplus = empty.length - kept;
    if (!complete || surplus <= 0) return;
    for (const set of [...empty].sort(byAge).slice(0, surplus)) {
      await rt.client.remove(kinds.MachineSet, set.metadata.name);
      const message = `Deleted MachineSet "${set.metadata.name}"`;
      await rt.event(deployment, 'Normal', 'SuccessfulDelete', message, component);
    }
  }

  async function report(deployment: MachineDeployment, missing: readonly string[], observed?: number): Promise<void> {
    const name = deployment.metadata.name;
    const now = deployments.get(name);
    if (!now) return;
    const all = sets.by('deployment', name);
    const draft = copy(now);
    if (deleting(now) && all.length === 0) removeFinalizer(draft, finalizer);
    const since = (at: string | undefined) => rt.since(at);
    const own = machines.by('deployment', name);
    setDeploymentStatus(draft, all, currentSet(now), own, rt.timestamp(), rt.clusterApi, { missing, since });
    if (observed !== undefined) draft.status!.observedGeneration = observed;
    await rt.client.replace(kinds.MachineDeployment, now, draft);
  }
}

const revisionOf = (set: MachineSet): number => Number(set.metadata.annotations?.[`${prefix}/revision`] ?? 0);

function sizes(deployment: MachineDeployment): Record<string, string> {
  const { replicas, maxSurge } = budgetOf(deployment);
  return { [`${prefix}/desired-replicas`]: String(replicas), [`${prefix}/max-replicas`]: String(replicas + maxSurge) };
}

/** A MachineSet for the present template of a MachineDeployment, with no replicas yet. */
export function newMachineSet(
  deployment: MachineDeployment,
  suffix: string,
  revision: number,
  clusterApi: ClusterApiVersion = 'v1beta1',
): MachineSet {
  const template = copy(deployment.spec?.template ?? {});
  const text = JSON.stringify([template.spec?.version, template.spec?.bootstrap, template.spec?.infrastructureRef]);
  const number = createHash('sha256').update(text).digest().readUInt32LE(0);
  const hash = { [labels.templateHash]: `${number}-${suffix}` };
  const cluster = deployment.spec?.clusterName ?? '';
  const identity = { [labels.cluster]: cluster, [labels.deployment]: deployment.metadata.name };
  const all = { ...template.metadata?.labels, ...identity, ...hash };
  return {
    apiVersion: kinds.MachineSet.apiVersion,
    kind: 'MachineSet',
    metadata: {
      name: `${deployment.metadata.name}-${suffix}`,
      labels: all,
      annotations: {
        ...sizes(deployment),
        [`${prefix}/revision`]: String(revision),
        ...(clusterApi === 'v1beta2' ? { 'cluster.x-k8s.io/disable-machine-create': 'false' } : {}),
      },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      clusterName: cluster,
      deletePolicy: deployment.spec?.strategy?.rollingUpdate?.deletePolicy ?? 'Random',
      replicas: 0,
      selector: { matchLabels: { ...deployment.spec?.selector?.matchLabels, ...hash } },
      template: { ...template, metadata: { ...template.metadata, labels: all } },
    },
  };
}
