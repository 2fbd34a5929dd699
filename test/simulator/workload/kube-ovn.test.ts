/** The roll-out of Kube-OVN: from the Cluster's annotation to the AppRelease in the workload cluster. */
import { afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../src/simulator/api/api.ts';
import { apiTransport } from '../../../src/simulator/api/transport.ts';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { Client } from '../../../src/simulator/controllers/client.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import {
  type AppRelease,
  appReleaseKind,
  chartOf,
  reportOf,
} from '../../../src/simulator/controllers/kubeovn/app-release.ts';
import { timestamp } from '../../../src/simulator/controllers/time.ts';
import { workloadResources } from '../../../src/simulator/workload/kinds.ts';
import { nextLeader } from '../../../src/simulator/workload/kube-ovn/leader.ts';
import { releasedAddresses } from '../../../src/simulator/workload/kube-ovn/lease.ts';
import { attaching, newlyJoined, takenUp } from '../../../src/simulator/workload/kube-ovn/network.ts';
import { tellOfNetwork } from '../../../src/simulator/workload/kube-ovn/tell.ts';
import { Remembered } from '../../../src/simulator/workload/remembered.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { Told } from '../../../src/simulator/workload/told.ts';
import { Beginning } from '../../../src/simulator/world/beginning.ts';
import { ownershipOf } from '../../../src/simulator/world/ownership.ts';
import { Noted } from '../../../src/simulator/world/stamp.ts';
import { type Lab, minute, openLab } from '../harness.ts';
import { nodeNamed } from './node.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

const annotation = 'cpaas.io/kube-ovn-version';
const release = () => new Client(lab!.runtime.workload('prod'), 'cpaas-system').get(appReleaseKind, 'cni-kube-ovn');
const brief = (found: AppRelease | undefined) => {
  const { conditions } = found?.status ?? {};
  const { phase, installedRevision } = (found && reportOf(found)) ?? {};
  const said = (type: string) => conditions?.find((one) => one.type === type)?.status;
  return [phase, installedRevision, said('Sync'), said('Health')].join(' ');
};

async function annotate(version: string): Promise<void> {
  const cluster = (await lab!.client.get(kinds.Cluster, 'prod'))!;
  await lab!.client.change(kinds.Cluster, cluster, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [annotation]: version };
  });
}

/** Everything the release says from now on, until it says `last`. */
async function told(last: string): Promise<string[]> {
  const seen: string[] = [];
  for (let second = 0; second < 600 && seen.at(-1) !== last; second++) {
    await lab!.run(1000);
    const now = brief(await release());
    if (seen.at(-1) !== now) seen.push(now);
  }
  return seen;
}

