/** What a host remembers of itself between two looks. It is in memory only: see `controller.ts` for what a restart does. */

import type { Informer } from '../informer.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, KubeadmControlPlane } from '../shapes/capi.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { podNetwork, Shares } from './pod-cidr.ts';

export interface Body {
  /** It had no power when it was last looked at. */
  off: boolean;
  /** Why it is starting, and how long that takes on average, in ms. */
  restart?: { why: string; mean: number; plan?: string };
  /** Its agent has started and not looked at the plan yet. */
  forced: boolean;
  /** The API has refused its agent. */
  refused: boolean;
  /** It has booted, and its observer has not been able to say so. */
  unreported?: string;
  /** How many times longer than usual it took when its agent was last looked at. */
  slow?: number;
  /** Checksum of the plan after which it has rebooted. */
  bootedFor?: string;
  /** Checksum of the plan whose kubeadm has not found its images: nobody starts it again. */
  ended?: string;
  /** Checksum of the plan as whose kubelet it has registered since it started: a kubelet does that once. */
  registered?: string;
}

/** What the parts of a host share. */
export interface Hosts {
  rt: Runtime;
  inventories: Informer<MachineInventory>;
  secrets: Informer<Secret>;
  /** The Cluster of a name, and its control plane. */
  clusterOf(name: string): [Cluster | undefined, KubeadmControlPlane | undefined];
  body(name: string): Body;
  /** Simulated ms left of a wait of a host, which takes `mean` give or take; the first question starts it. */
  left(name: string, what: string, mean: number): number;
  /** Forgets one wait of a host, or all of them. */
  forget(name: string, what?: string): void;
  /** Gives Nodes that join their share of the Pods' network. */
  shares: Shares;
  /** Whether a wait of a host has begun. */
  waits(name: string, what: string): boolean;
}

/** The memory of all hosts of a runtime. */
export function createHosts(rt: Runtime, inventories: Informer<MachineInventory>, secrets: Informer<Secret>): Hosts {
  const bodies = new Map<string, Body>();
  const clusters = rt.informer(kinds.Cluster);
  const planes = rt.informer(kinds.KubeadmControlPlane);
  const key = (name: string) => `host/${name}`;
  const shares = new Shares();
  const clusterOf: Hosts['clusterOf'] = (name) => {
    const cluster = clusters.get(name);
    return [cluster, planes.get(cluster?.spec?.controlPlaneRef?.name)];
  };
  rt.onNode((node, cluster, change) => {
    const network = podNetwork(...clusterOf(cluster));
    if (network) shares.see(cluster, network, node, change);
  });
  return {
    ...{ rt, inventories, secrets, clusterOf, shares },
    body(name) {
      const body = bodies.get(name) ?? { off: false, forced: false, refused: false };
      bodies.set(name, body);
      return body;
    },
    left: (name, what, mean) => rt.delays.left(key(name), what, () => rt.random('host', name, what).around(mean)),
    forget(name, what) {
      rt.delays.forget(key(name), what);
      if (what === undefined) bodies.delete(name);
    },
    waits: (name, what) => rt.delays.has(key(name), what),
  };
}

/** The earlier of several appointments, in ms from now; undefined where there is none. */
export function soonest(...times: (number | undefined)[]): number | undefined {
  const set = times.filter((time) => time !== undefined);
  return set.length > 0 ? Math.min(...set) : undefined;
}
