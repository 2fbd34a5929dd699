import { expect, it } from 'vitest';
import { type ClusterApiVersion, kinds } from '../../src/simulator/controllers/kinds.ts';
import { stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import type { KubeadmControlPlane, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import { createCluster } from './from-nothing.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

/** What is said, while a cluster comes up, of what nobody can look at yet. */
function waitedFor({ runtime }: Lab): Set<string> {
  const said = new Set<string>();
  const note = ({ kind, status }: Machine | KubeadmControlPlane, types: readonly string[]) => {
    for (const { type, message } of status?.v1beta2?.conditions ?? []) {
      if (types.includes(type) && /^Waiting for Cluster/.test(message)) said.add(`${kind} ${type}: ${message}`);
    }
  };
  runtime.informer(kinds.KubeadmControlPlane).onChange((plane) => note(plane, ['EtcdClusterHealthy']));
  runtime.informer(kinds.Machine).onChange((machine) => note(machine, ['NodeHealthy', 'APIServerPodHealthy']));
  return said;
}

/** The first Machine was told what its Cluster says, as far as the version has fields for it; and its data is its own. */
async function expectBeginning({ client, runtime }: Lab, clusterApi: ClusterApiVersion): Promise<void> {
  const [first, ...rest] = runtime
    .informer(kinds.KubeadmConfig)
    .list()
    .filter(({ spec }) => spec?.initConfiguration);
  expect(rest).toEqual([]);
  const { clusterName, controlPlaneEndpoint, kubernetesVersion, networking } = first?.spec?.clusterConfiguration ?? {};
  expect({ clusterName, controlPlaneEndpoint, kubernetesVersion, networking }).toEqual({
    controlPlaneEndpoint: '10.20.1.230:6443',
    ...(clusterApi === 'v1beta1'
      ? {
          clusterName: 'prod',
          kubernetesVersion: 'v1.33.7-2',
          networking: { podSubnet: '10.100.0.0/16', serviceSubnet: '10.150.0.0/16' },
        }
      : {}),
  });
  const { name = '', uid } = first?.metadata ?? {};
  const secret = await client.get(kinds.Secret, name);
  expect(secret?.metadata.ownerReferences).toMatchObject([{ kind: 'KubeadmConfig', name, uid, controller: true }]);
  expect(secret?.metadata.ownerReferences?.[0]).not.toHaveProperty('blockOwnerDeletion');
}

it.each(['v1beta1', 'v1beta2'] as const)(
  'a cluster comes up from nothing, and goes again leaving every host clean and free: %s',
  async (clusterApi) => {
    const lab = await openLab({ empty: true, clusterApi });
    const { runtime } = lab;
    const { broken } = watchInvariants(runtime);
    const waits = waitedFor(lab);
    const names = await createCluster(lab);

    await lab.run(minute);
    const waiting = runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .filter(({ metadata }) => metadata.name.startsWith('prod-workers'));
    expect(waiting).not.toEqual([]);
    for (const { status } of waiting) {
      const bootstrap = status?.conditions?.find(({ type }) => type === 'BootstrapReady');
      expect(bootstrap).toMatchObject({ status: 'False', reason: 'BootstrapWaiting' });
    }

    const cluster = () => runtime.informer(kinds.Cluster).get('prod');
    const isUp = () =>
      cluster()?.status?.v1beta2?.conditions?.[0]?.status === 'True' &&
      runtime.informer(kinds.BaremetalMachine).list().length === 7 &&
      runtime
        .informer(kinds.BaremetalMachine)
        .list()
        .every(({ status }) => status?.ready);
    await lab.until(isUp, 60 * minute, 'the cluster');
    expect([...waits].sort()).toEqual([
      'KubeadmControlPlane EtcdClusterHealthy: Waiting for Cluster control plane to be initialized',
      'KubeadmControlPlane EtcdClusterHealthy: Waiting for Cluster status.infrastructureReady to be true',
      'Machine APIServerPodHealthy: Waiting for Cluster control plane to be initialized',
      'Machine NodeHealthy: Waiting for Cluster control plane to be initialized',
    ]);
    await lab.run(minute);
    expect(cluster()).toMatchObject({
      spec: { controlPlaneEndpoint: { host: '10.20.1.230', port: 6443 } },
      status: { phase: 'Provisioned', controlPlaneReady: true, infrastructureReady: true },
    });
    expect(runtime.informer(kinds.BaremetalCluster).get('prod')?.status?.conditions).toMatchObject([
      { type: 'EndpointReady', status: 'True' },
    ]);
    const [plane] = runtime.informer(kinds.KubeadmControlPlane).list();
    expect(plane?.metadata.finalizers).toEqual(['kubeadm.controlplane.cluster.x-k8s.io']);
    expect(plane?.status).toMatchObject({
      initialized: true,
      ready: true,
      replicas: 3,
      version: 'v1.33.7-2',
    });
    expect(await lab.client.get(kinds.Secret, 'prod-kubeconfig')).toMatchObject({ type: 'cluster.x-k8s.io/secret' });
    await expectBeginning(lab, clusterApi);

    await lab.client.remove(kinds.Cluster, 'prod');
    await lab.until(() => cluster() === undefined, 30 * minute, 'the deletion');
    await lab.run(minute);
    for (const kind of [kinds.Machine, kinds.BaremetalMachine, kinds.KubeadmControlPlane, kinds.BaremetalCluster]) {
      expect(runtime.informer<never>(kind as never).size).toBe(0);
    }
    const free = names.map((name) => stateOf(runtime.informer(kinds.MachineInventory).get(name)!));
    expect(free).toEqual(Array(8).fill('Available'));
    expect((await runtime.nodes('prod')).informer.size).toBe(0);
    expect(broken).toEqual([]);
    expect(lab.errors).toEqual([]);
    await lab.stop();
  },
);
