/**
 * The MachineHealthCheck controller: says which Machines are unwell and asks their owners to replace them, unless too
 * many are. Source: Cluster API 1.10, machinehealthcheck_controller.go.
 */

import { find, pausedSaying, type Saying, saySorted } from '../conditions.ts';
import { copy } from '../json.ts';
import { type ClusterApiVersion, kinds } from '../kinds.ts';
import { findLegacy, type LegacySaying, no, sayLegacy, yes } from '../legacy-conditions.ts';
import { labels, own } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import { selects } from '../selector.ts';
import type { Cluster, Machine, MachineHealthCheck } from '../shapes/capi.ts';
import { Backoff } from './backoff.ts';
import { onClusterTurn } from './clusters.ts';
import { capiController, deleting, isPaused, leaveZeros, paused } from './common.ts';
import { type Allowance, allowance, judge, looksAfter, type Problem, type Verdict } from './health-judgement.ts';
import { machineInformer } from './machine.ts';
import { outageOf } from './remote-connection.ts';

export { looksAfter };

const component = 'machinehealthcheck-controller';

/** Registers the controller. */
export function healthCheckController(rt: Runtime): void {
  const checks = rt.informer(kinds.MachineHealthCheck);
  const machines = machineInformer(rt);
  const clusters = rt.informer(kinds.Cluster);
  checks.index('cluster', (check) => [check.spec?.clusterName ?? '']);
  /** A check that may not do anything asks again as if it had failed. */
  const backoff = new Backoff();
  const controller = capiController(rt, 'machinehealthcheck', reconcile);
  const ofCluster = (cluster: string | undefined) => {
    for (const check of checks.by('cluster', cluster)) controller.enqueue(check.metadata.name);
  };
  checks.onChange((check, change) => {
    if (change === 'deleted') backoff.forget(check.metadata.name);
    else controller.enqueue(check.metadata.name);
  });
  machines.onChange((machine) => {
    for (const check of checks.by('cluster', machine.spec?.clusterName)) {
      if (selects(check.spec?.selector, machine.metadata.labels)) controller.enqueue(check.metadata.name);
    }
  });
  rt.onNode((_node, cluster) => ofCluster(cluster));
  rt.faults.onCluster(ofCluster);
  onClusterTurn(rt, ofCluster);

  async function reconcile(name: string): Promise<number | undefined> {
    const check = checks.get(name);
    const cluster = clusters.get(check?.spec?.clusterName);
    if (!check || !cluster || deleting(check)) return undefined;
    const draft = copy(check);
    if (isPaused(cluster, check)) {
      const by = paused(cluster, check);
      sayPaused(draft, pausedSaying(by.cluster, by.annotation, 'MachineHealthCheck'), rt.timestamp());
      await rt.client.replace(kinds.MachineHealthCheck, check, draft);
      return undefined;
    }
    // Nobody is given up for what cannot be seen.
    if (outageOf(rt, cluster.metadata.name)) return undefined;
    const { informer: nodes } = await rt.nodes(cluster.metadata.name);
    const targets = machines.by('cluster', cluster.metadata.name).filter((machine) => looksAfter(check, machine));
    const verdicts = targets.map((machine) =>
      judge(check, cluster, machine, nodes.get(machine.status?.nodeRef?.name), (at) => rt.since(at), rt.clusterApi),
    );
    const healthy = verdicts.filter((verdict) => verdict.healthy).length;
    const ill = verdicts.filter(({ problem }) => problem).length;
    const may = allowance(check, targets.length, healthy, ill);
    draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: cluster.metadata.name };
    own(draft, cluster, false);
    setCheckStatus(draft, targets, healthy, may, rt.timestamp(), rt.clusterApi);
    if (!may.allowed && ill > 0) await rt.event(check, 'Warning', 'RemediationRestricted', may.message, component);
    for (const verdict of verdicts) await tell(check, cluster, verdict, may);
    const elsewhere = check.spec?.remediationTemplate;
    if (ill > 0 && may.allowed && elsewhere) sayNoTemplate(draft, elsewhere, rt.timestamp());
    await rt.client.replace(kinds.MachineHealthCheck, check, draft);
    if (!may.allowed) return backoff.next(name);
    backoff.forget(name);
    const next = verdicts.flatMap(({ wait }) => wait ?? []);
    return next.length > 0 ? Math.min(...next) : undefined;
  }

  /** Says in the log that a Machine is given up: not again of one that goes already. */
  function tellUnwell(check: MachineHealthCheck, machine: Machine, { legacy }: Problem, asks: boolean): void {
    if (asks && deleting(machine)) return;
    const { reason, message } = legacy;
    const Machine = `${rt.namespace}/${machine.metadata.name}`;
    const what = asks ? 'marking for remediation' : 'but Machine is paused so skipping remediation';
    const said = { Machine, Node: machine.status?.nodeRef?.name ?? '', reason, message };
    rt.log(check, 'machinehealthcheck_controller.go:463', `Machine has failed health check, ${what}`, said);
  }

  /** Writes onto a Machine how it was judged, and tells of it. */
  async function tell(check: MachineHealthCheck, cluster: Cluster, verdict: Verdict, may: Allowance): Promise<void> {
    const { machine, problem, wait, healthy } = verdict;
    const of = ({ metadata }: Machine | MachineHealthCheck) => `${metadata.namespace ?? ''}/${metadata.name}`;
    if (wait !== undefined) {
      const message = `Machine ${of(machine)} has unhealthy Node ${machine.status?.nodeRef?.name ?? ''}`;
      await rt.event(machine, 'Normal', 'DetectedUnhealthy', message, component);
    }
    if (!problem && !healthy) return;
    const asks = may.allowed && !isPaused(cluster, machine);
    const elsewhere = check.spec?.remediationTemplate;
    await rt.client.change(kinds.Machine, machines.get(machine.metadata.name) ?? machine, (draft) => {
      setHealth(draft, problem, asks && !elsewhere, rt.timestamp());
      if (problem && asks && elsewhere) setExternal(draft, elsewhere, rt.timestamp());
    });
    // Whoever else is to remediate is not there: no template of such a kind is served, and the owner is not asked.
    if (!problem || !may.allowed || (asks && elsewhere)) return;
    tellUnwell(check, machine, problem, asks);
    const message = `Machine ${of(machine)} has been marked as unhealthy by ${of(check)}`;
    await rt.event(machine, 'Normal', 'MachineMarkedUnhealthy', message, component);
  }
}