describe('Kube-OVN', () => {
  it('is at rest in a world at rest', async () => {
    lab = await openLab();
    const before = await release();
    expect(brief(before)).toBe('Success v4.2.24 True True');
    await lab.run(10 * minute);
    expect((await release())?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });

  it('goes through its phases; what is installed changes before its health is known', async () => {
    lab = await openLab();
    await annotate('v4.3.3');
    expect(await told('Success v4.3.3 True True')).toEqual([
      'Upgrading v4.2.24 False False',
      'HealthChecking v4.3.3 True False',
      'Success v4.3.3 True True',
    ]);
    expect((await release())?.spec?.source?.charts?.[0]).toEqual({
      name: 'acp/chart-cpaas-kube-ovn',
      releaseName: 'cpaas-kube-ovn',
      targetRevision: 'v4.3.3',
    });
    expect(lab.errors).toEqual([]);
  });

  it.each([
    ['DownloadFailed', 'DownloadFailed v4.2.24 False False'],
    ['DeployFailed', 'DeployFailed v4.2.24 False False'],
    ['NotReady', 'NotReady v4.3.3 True False'],
  ] as const)('stops at %s and goes on when the cause is gone', async (fault, words) => {
    lab = await openLab();
    lab.faults.cluster('prod', { release: fault });
    await annotate('v4.3.3');
    expect((await told(words)).at(-1)).toBe(words);
    await lab.run(30 * minute);
    expect(brief(await release())).toBe(words);
    lab.faults.cluster('prod', undefined);
    expect((await told('Success v4.3.3 True True')).at(-1)).toBe('Success v4.3.3 True True');
  });

  describe('whose Pods take their time', () => {
    const whole = { observedGeneration: 2, desiredNumberScheduled: 9, updatedNumberScheduled: 9, numberAvailable: 9 };
    const load = (status: object, kind = 'DaemonSet', name = 'kube-ovn-cni') =>
      lab!.workload('prod').load([
        {
          ...{ apiVersion: 'apps/v1', kind, spec: { replicas: 3 }, status },
          metadata: { name, namespace: 'kube-system', generation: 2, labels: { component: 'network' } },
        } as never,
      ]);
    const phaseAfter = async (minutes: number) => {
      await lab!.run(minutes * minute);
      return brief(await release()).split(' ')[0];
    };

    it('waits for them by the clock as long as one after the other comes, where they are played', async () => {
      lab = await openLab({ speed: 20, played: true });
      load({ ...whole, updatedNumberScheduled: 0 });
      await annotate('v4.3.3');
      expect(await phaseAfter(8)).toBe('HealthChecking');
      load({ ...whole, updatedNumberScheduled: 1 });
      expect(await phaseAfter(8)).toBe('HealthChecking');
      expect(await phaseAfter(3)).toBe('NotReady');
      load(whole);
      expect(await phaseAfter(1)).toBe('Success');
    });

    it('waits for them as long as everything else takes, where they are not, and never calls them well before', async () => {
      lab = await openLab({ speed: 20 });
      load({ ...whole, numberAvailable: 8 });
      await annotate('v4.3.3');
      expect(await phaseAfter(0.3)).toBe('HealthChecking');
      expect(await phaseAfter(1)).toBe('NotReady');
      expect(await phaseAfter(60)).toBe('NotReady');
      load(whole);
      expect(await phaseAfter(1)).toBe('Success');
    });

    const deployed = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
    it.each([
      ['whose controller has not seen what is wanted', 'DaemonSet', { ...whole, observedGeneration: 1 }],
      ['that is not replaced on one Node', 'DaemonSet', { ...whole, updatedNumberScheduled: 8 }],
      ['that is not available on one Node', 'DaemonSet', { ...whole, numberAvailable: 8 }],
      ['whose controller has not seen what is wanted', 'Deployment', { ...deployed, observedGeneration: 1 }],
      ['with a Pod of before', 'Deployment', { ...deployed, replicas: 4 }],
      ['with a Pod that is not available', 'Deployment', { ...deployed, availableReplicas: 2 }],
    ])('waits for what is %s, a %s', async (_what, kind, status) => {
      lab = await openLab({ speed: 20, played: true });
      load(status, kind);
      await annotate('v4.3.3');
      expect(await phaseAfter(8)).toBe('HealthChecking');
      load(kind === 'DaemonSet' ? whole : deployed, kind);
      expect(await phaseAfter(1)).toBe('Success');
    });
  });

  it('waits for a cluster that cannot be reached', async () => {
    lab = await openLab();
    lab.faults.cluster('prod', { unreachable: true });
    await annotate('v4.3.3');
    await lab.run(30 * minute);
    expect(brief(await release())).toBe('Success v4.2.24 True True');
    lab.faults.cluster('prod', undefined);
    expect((await told('Success v4.3.3 True True')).at(-1)).toBe('Success v4.3.3 True True');
  });

  it('is left alone where the network is another one', async () => {
    lab = await openLab();
    const infra = (await lab.client.get(kinds.BaremetalCluster, 'prod'))!;
    await lab.client.change(kinds.BaremetalCluster, infra, (draft) => {
      draft.spec = { ...draft.spec, networkType: 'none' };
    });
    await annotate('v4.3.3');
    await lab.run(30 * minute);
    expect(brief(await release())).toBe('Success v4.2.24 True True');
  });

  it('changed the name of its chart with v4.4', () => {
    expect(['v4.0.47', 'v4.3.11', 'v4.4.1', 'v5.0.0'].map(chartOf)).toEqual([
      'acp/chart-cpaas-kube-ovn',
      'acp/chart-cpaas-kube-ovn',
      'acp/chart-kube-ovn',
      'acp/chart-kube-ovn',
    ]);
  });
});

describe('who leads OVN', () => {
  const central = (name: string, more: { labels?: object; ready?: boolean; born?: string; going?: string } = {}) => ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name, namespace: 'kube-system', labels: { app: 'ovn-central', ...more.labels } },
      ...{ creationTimestamp: more.born ?? '2026-11-01T00:00:00Z' },
      ...(more.going ? { deletionTimestamp: more.going } : {}),
    },
    status: { conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }] },
  });
  const leader = { 'ovn-nb-leader': 'true' };

  it('stays as long as it is well', () => {
    expect(nextLeader([central('a', { labels: leader }), central('b')])).toBeUndefined();
  });

  it('is the one that has been there longest, once the one that led is not', () => {
    const young = central('young', { born: '2026-11-02T00:00:00Z' });
    const next = (gone: object) => nextLeader([central('old', { labels: leader, ...gone }), young, central('next')]);
    expect(next({ ready: false })?.metadata.name).toBe('next');
    expect(next({ going: '2026-11-03T00:00:00Z' })?.metadata.name).toBe('next');
    expect(nextLeader([central('a', { ready: false })])).toBeUndefined();
  });
});

