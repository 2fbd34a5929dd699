/**
 * What must hold before a control plane makes or deletes a Machine, and what its conditions say where it does not. Source:
 * Cluster API 1.10, scale.go and status.go of the kubeadm control plane provider.
 */

import { find } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { findLegacy } from '../legacy-conditions.ts';
import type { Cluster, KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import { awaited, deleting, hasNode } from './common.ts';
import { kubeadmNodeCondition } from './component-conditions.ts';
import { componentsOf, managesEtcd } from './kcp-components.ts';

/** What keeps a control plane from its next step. */
export interface Hold {
  /** A Machine is being deleted: nothing else is asked. */
  waits: boolean;
  /** What is wrong, as its Event tells it. */
  problems: string[];
  /** The same as its conditions tell it. */
  lines: string[];
}

/** Looks at all Machines of a control plane but `except`; undefined where the next step may be taken. */
export function holdOf(
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  except: Machine | undefined,
  clusterApi: ClusterApiVersion,
): Hold | undefined {
  if (all.some(deleting)) {
    return { waits: true, problems: [], lines: ['waiting for a control plane Machine to complete deletion'] };
  }
  const found = all
    .filter((machine) => machine !== except)
    .flatMap((machine) => problemsOf(plane, machine, clusterApi));
  if (found.length === 0) return undefined;
  const about = (type: 'components' | 'etcd') => found.some(({ of }) => of.includes(type));
  return {
    waits: false,
    problems: found.map(({ said }) => said),
    lines: [
      ...(about('components') ? ['waiting for control plane components to become healthy'] : []),
      ...(about('etcd') ? ['waiting for etcd cluster to become healthy'] : []),
    ],
  };
}

interface Problem {
  said: string;
  of: readonly ('components' | 'etcd')[];
}

/** Up to v1.10 the conditions of the first generation are asked. */
function problemsOf(plane: KubeadmControlPlane, machine: Machine, clusterApi: ClusterApiVersion): Problem[] {
  const { name } = machine.metadata;
  if (!hasNode(machine)) {
    const said = `Machine ${name} does not have a corresponding Node yet (Machine.status.nodeRef not set)`;
    return [{ said, of: managesEtcd(plane) ? ['components', 'etcd'] : ['components'] }];
  }
  return componentsOf(plane, clusterApi).flatMap((type) => {
    const said = type === kubeadmNodeCondition ? undefined : problemOf(machine, type, clusterApi);
    return said ? [{ said, of: [type === 'EtcdMemberHealthy' ? ('etcd' as const) : ('components' as const)] }] : [];
  });
}

function problemOf(machine: Machine, type: string, clusterApi: ClusterApiVersion): string | undefined {
  const { name } = machine.metadata;
  const fresh = find(machine.status?.v1beta2?.conditions, type);
  const old = clusterApi === 'v1beta1' ? findLegacy(machine.status?.conditions, type) : undefined;
  // A connection that is lost is told in the second generation only.
  const said = old && old.status !== 'True' ? old : fresh;
  if (!said) return `Machine ${name} does not have ${type} condition`;
  if (said.status === 'True') return undefined;
  const { message = '' } = said;
  if (said.status === 'Unknown') return `Machine ${name} reports ${type} condition is unknown (${message})`;
  const words = 'severity' in said ? `${said.severity ?? ''}, ${message}` : message;
  return `Machine ${name} reports ${type} condition is false (${words})`;
}

/** What has to be there before anything can be said of a control plane's components; undefined where it is. */
export function awaitedBy(plane: KubeadmControlPlane, cluster?: Cluster): string | undefined {
  if (plane.status?.initialized) return undefined;
  if (cluster && !cluster.status?.infrastructureReady) return awaited.infrastructure;
  return awaited.controlPlane;
}
