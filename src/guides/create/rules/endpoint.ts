/** The address of the control plane: reachable by its hosts, and nobody else's. */
import { contains, isEdge, parseAddress, parseNetwork } from '../cidr.ts';
import type { KnownHost } from '../known.ts';
import { resolveHost } from '../resolve.ts';
import { hostNetworks, ownNetworks } from './networks.ts';
import { error, type Given, type Rule, wanted, warning } from './rule.ts';

const asked: (rule: Rule['check']) => Rule['check'] = (rule) => (given, known) =>
  wanted(given, 'controlPlane') ? rule(given, known) : [];

const HOST = 'endpoint.host';
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

const isInternal = ({ endpoint }: Given) => endpoint?.type !== 'External';

export const endpointRules: readonly Rule[] = [
  {
    id: 'vip-form',
    about: 'Internal wants an address, External an address or a name',
    check: asked((given) => {
      const { host } = given.endpoint ?? {};
      if (!host) return [error(HOST, 'the address of the control plane is missing')];
      if (parseAddress(host)) return [];
      if (isInternal(given)) return [error(HOST, `"${host.slice(0, 60)}" is no address: keepalived needs one`)];
      return DOMAIN.test(host) && !/^[\d.]+$/.test(host)
        ? []
        : [error(HOST, `"${host.slice(0, 60)}" is neither an address nor a name`)];
    }),
  },
  {
    id: 'vip-outside',
    about: 'The address is not inside the pods, the services or the join network',
    check: asked((given) => {
      const address = parseAddress(given.endpoint?.host ?? '');
      const hit = address && ownNetworks(given).find(({ network }) => contains(network, address));
      return hit ? [error(HOST, `${given.endpoint?.host} is inside the ${hit.what} ${hit.network.text}`)] : [];
    }),
  },
  {
    id: 'vip-network',
    about: "Internal: the address is in the network of the control plane's hosts",
    from: ['hosts'],
    partial: true,
    check: asked((given, known) => {
      const address = parseAddress(given.endpoint?.host ?? '');
      if (!address || !isInternal(given)) return [];
      const plane = planeHosts(given, known.hosts ?? []).filter(({ addresses }) => addresses.length > 0);
      const away = plane.find((host) => !host.addresses.some((text) => holds(text, address)));
      if (away)
        return [error(HOST, `${given.endpoint?.host} is in no network of ${away.name} (${away.addresses.join(', ')})`)];
      const answered = given.networks?.hosts ?? [];
      if (plane.length === 0 && answered.length > 0 && !answered.some((text) => holds(text, address))) {
        return [error(HOST, `${given.endpoint?.host} is in none of the hosts' networks ${answered.join(', ')}`)];
      }
      const edge = hostNetworks(given, known).find(
        ({ network }) => contains(network, address) && isEdge(network, address),
      );
      return edge ? [error(HOST, `${given.endpoint?.host} is the network's own or its broadcast address`)] : [];
    }),
  },
  {
    id: 'vip-host',
    about: 'No host has the address',
    from: ['hosts'],
    check: asked((given, { hosts = [] }) => {
      const address = parseAddress(given.endpoint?.host ?? '');
      if (!address || !isInternal(given)) return [];
      const holder = hosts.find(({ addresses }) =>
        addresses.some((text) => parseAddress(bare(text))?.value === address.value),
      );
      return holder ? [error(HOST, `${given.endpoint?.host} is an address of ${holder.name}`)] : [];
    }),
  },
  {
    id: 'vip-taken',
    about: 'No other cluster has the address',
    from: ['clusters'],
    check: asked((given, { clusters = [] }) => {
      const { host } = given.endpoint ?? {};
      const other = clusters.find(({ name, addresses }) => name !== given.cluster && host && addresses.includes(host));
      return other ? [error(HOST, `${host} is the address of cluster ${other.name}`)] : [];
    }),
  },
  {
    id: 'port',
    about: 'The port is one from 1 to 65535',
    check: asked(({ endpoint }) =>
      isWhole(endpoint?.port, 1, 65_535) ? [] : [error('endpoint.port', 'the port must be from 1 to 65535')],
    ),
  },
  {
    id: 'vrid-given',
    about: 'Internal needs a virtual router id from 0 to 255; External has none',
    check: asked((given) => {
      const { vrid } = given.endpoint ?? {};
      if (!isInternal(given))
        return vrid === undefined
          ? []
          : [error('endpoint.vrid', 'an External endpoint has no virtual router id: leave it out')];
      return isWhole(vrid, 0, 255) ? [] : [error('endpoint.vrid', 'the virtual router id must be from 0 to 255')];
    }),
  },
  {
    id: 'vrid-zero',
    about: 'VRRP has no router 0',
    check: asked((given) =>
      isInternal(given) && given.endpoint?.vrid === 0
        ? [warning('endpoint.vrid', 'the provider takes 0, VRRP does not (RFC 5798: 1 to 255)')]
        : [],
    ),
  },
  {
    id: 'vrid-unique',
    about: 'No other cluster has the virtual router id',
    from: ['clusters'],
    check: asked((given, { clusters = [] }) => {
      const { vrid } = given.endpoint ?? {};
      if (vrid === undefined || !isInternal(given)) return [];
      const other = clusters.find((cluster) => cluster.name !== given.cluster && cluster.vrid === vrid);
      return other ? [error('endpoint.vrid', `${vrid} is the virtual router id of ${other.name}`)] : [];
    }),
  },
];

const bare = (text: string) => text.split('/')[0] ?? text;

/** Whether an address with its prefix says that another one is in the same network. */
function holds(text: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const network = parseNetwork(text);
  return network !== undefined && contains(network, address);
}

/** The hosts of the control plane that are known. */
function planeHosts(given: Given, hosts: readonly KnownHost[]): KnownHost[] {
  return (given.controlPlane?.hosts ?? []).flatMap((host) => resolveHost(given.cluster, host, hosts).host ?? []);
}

/** Whether a value is a whole number in a range. */
export function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
