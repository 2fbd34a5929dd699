/** How far the network's DaemonSets are, and what that makes of the word of its AppRelease. */
import { describe, expect, it } from 'vitest';
import { daemonLacks, networkDaemons } from '../../src/domain/daemon-sets.ts';
import { networkOn, releaseOn } from '../../src/domain/network-release.ts';
import { projectDaemonSet } from '../../src/domain/project/daemon-set.ts';
import type { Workload, WorkloadFreshness } from '../../src/domain/workload.ts';
import { cluster, fleetOf, type Raw } from './fixtures.ts';
import { liveWorkload, rawDaemonSet, rawNode, rawRelease } from './workloads.ts';

const cni = (status: Raw = {}, spec: Raw = {}) => rawDaemonSet('kube-ovn-cni', status, spec);
const ovs = (status: Raw = {}, spec: Raw = {}) => rawDaemonSet('ovs-ovn', status, spec);
const five = [1, 2, 3, 4, 5].map((at) => rawNode(`n${at}`));
const unready = (name: string) => rawNode(name, {}, { status: 'False' });

describe('a DaemonSet', () => {
  it.each<[string, Raw, string | undefined]>([
    ['whose Pods are all there', cni(), undefined],
    ['that replaces Pods', cni({ updatedNumberScheduled: 3 }), 'kube-ovn-cni 3 of 5 updated'],
    ['without a count of replaced Pods', cni({ updatedNumberScheduled: undefined }), 'kube-ovn-cni 0 of 5 updated'],
    ['with a Pod that is not available', cni({ numberAvailable: 4 }), 'kube-ovn-cni 4 of 5 available'],
    [
      'whose change nobody has seen',
      cni({ observedGeneration: 1 }),
      'kube-ovn-cni: its controller has not seen the change yet',
    ],
    [
      'that nobody has seen at all',
      { metadata: { name: 'kube-ovn-cni', uid: 'u' } },
      'kube-ovn-cni: its controller has not seen the change yet',
    ],
    [
      'whose Pods others replace',
      ovs({ updatedNumberScheduled: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      undefined,
    ],
    [
      'whose Pods others replace, one of which is not available',
      ovs({ updatedNumberScheduled: 0, numberAvailable: 4 }, { updateStrategy: { type: 'OnDelete' } }),
      'ovs-ovn 4 of 5 available',
    ],
  ])('%s', (_what, raw, lacks) => {
    expect(daemonLacks(projectDaemonSet(raw)!)).toBe(lacks);
  });

  it.each<[string, Raw, boolean]>([
    ['named so', { metadata: { name: 'ovs-ovn', uid: 'u' } }, true],
    ['whose Pods are labelled so', rawDaemonSet('agent'), true],
    [
      'labelled as part of it',
      { metadata: { name: 'agent', uid: 'u', labels: { 'app.kubernetes.io/part-of': 'kube-ovn' } } },
      true,
    ],
    ['of something else', rawDaemonSet('kube-proxy', {}, { template: {} }), false],
  ])('%s: whether it is of Kube-OVN', (_what, raw, network) => {
    expect(projectDaemonSet(raw)?.network).toBe(network);
  });

  it('is nothing without a name', () => {
    expect(projectDaemonSet({ metadata: { uid: 'u' } })).toBeUndefined();
  });
});

const phases = (daemonSet: Partial<WorkloadFreshness>): Workload['freshness'] => ({
  ...liveWorkload().freshness,
  daemonSet: { phase: 'live', synced: true, ...daemonSet },
});

describe('the DaemonSets of the network', () => {
  it.each<[string, Workload | undefined, ReturnType<typeof networkDaemons>]>([
    ['all through', liveWorkload({ nodes: five, daemonSets: [cni(), ovs()] }), { state: 'through' }],
    [
      'two that wait',
      liveWorkload({
        nodes: five,
        daemonSets: [cni({ updatedNumberScheduled: 3 }), ovs({ numberAvailable: 4 }), rawDaemonSet('kube-ovn-pinger')],
      }),
      { state: 'waiting', text: 'kube-ovn-cni 3 of 5 updated, ovs-ovn 4 of 5 available' },
    ],
    [
      'of others, which nobody waits for',
      liveWorkload({ daemonSets: [cni(), rawDaemonSet('kube-proxy', { numberAvailable: 0 }, { template: {} })] }),
      { state: 'through' },
    ],
    [
      'without a Pod on a Node that is not Ready',
      liveWorkload({ nodes: [...five.slice(1), unready('n1')], daemonSets: [cni({ numberAvailable: 4 }), ovs()] }),
      {
        state: 'through',
        text: 'kube-ovn-cni 4 of 5 available: as many as Nodes are not Ready',
        doubt: 'kube-ovn-cni 4 of 5 available: as many as Nodes are not Ready',
      },
    ],
    [
      'without more Pods than Nodes are not Ready',
      liveWorkload({ nodes: [...five.slice(1), unready('n1')], daemonSets: [cni({ numberAvailable: 3 })] }),
      { state: 'waiting', text: 'kube-ovn-cni 3 of 5 available' },
    ],
    [
      'of another layout',
      liveWorkload({ nodes: five }),
      { state: 'alone', text: "kube-system has no DaemonSet of Kube-OVN: this is the AppRelease's word alone" },
    ],
    [
      'that may not be seen',
      { ...liveWorkload(), freshness: phases({ phase: 'forbidden', synced: false }) },
      {
        state: 'alone',
        text: "its DaemonSets may not be seen (FORBIDDEN): this is the AppRelease's word alone",
        doubt: "its DaemonSets may not be seen (FORBIDDEN): this is the AppRelease's word alone",
      },
    ],
    [
      'that are not served',
      { ...liveWorkload({ daemonSets: [cni()] }), freshness: phases({ phase: 'absent', synced: false }) },
      {
        state: 'alone',
        text: "its DaemonSets may not be seen (NOT SERVED): this is the AppRelease's word alone",
        doubt: "its DaemonSets may not be seen (NOT SERVED): this is the AppRelease's word alone",
      },
    ],
    [
      'that were through when they were last seen',
      { ...liveWorkload({ daemonSets: [cni()] }), freshness: phases({ phase: 'stale' }) },
      { state: 'unknown', text: 'STALE' },
    ],
    [
      'that are being listed',
      { ...liveWorkload(), freshness: phases({ phase: 'syncing', synced: false }) },
      { state: 'unknown', text: 'syncing' },
    ],
    ['of a cluster that nobody asks', undefined, { state: 'unknown', text: 'not asked' }],
    [
      'of a cluster that may not be asked',
      { ...liveWorkload(), access: 'forbidden' },
      { state: 'unknown', text: 'FORBIDDEN' },
    ],
  ])('%s', (_what, workload, found) => {
    expect(networkDaemons(workload)).toEqual(found);
  });
});

describe('Kube-OVN on its way', () => {
  const success = rawRelease('Success', 'v4.4.1');
  const on = (workload: Workload, judge: typeof releaseOn = networkOn) => {
    const { index } = fleetOf(cluster('prod'));
    index.setWorkload('prod', workload);
    const { state, figure, doubt } = judge(index.snapshot(), 'prod', 'v4.4.1');
    return [state, figure, doubt === undefined ? 'certain' : 'doubtful'];
  };
  const waiting = [cni({ updatedNumberScheduled: 3 })];

  it.each<[string, Workload, string[]]>([
    [
      'is settled when its DaemonSets bear it out',
      liveWorkload({ releases: [success], daemonSets: [cni(), ovs()] }),
      ['settled', 'Success on v4.4.1', 'certain'],
    ],
    [
      'moves while they do not, whatever its AppRelease says',
      liveWorkload({ releases: [success], daemonSets: waiting }),
      ['moving', 'Success on v4.4.1; kube-ovn-cni 3 of 5 updated', 'certain'],
    ],
    [
      'says what its AppRelease waits for',
      liveWorkload({ releases: [rawRelease('HealthChecking', 'v4.4.1')], daemonSets: waiting }),
      ['moving', 'its phase is HealthChecking; kube-ovn-cni 3 of 5 updated', 'certain'],
    ],
    [
      'says which of them its AppRelease has given up on',
      liveWorkload({ releases: [rawRelease('NotReady', 'v4.4.1')], daemonSets: waiting }),
      ['stopped', 'its phase is NotReady; kube-ovn-cni 3 of 5 updated', 'certain'],
    ],
    [
      'is not settled by DaemonSets alone',
      liveWorkload({ releases: [rawRelease('Upgrading', 'v4.3.3')], daemonSets: [cni(), ovs()] }),
      ['moving', 'its phase is Upgrading', 'certain'],
    ],
    [
      'is settled by its AppRelease where there are none, which is said',
      liveWorkload({ releases: [success] }),
      [
        'settled',
        "Success on v4.4.1; kube-system has no DaemonSet of Kube-OVN: this is the AppRelease's word alone",
        'certain',
      ],
    ],
    [
      'is settled by its AppRelease, with a doubt, where they may not be seen',
      { ...liveWorkload({ releases: [success] }), freshness: phases({ phase: 'forbidden', synced: false }) },
      [
        'settled',
        "Success on v4.4.1; its DaemonSets may not be seen (FORBIDDEN): this is the AppRelease's word alone",
        'doubtful',
      ],
    ],
    [
      'is not known while they are not',
      {
        ...liveWorkload({ releases: [success], daemonSets: [cni()] }),
        freshness: phases({ phase: 'stale' }),
      },
      ['unknown', 'Success on v4.4.1; its DaemonSets: STALE', 'certain'],
    ],
  ])('%s', (_what, workload, said) => {
    expect(on(workload)).toEqual(said);
  });

  it('has the word of its AppRelease alone for whoever asks for that', () => {
    expect(on(liveWorkload({ releases: [success], daemonSets: waiting }), releaseOn)).toEqual([
      'settled',
      'Success on v4.4.1',
      'certain',
    ]);
  });
});
