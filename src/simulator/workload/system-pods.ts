/** The Pods of a cluster's own programs, each on its Node. */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { podAddress } from '../controllers/kubernetes/pod-address.ts';
import { mirrorAnnotation } from '../controllers/mirror.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Boot } from './boots.ts';
import { soFar } from './coming-up.ts';
import { containerStatus, runningSince } from './containers.ts';
import { leads } from './kube-ovn/services.ts';
import { type Manifest, manifestOf } from './kubeadm-manifests.ts';
import { decimals } from './leases.ts';
import { templateHash } from './owned.ts';
import { readySince, startOf } from './pod-times.ts';
import { type Program, requests } from './programs.ts';
import type { Member } from './remembered.ts';
import type { Trouble } from './server-runs.ts';
import type { ClusterSettings } from './settings.ts';
import { readyOf } from './summary.ts';
import { make } from './system.ts';

const system = 'kube-system';
/** Later than anything that is told. */
const LATER = '9999-01-01T00:00:00Z';

/** Whether a program on a Node is up. */
export const isUp = (node: Node, { network }: Program): boolean => {
  const ready = readyOf(node);
  return ready === 'True' || (ready === 'False' && !network);
};

function resourcesOf(name: string) {
  const asked = requests[name];
  if (!asked) return {};
  const limits = name === 'coredns' ? { limits: { memory: '170Mi' } } : {};
  return { resources: { ...limits, requests: asked } };
}

/** What kubeadm lets CoreDNS tolerate. */
const COREDNS = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
];

