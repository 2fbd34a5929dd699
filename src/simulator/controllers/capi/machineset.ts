/** The MachineSet controller: keeps a number of equal Machines. */

import { find, saySorted } from '../conditions.ts';
import { copy, equal } from '../json.ts';
import { type Kind, kinds } from '../kinds.ts';
import { addFinalizer, isControlled, labels, own, ownerName, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmConfigTemplate, Machine, MachineSet } from '../shapes/capi.ts';
import type { BaremetalMachineTemplate } from '../shapes/provider.ts';
import { Backoff } from './backoff.ts';
import { onClusterTurn } from './clusters.ts';
import { capiController, deleting, restsPaused } from './common.ts';
import { deleteOrder } from './delete-order.ts';
import { followInPlace, inPlace, Wants } from './in-place.ts';
import { forgetRemediation } from './kcp-remediation.ts';
import { machineInformer } from './machine.ts';
import { createMachine, type MachineOrder } from './machine-create.ts';
import { listOf, type Words } from './machine-log.ts';
import { deletesWords, goesWords, growsWords, madeWords, shrinksWords } from './machineset-log.ts';
import { remediateSet } from './machineset-remediation.ts';
import { type SetNews, setMachineSetStatus } from './machineset-status.ts';
import { preflight, tellHold } from './preflight.ts';
import { adoptOrphans, machinesOf } from './set-machines.ts';
import { rolloutDue, templateDifferences } from './up-to-date.ts';

const finalizer = 'cluster.x-k8s.io/machineset';
const component = 'machineset-controller';
/** Cluster API looks again so often while a preflight check fails. */
const preflightPace = 15_000;

const noun = (rt: Runtime): string => (rt.clusterApi === 'v1beta2' ? 'Machine' : 'machine');

