/** Operations that were broken off: what stands of them, and how each can be finished or taken back. */

import type { Answered } from '../journal/entries.ts';
import type { Journal, OpenOperation } from '../journal/journal.ts';
import { redactObject, redactWrite } from '../journal/redact-plan.ts';
import type { OperationRecord, StepRecord } from '../journal/replay.ts';
import type { Operation, Request, Sent, World, Write } from '../operations/contract.ts';
import { isWritten, revisionOf } from './effect.ts';
import { look } from './look.ts';
import { prepare } from './prepare.ts';
import { type Door, type HalfDone, isRefused, type Prepared, type Refused, type Sight } from './types.ts';

export interface Workshop {
  door: Door;
  sight: Sight;
  journal: Journal;
  operations: readonly Operation[];
  server: string;
}

/** What was sent of an operation, as its `done` and `takeBack` need it. */
export function sentOf({ began, at, sentAt, steps, made }: OperationRecord): Sent {
  const written = steps.filter(({ state }) => state === 'written').map(({ id }) => id);
  return {
    request: began.request,
    memo: began.plan.memo,
    at: sentAt ?? at,
    written: [...new Set([...(began.already ?? []), ...written])],
    left: Object.fromEntries(
      steps.flatMap(({ id, state, answer }) =>
        state === 'written' && answer?.resourceVersion ? [[id, answer.resourceVersion]] : [],
      ),
    ),
    ...(made ? { made } : {}),
  };
}

/** Whether an operation was for this server and namespace. */
export function isHere({ door, server }: Pick<Workshop, 'door' | 'server'>, { began }: OperationRecord): boolean {
  return began.server === server && began.namespace === door.namespace;
}

/**
 * The operations broken off here, the oldest first. Steps whose answer was lost are looked at first, and what is found
 * is noted, unless `note` is false.
 */
export async function halfDone(shop: Workshop, note: boolean): Promise<HalfDone[]> {
  const found: HalfDone[] = [];
  for (const record of await shop.journal.list()) {
    if (!isHere(shop, record) || (record.status !== 'half done' && record.status !== 'in doubt')) continue;
    const settled = await settle(shop, record, note);
    if (settled.status !== 'half done' && settled.status !== 'in doubt') continue;
    found.push(await describe(shop, settled));
  }
  return found;
}

/** The record with its doubtful steps looked at. */
async function settle({ door, journal }: Workshop, record: OperationRecord, note: boolean): Promise<OperationRecord> {
  const answers: Answered[] = [];
  for (const step of record.steps) {
    if (step.state !== 'sending' && step.state !== 'unknown') continue;
    const answer = await settleStep(door, record, step);
    if (answer) answers.push(answer);
  }
  if (answers.length === 0) return record;
  if (!note) return withAnswers(record, answers);
  let held: OpenOperation | undefined;
  try {
    held = await journal.claim(record.id);
    for (const answer of answers) await held.note(answer);
  } catch {
    // Somebody else goes on with it, or the disk is full: what was seen holds all the same.
    return withAnswers(record, answers);
  } finally {
    await held?.release();
  }
  return (await journal.read(record.id)) ?? record;
}

function withAnswers(record: OperationRecord, answers: readonly Answered[]): OperationRecord {
  const steps = record.steps.map((step) => {
    const answer = answers.find((one) => one.step === step.id);
    return answer ? { ...step, state: answer.result } : step;
  });
  const written = steps.filter(({ state }) => state === 'written').length;
  const doubt = steps.some(({ state }) => state === 'sending' || state === 'unknown');
  const status = doubt
    ? 'in doubt'
    : written === steps.length
      ? 'written'
      : written > 0
        ? 'half done'
        : 'nothing written';
  return { ...record, steps, status };
}

