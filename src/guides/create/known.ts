/** What the fleet knows that answers can be offered from and checked against. Absent: not known, which is not nothing. */
import { findCondition } from '../../domain/conditions.ts';
import type { Fleet, HostRow } from '../../domain/fleet/rows.ts';
import type { Freshness } from '../../domain/freshness.ts';
import type { Kind } from '../../domain/kinds.ts';
import { CLUSTER_API, type ClusterApi } from './render/v1beta2.ts';

export interface KnownCluster {
  name: string;
  /** Pods, services and the join network of Kube-OVN. */
  networks: readonly { what: string; cidr: string }[];
  /** Hosts of its endpoint and load balancer. */
  addresses: readonly string[];
  vrid?: number;
  registry?: string;
}

export interface KnownHost {
  name: string;
  serial?: string;
  uuid?: string;
  macs: readonly string[];
  /** Addresses with their prefix, as the host was seen on the live ISO. */
  addresses: readonly string[];
  /** The pool that lists it or whose annotation it bears. */
  pool?: string;
  cluster?: string;
  hostname?: string;
  ready: boolean;
  /** Why it is not Ready. */
  readyReason?: string;
  planSecret: boolean;
  /** Volumes are declared, and not prepared; the phase they are in. */
  storage?: string;
  owner?: string;
  deleting: boolean;
  created?: number;
}

export interface Known {
  /** Of the image catalog: Kubernetes version to image. */
  images?: Readonly<Record<string, string>>;
  clusters?: readonly KnownCluster[];
  pools?: readonly { name: string; cluster?: string; members: readonly string[] }[];
  hosts?: readonly KnownHost[];
  registrations?: readonly string[];
  /** The generation of Cluster API that is in use. */
  clusterApi?: ClusterApi;
}

/** Nothing is known: answers are checked against one another only. */
export const NOTHING: Known = {};

/** What can be relied upon: kinds that are not live, or not whole, are left out. */
export function knownOf(fleet: Fleet, freshness: Readonly<Record<Kind, Freshness>>): Known {
  const whole = (...kinds: Kind[]) =>
    kinds.every((kind) => freshness[kind]?.phase === 'live' && freshness[kind].synced && !freshness[kind].broken);
  const served = CLUSTER_API.find((version) => version === freshness.cluster?.version);
  return {
    ...(whole('catalog') ? { images: fleet.catalog?.images ?? {} } : {}),
    ...(whole('cluster', 'baremetalCluster') ? { clusters: clustersOf(fleet) } : {}),
    ...(whole('pool')
      ? {
          pools: fleet.pools.list.map(({ name, cluster, members }) => ({
            name,
            cluster,
            members: members.map((member) => member.name),
          })),
        }
      : {}),
    ...(whole('host', 'pool') ? { hosts: fleet.hosts.list.map(hostOf) } : {}),
    ...(served ? { clusterApi: served } : {}),
    ...(whole('registration') ? { registrations: fleet.registrations.list.map(({ name }) => name) } : {}),
  };
}

function clustersOf(fleet: Fleet): KnownCluster[] {
  const found = fleet.clusters.list.map(({ name, object, infrastructure }): KnownCluster => {
    const join = object.annotations['cpaas.io/kube-ovn-join-cidr'];
    return {
      name,
      networks: [
        ...object.podCidrs.map((cidr) => ({ what: 'pods', cidr })),
        ...object.serviceCidrs.map((cidr) => ({ what: 'services', cidr })),
        ...(join ? [{ what: 'Kube-OVN join', cidr: join }] : []),
      ],
      addresses: [
        ...new Set(
          [object.endpoint?.host, infrastructure?.endpoint?.host, infrastructure?.loadBalancer?.host].filter(
            (host) => host !== undefined,
          ),
        ),
      ],
      vrid: infrastructure?.loadBalancer?.type === 'External' ? undefined : infrastructure?.loadBalancer?.vrid,
      registry: object.annotations['cpaas.io/registry-address'],
    };
  });
  // A BaremetalCluster without its Cluster holds its address all the same.
  for (const { name, loadBalancer, endpoint } of fleet.baremetalClusters.list) {
    if (found.some((cluster) => cluster.name === name)) continue;
    const addresses = [loadBalancer?.host, endpoint?.host].filter((host) => host !== undefined);
    found.push({ name, networks: [], addresses, vrid: loadBalancer?.vrid });
  }
  return found;
}

function hostOf({ name, object, pool, cluster, hostname }: HostRow): KnownHost {
  const ready = findCondition(object.conditions, 'Ready');
  const undone = (object.storageDeclared ?? 0) > 0 && !['Prepared', 'Active'].includes(object.storagePhase ?? '');
  return {
    name,
    serial: object.serial,
    uuid: object.machineUuid,
    macs: object.interfaces.flatMap(({ mac }) => (mac ? [mac.toLowerCase()] : [])),
    addresses: object.interfaces.flatMap(({ addresses }) => addresses),
    pool: pool ?? object.poolAnnotation,
    cluster: object.ownerCluster ?? cluster,
    hostname,
    ready: ready?.status === 'True',
    readyReason: ready?.reason,
    planSecret: object.planSecret !== undefined,
    ...(undone ? { storage: object.storagePhase ?? 'not looked at yet' } : {}),
    owner: object.ownerBaremetalMachine,
    deleting: object.deleting !== undefined,
    created: object.created,
  };
}

/** The registry of the platform: what another cluster names, else that of the catalog's images. */
export function registryOf({ clusters, images }: Known): string | undefined {
  const named = clusters?.find(({ registry }) => registry !== undefined)?.registry;
  const image = Object.values(images ?? {})[0];
  return named ?? (image?.includes('/') ? image.slice(0, image.indexOf('/')) : undefined);
}
