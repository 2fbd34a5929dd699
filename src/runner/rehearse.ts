/** What the server says to a plan before anything is written: may it, and would it. */

import type { FieldConflict, Rehearsal } from '../journal/entries.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import { KubeError } from '../kube/types.ts';
import type { Step, Write } from '../operations/contract.ts';
import { conflictsOf, failureOf, wordsOf } from './failure.ts';
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
  const verbs = [...asked.values()].flatMap((write) => verbsOf(write).map((verb) => ({ verb, write })));
  const answers = await Promise.all(verbs.map(({ verb, write }) => missingRight(door, write, verb)));
  return answers.filter((answer) => answer !== undefined);
}

/** What a write needs the right to: an apply patches, and creates what is not there. */
function verbsOf(write: Write): string[] {
  if (write.verb !== 'apply') return [write.verb];
  return write.seen ? ['patch'] : ['create', 'patch'];
}

/** A right to create cannot be given for one name. */
function nameOf(write: Write, verb: string = write.verb): string | undefined {
  return verb === 'create' ? undefined : write.name;
}

async function missingRight(door: Door, write: Write, verb: string): Promise<Missing | undefined> {
  const { group, resource } = KINDS_TABLE[write.kind];
  const name = nameOf(write, verb);
  const resourceAttributes = { namespace: door.namespace, verb, group, resource, name };
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
    return { verb, resource: group ? `${resource}.${group}` : resource, name, reason: status.reason };
  } catch {
    return undefined;
  }
}

async function rehearseStep(door: Door, step: Step, earlier: readonly Step[]): Promise<Rehearsal> {
  const after = earlier.find((one) => dependsOn(step, one))?.id;
  const { write } = step;
  // What would be taken from others is told, also where it is to be taken.
  const conflicts = write.verb === 'apply' && write.force ? await conflictsWith(door, { ...write, force: false }) : [];
  const taken = conflicts.length > 0 ? { conflicts } : {};
  try {
    await door.transport.json({ ...requestOf(door, step.write, true), idleMs: PATIENCE_MS });
    return { step: step.id, result: 'accepted', after, ...taken };
  } catch (error) {
    const { message } = wordsOf(error);
    // A version that is not served is answered with a page, and no earlier step will change that.
    const unserved = error instanceof KubeError && error.code === 404 && error.reason !== 'NotFound';
    if (unserved && (write.verb === 'apply' || write.verb === 'create')) {
      const says = `the server does not serve ${String(write.body['apiVersion'])} of ${write.kind} (${message})`;
      return { step: step.id, result: 'refused', message: says, after };
    }
    // Without the step before it, the server cannot judge it.
    if (after !== undefined) return { step: step.id, result: 'depends', message, after };
    const failure = failureOf(error);
    const cannot = error instanceof KubeError && error.code === 400 && /dry.?run/i.test(message);
    const judged = (failure === 'refused' || failure === 'moved') && !cannot;
    // A webhook that cannot be asked is asked by the write as well: it would fail the same way.
    const broken = error instanceof KubeError && error.code === 500 && /webhook/.test(message);
    const met = conflictsOf(error);
    const more = met.length > 0 ? { conflicts: met } : {};
    return { step: step.id, result: judged || broken ? 'refused' : 'unknown', message, ...more };
  }
}

async function conflictsWith(door: Door, write: Write): Promise<FieldConflict[]> {
  try {
    await door.transport.json({ ...requestOf(door, write, true), idleMs: PATIENCE_MS });
    return [];
  } catch (error) {
    return conflictsOf(error);
  }
}

/** Whether a step speaks of what an earlier one makes, or writes the same object. */
function dependsOn({ write }: Step, { write: earlier }: Step): boolean {
  if (write.kind === earlier.kind && write.name === earlier.name) return true;
  if (write.verb === 'delete') return false;
  if (earlier.verb !== 'create' && (earlier.verb !== 'apply' || earlier.seen)) return false;
  return JSON.stringify(write.body).includes(JSON.stringify(earlier.name));
}