/** Registers the controller. */
export function machineSetController(rt: Runtime): void {
  const machines = machineInformer(rt);
  const sets = rt.informer(kinds.MachineSet);
  const deployments = rt.informer(kinds.MachineDeployment);
  const planes = rt.informer(kinds.KubeadmControlPlane);
  const clusters = rt.informer(kinds.Cluster);
  const infraTemplates = rt.informer(kinds.BaremetalMachineTemplate);
  const configTemplates = rt.informer(kinds.KubeadmConfigTemplate);
  sets.index('deployment', (set) => [ownerName(set, 'MachineDeployment') ?? '']);
  sets.index('cluster', (set) => [set.spec?.clusterName ?? '']);

  const controller = capiController(rt, 'machineset', reconcile);
  const wants = new Wants();
  const backoff = new Backoff();
  sets.onChange((set, change) => {
    if (change === 'deleted') {
      wants.forget(set.metadata.name);
      backoff.forget(set.metadata.name);
    }
    controller.enqueue(set.metadata.name);
  });
  machines.onChange((machine) => {
    controller.enqueue(ownerName(machine, 'MachineSet'));
    if (isControlled(machine)) return;
    for (const set of sets.by('cluster', machine.spec?.clusterName)) controller.enqueue(set.metadata.name);
  });
  deployments.onChange((deployment) => {
    for (const set of sets.by('deployment', deployment.metadata.name)) controller.enqueue(set.metadata.name);
  });
  onClusterTurn(rt, (cluster) => {
    for (const set of sets.by('cluster', cluster)) controller.enqueue(set.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const set = sets.get(name);
    if (!set) return undefined;
    const cluster = clusters.get(set.spec?.clusterName);
    // Nothing at all is done, and nothing said, where the Cluster is not there.
    if (!cluster) return backoff.next(name);
    backoff.forget(name);
    const draft = copy(set);
    if (await restsPaused(rt, kinds.MachineSet, set, cluster)) return undefined;
    addFinalizer(draft, finalizer);
    if (!ownerName(set, 'MachineDeployment')) own(draft, cluster, false);
    if (!deleting(set)) await adoptOrphans(rt, machines, set);
    let blocked: string[] = [];
    const news: SetNews = { missing: missingOf(set), since: (at) => rt.since(at) };
    let isHeld = false;
    // What is reported is what was there before this step, as Cluster API does: else nothing would ever be scaling up.
    const seen = machinesOf(machines, set);
    if (deleting(set)) await removeAll(set);
    else {
      await judge(set);
      if (!deleting(cluster)) {
        const deployment = deployments.get(ownerName(set, 'MachineDeployment'));
        const plane = planes.get(cluster.spec?.controlPlaneRef?.name);
        isHeld = await remediateSet(rt, set, machinesOf(machines, set), deployment, plane);
        blocked = await scale(set, news);
      }
    }
    if (deleting(set) && seen.length === 0) removeFinalizer(draft, finalizer);
    setMachineSetStatus(draft, refreshed(seen), blocked, rt.timestamp(), rt.clusterApi, news);
    await rt.client.replace(kinds.MachineSet, set, draft);
    return blocked.length === 0 && !isHeld && !news.failure ? undefined : preflightPace;
  }

  /** The kinds of a set's templates that are not there. */
  function missingOf({ spec }: MachineSet): string[] {
    const { bootstrap, infrastructureRef } = spec?.template?.spec ?? {};
    const { configRef } = bootstrap ?? {};
    return [
      ...(configRef && !configTemplates.get(configRef.name) ? [configRef.kind ?? ''] : []),
      ...(infrastructureRef && !infraTemplates.get(infrastructureRef.name) ? [infrastructureRef.kind ?? ''] : []),
    ];
  }

  const refreshed = (list: readonly Machine[]): Machine[] =>
    list.flatMap((machine) => machines.get(machine.metadata.name) ?? []);

  async function removeAll(set: MachineSet): Promise<void> {
    const all = machinesOf(machines, set);
    for (const machine of all) {
      if (deleting(machine)) continue;
      await rt.client.remove(kinds.Machine, machine.metadata.name);
      const Machine = `${rt.namespace}/${machine.metadata.name}`;
      rt.log(set, 'machineset_controller.go:411', 'Deleting Machine (MachineSet deleted)', { Machine });
    }
    if (all.length === 0) return;
    rt.log(set, 'machineset_controller.go:415', 'Waiting for Machines to be deleted', { Machines: listOf(all) });
  }

  /** Writes onto each Machine whether it is up to date, and what follows its set without a rollout. */
  async function judge(set: MachineSet): Promise<void> {
    const deployment = deployments.get(ownerName(set, 'MachineDeployment'));
    const differences = deployment ? templateDifferences(set.spec?.template, deployment.spec?.template) : [];
    const { metadata, spec } = set.spec?.template ?? {};
    const wanted = wants.of(set.metadata.name, { ...metadata, spec: inPlace(spec) });
    for (const machine of machinesOf(machines, set)) {
      const lines = [...differences];
      if (deployment && rolloutDue(deployment, machine.metadata.creationTimestamp, rt.clock.now())) {
        lines.push('* MachineDeployment spec.rolloutAfter expired');
      }
      const follower = copy(machine);
      followInPlace(follower, wanted);
      forgetRemediation(follower);
      if (equal(follower, machine) && (!deployment || isJudged(machine, lines))) continue;
      await rt.client.change(kinds.Machine, machine, (draft) => {
        followInPlace(draft, wanted);
        forgetRemediation(draft);
        if (deployment) setUpToDate(draft, lines, rt.timestamp());
      });
    }
  }

  /** Makes or deletes Machines; says why it may not make any, and writes into `news` why it could not. */
  async function scale(set: MachineSet, news: SetNews): Promise<string[]> {
    const owned = machinesOf(machines, set);
    const replicas = set.spec?.replicas ?? 0;
    const surplus = owned.length - replicas;
    const say = (words: Words, values: Record<string, unknown>) => rt.log(set, ...words, values);
    const sizes = { replicas, machineCount: owned.length };
    if (surplus > 0) {
      const deletePolicy = set.spec?.deletePolicy ?? '';
      say(shrinksWords(replicas, surplus), { ...sizes, deletePolicy });
      const chosen = deleteOrder(owned, set.spec?.deletePolicy, rt.clock.now()).slice(0, surplus);
      for (const [at, machine] of chosen.entries()) {
        const ref = { Machine: `${rt.namespace}/${machine.metadata.name}` };
        if (deleting(machine)) {
          say(goesWords(rt.clusterApi, at + 1, surplus), ref);
          continue;
        }
        const deletes = deletesWords(rt.clusterApi, at + 1, surplus);
        if (rt.clusterApi === 'v1beta1') say(deletes, ref);
        await rt.client.remove(kinds.Machine, machine.metadata.name);
        if (rt.clusterApi === 'v1beta2') say(deletes, ref);
        await rt.event(set, 'Normal', 'SuccessfulDelete', `Deleted ${noun(rt)} "${machine.metadata.name}"`, component);
      }
    }
    if (surplus >= 0) return [];
    const plane = planes.get(clusters.get(set.spec?.clusterName)?.spec?.controlPlaneRef?.name);
    const problems = preflight(set, plane);
    say(growsWords(replicas, -surplus), sizes);
    if (problems.length > 0) tellHold(rt, set, 'Scale up', problems);
    if (problems.length > 0) return problems;
    for (let made = 1; made <= -surplus; made++) {
      news.failure = await create(set, madeWords(rt.clusterApi, made, -surplus));
      if (news.failure) break;
    }
    return [];
  }

  /** What is said of a template that could not be read. */
  function notFound({ kind, plural, apiVersion }: Kind, name = ''): string {
    const group = apiVersion.split('/')[0] ?? '';
    return `failed to retrieve ${kind} ${rt.namespace}/${name}: ${plural}.${group} "${name}" not found`;
  }

  async function create(set: MachineSet, said: Words): Promise<SetNews['failure']> {
    const template = set.spec?.template;
    const infraName = template?.spec?.infrastructureRef?.name;
    const configName = template?.spec?.bootstrap?.configRef?.name;
    const infraTemplate = infraTemplates.get(infraName);
    const configTemplate = configTemplates.get(configName);
    if (!configTemplate) {
      return { reason: 'BootstrapTemplateCloningFailed', message: notFound(kinds.KubeadmConfigTemplate, configName) };
    }
    if (!infraTemplate) {
      const message = notFound(kinds.BaremetalMachineTemplate, infraName);
      return { reason: 'InfrastructureTemplateCloningFailed', message };
    }
    const name = `${set.metadata.name}-${rt.names.suffix()}`;
    const machine = await createMachine(rt, orderOf(set, name, infraTemplate, configTemplate));
    rt.log(set, ...said, { Machine: `${rt.namespace}/${name}` });
    await rt.event(set, 'Normal', 'SuccessfulCreate', `Created ${noun(rt)} "${machine.metadata.name}"`, component);
    return undefined;
  }
}

/** What a MachineSet orders for one more Machine. */
export function orderOf(
  set: MachineSet,
  name: string,
  infraTemplate: BaremetalMachineTemplate,
  configTemplate: KubeadmConfigTemplate,
): MachineOrder {
  const template = set.spec?.template;
  const { bootstrap: _bootstrap, infrastructureRef: _infra, ...spec } = template?.spec ?? {};
  return {
    owner: set,
    name,
    cluster: set.spec?.clusterName ?? '',
    labels: { ...template?.metadata?.labels, [labels.set]: set.metadata.name },
    annotations: template?.metadata?.annotations,
    spec,
    infraTemplate,
    bootstrap: configTemplate.spec?.template?.spec ?? {},
    bootstrapTemplate: configTemplate.metadata.name,
  };
}

/** Writes the condition UpToDate into `draft`; `differences` empty means that it is. */
export function setUpToDate(draft: Machine, differences: readonly string[], at: string): void {
  if (isJudged(draft, differences)) return;
  const message = differences.join('\n');
  const status = differences.length === 0 ? 'True' : 'False';
  const reason = differences.length === 0 ? 'UpToDate' : 'NotUpToDate';
  const saying = { type: 'UpToDate', status, reason, message } as const;
  const conditions = saySorted(draft.status?.v1beta2?.conditions, [saying], at, draft.metadata.generation);
  draft.status = { ...draft.status, v1beta2: { ...draft.status?.v1beta2, conditions } };
}

/** Whether a Machine already says how it differs. */
function isJudged(machine: Machine, differences: readonly string[]): boolean {
  const said = find(machine.status?.v1beta2?.conditions, 'UpToDate');
  const status = differences.length === 0 ? 'True' : 'False';
  const fresh = said?.observedGeneration === machine.metadata.generation;
  return fresh && said?.status === status && said.message === differences.join('\n');
}