describe('the addresses of Nodes', () => {
  const network = { pods: '10.3.0.0/16', services: '10.96.0.0/12', join: '100.64.0.0/16' };
  const born = Date.parse('2026-11-21T02:00:00Z');
  const controller = (name: string, startedAt: string) => ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace: 'kube-system', labels: { app: 'kube-ovn-controller' } },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'kube-ovn-controller', state: { running: { startedAt } } }],
    },
  });
  const addressOf = ({ metadata }: { metadata: { annotations?: Record<string, string> } }) =>
    metadata.annotations?.['ovn.kubernetes.io/ip_address'];

  it('are not given again while others are left, until another controller counts what is in use', () => {
    let now = born;
    const api = createApi({ now: () => now, resources: workloadResources, logs: () => [] });
    api.load([controller('first', '2026-11-01T00:00:00Z')] as never);
    const join = (name: string) => {
      const all = api.all({ apiVersion: 'v1', kind: 'Node' });
      const [node] = newlyJoined([...all, nodeNamed(name) as never], network, releasedAddresses(api, now));
      api.load([node as never]);
      return addressOf(node!);
    };
    expect([join('a'), join('b')]).toEqual(['100.64.0.2', '100.64.0.3']);
    const leave = (name: string) => api.drop({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    leave('a');
    expect(join('a')).toBe('100.64.0.4');
    leave('b');
    now += 60_000;
    api.drop(controller('first', '') as never);
    api.load([controller('second', '2026-11-21T02:00:30Z')] as never);
    expect(join('c')).toBe('100.64.0.2');
  });

  it('are those of their IPs, also of one that joins again under its name', () => {
    const api = createApi({ now: () => born, resources: workloadResources, logs: () => [] });
    const kept = new Told({ api }, () => born);
    const ip = (address: string, joined: string) => {
      const node = nodeNamed('a', { joined, uid: joined });
      api.load([takenUp(node, network, address) as never]);
      tellOfNetwork('ips', api, kept, network, new Beginning({ born: Date.parse('2026-10-01T00:00:00Z') }));
      return api.find({ apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: { name: 'node-a' } })!;
    };
    const first = ip('100.64.0.2', '2026-11-01T00:00:00Z');
    const second = ip('100.64.0.4', '2026-11-21T00:00:00Z');
    expect([first, second].map(({ spec }) => spec?.['v4IpAddress'])).toEqual(['100.64.0.2', '100.64.0.4']);
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    expect(second.metadata.creationTimestamp).toBe('2026-11-21T00:00:00Z');
  });

  it('are counted by their subnets, which say when', async () => {
    let now = born;
    const writes = new Noted();
    const ownership = ownershipOf(writes);
    const api = createApi({ now: () => now, resources: workloadResources, logs: () => [], ownership });
    const transport = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
    const kept = new Told({ api, writes }, () => now);
    const beginning = new Beginning({ born: Date.parse('2026-10-01T00:00:00Z') });
    const join = async () => {
      tellOfNetwork('subnets', api, kept, network, beginning);
      const found = await transport.json<KubeObject>({ path: '/apis/kubeovn.io/v1/subnets/join' });
      const written = found.metadata.managedFields?.find(({ subresource }) => subresource === 'status');
      return { using: found.status?.['v4usingIPs'], written: written?.time };
    };
    const before = await join();
    now += 3600_000;
    expect(await join()).toEqual(before);
    api.load([takenUp(nodeNamed('a', { joined: timestamp(now) }), network, '100.64.0.2') as never]);
    expect(await join()).toEqual({ using: Number(before.using) + 1, written: timestamp(now) });
  });

  it('are given again when there are no others', () => {
    const small = { ...network, join: '100.64.0.0/29' };
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => nodeNamed(name) as never);
    const released = new Set(['100.64.0.2', '100.64.0.4']);
    expect(newlyJoined<never>(nodes, small, released).map(addressOf)).toEqual(
      [3, 5, 6, 2, 4].map((last) => `100.64.0.${last}`),
    );
  });

  it('notes the address of a Pod itself, whoever tells of it', async () => {
    const admission = [attaching(() => network)];
    const api = createApi({ now: () => born, resources: workloadResources, admission, logs: () => [] });
    const transport = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
    const path = '/api/v1/namespaces/default/pods';
    const query = { fieldManager: 'kubelet' };
    const body = { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const made = await transport.json<KubeObject>({ method: 'POST', path, body });
    const status = { phase: 'Running', podIP: '10.3.0.7', podIPs: [{ ip: '10.3.0.7' }] };
    const told = { ...made, status: { ...made.status, ...status } };
    const after = await transport.json<KubeObject>({ method: 'PUT', path: `${path}/web/status`, query, body: told });
    const noted = 'ovn.kubernetes.io/ip_address';
    expect(after.metadata.annotations?.[noted]).toBe('10.3.0.7');
    const by = (manager: string) => after.metadata.managedFields?.filter((one) => one.manager === manager);
    expect(by('kube-ovn-controller')).toMatchObject([
      { operation: 'Update', fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${noted}`]: {}, '.': {} } } } },
    ]);
    expect(by('kube-ovn-controller')![0]).not.toHaveProperty('subresource');
    expect(JSON.stringify(by('kubelet'))).toContain('f:podIP');
    expect(JSON.stringify(by('kubelet'))).not.toContain('f:metadata');
  });
});

it('tells its programs the addresses of the masters for which its chart was rendered, until it is rendered again', () => {
  const remembered = new Remembered();
  const master = (name: string, address: string) => {
    const node = nodeNamed(name, { controlPlane: true });
    return { ...node, status: { ...node.status, addresses: [{ type: 'InternalIP' as const, address }] } };
  };
  const told = (nodes: ReturnType<typeof master>[], kubeOvn = 'v4.2.24') => {
    const settings = { tokens: [], masters: 2, endpoint: '10.20.1.230:6443' };
    const renewed = '2026-11-29T11:31:00Z';
    const all = systemObjects({ nodes, version: 'v1.33.7-2', kubeOvn, renewed, settings, remembered });
    const named = (kind: string, name: string) => all.find((one) => one.kind === kind && one.metadata.name === name);
    return [
      ['Deployment', 'ovn-central', 'NODE_IPS'] as const,
      ['Deployment', 'kube-ovn-controller', 'OVN_DB_IPS'] as const,
      ['DaemonSet', 'ovs-ovn', 'OVN_DB_IPS'] as const,
    ].map(([kind, name, variable]) => {
      const { template } = named(kind, name)!.spec as {
        template: { spec: { containers: { env: { name: string; value: string }[] }[] } };
      };
      return template.spec.containers[0]!.env.find((one) => one.name === variable)!.value;
    });
  };
  const [a, b, c] = [master('a', '10.20.1.11'), master('b', '10.20.1.12'), master('c', '10.20.1.13')];
  expect(new Set(told([a]))).toEqual(new Set(['10.20.1.11']));
  expect(new Set(told([b, a]))).toEqual(new Set(['10.20.1.11,10.20.1.12']));
  expect(new Set(told([c, b]))).toEqual(new Set(['10.20.1.11,10.20.1.12']));
  expect(new Set(told([c, b], 'v4.2.25'))).toEqual(new Set(['10.20.1.12,10.20.1.13']));
});
