/** A cluster upgraded through three minors along the support matrix, and what lies in wait for whoever does that. */
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../../../src/simulator/controllers/client.ts';
import { find } from '../../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import {
  appReleaseKind,
  isSettled,
  reportOf,
  wantedOf,
} from '../../../src/simulator/controllers/kubeovn/app-release.ts';
import type { Machine } from '../../../src/simulator/controllers/shapes/capi.ts';
import { catalog } from '../../../src/simulator/scenarios/catalog.ts';
import { providerRelease } from '../../../src/simulator/world/management/release.ts';
import { releaseOf } from '../../../src/simulator/world/releases.ts';
import { minute } from '../harness.ts';
import { unrest } from './rest.ts';
import { openTheatre, type Theatre, type TheatreOptions } from './theatre.ts';

let theatre: Theatre;
afterEach(() => theatre?.stop());

const shape = { planes: 3, workers: 9, version: 'v1.31.14-2' };
const small = { planes: 3, workers: 2, version: 'v1.31.14-2' };
const plane = 'prod-control-plane';
const skip = 'controlplane.cluster.x-k8s.io/skip-coredns';

async function open(options: TheatreOptions = {}): Promise<void> {
  theatre = await openTheatre({ shape: small, hosts: 8, ...options });
}

const release = () => new Client(theatre.runtime.workload('prod'), 'cpaas-system').get(appReleaseKind, 'cni-kube-ovn');
const machines = (): Machine[] => theatre.runtime.informer(kinds.Machine).list();
const hostOf = (name: string) => theatre.runtime.informer(kinds.BaremetalMachine).get(name);
const settled = () => unrest(theatre).length === 0;

async function annotate(key: string, value: string): Promise<void> {
  const cluster = (await theatre.client.get(kinds.Cluster, 'prod'))!;
  await theatre.client.change(kinds.Cluster, cluster, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [key]: value };
  });
}

