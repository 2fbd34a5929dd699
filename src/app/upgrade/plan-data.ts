/** A planned upgrade as data: the documented JSON (see README). */

import type { Gate, Outline, Stage } from '../../guides/contract.ts';
import { isGuessed } from '../../guides/estimate.ts';
import { redactWrite } from '../../journal/redact-plan.ts';
import { KINDS_TABLE } from '../../kube/kinds.ts';
import { kubectlOf } from '../../runner/kubectl.ts';
import type { Session } from '../../store/state.ts';
import type { Planned } from './planned.ts';

/** Version of the shape: fields are added under the same number, never renamed or removed. */
export const PLAN_SCHEMA = 'metaldeck.upgrade-plan/v1';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A foreseen write as a command. */
export function commandOf(
  outline: Outline,
  { known }: Planned,
  { namespace, context, impersonating }: Session,
): string {
  const { kind } = outline.write;
  const version = known.freshness[kind].version ?? KINDS_TABLE[kind].versions[0];
  const who = { ...(context ? { context } : {}), ...(impersonating ? { as: impersonating } : {}) };
  return kubectlOf({ ...outline, id: '', why: '' }, namespace, version, who);
}

function gateData({ name, result, title, figure, evidence, remedy, asks, override, secondHand }: Gate) {
  return {
    name,
    result,
    title,
    figure,
    secondHand,
    evidence: evidence.map(({ of, says, at }) => ({ of, says, at: iso(at) })),
    remedy: remedy && { text: remedy.text, command: remedy.command, operation: remedy.operation?.id },
    asks,
    canBeOverridden: override === 'typed',
  };
}

const seconds = (ms: number) => Math.round(ms / 1000);

function stageData(stage: Stage, planned: Planned, session: Session) {
  return {
    id: stage.id,
    part: stage.part,
    title: stage.title,
    state: stage.state,
    gates: stage.gates.map(gateData),
    writes: stage.outline.map((outline) => {
      const write = redactWrite(outline.write);
      return {
        title: outline.title,
        verb: write.verb,
        kind: write.kind,
        name: write.name,
        ...(write.verb === 'patch' ? { type: write.type } : {}),
        ...(write.verb === 'delete' ? {} : { body: write.body }),
        diff: outline.diff,
        kubectl: commandOf(outline, planned, session),
      };
    }),
    machines: stage.turns.map(({ old, fresh, state, doing }) => ({
      old: old && { name: old.name, host: old.host },
      new: fresh && { name: fresh.name, host: fresh.host },
      state,
      doing,
    })),
    estimate: estimateData(stage.estimate),
  };
}

function estimateData(estimate: Stage['estimate']) {
  const { hosts, usual, longest, rests } = estimate;
  return {
    hosts,
    usualSeconds: seconds(usual),
    longestSeconds: seconds(longest),
    guessed: isGuessed(estimate),
    restsOn: rests.map(({ what, count }) => ({ what, seen: count })),
  };
}

/** The document. */
export function planData(planned: Planned, session: Session, code: number) {
  const { course, route, inTheWay, toBeSaid, known } = planned;
  return {
    schema: PLAN_SCHEMA,
    at: iso(known.now),
    server: session.host,
    context: session.context,
    namespace: session.namespace,
    exitCode: code,
    cluster: route.cluster.name,
    title: course.title,
    from: route.from,
    to: route.hops.at(-1)?.row.kubernetes,
    already: course.outcome === 'done',
    hops: route.hops.map(({ from, row }) => ({ from, ...row })),
    gates: course.gates.map(gateData),
    stages: course.stages.map((stage) => stageData(stage, planned, session)),
    pointOfNoReturn: course.line && { stage: course.line.stage, what: course.line.text, crossed: course.line.crossed },
    estimate: estimateData(course.estimate),
    inTheWay: inTheWay.map(({ name }) => name),
    toBeSaid: toBeSaid.map(({ name, asks }) => ({ name, asks })),
  };
}
