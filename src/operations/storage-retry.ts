/**
 * Retry a failed storage operation, under the one rule that allows it (domain §6.9): it failed, nothing is pending and
 * nothing on the disks was changed. Then the retry counter goes up and the volumes stay as they are. Everything else
 * is `storagectl`'s: its approvals are not to be calculated by hand.
 */

import type { Host } from '../domain/objects.ts';
import { at, get, list, num, str } from '../domain/read.ts';
import type { Plan, Sent, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { firstTarget, goingAway } from './find.ts';
import { progressOf, writtenSight } from './progress.ts';
import { jsonStep } from './write.ts';

interface Found {
  host: Host;
  volumes: readonly unknown[];
  from?: number;
  to: number;
  operation: string;
}

/** The command that shows or renders what this must not write. */
function command(host: string): string {
  return `storagectl render-patch --inventory ${host}.json --storage storage.yaml`;
}

function examine(world: World, host: Host): Found | Refusal {
  const raw = world.raw.get(keyOf(host));
  if (!raw) return refused(`${host.name} is gone`);
  const storage = at(raw, 'spec', 'storage');
  const volumes = get(storage, 'volumes');
  const status = at(raw, 'status', 'storage');
  const phase = str(at(status, 'operation', 'phase'));
  if (phase !== 'Failed')
    return refused(`no storage operation of ${host.name} has failed: ${phase ?? 'none is known'}`);
  if (!Array.isArray(volumes)) return refused(`which volumes ${host.name} has is not known; use ${command(host.name)}`);
  const pending = get(status, 'pendingSpecHash') ?? at(status, 'operation', 'pendingSpecHash');
  if (pending !== undefined && pending !== '') {
    return refused(`a declaration of ${host.name} is pending: do not retry, contact support`);
  }
  const mutation = str(at(status, 'operation', 'mutationState'));
  if (mutation !== 'None') {
    return refused(
      `disks of ${host.name} may have been changed (${mutation ?? 'not known'}): do not retry, contact support`,
    );
  }
  const blank = list(volumes).some((volume) => JSON.stringify(volume).includes('"InitializeIfBlank"'));
  if (blank)
    return refused(
      `${host.name} initialises blank disks, which needs an approval; use ${command(host.name)} --counter N`,
    );
  const from = num(get(storage, 'retryNonce'));
  return {
    host,
    volumes: list(volumes),
    from,
    to: (from ?? 0) + 1,
    operation: str(at(status, 'operation', 'type')) ?? 'operation',
  };
}

function draft({ host, volumes, from, to, operation }: Found): Plan {
  const path = '/spec/storage/retryNonce';
  const step = jsonStep(
    {
      id: `retry ${host.name}`,
      title: `Let ${host.name} try its storage ${operation} again`,
      why: 'a higher counter asks for another attempt',
    },
    host,
    [
      { op: 'test', path: '/spec/storage/volumes', value: volumes },
      ...(from === undefined
        ? [{ op: 'add', path, value: to } as const]
        : [{ op: 'test', path, value: from } as const, { op: 'replace', path, value: to } as const]),
    ],
    [{ path: 'spec.storage.retryNonce', ...(from === undefined ? {} : { from }), to }],
  );
  return {
    title: step.title,
    checks: [
      check('operation', 'Failed'),
      check('pending declaration', 'none'),
      check('disks', 'not changed by the failed attempt'),
      check('the cause', 'an attempt that failed for a reason that is still there fails again', 'warn'),
    ],
    steps: [step],
    expected: [
      {
        text: `The provider tries again; ${volumes.length === 1 ? 'the volume stays' : `the ${volumes.length} volumes stay`} as declared`,
        tone: 'info',
      },
    ],
    severity: 'destructive',
    confirm: [host.name],
    undo: 'The counter never goes down; an attempt that has begun goes on',
    memo: { steps: [step.id], to },
  };
}

function done(world: World, sent: Sent) {
  const target = firstTarget(sent);
  const host = target && world.fleet.hosts.byUid.get(target.uid);
  const written = writtenSight(sent);
  if (!host) return progressOf([written, { title: 'Host', seen: false, bad: `${target?.name ?? 'the host'} is gone` }]);
  const { storageOperation, storagePhase } = host.object;
  // The counter itself is not watched: the failure gone is what shows that it was taken up.
  const begun = written.seen && storageOperation?.phase !== 'Failed';
  return progressOf([
    written,
    { title: 'Another attempt begun', seen: begun, detail: storageOperation?.phase },
    {
      title: 'Storage prepared',
      seen: begun && storageOperation === undefined && (storagePhase === 'Prepared' || storagePhase === 'Active'),
      detail: storagePhase,
    },
  ]);
}

/** The operation. */
export const storageRetry = defineOperation<Found>({
  id: 'storage-retry',
  title: 'Retry storage',
  about: 'Let a host try a failed storage operation again',
  on: ['host'],
  many: false,
  fields: [],
  kinds: ['host'],
  needs: (_world, { targets }) => targets.map(({ kind, name }) => ({ kind, name })),
  offer(_world, [target]) {
    if (target?.kind !== 'host') return 'the host is not known';
    const going = goingAway(target);
    if (going !== undefined) return going;
    const { storageOperation } = target;
    if (storageOperation?.phase === 'Failed') return undefined;
    return `no storage operation of ${target.name} has failed; to change its storage use ${command(target.name)}`;
  },
  examine(world, _request, [target]) {
    return target?.kind === 'host' ? examine(world, target) : refused('the host is not known');
  },
  draft: (_world, _request, found) => draft(found),
  done,
});