/** Writes into `draft`, a Machine, whether it is well; and where it is not and `asks`, that it is to be replaced. */
export function setHealth(draft: Machine, problem: Problem | undefined, asks: boolean, at: string): void {
  const status = draft.status ?? {};
  draft.status = status;
  const type = 'HealthCheckSucceeded';
  const sayings: Saying[] = [];
  const legacy: LegacySaying[] = [];
  if (problem) {
    const { reason, message } = problem.legacy;
    legacy.push(no(type, reason, 'Warning', message));
    if (problem.fresh) sayings.push({ type, status: 'False', ...problem.fresh });
    // Nobody has asked yet, or that is done with. Until then its owner alone says how it stands.
    const open = (asked: { status: string } | undefined) => !asked || asked.status === 'True';
    const waiting = { type: 'OwnerRemediated', status: 'False', reason: 'WaitingForRemediation' } as const;
    if (asks && !deleting(draft)) {
      if (open(findLegacy(status.conditions, waiting.type))) legacy.push(no(waiting.type, waiting.reason, 'Warning'));
      if (open(find(status.v1beta2?.conditions, waiting.type))) {
        sayings.push({ ...waiting, message: 'Waiting for remediation' });
      }
    }
  } else {
    sayings.push({ type, status: 'True', reason: type });
    legacy.push(yes(type));
  }
  const old = status.v1beta2?.conditions;
  const news = sayings.filter(({ type, status: is, reason, message = '' }) => {
    const known = find(old, type);
    return known?.status !== is || known.reason !== reason || known.message !== message;
  });
  status.conditions = sayLegacy(status.conditions, legacy, at);
  if (news.length > 0) {
    status.v1beta2 = { ...status.v1beta2, conditions: saySorted(old, news, at, draft.metadata.generation) };
  }
}

