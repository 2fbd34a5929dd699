/** The KubeadmConfig controller: renders the bootstrap data a Machine's host gets. */

import { isTrue, pausedSaying, type Saying, saySorted } from '../conditions.ts';
import { ownersOf } from '../journal.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import { type LegacySaying, no, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import { clusterOf, labels, ownerName, ownerReference } from '../owners.ts';
import { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, KubeadmConfig, KubeadmConfigSpec, Machine } from '../shapes/capi.ts';
import type { Secret } from '../shapes/core.ts';
import { makes, waits, whom } from './bootstrap-log.ts';
import { bootstrapCertificates } from './certificates.ts';
import { onClusterTurn } from './clusters.ts';
import { awaited, capiController, deleting, isControlPlane, isPaused, paused } from './common.ts';
import { asGoWrites } from './go-structs.ts';
import type { Words } from './machine-log.ts';
import { userData } from './user-data.ts';

/** Cluster API asks again so often for a workload cluster that does not answer, in ms. */
const reconnect = 60_000;

/** Registers the controller. */
export function kubeadmConfigController(rt: Runtime): void {
  const configs = rt.informer(kinds.KubeadmConfig);
  const machines = rt.informer(kinds.Machine);
  const clusters = rt.informer(kinds.Cluster);
  configs.index('cluster', (config) => [clusterOf(config) ?? '']);

  const controller = capiController(rt, 'kubeadmconfig', reconcile);
  const gone = rt.controller('kubeadmconfig-secret', async (name) => {
    if (!configs.get(name)) await rt.client.remove(kinds.Secret, name);
    return undefined;
  });
  configs.onChange((config, change) => {
    if (change !== 'deleted') controller.enqueue(config.metadata.name);
    // No garbage collector runs beside an API server alone: the Secret goes with the object it was made for.
    else if (config.status?.dataSecretName) gone.enqueue(config.status.dataSecretName);
  });
  onClusterTurn(rt, (cluster) => {
    for (const config of configs.by('cluster', cluster)) controller.enqueue(config.metadata.name);
  });

  rt.faults.onCluster((cluster) => {
    for (const config of configs.by('cluster', cluster)) controller.enqueue(config.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    let again: number | undefined;
    const config = configs.get(name);
    const machine = machines.get(config && ownerName(config, 'Machine'));
    const cluster = clusters.get(config && clusterOf(config));
    if (!config || !machine || !cluster || deleting(config)) return undefined;
    const draft = copy(config);
    if (isPaused(cluster, config)) {
      const by = paused(cluster, config);
      speak(draft, [pausedSaying(by.cluster, by.annotation, 'KubeadmConfig')], [], rt.timestamp());
    } else if (config.status?.ready) {
      if (!config.status.dataSecretName) return undefined;
      setReady(draft, rt.timestamp());
    } else {
      const wait = whatIsMissing(cluster, machine);
      if (wait) {
        if (!cluster.status?.infrastructureReady) tell(config, machine, waits);
        setWaiting(draft, wait, rt.timestamp());
      } else if (isTrue(cluster.status?.conditions, 'ControlPlaneInitialized') && isCutOff(rt, cluster)) {
        setCutOff(draft, rt.timestamp());
        again = reconnect;
      } else {
        tellMaking(config, machine, cluster);
        fillSettings(draft, cluster, machine, rt.seed);
        await createSecret(draft, machine, cluster);
        setReady(draft, rt.timestamp());
      }
    }
    await rt.client.replace(kinds.KubeadmConfig, config, draft);
    return again;
  }

  /** Says something in the log, with whom the configuration is for. */
  function tell(config: KubeadmConfig, machine: Machine, words: Words): void {
    const { name, resourceVersion } = machine.metadata;
    rt.log(config, ...words, whom({ Machine: `${rt.namespace}/${name}`, resourceVersion, ...ownersOf(machine) }));
  }

  /** The first Machine of a cluster begins it; after that all join. */
  function tellMaking(config: KubeadmConfig, machine: Machine, { status }: Cluster): void {
    const begins = !isTrue(status?.conditions, 'ControlPlaneInitialized');
    const what = begins ? 'init control plane' : isControlPlane(machine) ? 'join control plane' : 'worker node';
    tell(config, machine, makes(what));
  }

  async function createSecret(config: KubeadmConfig, machine: Machine, cluster: Cluster): Promise<void> {
    const name = config.metadata.name;
    if (await rt.client.get(kinds.Secret, name)) return;
    const certificates = isControlPlane(machine) ? await bootstrapCertificates(rt, cluster) : [];
    const secret = bootstrapSecret(config, cluster, userData(config, machine, cluster, certificates));
    await rt.client.create(kinds.Secret, secret);
  }
}

/** The Secret with the bootstrap data of a configuration: `value` in plain text. */
export function bootstrapSecret(config: KubeadmConfig, cluster: Cluster, value: string): Secret {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: config.metadata.name,
      labels: { [labels.cluster]: cluster.metadata.name },
      ownerReferences: [{ ...ownerReference(config, false), controller: true }],
    },
    type: 'cluster.x-k8s.io/secret',
    data: { format: base64('cloud-config'), value: base64(value) },
  };
}

