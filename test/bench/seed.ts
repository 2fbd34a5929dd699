/** Fills a namespace with a fleet, as fast as the server takes it, through the writers that life has. */
import type { Transport } from '../../src/kube/types.ts';
import { clusterSeeds, groupSeeds, machineSetSeed, type Seed } from './group-objects.ts';
import {
  agentReport,
  baremetalMachine,
  baremetalMachineStatus,
  inventory,
  inventoryStatus,
  machine,
  machineStatus,
  planSecret,
} from './host-objects.ts';
import { type HostPlace, layout } from './layout.ts';

const AT_ONCE = 32;
const MERGE = 'application/merge-patch+json';

/** Runs `work` on each item, `AT_ONCE` of them at a time. Rejects with the first failure. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** Writes into one namespace; every writer is named, so that the server keeps managedFields for each. */
class Writer {
  readonly #transport: Transport;
  readonly #namespace: string;
  requests = 0;

  constructor(transport: Transport, namespace: string) {
    this.#transport = transport;
    this.#namespace = namespace;
  }

  /** Creates; gives the uid. */
  async create(root: string, resource: string, body: unknown, fieldManager: string): Promise<string> {
    this.requests += 1;
    const path = `/${root}/namespaces/${this.#namespace}/${resource}`;
    const made = await this.#transport.json<{ metadata: { uid: string } }>({
      method: 'POST',
      path,
      query: { fieldManager },
      body,
    });
    return made.metadata.uid;
  }

  async patch(root: string, resource: string, name: string, body: unknown, fieldManager: string): Promise<void> {
    this.requests += 1;
    const path = `/${root}/namespaces/${this.#namespace}/${resource}/${name}`;
    await this.#transport.json({ method: 'PATCH', path, contentType: MERGE, query: { fieldManager }, body });
  }

  async put({ root, resource, body, status }: Seed): Promise<string> {
    const uid = await this.create(root, resource, body, 'manager');
    if (status) await this.patch(root, resource, `${body.metadata.name}/status`, { status }, 'manager');
    return uid;
  }
}

const ELEMENTAL = 'apis/elemental.cattle.io/v1beta1';
const CAPI = 'apis/cluster.x-k8s.io/v1beta1';
const INFRASTRUCTURE = 'apis/infrastructure.cluster.x-k8s.io/v1beta1';
const PROVIDER = 'cluster-api-provider-baremetal';

async function seedHost(writer: Writer, host: HostPlace, namespace: string, owner: string): Promise<void> {
  const uid = await writer.create(ELEMENTAL, 'machineinventories', inventory(host), 'elemental-operator');
  const status = { status: inventoryStatus(host, namespace) };
  await writer.patch(ELEMENTAL, 'machineinventories', `${host.name}/status`, status, 'elemental-operator');
  await writer.create('api/v1', 'secrets', planSecret(host, uid), PROVIDER);
  await writer.patch('api/v1', 'secrets', host.name, { data: agentReport(host) }, 'elemental-system-agent');
  const machineUid = await writer.create(CAPI, 'machines', machine(host, namespace, owner), 'manager');
  await writer.patch(CAPI, 'machines', `${host.machine}/status`, { status: machineStatus(host) }, 'manager');
  await writer.create(INFRASTRUCTURE, 'baremetalmachines', baremetalMachine(host, machineUid), PROVIDER);
  const bare = { status: baremetalMachineStatus(host) };
  await writer.patch(INFRASTRUCTURE, 'baremetalmachines', `${host.machine}/status`, bare, PROVIDER);
}

/** Creates the namespace where it is missing, and a fleet of `hosts` hosts in it. Gives how many requests that took. */
export async function seedFleet(transport: Transport, namespace: string, hosts: number): Promise<number> {
  const writer = new Writer(transport, namespace);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await transport.json({ method: 'POST', path: '/api/v1/namespaces', body }).catch((error: { reason?: string }) => {
    if (error.reason !== 'AlreadyExists') throw error;
  });
  const { places, groups } = layout(hosts);
  const clusters = [...new Set(places.map(({ cluster }) => cluster))];
  await each(clusters, async (cluster) => {
    for (const seed of clusterSeeds(cluster, namespace)) await writer.put(seed);
  });
  const owners = new Map<string, string>();
  await each([...groups.values()], async (members) => {
    const { group, controlPlane } = members[0]!;
    let uid = '';
    for (const seed of groupSeeds(members, namespace)) uid = await writer.put(seed);
    owners.set(group, controlPlane ? uid : await writer.put(machineSetSeed(members, namespace, uid)));
  });
  await each(places, (host) => seedHost(writer, host, namespace, owners.get(host.group)!));
  return writer.requests;
}
