/** The hosts behind a recorded story: the recording has the machines, and a real server needs the inventories they name. */
import type { Transport } from '../../src/kube/types.ts';
import { NAMESPACE } from './harness/cluster.ts';
import type { Story } from './harness/replay.ts';

const POOL = 'baremetal.alauda.io';

async function create(
  transport: Transport,
  path: string,
  body: Record<string, unknown>,
  status?: unknown,
): Promise<void> {
  const { name } = body['metadata'] as { name: string };
  await transport.json({ method: 'POST', path, body });
  if (status !== undefined) {
    await transport.json({
      method: 'PATCH',
      path: `${path}/${name}/status`,
      contentType: 'application/merge-patch+json',
      body: { status },
    });
  }
}

/** Names of every inventory any BaremetalMachine of the story was ever bound to. */
export function inventoriesOf(story: Story): string[] {
  const names = new Set<string>();
  for (const { object } of [...story.listed, ...story.events]) {
    const bound = (object as { status?: { machineInventoryRef?: { name?: string } } }).status?.machineInventoryRef
      ?.name;
    if (object.kind === 'BaremetalMachine' && bound) names.add(bound);
  }
  return [...names].sort();
}

/** Creates the inventories of a story with their plan Secrets, one spare beside them, and the pools that list them. */
export async function createHosts(transport: Transport, story: Story): Promise<void> {
  const infrastructure = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/${NAMESPACE}`;
  const inventories = `/apis/elemental.cattle.io/v1beta1/namespaces/${NAMESPACE}/machineinventories`;
  const names = [...inventoriesOf(story), 'spare-u42'];
  const meta = (name: string, more: Record<string, unknown> = {}) => ({ name, namespace: NAMESPACE, ...more });
  for (const name of names) {
    const spare = name === 'spare-u42';
    await create(
      transport,
      inventories,
      {
        apiVersion: 'elemental.cattle.io/v1beta1',
        kind: 'MachineInventory',
        metadata: meta(name, {
          annotations: {
            [`${POOL}/pool`]: 'prod-pool',
            [`${POOL}/allocation-state`]: spare ? 'Available' : 'Allocated',
          },
        }),
        spec: {},
      },
      {
        plan: { secretRef: { name, namespace: NAMESPACE }, state: 'Applied' },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'PlanSuccessfullyApplied',
            message: 'plan successfully applied',
            lastTransitionTime: '2026-11-21T01:00:00Z',
          },
        ],
      },
    );
    await create(transport, `/api/v1/namespaces/${NAMESPACE}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta(name, {
        labels: { 'elemental.cattle.io/managed': 'true' },
        annotations: { [`${POOL}/plan.type`]: spare ? 'clean' : 'reprovision' },
      }),
      type: 'elemental.cattle.io/plan',
      data: { plan: Buffer.from('{}').toString('base64') },
    });
  }
  await create(
    transport,
    `${infrastructure}/machineinventorypools`,
    {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'MachineInventoryPool',
      metadata: meta('prod-pool'),
      spec: { clusterName: 'prod', machineInventories: names.map((name) => ({ name })) },
    },
    { total: names.length, available: 1, allocated: names.length - 1, preparing: 0, reprovisioning: 0, unavailable: 0 },
  );
}
