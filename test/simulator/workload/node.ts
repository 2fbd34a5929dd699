/** Nodes of the cluster prod, as kubelets and Cluster API have written them. */
import { runningNode } from '../../../src/simulator/controllers/hosts/node.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';

export interface NodeWish {
  controlPlane?: boolean;
  /** RFC 3339. */
  joined?: string;
  /** RFC 3339; absent: when it joined; `never`: its kubelet is not ready. */
  ready?: string;
  uid?: string;
}

/** A Node that has joined at 2026-11-01T00:00:00Z where nothing else is wished. */
export function nodeNamed(name: string, wish: NodeWish = {}): Node {
  const { controlPlane = false, joined = '2026-11-01T00:00:00Z', ready = joined, uid = `uid-${name}` } = wish;
  const providerID = `baremetal:///${name}`;
  const identity = { cluster: 'prod', node: name, providerID, version: 'v1.33.7-2', controlPlane };
  const inventory = { apiVersion: 'elemental.cattle.io/v1beta1', kind: 'MachineInventory', metadata: { name } };
  const made = runningNode(identity, inventory, 'boot', { joined, ready: ready === 'never' ? undefined : ready });
  made.metadata = { ...made.metadata, uid, creationTimestamp: joined };
  return made;
}

/** The masters of a control plane, in the order in which they joined. */
export const plane: readonly string[] = ['cp-1', 'cp-2', 'cp-3'];

/** One of them, with an address of its own. */
export function masterNamed(name: string, bootID = 'boot') {
  const at = plane.indexOf(name);
  const made = nodeNamed(name, { controlPlane: true, joined: `2026-11-01T00:0${at * 2}:00Z` });
  made.status = { ...made.status, addresses: [{ type: 'InternalIP', address: `10.0.0.${at + 1}` }] };
  made.status.nodeInfo = { ...made.status.nodeInfo!, bootID };
  return made;
}