/** The one write to the control plane, as an operator sends it. */
function upgradePlane(version: string, annotations?: Record<string, string>): Promise<unknown> {
  const { coredns, etcd } = releaseOf(version);
  const clusterConfiguration = { dns: { imageTag: coredns }, etcd: { local: { imageTag: etcd } } };
  return theatre.kubectl.json({
    method: 'PATCH',
    path: `/apis/controlplane.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/kubeadmcontrolplanes/${plane}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations }, spec: { version, kubeadmConfigSpec: { clusterConfiguration } } },
  });
}

async function upgradeGroup(name: string, version: string): Promise<void> {
  const group = (await theatre.client.get(kinds.MachineDeployment, name))!;
  await theatre.client.change(kinds.MachineDeployment, group, (draft) => {
    draft.spec!.template!.spec!.version = version;
  });
}

async function upgradeKubeOvn(version: string): Promise<void> {
  await annotate('cpaas.io/kube-ovn-version', releaseOf(version).kubeOvn);
  const wanted = releaseOf(version).kubeOvn;
  const there = async () => {
    const found = await release();
    return found !== undefined && wantedOf(found).revision === wanted && isSettled(found);
  };
  await theatre.wait(there, 10 * minute, `Kube-OVN of ${version}`);
}

const newer = (version: string) => machines().filter(({ spec }) => spec?.version === version);

describe('a three-hop upgrade of three control-plane and nine worker hosts', () => {
  it('comes through, one host after the other, every Node at the target', async () => {
    await open({ shape, hosts: 15 });
    expect(theatre.world?.layout.clusters[0]?.workers.map(({ replicas }) => replicas)).toEqual([6, 3]);
    for (const version of ['v1.32.11-2', 'v1.33.7-3', 'v1.34.5-3']) {
      await upgradeKubeOvn(version);
      await upgradePlane(version);
      await theatre.wait(() => newer(version).length === 3 && settled(), 240 * minute, `${plane} at ${version}`);
      for (const group of ['prod-workers', 'prod-db']) await upgradeGroup(group, version);
      await theatre.wait(() => newer(version).length === 12 && settled(), 600 * minute, `workers at ${version}`);
    }
    const nodes = (await theatre.runtime.nodes('prod')).informer.list();
    expect(nodes.map(({ status }) => status?.nodeInfo?.kubeletVersion)).toEqual(Array(12).fill('v1.34.5-3'));
    expect(theatre.broken).toEqual([]);
    expect(theatre.errors).toEqual([]);
  });
});

describe('the webhook of the control plane', () => {
  const problem = 'KubeadmControlPlane.controlplane.cluster.x-k8s.io "prod-control-plane" is invalid';

  it('refuses two minors at once', async () => {
    await open();
    await expect(upgradePlane('v1.33.7-3')).rejects.toThrow(
      'cannot update Kubernetes version from v1.31.14-2 to v1.33.7-3',
    );
  });

  it('refuses the CoreDNS that the matrix takes back, unless it is told to skip it', async () => {
    await open({ shape: { ...small, version: 'v1.33.7-4' } });
    const words = "cannot migrate CoreDNS up to '1.14.2' from '1.14.3'";
    await expect(upgradePlane('v1.34.5')).rejects.toThrow(problem);
    await expect(upgradePlane('v1.34.5')).rejects.toThrow(words);
    await upgradePlane('v1.34.5', { [skip]: '' });
  });

  it('coredns-refused: knows no newer CoreDNS than upstream until it is healed', async () => {
    await open({ shape: { ...small, version: 'v1.33.7-3' } });
    await theatre.scenarios.start('coredns-refused');
    await expect(upgradePlane('v1.34.5')).rejects.toThrow("start version '1.12.4' not supported");
    await theatre.scenarios.heal();
    await upgradePlane('v1.34.5');
  });
});

describe('what lies in wait', () => {
  it('is each of these, and none is seen before its step is taken', async () => {
    await open();
    const names = catalog.filter(({ waits }) => waits).map(({ name }) => name);
    for (const name of names) {
      await theatre.scenarios.start(name);
      await theatre.run(5 * minute);
      expect(unrest(theatre), name).toEqual([]);
      await theatre.scenarios.heal();
      await theatre.run(5 * minute);
      expect(unrest(theatre), `${name}, healed`).toEqual([]);
    }
    expect(names).toContain('trap-worker-host');
    expect(theatre.errors).toEqual([]);
  });

  it('upgrade-catalog-gap: a Machine of the next minor has no image, until it is healed', async () => {
    await open();
    await theatre.scenarios.start('upgrade-catalog-gap');
    const keys = async () => Object.keys((await theatre.client.get(kinds.ConfigMap, 'elemental-image-catalog'))!.data!);
    expect((await keys()).filter((key) => key.startsWith('v1.32.'))).toEqual([]);
    await upgradePlane('v1.32.11-2');
    const missed = () =>
      newer('v1.32.11-2').some(
        ({ metadata }) =>
          find(hostOf(metadata.name)?.status?.conditions, 'ImageResolved')?.reason === 'ImageCatalogMiss',
      );
    await theatre.wait(missed, 60 * minute, 'a missing image');
    await theatre.scenarios.heal();
    expect(await keys()).toContain('v1.32.11-2');
    await theatre.wait(settled, 240 * minute, 'the end of the upgrade');
  });

  it('trap-worker-host: the rollout stops at one Failed Machine, and goes on once that is replaced', async () => {
    await open({ shape, hosts: 15 });
    await theatre.scenarios.start('trap-worker-host');
    const group = theatre.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
    await theatre.client.change(kinds.MachineDeployment, group, (draft) => {
      draft.spec!.template!.metadata!.labels = { ...draft.spec!.template!.metadata!.labels };
      draft.spec!.rolloutAfter = new Date(theatre.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    });
    const failed = () => machines().filter(({ metadata }) => hostOf(metadata.name)?.status?.phase === 'Failed');
    await theatre.wait(() => failed().length === 1, 240 * minute, 'a failed host');
    await theatre.run(120 * minute);
    expect(failed()).toHaveLength(1);
    // It is met in the midst: one Machine at least has been replaced before.
    const young = (machine: Machine) =>
      Date.parse(machine.metadata.creationTimestamp ?? '') > Date.parse('2026-11-21T02:00:00Z');
    expect(machines().filter(young).length).toBeGreaterThan(1);
    await theatre.scenarios.heal();
    await theatre.wait(settled, 600 * minute, 'the end of the rollout');
  });

  it('trap-control-plane-host: the control plane waits in the midst of its upgrade, and goes on', async () => {
    await open();
    await theatre.scenarios.start('trap-control-plane-host');
    await upgradePlane('v1.32.11-2');
    const stuck = () => newer('v1.32.11-2').filter(({ status }) => !status?.nodeRef);
    await theatre.wait(() => newer('v1.32.11-2').length === 2 && stuck().length === 1, 240 * minute, 'a stuck host');
    await theatre.run(120 * minute);
    expect(newer('v1.32.11-2')).toHaveLength(2);
    expect(stuck()).toHaveLength(1);
    await theatre.scenarios.heal();
    await theatre.wait(() => newer('v1.32.11-2').length === 3 && settled(), 240 * minute, 'the end of the upgrade');
  });

  it.each([
    ['download-fails', 'DownloadFailed', false],
    ['deploy-fails', 'DeployFailed', false],
    ['not-ready', 'NotReady', true],
    ['not-converging', 'Success', false],
  ] as const)('trap-kube-ovn-%s: the release stops at %s', async (name, phase, installed) => {
    await open();
    await theatre.scenarios.start(`trap-kube-ovn-${name}`);
    await annotate('cpaas.io/kube-ovn-version', 'v4.1.32');
    await theatre.run(30 * minute);
    const found = (await release())!;
    const report = reportOf(found);
    expect(wantedOf(found).revision).toBe('v4.1.32');
    expect(isSettled(found)).toBe(false);
    expect([report?.phase, report?.installedRevision === 'v4.1.32']).toEqual([phase, installed]);
    await theatre.scenarios.heal();
    await theatre.wait(async () => isSettled((await release())!), 10 * minute, 'the release');
  });

  it('pools-without-spare: no host is free, and each freed host serves again', async () => {
    await open();
    await theatre.scenarios.start('pools-without-spare');
    await theatre.run(minute);
    const pools = () =>
      theatre.runtime
        .informer(kinds.MachineInventoryPool)
        .list()
        .map(({ status }) => status?.available);
    expect(pools()).toEqual([0, 0]);
    await upgradePlane('v1.32.11-2');
    await theatre.wait(() => newer('v1.32.11-2').length === 3 && settled(), 240 * minute, 'the upgrade');
    await theatre.scenarios.heal();
    await theatre.run(minute);
    expect(pools()).toEqual([1, 2]);
  });

  it('provider-release-failed: the platform could not bring the revision it was asked for', async () => {
    await open();
    const found = () => theatre.client.get(appReleaseKind, providerRelease);
    expect(isSettled((await found())!)).toBe(true);
    await theatre.scenarios.start('provider-release-failed');
    expect(isSettled((await found())!)).toBe(false);
    expect(reportOf((await found())!)).toMatchObject({ phase: 'DeployFailed', installedRevision: 'v0.0.4' });
    await theatre.scenarios.heal();
    expect(isSettled((await found())!)).toBe(true);
  });
});
