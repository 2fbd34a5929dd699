/** What to do next: commands that read, and places in metaldeck. */
import type { HostRow, ObjectRef } from '../fleet/rows.ts';
import type { DomainObject, Host } from '../objects.ts';
import { refTo } from './lookup.ts';
import type { Remedy, Step } from './types.ts';

const RESOURCE: Partial<Record<ObjectRef['kind'], string>> = {
  pool: 'machineinventorypools.infrastructure.cluster.x-k8s.io',
  host: 'machineinventories.elemental.cattle.io',
  plan: 'secret',
  baremetalMachine: 'baremetalmachines.infrastructure.cluster.x-k8s.io',
  machine: 'machines.cluster.x-k8s.io',
  machineSet: 'machinesets.cluster.x-k8s.io',
  deployment: 'machinedeployments.cluster.x-k8s.io',
  controlPlane: 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io',
  cluster: 'clusters.cluster.x-k8s.io',
  baremetalCluster: 'baremetalclusters.infrastructure.cluster.x-k8s.io',
  registration: 'machineregistrations.elemental.cattle.io',
  seedImage: 'seedimages.elemental.cattle.io',
  healthCheck: 'machinehealthchecks.cluster.x-k8s.io',
  catalog: 'configmap',
};

/** Text of the API as one word of a shell: names from a server are never trusted to be harmless. */
export function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `kubectl -n <namespace> <verb> ...`, each word quoted. */
export function kubectl(namespace: string, ...words: readonly string[]): string {
  const where = namespace === '' ? [] : ['-n', namespace];
  return ['kubectl', ...where, ...words].map(quoted).join(' ');
}

/**
 * The same in a workload cluster: with the kubeconfig that Cluster API keeps in the Secret `<cluster>-kubeconfig` of the
 * management cluster, in a file of one's own that goes again (kubectl reads it more than once, so that no pipe will do).
 * Without a cluster, plain.
 */
export function kubectlIn(
  cluster: { name: string; namespace: string } | undefined,
  ...words: readonly string[]
): string {
  if (!cluster) return kubectl('', ...words);
  const key = 'jsonpath={.data.value}';
  const secret = kubectl(cluster.namespace, 'get', 'secret', `${cluster.name}-kubeconfig`, '-o', key);
  return `f=$(mktemp); ${secret} | base64 -d >$f; kubectl --kubeconfig $f ${words.map(quoted).join(' ')}; rm $f`;
}

/** Describes an object, Events included. */
export function describe(object: DomainObject, text = `look at ${object.name} with its Events`): Step {
  const resource = RESOURCE[object.kind] ?? object.kind.toLowerCase();
  return { text, command: kubectl(object.namespace, 'describe', resource, object.name), place: refTo(object) };
}

/**
 * Reads the output of a failed plan. It is gzipped JSON of base64 texts, and may hold what the instructions printed, so
 * it is for the operator's own eyes (rancher/system-agent, pkg/k8splan/watcher.go).
 */
export function failedOutput({ object }: HostRow): Step {
  const secret = object.planSecret ?? object.name;
  const read = kubectl(object.namespace, 'get', 'secret', secret, '-o', 'jsonpath={.data.failed-output}');
  return {
    text: 'read what the failed instruction printed: O shows it, secrets redacted; whole, for your own eyes only',
    command: `${read} | base64 -d | gunzip | jq 'map_values(@base64d)'`,
  };
}

/** The host's own journal: a command for the host itself. */
export function agentJournal(host: Host): Step {
  const [address] = host.addresses;
  const where = address === undefined ? 'on the host' : `on the host (${address})`;
  return {
    text: `${where}, or on its serial console where it does not answer: the agent's journal`,
    command: 'journalctl -u elemental-system-agent',
  };
}

/** Something to open in metaldeck. */
export function open(place: ObjectRef | undefined, text: string): Step | undefined {
  return place && { text, place };
}

export function remedy(operation: string, target: ObjectRef | undefined): Remedy | undefined {
  return target && { operation, target };
}
