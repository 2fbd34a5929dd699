/** What the server says to a plan before anything is written: may it, and would it. */

import type { Rehearsal } from '../journal/entries.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import { KubeError } from '../kube/types.ts';
import type { Step, Write } from '../operations/contract.ts';
import { failureOf, wordsOf } from './failure.ts';
import type { Door, Missing, Rehearsed } from './types.ts';
import { requestOf } from './write.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const PATIENCE_MS = 15_000;
/** Dry runs that are asked for at the same time. */
const AT_ONCE = 8;

/** Asks for the rights, and sends every step as a dry run. Writes nothing; never throws. */
export async function rehearse(door: Door, steps: readonly Step[]): Promise<Rehearsed> {
  const missing = await missingRights(door, steps);
  if (missing.length > 0)
    return { steps: [], missing, refused: `you may not ${missing.map(rightText).join(', nor ')}` };
  const answers: Rehearsal[] = [];
  for (let at = 0; at < steps.length; at += AT_ONCE) {
    const some = steps.slice(at, at + AT_ONCE);
    answers.push(...(await Promise.all(some.map((step, by) => rehearseStep(door, step, steps.slice(0, at + by))))));
  }
  const refusal = answers.find(({ result }) => result === 'refused');
  const title = steps.find(({ id }) => id === refusal?.step)?.title;
  return { steps: answers, missing, refused: refusal && `the server refuses "${title}": ${refusal.message}` };
}

/** `patch machines.cluster.x-k8s.io "w1" (reason)` */
export function rightText({ verb, resource, name, reason }: Missing): string {
  return `${verb} ${resource}${name ? ` "${name}"` : ''}${reason ? ` (${reason})` : ''}`;
}

async function missingRights(door: Door, steps: readonly Step[]): Promise<Missing[]> {
  const asked = new Map<string, Write>();
  for (const { write } of steps) asked.set(`${write.verb} ${write.kind} ${nameOf(write) ?? ''}`, write);
  const answers = await Promise.all([...asked.values()].map((write) => missingRight(door, write)));
  return answers.filter((answer) => answer !== undefined);
}

/** A right to create cannot be given for one name. */
function nameOf(write: Write): string | undefined {
  return write.verb === 'create' ? undefined : write.name;
}

async function missingRight(door: Door, write: Write): Promise<Missing | undefined> {
  const { group, resource } = KINDS_TABLE[write.kind];
  const name = nameOf(write);
  const resourceAttributes = { namespace: door.namespace, verb: write.verb, group, resource, name };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  try {
    const { status } = await door.transport.json<{ status?: { allowed?: boolean; reason?: string } }>({
      method: 'POST',
      path: REVIEWS,
      body,
      idleMs: PATIENCE_MS,
    });
    // Only a clear no counts: an authorizer may have no opinion, and the dry run asks again.
    if (status?.allowed !== false) return undefined;
    return { verb: write.verb, resource: group ? `${resource}.${group}` : resource, name, reason: status.reason };
  } catch {
    return undefined;
  }
}

async function rehearseStep(door: Door, step: Step, earlier: readonly Step[]): Promise<Rehearsal> {
  const after = earlier.find((one) => dependsOn(step, one))?.id;
  try {
    await door.transport.json({ ...requestOf(door, step.write, true), idleMs: PATIENCE_MS });
    return { step: step.id, result: 'accepted', after };
  } catch (error) {
    const { message } = wordsOf(error);
    // Without the step before it, the server cannot judge it.
    if (after !== undefined) return { step: step.id, result: 'depends', message, after };
    const failure = failureOf(error);
    const cannot = error instanceof KubeError && error.code === 400 && /dry.?run/i.test(message);
    const judged = (failure === 'refused' || failure === 'moved') && !cannot;
    // A webhook that cannot be asked is asked by the write as well: it would fail the same way.
    const broken = error instanceof KubeError && error.code === 500 && /webhook/.test(message);
    return { step: step.id, result: judged || broken ? 'refused' : 'unknown', message };
  }
}

/** Whether a step speaks of what an earlier one makes, or writes the same object. */
function dependsOn({ write }: Step, { write: earlier }: Step): boolean {
  if (write.kind === earlier.kind && write.name === earlier.name) return true;
  if (earlier.verb !== 'create' || write.verb === 'delete') return false;
  return JSON.stringify(write.body).includes(JSON.stringify(earlier.name));
}
