/** What users run: a Pod on each Node, of an invented kind's. It is there from the start, and the one a drain waits for. */

import type { KubeObject } from '../api/types.ts';
import type { Silence } from '../controllers/hosts/silences.ts';
import { ableOf, withObserved, withTold } from '../controllers/kubernetes/container-status.ts';
import { podAddress } from '../controllers/kubernetes/pod-address.ts';
import { Random } from '../controllers/random.ts';
import type { Node, Taint } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Boot } from './boots.ts';
import { soFar } from './coming-up.ts';
import { containerStatus, runningSince } from './containers.ts';
import { allocated, attached, type Network, routed } from './kube-ovn/network.ts';
import { admitted } from './pod-admission.ts';
import { startOf } from './pod-times.ts';
import type { ApplicationPod } from './settings.ts';
import { readyOf, rolesOf } from './summary.ts';
import { make, OF_NODES } from './system.ts';

/** Longer than this, in seconds, nobody waits for a Pod to end by itself. */
const grace = 30;

export interface ApplicationOptions {
  nodes: readonly Node[];
  pods?: readonly ApplicationPod[] | undefined;
  /** The network of Pods as a CIDR. */
  network?: string | undefined;
  /** Unix time in ms. */
  now: number;
  /** Before that, Unix time in ms, users ran nothing. */
  from?: number | undefined;
  /** The kubelet of a Node that says nothing. */
  silence?: ((node: string) => Silence | undefined) | undefined;
  /** When the host of a Node lost power, and was booted anew. */
  boots?: ((node: Node) => readonly Boot[]) | undefined;
}

/** The Pods on the Nodes there are: running, or evicted and not gone. */
export function applicationPods({
  nodes,
  pods = [],
  network = '10.3.0.0/16',
  now,
  from = 0,
  silence,
  boots,
}: ApplicationOptions): KubeObject[] {
  const hosts = new Map(nodes.map((node) => [node.metadata.name, node]));
  return pods.flatMap(({ namespace, name, node, since, taints }) => {
    const host = hosts.get(node);
    const joined = Date.parse(host?.metadata.creationTimestamp ?? '');
    const random = new Random(name, joined);
    // It comes once its Node has taken up the network, and somebody has looked for room.
    const placed = Math.max(joined, from) + random.integer(20, 95) * 1000;
    // Nothing is placed on one that was never ready.
    if (!host || !(placed <= now) || readyOf(host) === 'False' || silence?.(node)?.neverReady) return [];
    const born = timestamp(placed);
    const hostIP = host.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const podIP = addressOf(network, name, node);
    const app = name.replace(/-[^-]+$/, '');
    const image = `registry.example/sim/${app}:1`;
    const { sandbox, started } = startOf({ pod: name, node: host, since: born, now: timestamp(now) }, true);
    const ready = readyOf(host) === 'True';
    const works = ready || readyOf(host) === 'Unknown';
    const container = containerStatus({
      name: app,
      image,
      pod: name,
      since: born,
      now: timestamp(now),
      started,
      ready: works,
      boots: boots?.(host),
    });
    const up = runningSince(container) ?? started;
    const condition = (type: string, status: boolean, lastTransitionTime = born) => ({
      ...{ type, status: status ? 'True' : 'False', lastProbeTime: null, lastTransitionTime },
    });
    const one = withTold(
      make('v1', 'Pod', namespace, name, born, {
        spec: admitted(
          { containers: [{ name: app, image }], nodeName: node, tolerations: lasting(host, taints) },
          random.suffix(),
        ),
        status: soFar(
          {
            phase: 'Running',
            qosClass: 'BestEffort',
            conditions: [
              condition('PodReadyToStartContainers', true, sandbox),
              condition('Initialized', true),
              condition('Ready', ready, ready ? up : (changed(host) ?? up)),
              condition('ContainersReady', works, up),
              condition('PodScheduled', true),
              ...(since === undefined ? [] : [evictedAt(since)]),
            ],
            ...(hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {}),
            ...(timestamp(now) < sandbox ? {} : { podIP, podIPs: [{ ip: podIP }] }),
            startTime: born,
            containerStatuses: [container],
          },
          { now: timestamp(now), sandbox, started, ready: ready ? up : born },
        ),
      }),
      ableOf(host),
    );
    const owner = { ...OF_NODES, name: app, uid: new Random(namespace, app).uuid(), controller: true };
    const metadata = { ...one.metadata, generateName: `${app}-`, labels: { app }, ownerReferences: [owner] };
    if (since === undefined) return [{ ...one, metadata }];
    const ended = timestamp(Date.parse(since) + grace * 1000);
    const going = { ...metadata, deletionTimestamp: ended, deletionGracePeriodSeconds: grace };
    // That it is to end is the second state of it, which a silent kubelet has not seen.
    const heard = silence?.(node) === undefined && readyOf(host) !== 'Unknown';
    const status = heard ? withObserved(one.status ?? {}, { generation: 2 }, ableOf(host)) : one.status;
    return [{ ...one, metadata: going, ...(status ? { status } : {}) }];
  });
}

const addressOf = (network: string, name: string, node: string) => podAddress(network, `${name}/${node}`);

/** One of these Pods with what Kube-OVN notes on it: it is given its address as it is made, before it has a sandbox. */
export function applicationNoted(pod: KubeObject, network: Network): KubeObject {
  const address = addressOf(network.pods, pod.metadata.name, String(pod.spec?.['nodeName'] ?? ''));
  return pod.status?.['podIP'] || address === undefined
    ? attached(pod, network)
    : routed(allocated(pod, network, address));
}

/** When its Node last became ready, or silent. */
const changed = ({ status }: Node): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;

/** Why it goes, as its server says that: k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go. */
const evictedAt = (since: string) => ({
  ...{ type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: since },
  ...{ reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' },
});

const planeTaint: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

/** What lets a Pod be on a Node that was made with lasting taints, as that of a control plane; none that somebody gives it later. */
function lasting(node: Node, made = rolesOf(node).includes('control-plane') ? [planeTaint] : []): object[] {
  // What is to drive Pods away does so.
  const kept = made.filter(({ effect }) => effect !== 'NoExecute');
  const taints = kept.filter(({ key }) => !/^node\.(kubernetes|cluster\.x-k8s)\.io\//.test(key));
  return taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect }));
}