/** What became of a step that was sent and not answered; undefined where nobody can tell. */
async function settleStep(door: Door, record: OperationRecord, step: StepRecord): Promise<Answered | undefined> {
  const write = record.began.plan.steps.find(({ id }) => id === step.id)?.write;
  if (!write) return undefined;
  const live = await look(door, write.kind, write.name);
  if (live === undefined) return undefined;
  // The journal holds no secrets: what is compared must hold none either.
  const kept: Write = redactWrite(write);
  const shown = live && redactObject(write.kind, live);
  const answer = (result: Answered['result']): Answered => ({
    type: 'answered',
    step: step.id,
    result,
    from: 're-read',
  });
  if (isWritten(kept, shown)) {
    return { ...answer('written'), ...(live ? { resourceVersion: revisionOf(live).resourceVersion } : {}) };
  }
  if (write.verb === 'create') return live === null ? answer('refused') : undefined;
  // What is not seen is applied again: that harms nobody, however often it is done.
  if (write.verb === 'apply') return answer('refused');
  if (live === null || revisionOf(live).uid !== write.seen.uid) return undefined;
  const { resourceVersion } = revisionOf(live);
  return resourceVersion === (step.resourceVersion ?? write.seen.resourceVersion) ? answer('refused') : undefined;
}

async function describe(shop: Workshop, record: OperationRecord): Promise<HalfDone> {
  const ids = (...states: StepRecord['state'][]) =>
    record.steps.filter(({ state }) => states.includes(state)).map(({ id }) => id);
  return {
    id: record.id,
    record,
    written: sentOf(record).written,
    remaining: ids('not sent', 'refused'),
    inDoubt: ids('sending', 'unknown'),
    finish: await finish(shop, record),
    takeBack: await takeBack(shop, record),
  };
}

/** The rest of a broken off operation, planned against the present fleet. */
async function finish(shop: Workshop, record: OperationRecord): Promise<Prepared | Refused> {
  const { request, withheld } = record.began;
  const doubt = record.steps.find(({ state }) => state === 'sending' || state === 'unknown');
  if (doubt) return { refused: `whether "${doubt.id}" was written is not known: look at it, and begin anew` };
  const operation = shop.operations.find(({ id }) => id === request.operation);
  const lost = Object.keys(request.values).filter((name) => withheld.includes(name));
  if (lost.length > 0) {
    const known = withheld.includes('memo') ? undefined : operation;
    const rest = known?.rest?.({ ...shop.sight.picture(), raw: new Map() }, sentOf(record));
    if (rest) return prepare(shop.door, shop.sight, operation, rest, { id: record.id, how: 'finish', written: [] });
    return { refused: `${lost.join(', ')} held secrets, which the journal does not keep: begin anew` };
  }
  const standing = await stillStanding(shop.door, record);
  if ('refused' in standing) return standing;
  return prepare(shop.door, shop.sight, operation, request, { id: record.id, how: 'finish', written: standing.ids });
}

/** Written steps whose effect is still there: the others are planned again. */
async function stillStanding(door: Door, record: OperationRecord): Promise<{ ids: string[] } | Refused> {
  const ids: string[] = [...(record.began.already ?? [])];
  for (const { id, state } of record.steps) {
    const write = record.began.plan.steps.find((step) => step.id === id)?.write;
    if (state !== 'written' || !write) continue;
    const live = await look(door, write.kind, write.name);
    if (live === undefined) return { refused: `${write.name} cannot be read` };
    if (isWritten(redactWrite(write), live && redactObject(write.kind, live))) ids.push(id);
  }
  return { ids };
}

/** The request that takes back what an operation wrote, on a picture that is live; or why there is none. */
export function wayBack(
  operations: readonly Operation[],
  world: World,
  { began: { request, withheld } }: Pick<OperationRecord, 'began'>,
  sent: Sent,
): Request | Refused {
  const operation = operations.find(({ id }) => id === request.operation);
  if (!operation) return { refused: `there is no operation "${request.operation}"` };
  if (!operation.takeBack) return { refused: 'nothing takes such an operation back' };
  if (withheld.includes('memo')) return { refused: 'what it noted held secrets, which the journal does not keep' };
  return operation.takeBack(world, sent) ?? { refused: 'nothing of it can be taken back' };
}

/** What takes back the steps that were written. */
async function takeBack(shop: Workshop, record: OperationRecord): Promise<Prepared | Refused> {
  const world = { ...shop.sight.picture(), raw: new Map() };
  const back = wayBack(shop.operations, world, record, sentOf(record));
  if ('refused' in back) return back;
  const other = shop.operations.find(({ id }) => id === back.operation);
  const prepared = await prepare(shop.door, shop.sight, other, back, { id: record.id, how: 'take back', written: [] });
  return isRefused(prepared) ? prepared : { ...prepared, already: [] };
}
