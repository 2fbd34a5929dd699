/** Server-side apply: what others own is told and left alone, and is taken over only where that was typed. */
import { afterEach, describe, expect, it } from 'vitest';
import { KINDS_TABLE, pathOf } from '../../src/kube/kinds.ts';
import { KubeError } from '../../src/kube/types.ts';
import type { Operation, Raw } from '../../src/operations/contract.ts';
import { keyOf } from '../../src/operations/contract.ts';
import { isRefused } from '../../src/runner/api.ts';
import { kubectlOf } from '../../src/runner/kubectl.ts';
import { NAMESPACE, openRoom, planned, type Room } from './support.ts';

let room: Room;
afterEach(() => room.lab.stop());

const need = { kind: 'pool', name: 'made' } as const;

/** Makes a pool so; `force`: whatever others say. */
const make: Operation = {
  id: 'make',
  title: 'Make',
  about: 'Applies a pool',
  on: [],
  many: false,
  fields: [],
  kinds: ['pool'],
  needs: () => [need],
  refuse: () => undefined,
  plan(world, { values }) {
    const live = world.raw.get(keyOf(need));
    const meta = live?.['metadata'] as { uid: string; resourceVersion: string } | undefined;
    const seen = meta && { uid: meta.uid, resourceVersion: meta.resourceVersion };
    const force = values['force'] === 'yes';
    const body: Raw = {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'MachineInventoryPool',
      metadata: { name: 'made', namespace: NAMESPACE },
      spec: { clusterName: values['cluster'] ?? 'one', machineInventories: [] },
    };
    return {
      title: 'Make a pool',
      checks: [],
      steps: [
        {
          id: 'apply',
          title: 'Apply',
          why: '',
          diff: [],
          write: { verb: 'apply', ...need, body, force, ...(seen ? { seen } : {}) },
        },
      ],
      expected: [],
      severity: force ? 'destructive' : 'reversible',
      confirm: force ? ['made'] : [],
      undo: '',
      memo: {},
    };
  },
  done: () => ({ milestones: [], outcome: 'done' }),
};

const path = pathOf('pool', KINDS_TABLE.pool.versions[0], NAMESPACE, 'made');
const live = () =>
  room.lab.management.json<{
    metadata: { managedFields: { manager: string; operation: string }[] };
    spec: { clusterName: string };
  }>({ path });
const ask = (values: Record<string, string> = {}) => ({ operation: 'make', targets: [], values });

async function go(values: Record<string, string> = {}, confirm: string[] = []) {
  await room.sight.refresh();
  const plan = await planned(room.runner, ask(values));
  const rehearsed = await room.runner.dryRun(plan);
  return { rehearsed, result: await room.runner.run(plan, rehearsed, { confirm }) };
}

/** Somebody else says otherwise. */
async function another(cluster: string): Promise<void> {
  await room.lab.management.json({
    method: 'PATCH',
    path,
    query: { fieldManager: 'kubectl-edit' },
    contentType: 'application/merge-patch+json',
    body: { spec: { clusterName: cluster } },
  });
  await room.sight.refresh();
}

describe('an apply', () => {
  it('makes what is not there, under its own name, and again changes nothing', async () => {
    room = await openRoom([make]);
    expect((await go()).result).toMatchObject({ result: 'written' });
    const made = await live();
    expect(made.metadata.managedFields[0]).toMatchObject({ manager: 'metaldeck', operation: 'Apply' });
    expect(made.spec.clusterName).toBe('one');
  });

  it('names manager and field of what others own, and leaves it', async () => {
    room = await openRoom([make]);
    await go();
    await another('theirs');
    const { rehearsed, result } = await go();
    expect(rehearsed.steps[0]).toMatchObject({
      result: 'refused',
      conflicts: [{ manager: 'kubectl-edit', field: 'spec.clusterName' }],
    });
    expect(result).toMatchObject({ result: 'refused' });
    expect((await live()).spec.clusterName).toBe('theirs');
  });

  it('takes it over by a typed word, and says before whose it was', async () => {
    room = await openRoom([make]);
    await go();
    await another('theirs');
    expect((await go({ force: 'yes' })).result).toMatchObject({ result: 'refused' });
    const { rehearsed, result } = await go({ force: 'yes' }, ['made']);
    expect(rehearsed.steps[0]).toMatchObject({
      result: 'accepted',
      conflicts: [{ manager: 'kubectl-edit', field: 'spec.clusterName' }],
    });
    expect(result).toMatchObject({ result: 'written' });
    expect((await live()).spec.clusterName).toBe('one');
  });

  it.each(['before', 'after'] as const)('is sent again where its answer was lost %s it arrived', async (when) => {
    room = await openRoom([make]);
    let lost = 0;
    room.line.fault = (request) => {
      if (request.method !== 'PATCH' || request.query?.['dryRun'] !== undefined || lost++ > 0) return undefined;
      return { [when]: new KubeError(0, 'Network', 'the line broke') };
    };
    expect((await go()).result).toMatchObject({ result: 'written' });
    expect((await live()).spec.clusterName).toBe('one');
  });

  it('wants the right to create, and to patch', async () => {
    room = await openRoom([make]);
    const plan = await planned(room.runner, ask());
    room.lab.api.faults.deny('machineinventorypools');
    const answer = await room.runner.dryRun(plan);
    expect(answer.missing.map(({ verb }) => verb)).toEqual(['create', 'patch']);
  });

  it('is a kubectl command', async () => {
    room = await openRoom([make]);
    const prepared = await room.runner.prepare(ask({ force: 'yes' }));
    if (isRefused(prepared)) throw new Error(prepared.refused);
    const text = kubectlOf(prepared.plan.steps[0]!, NAMESPACE, 'v1beta1');
    expect(text).toContain(
      `kubectl -n ${NAMESPACE} apply --server-side --field-manager metaldeck --force-conflicts -f - <<'EOF'`,
    );
  });
});
