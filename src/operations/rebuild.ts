/** Build a SeedImage once more: `spec.retriggerBuild`, which the operator sets back when it has begun (domain §2.3). */

import { findCondition } from '../domain/conditions.ts';
import type { SeedImageRow } from '../domain/fleet/rows.ts';
import type { DomainObject } from '../domain/objects.ts';
import type { Plan, Sent, World } from './contract.ts';
import { check, defineOperation, refused } from './define.ts';
import { firstTarget, goingAway, numberIn, textIn } from './find.ts';
import { goneTarget, progressOf, type Sight, writtenSight } from './progress.ts';
import { mergeStep } from './write.ts';

function rowOf(world: World, target: DomainObject | undefined): SeedImageRow | undefined {
  return target && world.fleet.seedImages.byUid.get(target.uid);
}

function offer(row: SeedImageRow | undefined): string | undefined {
  if (!row) return 'the image is not known';
  const going = goingAway(row.object);
  if (going !== undefined) return going;
  if (row.object.retrigger) return `${row.name} is to be built again already`;
  if (row.state === 'building') return `${row.name} is being built`;
  if (row.state === 'unknown') return `in which state ${row.name} is is not known`;
  return undefined;
}

function draft(world: World, row: SeedImageRow): Plan {
  const { object } = row;
  const step = mergeStep(
    {
      id: `rebuild ${row.name}`,
      title: `Build ${row.name} again`,
      why: 'the operator builds it anew and sets the field back',
    },
    object,
    { spec: { retriggerBuild: true } },
    [{ path: 'spec.retriggerBuild', from: object.retrigger ?? false, to: true }],
  );
  const registration = world.fleet.registrations.list.find(({ name }) => name === object.registration);
  const usable = row.state === 'ready' && object.downloadUrl !== undefined;
  const ready = findCondition(object.conditions, 'SeedImageReady');
  return {
    title: step.title,
    checks: [
      registration
        ? check('registration', `${registration.name} is there`)
        : check('registration', `${object.registration ?? 'none named'}: not there`, 'block'),
      ...(usable ? [check('present image', 'can still be downloaded; its address stops working', 'warn')] : []),
    ],
    steps: [step],
    expected: [
      { text: 'Pod and Service of the image are made anew', tone: 'info' },
      ...(object.cleanupAfterMinutes === undefined
        ? []
        : [
            {
              text: `It can be downloaded for ${object.cleanupAfterMinutes} minutes, at a new address`,
              tone: 'info' as const,
            },
          ]),
    ],
    severity: 'reversible',
    confirm: [],
    undo: 'A build that has begun goes on; the one before does not come back',
    memo: { steps: [step.id], url: object.downloadUrl ?? '', since: ready?.since ?? 0 },
  };
}

function done(world: World, sent: Sent) {
  const target = firstTarget(sent);
  const row = target && world.fleet.seedImages.byUid.get(target.uid);
  const written = writtenSight(sent);
  if (!row) return progressOf([written, goneTarget('Image', target?.name ?? 'the image')]);
  const since = findCondition(row.object.conditions, 'SeedImageReady')?.since ?? 0;
  const url = row.object.downloadUrl;
  // The state before says `ready` too: only another time or another address shows that it is another build.
  const other = since > (numberIn(sent.memo, 'since') ?? 0) || (url !== undefined && url !== textIn(sent.memo, 'url'));
  const begun = written.seen && !row.object.retrigger && other;
  const sights: Sight[] = [
    written,
    { title: 'Build begun', seen: begun },
    {
      title: 'Can be downloaded',
      seen: begun && row.state === 'ready',
      detail: row.state,
      ...(begun && row.state === 'failed' ? { bad: row.problem?.text ?? 'the build failed' } : {}),
    },
  ];
  return progressOf(sights);
}

/** The operation. */
export const rebuild = defineOperation<{ row: SeedImageRow }>({
  id: 'rebuild',
  title: 'Rebuild',
  about: 'Build an installation image once more',
  on: ['seedImage'],
  many: false,
  fields: [],
  kinds: ['seedImage', 'registration'],
  offer: (world, [target]) => offer(rowOf(world, target)),
  examine(world, _request, [target]) {
    const row = rowOf(world, target);
    return row ? { row } : refused('the image is not known');
  },
  draft: (world, _request, { row }) => draft(world, row),
  done,
});
