/** A guide's session lived on the simulator: what it says is to happen is done, and looked at again. */
import { NOTHING_LEARNT } from '../../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../../src/domain/matrix.ts';
import { projectAppRelease } from '../../../src/domain/project/app-release.ts';
import { projectDaemonSet } from '../../../src/domain/project/daemon-set.ts';
import { projectNode } from '../../../src/domain/project/node.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import type { Course, Guide, Known, Note, Session, SessionOperation } from '../../../src/guides/contract.ts';
import { KINDS_TABLE, pathOf } from '../../../src/kube/kinds.ts';
import type { Raw } from '../../../src/operations/contract.ts';
import { keyOf } from '../../../src/operations/contract.ts';
import { operationNamed } from '../../../src/operations/index.ts';
import { carryOut, pictureOf, withNeeds } from '../../operations/support/datacenter.ts';
import { type Lab, minute } from '../../simulator/harness.ts';

const namespace = 'cpaas-system';

/** What the workload cluster says of itself. */
export async function workloadOf(lab: Lab, cluster: string): Promise<Workload> {
  const read = async (path: string) => (await lab.runtime.workload(cluster).json<{ items: Raw[] }>({ path })).items;
  const releases = await read(`/apis/operator.alauda.io/v1alpha1/namespaces/${namespace}/appreleases`);
  const nodes = await read('/api/v1/nodes');
  const daemonSets = await read('/apis/apps/v1/namespaces/kube-system/daemonsets');
  const live = { phase: 'live', synced: true } as const;
  return {
    cluster,
    access: 'open',
    since: lab.clock.now(),
    freshness: { node: live, appRelease: live, daemonSet: live },
    nodes: nodes.flatMap((raw) => projectNode(raw) ?? []),
    releases: releases.flatMap((raw) => projectAppRelease(raw) ?? []),
    daemonSets: daemonSets.flatMap((raw) => projectDaemonSet(raw) ?? []),
  };
}

/** All a guide may know now, with what it needs read. */
export async function knownOf(lab: Lab, guide: Guide, session: Session, cluster: string): Promise<Known> {
  const world = await pictureOf(lab, [await workloadOf(lab, cluster)]);
  const known: Known = { ...world, matrix: PUBLISHED, learnt: NOTHING_LEARNT };
  const raw = new Map<string, Raw | null>();
  for (const need of guide.needs(known, session)) {
    const { versions } = KINDS_TABLE[need.kind];
    const version = versions.find((each) => each === lab.runtime.clusterApi) ?? versions.at(-1)!;
    raw.set(keyOf(need), await lab.management.json<Raw>({ path: pathOf(need.kind, version, namespace, need.name) }));
  }
  return { ...known, raw };
}

export interface Lived {
  course: Course;
  session: Session;
  /** The stages that were written, in their order. */
  written: string[];
}

/** Confirms whatever a gate asks in words; gates that stay shut end it. */
export async function live(
  lab: Lab,
  guide: Guide,
  ask: Session['ask'],
  cluster: string,
  hours: number,
  look: (course: Course) => void = () => {},
): Promise<Lived> {
  const notes: Note[] = [];
  const operations = new Map<string, SessionOperation>();
  const session: Session = { ask, began: lab.clock.now(), notes, operations };
  const written: string[] = [];
  const sign = () => ({ at: lab.clock.now(), by: 'test' });
  for (let step = 0; step < hours * 60; step++) {
    const known = await knownOf(lab, guide, session, cluster);
    const course = guide.course(known, session);
    look(course);
    for (const fact of course.keep) notes.push({ ...fact, ...sign() });
    const { next } = course;
    if (next.what === 'end') return { course, session, written };
    if (next.what === 'answer') {
      for (const { name, asks, title, figure } of next.gates) {
        if (asks === undefined) throw new Error(`${next.stage}: ${title}: ${figure}`);
        notes.push({ ...sign(), note: 'confirmed', gate: name, words: `yes: ${asks}` });
      }
    } else if (next.what === 'send') {
      const operation = operationNamed(next.request.operation)!;
      const whole = await withNeeds(lab, known, operation, next.request);
      const refused = operation.refuse(whole, next.request);
      if (refused !== undefined) throw new Error(`${next.stage}: ${refused}`);
      const plan = operation.plan(whole, next.request);
      await carryOut(lab, plan);
      const id = `op-${written.length}`;
      const sent = {
        request: next.request,
        memo: plan.memo,
        at: lab.clock.now(),
        written: plan.steps.map(({ id }) => id),
      };
      operations.set(id, { id, sent });
      notes.push({ ...sign(), note: 'sent', stage: next.stage, operation: id, how: next.how });
      written.push(next.stage);
    } else if (next.what === 'wait') await lab.run(minute);
    else throw new Error(`${next.stage}: ${next.what}: ${next.why}`);
  }
  throw new Error('it has not come to its end');
}
