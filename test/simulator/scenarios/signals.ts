/** What every scenario shows through the API: the signals of the documented failure modes, and those of the others. */

import { deleteAnnotation } from '../../../src/simulator/controllers/capi/delete-order.ts';
import { Client } from '../../../src/simulator/controllers/client.ts';
import type { Clock } from '../../../src/simulator/controllers/clock.ts';
import { find } from '../../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import {
  appReleaseKind,
  releaseName,
  releaseNamespace,
  reportOf,
  wantedOf,
} from '../../../src/simulator/controllers/kubeovn/app-release.ts';
import { findLegacy } from '../../../src/simulator/controllers/legacy-conditions.ts';
import { clusterOf } from '../../../src/simulator/controllers/owners.ts';
import { checksum, planSecrets, planTypeOf, text } from '../../../src/simulator/controllers/plan-secret.ts';
import { importFinalizer } from '../../../src/simulator/controllers/platform/import.ts';
import { stateOf } from '../../../src/simulator/controllers/provider/inventory.ts';
import type { BaremetalMachine } from '../../../src/simulator/controllers/shapes/provider.ts';
import { minute } from '../harness.ts';
import type { Theatre } from './theatre.ts';

/** What signals are read from. */
export type Stage = Pick<Theatre, 'runtime' | 'kubectl'> & { clock: Pick<Clock, 'now'> };

export type Signal = (theatre: Stage) => boolean | Promise<boolean>;

const infras = ({ runtime }: Stage) => runtime.informer(kinds.BaremetalMachine).list();
const machines = ({ runtime }: Stage) => runtime.informer(kinds.Machine).list();
const inventories = ({ runtime }: Stage) => runtime.informer(kinds.MachineInventory);
const hostOf = (theatre: Stage, { status }: BaremetalMachine) =>
  inventories(theatre).get(status?.machineInventoryRef?.name);
const planOf = ({ runtime }: Stage, { status }: BaremetalMachine) =>
  planSecrets(runtime).get(status?.machineInventoryRef?.name);

const age = ({ clock }: Stage, { metadata }: BaremetalMachine): number =>
  clock.now() - Date.parse(metadata.creationTimestamp ?? '');

/** A BaremetalMachine in a phase, with a condition that is False for a reason. */
const infraSays =
  (phase: string, type: string, reason: string): Signal =>
  (theatre) =>
    infras(theatre).some(({ status }) => {
      const condition = find(status?.conditions, type);
      return status?.phase === phase && condition?.status === 'False' && condition.reason === reason;
    });

const failedHosts =
  (count: number): Signal =>
  (theatre) =>
    infras(theatre).filter((infra) => {
      const host = hostOf(theatre, infra);
      const plan = planOf(theatre, infra);
      return (
        infra.status?.phase === 'Failed' &&
        host !== undefined &&
        stateOf(host) === 'Unavailable' &&
        plan !== undefined &&
        text(plan, 'failed-checksum') === checksum(plan)
      );
    }).length >= count;

const endpointDown =
  (type: string): Signal =>
  ({ runtime }) =>
    runtime
      .informer(kinds.BaremetalCluster)
      .list()
      .some(
        ({ spec, status }) =>
          (spec?.controlPlaneLoadBalancer?.type ?? 'Internal') === type &&
          find(status?.conditions, 'EndpointReady')?.status === 'False',
      );

/** A release that has got stuck in a phase, with installed and wanted revision the same or not. */
const release =
  (phase: string, converged: boolean): Signal =>
  async ({ runtime }) => {
    for (const { metadata } of runtime.informer(kinds.Cluster).list()) {
      const client = new Client(runtime.workload(metadata.name), releaseNamespace);
      const found = await client.get(appReleaseKind, releaseName);
      if (!found) continue;
      const { installedRevision, phase: reported } = reportOf(found) ?? {};
      const same = wantedOf(found).revision === installedRevision;
      if (reported === phase && same === converged) return true;
    }
    return false;
  };

const events = async (theatre: Stage): Promise<string[]> => {
  const path = '/api/v1/namespaces/cpaas-system/events';
  const { items } = await theatre.kubectl.json<{ items: { reason: string; message: string }[] }>({ path });
  return items.map(({ reason, message }) => `${reason}: ${message}`);
};