type Template = NonNullable<NonNullable<MachineHealthCheck['spec']>['remediationTemplate']>;

/** Writes into `draft`, a Machine, that nobody can be found who would remediate it. */
function setExternal(draft: Machine, { kind, name }: Template, at: string): void {
  const message = `Error retrieving remediation template ${kind ?? ''} ${draft.metadata.namespace ?? ''}/${name ?? ''}`;
  const saying = {
    type: 'ExternallyRemediated',
    status: 'False',
    reason: 'RemediationTemplateNotFound',
    message,
  } as const;
  const old = draft.status!.v1beta2;
  const said = saySorted(old?.conditions, [saying], at, draft.metadata.generation);
  draft.status!.v1beta2 = { ...old, conditions: said };
}

function sayNoTemplate(draft: MachineHealthCheck, { apiVersion, kind, name }: Template, at: string): void {
  const where = `${kind ?? ''} ${draft.metadata.namespace ?? ''}/${name ?? ''}`;
  const message = `failed to retrieve ${where}: no matches for kind "${kind ?? ''}" in version "${apiVersion ?? ''}"`;
  const saying = no('ExternalRemediationTemplateAvailable', 'ExternalRemediationTemplateNotFound', 'Error', message);
  draft.status!.conditions = sayLegacy(draft.status?.conditions, [saying], at);
}

/** Whether a Machine is unwell and somebody has asked for it to be replaced. */
export function awaitsRemediation(machine: Machine): boolean {
  const said = (type: string) => findLegacy(machine.status?.conditions, type)?.status;
  return said('HealthCheckSucceeded') === 'False' && said('OwnerRemediated') === 'False';
}

function sayPaused(draft: MachineHealthCheck, saying: Saying, at: string): void {
  const old = draft.status?.v1beta2;
  const conditions = saySorted(old?.conditions, [saying], at, draft.metadata.generation);
  draft.status = { ...draft.status, v1beta2: { ...old, conditions } };
}

/** Writes the whole status of a check into `draft`. `healthy` of the Machines it looks after are well. */
export function setCheckStatus(
  draft: MachineHealthCheck,
  targets: readonly Machine[],
  healthy: number,
  { allowed, left, message }: Allowance,
  at: string,
  clusterApi: ClusterApiVersion = 'v1beta1',
): void {
  const generation = draft.metadata.generation;
  const old = draft.status;
  const sayings: Saying[] = [
    allowed
      ? { type: 'RemediationAllowed', status: 'True', reason: 'RemediationAllowed' }
      : { type: 'RemediationAllowed', status: 'False', reason: 'TooManyUnhealthy', message },
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  draft.status = {
    ...old,
    expectedMachines: targets.length,
    currentHealthy: healthy,
    remediationsAllowed: left,
    observedGeneration: generation,
    targets: targets.map((machine) => machine.metadata.name).sort(),
    conditions: sayLegacy(
      old?.conditions,
      [allowed ? yes('RemediationAllowed') : no('RemediationAllowed', 'TooManyUnhealthy', 'Warning', message)],
      at,
    ),
    v1beta2: { ...old?.v1beta2, conditions: saySorted(old?.v1beta2?.conditions, sayings, at, generation) },
  };
  if (clusterApi === 'v1beta1') leaveZeros(draft.status, old, counts);
}

const counts = ['expectedMachines', 'currentHealthy', 'remediationsAllowed'];
