import { describe, expect, it } from 'vitest';
import { createLists } from '../../hooks/lists.ts';
import { failureText, snapshotText } from '../../src/app/snapshot.ts';
import { snapshotData } from '../../src/app/snapshot-data.ts';
import { verdictOf } from '../../src/app/verdict.ts';
import { commit, createAppStore } from '../../src/store/store.ts';
import { screens } from '../../views/screens/index.ts';
import { fleetOf, NOW, smallDatacenter } from '../views/fixtures.ts';
import { live } from '../views/screen.tsx';

const session = { context: 'prod', cluster: 'c', host: 'api:6443', namespace: 'cpaas-system', demo: false };

function stateOf(freshness: Parameters<typeof commit>[1]['freshness'] = {}) {
  const fleet = fleetOf(smallDatacenter());
  const store = createAppStore(session, fleet, NOW);
  commit(store, { freshness: { ...live(fleet), ...freshness }, now: NOW });
  return store.getState();
}
const forbidden = { phase: 'forbidden', synced: false, since: NOW, count: 0 } as const;

describe('a snapshot', () => {
  it('is 1 when something needs attention, and lists it', () => {
    const state = stateOf();
    expect(verdictOf(state)).toBe(1);
    expect(snapshotData(state, 'hosts')).toMatchObject({
      schema: 'metaldeck.snapshot/v1',
      verdict: 'attention',
      couldNotKnow: [],
      counters: { hosts: 6, free: 1, bad: 1 },
    });
  });

  it('gives a script the whole of a cause', () => {
    const why = 'the machine is held because the storage of its host does not answer any more; '
      .repeat(4)
      .slice(0, 280);
    const last = 'and this is all';
    const objects = smallDatacenter();
    const [machine] = objects.machine!;
    const condition = { type: 'HealthCheckSucceeded', status: 'False', reason: 'Bad', message: `${why}${last}` };
    machine!.status = { ...(machine!.status as object), conditions: [condition] };
    const fleet = fleetOf(objects);
    const store = createAppStore(session, fleet, NOW);
    commit(store, { freshness: live(fleet), now: NOW });
    const state = store.getState();
    const { attention } = snapshotData(state, 'overview') as { attention: { text: string }[] };
    const texts = attention.map(({ text }) => text).filter((text) => text.includes('the machine is held'));
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toContain(last);
    const table = (format: 'table' | 'wide') =>
      snapshotText(state, createLists(screens), 'overview', format)
        .split('\n')
        .find((line) => line.includes('is held'));
    expect(table('wide')).toContain(last);
    expect(table('table')?.length).toBeLessThan(200);
    expect(table('table')).toContain('~');
  });

  it('does not name the pool that a host was taken out of as if it were in it', () => {
    const objects = smallDatacenter();
    const [pool] = objects.pool!;
    const { machineInventories } = pool!.spec as { machineInventories: { name: string }[] };
    pool!.spec = {
      ...(pool!.spec as object),
      machineInventories: machineInventories.filter(({ name }) => name !== 'rack2-u01'),
    };
    const fleet = fleetOf(objects);
    const store = createAppStore(session, fleet, NOW);
    commit(store, { freshness: live(fleet), now: NOW });
    const line = snapshotText(store.getState(), createLists(screens), 'hosts', 'table')
      .split('\n')
      .find((each) => each.includes('rack2-u01'));
    expect(line).toMatch(/ unpooled .* was prod-worker-pool/);
  });

  it('never gives a zero or an empty list for what it may not read', () => {
    const state = stateOf({ pool: forbidden, deployment: forbidden });
    expect(verdictOf(state)).toBe(2);
    expect(snapshotData(state, 'pools')).toMatchObject({
      verdict: 'unknown',
      counters: { hosts: 6, free: null, bad: null, groups: null },
      pools: null,
    });
    const lists = createLists(screens);
    const text = snapshotText({ ...state, fleet: fleetOf({}) }, lists, 'overview', 'table');
    expect(text).toContain('in use ?');
    expect(text).not.toContain('no MachineInventoryPool exists');
    expect(snapshotText({ ...state, fleet: fleetOf({}) }, lists, 'groups', 'table')).not.toContain('exists');
  });

  it('gives no figures of a pool where its hosts cannot be told apart', () => {
    const { pools } = snapshotData(stateOf({ baremetalMachine: forbidden }), 'pools') as { pools: unknown[] };
    expect(pools.length).toBeGreaterThan(0);
    for (const pool of pools) expect(pool).toMatchObject({ counted: null });
  });

  it('gives a script data even when it could not be taken', () => {
    const data = JSON.parse(failureText({ output: 'json', namespace: 'n' }, 'refused'));
    expect(data).toMatchObject({ verdict: 'unknown', namespace: 'n', couldNotKnow: [{ kind: '*', why: 'refused' }] });
  });
});
