import { expect, it } from 'vitest';
import { storageRetry } from '../../src/operations/storage-retry.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import * as make from '../domain/fixtures.ts';
import { minute } from '../simulator/harness.ts';
import { signals } from '../simulator/scenarios/signals.ts';
import { openTheatre } from '../simulator/scenarios/theatre.ts';
import { live } from './support/live.ts';
import { ask, reading, ref, sentOf, worldOf } from './support/world.ts';

const request = ask(storageRetry, [ref('MachineInventory', 'h1')]);
const volumes = [{ name: 'data', initialization: { policy: 'Adopt' } }];
const failed = { type: 'Prepare', phase: 'Failed', mutationState: 'None' };
const host = (storage: make.Raw, status: make.Raw) =>
  make.host('h1', 'Available', { pool: 'p', spec: { storage }, status: { storage: status } });
const read = (raw: make.Raw) => reading([raw], 'h1');

it.each([
  [
    'where nothing failed',
    host({ volumes }, { operation: { ...failed, phase: 'Running' } }),
    'storagectl render-patch',
  ],
  ['where nothing is known', make.host('h1', 'Available'), 'has failed; to change its storage use storagectl'],
  [
    'a pending declaration',
    host({ volumes }, { operation: failed, pendingSpecHash: 'aa' }),
    'do not retry, contact support',
  ],
  [
    'changed disks',
    host({ volumes }, { operation: { ...failed, mutationState: 'DurableStateChanged' } }),
    'DurableStateChanged',
  ],
  ['disks not known', host({ volumes }, { operation: { ...failed, mutationState: undefined } }), 'not known'],
  ['volumes not known', host({}, { operation: failed }), 'which volumes h1 has is not known'],
  [
    'what needs an approval',
    host({ volumes: [{ name: 'data', initialization: { policy: 'InitializeIfBlank' } }] }, { operation: failed }),
    'needs an approval',
  ],
])('refuses %s', (_what, raw, why) => {
  expect(storageRetry.refuse(read(raw), request)).toContain(why);
});

it('is offered before the inventory is read whole, and planned only then', () => {
  const unread = worldOf([host({ volumes }, { operation: failed })]);
  expect(storageRetry.needs?.(unread, request)).toEqual([{ kind: 'host', name: 'h1' }]);
  expect(storageRetry.refuse(unread, request)).toBeUndefined();
  expect(() => storageRetry.plan(unread, request)).toThrow('MachineInventory h1 has not been read yet');
});

it('raises the counter and nothing else, while the volumes are what they were', () => {
  const bodyOf = (storage: make.Raw) => {
    const write = storageRetry.plan(read(host(storage, { operation: failed })), request).steps[0]?.write;
    return write && 'body' in write && Array.isArray(write.body) ? write.body.slice(2) : [];
  };
  expect(bodyOf({ volumes, retryNonce: 4 })).toEqual([
    { op: 'test', path: '/spec/storage/volumes', value: volumes },
    { op: 'test', path: '/spec/storage/retryNonce', value: 4 },
    { op: 'replace', path: '/spec/storage/retryNonce', value: 5 },
  ]);
  expect(bodyOf({ volumes })[1]).toEqual({ op: 'add', path: '/spec/storage/retryNonce', value: 1 });
});

it('is done when the storage is prepared', () => {
  const before = host({ volumes }, { operation: failed });
  const sent = sentOf(request, storageRetry.plan(read(before), request));
  expect(storageRetry.done(read(before), sent).outcome).toBeUndefined();
  const running = host({ volumes }, { phase: 'Preparing', operation: { ...failed, phase: 'Running' } });
  expect(storageRetry.done(read(running), sent).milestones.map(({ state }) => state)).toEqual(['done', 'done', 'now']);
  expect(storageRetry.done(read(host({ volumes }, { phase: 'Prepared' })), sent).outcome).toBe('done');
});

it('heals a host whose preparation failed before anything was written', async () => {
  const name = 'storage-prepare-failed';
  const theatre = await openTheatre();
  try {
    await theatre.scenarios.start(name);
    await theatre.wait(() => theatre.scenarios.state.standing === 'played', 20 * minute, name);
    expect(await signals[name]!(theatre)).toBe(true);
    const hosts = theatre.runtime.informer(kinds.MachineInventory);
    const failed = hosts.list().find(({ status }) => status?.storage?.phase === 'Failed')!;
    const { uid = '', name: host } = failed.metadata;
    await live(theatre, storageRetry, { targets: [{ kind: 'host', uid, name: host }], values: {} });
    expect(hosts.get(host)?.status?.storage?.phase).toBe('Prepared');
    expect(theatre.errors).toEqual([]);
  } finally {
    await theatre.stop();
  }
});