const nodeLost: Signal = (theatre) =>
  machines(theatre).some(({ status }) => find(status?.v1beta2?.conditions, 'NodeReady')?.status === 'Unknown');

export const signals: Record<string, Signal> = {
  'pool-missing': infraSays('Pending', 'InventoryAllocated', 'PoolMissing'),
  'pool-exhausted': infraSays('Pending', 'InventoryAllocated', 'PoolExhausted'),
  miscount: ({ runtime }) =>
    runtime
      .informer(kinds.MachineInventoryPool)
      .list()
      .some(({ status = {} }) => {
        const { total, available = 0, allocated = 0, preparing = 0, reprovisioning = 0, unavailable = 0 } = status;
        return available + allocated + preparing + reprovisioning + unavailable !== total;
      }),
  'pool-member-missing': ({ runtime }) =>
    runtime
      .informer(kinds.MachineInventoryPool)
      .list()
      .some(({ status }) => {
        const valid = find(status?.conditions, 'MembersValid');
        const unready = find(status?.conditions, 'Ready')?.status === 'False';
        return unready && valid?.status === 'False' && /sim-typo/.test(valid.message) && status?.unavailable === 1;
      }),
  'host-without-plan': (theatre) => {
    const without = inventories(theatre)
      .list()
      .find(({ status }) => !status?.plan?.secretRef);
    return theatre.runtime
      .informer(kinds.MachineInventoryPool)
      .list()
      .some(({ status }) => {
        const valid = find(status?.conditions, 'MembersValid');
        return without !== undefined && valid?.status === 'False' && valid.message.includes(without.metadata.name);
      });
  },
  'bootstrap-waiting': infraSays('Allocated', 'BootstrapReady', 'BootstrapWaiting'),
  'image-catalog-miss': (theatre) =>
    infraSays('Failed', 'ImageResolved', 'ImageCatalogMiss')(theatre) &&
    infras(theatre).some(({ status }) => status?.phase === 'Failed' && !status.planSecretRef),
  'image-registry-missing': (theatre) =>
    infras(theatre).some(({ status }) => {
      const resolved = find(status?.conditions, 'ImageResolved');
      return resolved?.status === 'False' && resolved.reason === 'ImageRegistryMissing';
    }),
  'reprovision-fails': failedHosts(1),
  'registry-down': failedHosts(1),
  'upgrade-bad-host': failedHosts(1),
  'storage-mount-fails': (theatre) =>
    infras(theatre).some((infra) => {
      const degraded = hostOf(theatre, infra)?.status?.storage?.phase === 'Degraded';
      return degraded && find(infra.status?.conditions, 'StorageReady')?.status === 'False';
    }),
  'clean-fails': (theatre) =>
    infras(theatre).some((infra) => {
      const host = hostOf(theatre, infra);
      const held = infra.metadata.deletionTimestamp !== undefined && infra.status?.phase === 'Preparing';
      return held && host !== undefined && stateOf(host) === 'Unavailable';
    }),
  'never-joins': (theatre) =>
    infras(theatre).some((infra) => {
      const plan = planOf(theatre, infra);
      const applied = plan && planTypeOf(plan) === 'reprovision' && text(plan, 'applied-checksum') === checksum(plan);
      // A host that does join has done so ten minutes after its plan was written.
      const late = age(theatre, infra) > 12 * minute;
      return infra.status?.phase === 'Reprovisioning' && applied === true && late;
    }),
  'vip-unreachable': endpointDown('Internal'),
  'external-endpoint': endpointDown('External'),
  'surge-stalls': (theatre) =>
    infraSays('Pending', 'InventoryAllocated', 'PoolExhausted')(theatre) &&
    theatre.runtime
      .informer(kinds.MachineDeployment)
      .list()
      .some(({ spec, status }) => {
        const surge = spec?.strategy?.rollingUpdate?.maxSurge === 1;
        return surge && (status?.updatedReplicas ?? 0) < (spec?.replicas ?? 0);
      }),
  'exhausted-mid-rollout': (theatre) => {
    const moved = infras(theatre).filter(({ spec }) => spec?.machineInventoryPoolRef?.name.endsWith('-sim-small'));
    const running = moved.some(({ status }) => status?.phase === 'Running');
    return running && infraSays('Pending', 'InventoryAllocated', 'PoolExhausted')(theatre);
  },
  'kube-ovn-download-fails': release('DownloadFailed', false),
  'kube-ovn-deploy-fails': release('DeployFailed', false),
  'kube-ovn-not-ready': release('NotReady', true),
  'kube-ovn-not-converging': release('Success', false),
  'cluster-stuck-deleting': ({ runtime }) => {
    const cluster = runtime.informer(kinds.Cluster).get('sim-scratch');
    const alone = cluster?.metadata.finalizers?.join() === importFinalizer;
    return cluster?.metadata.deletionTimestamp !== undefined && cluster.status?.phase === 'Deleting' && alone;
  },
  'import-incomplete': async (theatre) => {
    const said = (await events(theatre)).some((event) => event.includes('ServiceAccount "sentry" not found'));
    if (!said) return false;
    for (const infra of infras(theatre)) {
      if (infra.status?.phase !== 'Reprovisioning') continue;
      const { informer } = await theatre.runtime.nodes(clusterOf(infra) ?? '');
      const node = informer.by('provider', infra.spec?.providerID)[0];
      const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
      const joined = Date.parse(node?.metadata.creationTimestamp ?? '');
      if (ready?.status === 'False' && theatre.clock.now() - joined > 2 * minute) return true;
    }
    return false;
  },
  'agent-unauthorized': (theatre) =>
    infras(theatre).some((infra) => {
      const plan = planOf(theatre, infra);
      if (!plan || infra.status?.phase !== 'Reprovisioning') return false;
      const sum = checksum(plan);
      return (
        age(theatre, infra) > 10 * minute &&
        ![text(plan, 'applied-checksum'), text(plan, 'failed-checksum')].includes(sum)
      );
    }),
  'storage-operation-failed': (theatre) =>
    inventories(theatre)
      .list()
      .some(({ status }) => {
        const { phase, operation } = status?.storage ?? {};
        return phase === 'Failed' && operation?.phase === 'Failed' && operation.mutationState === 'DurableStateChanged';
      }),
  'storage-prepare-failed': (theatre) =>
    inventories(theatre)
      .list()
      .some(({ status }) => {
        const { operation, pendingSpecHash } = status?.storage ?? {};
        return operation?.phase === 'Failed' && operation.mutationState === 'None' && !pendingSpecHash;
      }),
  'iso-build-fails': ({ runtime }) =>
    runtime
      .informer(kinds.SeedImage)
      .list()
      .some(({ status }) => find(status?.conditions, 'SeedImageReady')?.reason === 'SeedImageBuildFailure'),
  'host-flapping': nodeLost,
  'slow-clean': (theatre) =>
    infras(theatre).some(({ metadata, status }) => {
      const since = theatre.clock.now() - Date.parse(metadata.deletionTimestamp ?? '');
      return status?.phase === 'Preparing' && since > 5 * minute;
    }),
  'quorum-lost': async (theatre) => {
    const lost = machines(theatre).filter(
      ({ metadata, status }) =>
        metadata.labels?.['cluster.x-k8s.io/control-plane'] !== undefined &&
        find(status?.v1beta2?.conditions, 'NodeReady')?.status !== 'True',
    );
    return lost.length >= 2 && (await endpointDown('Internal')(theatre));
  },
  'leftover-delete-mark': (theatre) =>
    machines(theatre).some(({ metadata }) => metadata.annotations?.[deleteAnnotation] !== undefined),
  'second-operator': ({ runtime }) =>
    runtime
      .informer(kinds.MachineDeployment)
      .list()
      .some(({ metadata }) => metadata.annotations?.['sim.metaldeck/changed-by'] !== undefined),
  'drain-blocked': (theatre) =>
    machines(theatre).some(({ metadata, status }) => {
      const draining = findLegacy(status?.conditions, 'DrainingSucceeded');
      const since = Date.parse(metadata.deletionTimestamp ?? '');
      return draining?.status === 'False' && theatre.clock.now() - since > 2 * minute;
    }),
};