/** What a Pod of a program is to be; `manifest`: what its add-on's chart gives it. */
export function podSpec(
  { name, image, as, plane, podAddress }: Program,
  nodeName: string | undefined,
  manifest?: Manifest,
) {
  return {
    containers: [{ name, image, ...resourcesOf(name), ...manifest?.container }],
    ...(podAddress ? {} : { hostNetwork: true }),
    priorityClassName: podAddress ? 'system-cluster-critical' : 'system-node-critical',
    // A Pod from a file is where its file is, whatever that Node keeps others from.
    ...(as === 'static'
      ? { priority: 2_000_001_000, tolerations: [{ effect: 'NoExecute', operator: 'Exists' }] }
      : {
          serviceAccountName: name,
          tolerations: name === 'coredns' ? COREDNS : [{ operator: 'Exists' }],
          nodeSelector: {
            'kubernetes.io/os': 'linux',
            ...(plane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
          },
        }),
    ...(nodeName ? { nodeName } : {}),
    ...manifest?.pod,
  };
}

const later = (a: string, b: string): string => (a > b ? a : b);
/** As Kubernetes writes it; never is later than anything. */
const timestampOf = (ms: number | undefined): string =>
  ms === undefined ? '' : ms === Number.POSITIVE_INFINITY ? LATER : timestamp(ms);

/** What a Pod's specification also depends on. */
export interface Around {
  settings: ClusterSettings;
  /** The members of etcd that were there when the Node came, itself the last. */
  members: () => readonly Member[];
  /** What its add-on's chart gives it. */
  manifest: Manifest | undefined;
  /** Whether its Node is the first of its cluster. */
  founds: boolean;
  /** When what it is of was made, as Kubernetes writes it. */
  from: string;
  /** When its container ended because it led, and could not any more; Unix times in ms. */
  ends?: readonly number[] | undefined;
  /** When its host lost power, and was booted anew. */
  boots?: readonly Boot[] | undefined;
  /** What it went through while etcd had no quorum. */
  trouble?: Trouble | undefined;
}

/** The Pod of a program on a Node; `leader`: whether it leads those of its owner. */
export function pod(
  program: Program,
  node: Node,
  leader: boolean,
  owner: KubeObject | undefined,
  now: string,
  { settings, members, manifest: chart, founds, from, ends, boots, trouble }: Around,
): KubeObject {
  const network = settings.pods ?? '10.3.0.0/16';
  const host = node.metadata.name;
  const since = later(node.metadata.creationTimestamp ?? '', from);
  const name = program.as === 'static' ? `${program.name}-${host}` : `${program.name}-${suffix(program, node, owner)}`;
  const ready = isUp(node, program);
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const podIP = program.podAddress ? podAddress(network, `${program.name}/${host}`) : address;
  const condition = (type: string, status: boolean, lastTransitionTime = since) => ({
    ...{ type, status: status ? 'True' : 'False', lastProbeTime: null, lastTransitionTime },
  });
  const reference = owner
    ? { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '' }
    : { apiVersion: 'v1', kind: 'Node', name: host, uid: node.metadata.uid ?? '' };
  const etcd = /:([^:/]+)$/.exec(program.image)?.[1] ?? '';
  const manifest =
    program.as === 'static'
      ? manifestOf(program.name, {
          ...{ node, address: address ?? '', members, etcd },
          // Files on a host say what it was made with.
          settings: { ...settings, ...settings.made?.[host] },
        })
      : chart;
  const place = { pod: name, node, since, now };
  const { seen, sandbox, started } = startOf(place, program.podAddress ?? false, founds && program.as === 'static');
  const called = String(manifest?.container['name'] ?? program.name);
  const life = { name: called, image: program.image, pod: name, since, now };
  // Of a Node that is silent only the Pods are called not ready: of their containers nobody knows better.
  const works = ready || readyOf(node) === 'Unknown';
  const { failures = [], unready } = trouble ?? {};
  const uid = hashOf(name, since);
  const container = containerStatus({ ...life, started, ready: works, ends, boots, failures, uid });
  const kept = {
    ready,
    network: program.network ?? false,
    carries: (program.as === 'static' || program.name === 'kube-ovn-cni') && failures.length === 0,
    probed: ['readinessProbe', 'startupProbe'].some((probe) => manifest?.container[probe] !== undefined),
  };
  // What began before there was a Node is asked from then on.
  const begun = later(runningSince(container) ?? started, timestamp(Date.parse(since) + 1000));
  const up = readySince(place, begun, kept);
  const inside = works ? readySince(place, begun, { ...kept, ready: true }).containers : up.containers;
  const due = readySince({ ...place, now: LATER }, begun, kept).containers;
  const booted = boots?.length ? timestamp(boots.at(-1)!.booted) : undefined;
  // Who rests is not ready, and no one is before there is a quorum again.
  const rests = runningSince(container) === undefined;
  const again = rests ? LATER : timestampOf(unready?.until);
  const steps = {
    ...{ now, sandbox, started },
    booted: later(booted ?? '', timestampOf(unready?.since)) || undefined,
    ready: ready && program.as === 'static' ? later(due, again) : later(since, again),
  };
  const made = make('v1', 'Pod', system, name, since, {
    spec: podSpec(program, host, manifest),
    status: {
      ...soFar(
        {
          phase: 'Running',
          qosClass: requests[program.name] ? 'Burstable' : 'BestEffort',
          conditions: [
            condition('PodReadyToStartContainers', true, later(sandbox, seen)),
            condition('Initialized', true, manifest?.pod['initContainers'] ? started : seen),
            condition('Ready', ready, later(up.ready, again)),
            condition('ContainersReady', works, later(inside, again)),
            condition('PodScheduled', true, seen),
          ],
          ...(address ? { hostIP: address, hostIPs: [{ ip: address }] } : {}),
          ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
          startTime: seen,
          containerStatuses: [container],
        },
        steps,
      ),
      ...prepared(manifest, { image: program.image, pod: name, since: sandbox, until: started }),
    },
  });
  return {
    ...made,
    metadata: {
      ...made.metadata,
      labels: program.name === 'ovn-central' && leader ? { ...program.labels, ...leads } : program.labels,
      ...(program.as === 'static' ? { annotations: { ...manifest?.annotations, ...mirrorOf(name, since, seen) } } : {}),
      ownerReferences: [{ ...reference, controller: true }],
    },
  };
}

/** The containers that have prepared a Pod, one after the other. */
function prepared(
  manifest: Manifest | undefined,
  { image, pod: of, since, until }: { image: string; pod: string; since: string; until: string },
): object {
  const first = (manifest?.pod['initContainers'] ?? []) as { name: string }[];
  if (first.length === 0) return {};
  const initContainerStatuses = first.map(({ name }) => {
    const { state: _runs, ...status } = containerStatus({ name, image, pod: of, since, now: until, ready: true });
    const ended = { exitCode: 0, reason: 'Completed', startedAt: since, finishedAt: until };
    return {
      ...{ ...status, started: false },
      state: { terminated: { ...ended, containerID: status['containerID'] } },
    };
  });
  return { initContainerStatuses };
}

/** What a kubelet calls what it runs from a file itself. */
const hashOf = (name: string, since: string): string => digest(`${name}/${since}`).slice(0, 32);

/** What a kubelet notes on the Pod that mirrors one it runs from a file since it was `seen`: nobody evicts such a Pod. */
function mirrorOf(name: string, since: string, seen: string): Record<string, string> {
  const config = hashOf(name, since);
  return {
    'kubernetes.io/config.hash': config,
    [mirrorAnnotation]: config,
    'kubernetes.io/config.seen': seen.replace('Z', `.${decimals(`${name}/${since}`, 9)}Z`),
    'kubernetes.io/config.source': 'file',
  };
}

function suffix({ name, as }: Program, node: Node, owner: KubeObject | undefined): string {
  const { name: host, creationTimestamp } = node.metadata;
  // On a host that serves again it is another Pod; whoever else comes or goes, it is the same.
  const end = new Random(`${name}/${host}/${creationTimestamp}`).suffix();
  return as === 'deployment' && owner ? `${templateHash(owner)}-${end}` : end;
}