interface Missing {
  reason: string;
  message: string;
}

function whatIsMissing(cluster: Cluster, machine: Machine): Missing | undefined {
  if (!cluster.status?.infrastructureReady) {
    return {
      reason: 'WaitingForClusterInfrastructure',
      message: awaited.infrastructure,
    };
  }
  const initialized = isTrue(cluster.status.conditions, 'ControlPlaneInitialized');
  if (!initialized && !isControlPlane(machine)) {
    return {
      reason: 'WaitingForControlPlaneAvailable',
      message: awaited.controlPlane,
    };
  }
  return undefined;
}

/**
 * The first node of a cluster gets what its Cluster and its Machine say, each that joins the way to the API server and a
 * token of its own.
 */
export function fillSettings(draft: KubeadmConfig, cluster: Cluster, machine: Machine, seed: string): void {
  draft.spec ??= {};
  const spec = draft.spec;
  const { host = '', port = '' } = cluster.spec?.controlPlaneEndpoint ?? {};
  const endpoint = `${host}:${port}`;
  if (!isTrue(cluster.status?.conditions, 'ControlPlaneInitialized')) {
    delete spec.joinConfiguration;
    fillCluster(spec, cluster, machine, host && endpoint);
    return;
  }
  delete spec.initConfiguration;
  const random = new Random(seed, 'token', machine.metadata.name);
  spec.joinConfiguration = {
    ...(isControlPlane(machine) ? { controlPlane: { localAPIEndpoint: {} } } : {}),
    ...spec.joinConfiguration,
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: endpoint,
        caCertHashes: [`sha256:${new Random(seed, 'ca', cluster.metadata.name).hex(64)}`],
        token: `${random.suffix(6)}.${random.suffix(16)}`,
      },
    },
  };
}

/**
 * What nobody has set of the cluster's configuration. Of this v1beta2 keeps the endpoint alone. Source: Cluster API 1.10,
 * reconcileTopLevelObjectSettings; 1.13, computeClusterConfigurationAndAdditionalData.
 */
function fillCluster(spec: KubeadmConfigSpec, cluster: Cluster, machine: Machine, endpoint: string): void {
  const { serviceDomain, services, pods } = cluster.spec?.clusterNetwork ?? {};
  const { networking, ...own } = asGoWrites('clusterConfiguration', spec.clusterConfiguration ?? {});
  const network = {
    dnsDomain: serviceDomain,
    serviceSubnet: services?.cidrBlocks?.join(','),
    podSubnet: pods?.cidrBlocks?.join(','),
  };
  spec.clusterConfiguration = {
    ...filled({
      controlPlaneEndpoint: endpoint,
      clusterName: cluster.metadata.name,
      kubernetesVersion: machine.spec?.version,
    }),
    ...own,
    networking: { ...filled(network), ...(networking as object | undefined) },
  };
}

/** Without what is empty. */
const filled = (fields: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

function speak(draft: KubeadmConfig, sayings: Saying[], legacy: LegacySaying[], at: string): void {
  draft.status ??= {};
  const status = draft.status;
  const generation = draft.metadata.generation;
  status.observedGeneration = generation;
  if (legacy.length > 0) status.conditions = sayLegacy(status.conditions, [summary(legacy), ...legacy], at);
  status.v1beta2 = { conditions: saySorted(status.v1beta2?.conditions, sayings, at, generation) };
}

function setWaiting(draft: KubeadmConfig, wait: Missing, at: string): void {
  const sayings: Saying[] = [
    { type: 'DataSecretAvailable', status: 'False', reason: 'NotAvailable', message: wait.message },
    { type: 'Ready', status: 'False', reason: 'NotReady', message: `* DataSecretAvailable: ${wait.message}` },
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  speak(draft, sayings, [no('DataSecretAvailable', wait.reason, 'Info')], at);
}

const isCutOff = (rt: Runtime, { metadata }: Cluster): boolean =>
  rt.faults.ofCluster(metadata.name).unreachable === true;

/** The join token is made in the workload cluster: while that does not answer there is no data, and no reason given. */
function setCutOff(draft: KubeadmConfig, at: string): void {
  const message = '* DataSecretAvailable: Condition DataSecretAvailable not yet reported';
  const sayings: Saying[] = [
    { type: 'Ready', status: 'Unknown', reason: 'ReadyUnknown', message },
    { type: 'CertificatesAvailable', status: 'True', reason: 'Available' },
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  speak(draft, sayings, [yes('CertificatesAvailable')], at);
}

/** Writes the status of a configuration whose data is there into `draft`. */
export function setReady(draft: KubeadmConfig, at: string): void {
  const sayings: Saying[] = [
    { type: 'Ready', status: 'True', reason: 'Ready' },
    { type: 'CertificatesAvailable', status: 'True', reason: 'Available' },
    { type: 'DataSecretAvailable', status: 'True', reason: 'Available' },
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  draft.status = { ...draft.status, dataSecretName: draft.metadata.name, ready: true };
  speak(draft, sayings, [yes('CertificatesAvailable'), yes('DataSecretAvailable')], at);
}
