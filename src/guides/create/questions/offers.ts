/** What the cluster knows that would fit: hosts, networks and addresses that nobody known here has. */
import type { Draft } from '../answers.ts';
import {
  addressText,
  baseOf,
  type Network,
  networkText,
  overlaps,
  parseAddress,
  parseNetwork,
  sizeOf,
} from '../cidr.ts';
import type { Known, KnownHost } from '../known.ts';
import { resolveHost } from '../resolve.ts';
import { hostNetworks, ownNetworks } from '../rules/networks.ts';
import type { Given } from '../rules/rule.ts';
import { at } from '../values.ts';
import type { Offer } from './question.ts';

/** Hosts that could be taken, free ones first. */
export function hostOffers({ hosts = [] }: Known, draft: Draft): Offer[] {
  const own = String(at(draft, 'cluster') ?? '');
  const offers = hosts.map((host): Offer => {
    const disabled = whyNot(host, own);
    const more = [host.serial, host.addresses[0]].filter(Boolean).join(' ');
    return { value: host.name, title: `${host.name} ${more}`.trim(), ...(disabled ? { disabled } : {}) };
  });
  return [...offers.filter(({ disabled }) => !disabled), ...offers.filter(({ disabled }) => disabled)];
}

/** Why a host cannot serve a new cluster; a pool of its own does not hinder. */
function whyNot(host: KnownHost, own: string): string | undefined {
  if (host.deleting) return 'it is being deleted';
  if (host.owner) return `${host.owner} holds it`;
  if (host.pool && host.pool !== `${own}-control-plane-pool` && host.pool !== `${own}-worker-pool`)
    return `it is in pool ${host.pool}`;
  if (!host.ready) return `it is not Ready${host.readyReason ? `: ${host.readyReason}` : ''}`;
  if (!host.planSecret) return 'it has no plan Secret';
  return host.storage ? `its storage is ${host.storage}` : undefined;
}

/** More would not be read. */
const OFFERED = 3;

const PRIVATE = Array.from({ length: 250 }, (_, n) => `10.${n + 3}.0.0/16`);
/** Shared address space (RFC 6598): Kube-OVN's own choice for its join network. */
const SHARED = Array.from({ length: 64 }, (_, n) => `100.${n + 64}.0.0/16`);

/** Networks that overlap nothing known here; none where it is not known what other clusters have. */
export function networkOffers(key: 'pods' | 'services' | 'join', known: Known, draft: Draft): Offer[] {
  const { clusters } = known;
  if (!clusters) return [];
  const given = draft as Given;
  const others = clusters
    .filter(({ name }) => name !== at(draft, 'cluster'))
    .flatMap(({ networks }) => networks.flatMap(({ cidr }) => parseNetwork(cidr) ?? []));
  const own = ownNetworks(given).filter(({ path }) => path !== `networks.${key}`);
  // Both are of the same range: what the pods would be offered is left to them.
  const pods = key === 'services' && at(draft, 'networks', 'pods') === undefined ? 1 : 0;
  const taken = [
    ...others,
    ...own.map(({ network }) => network),
    ...hostNetworks(given, known).map((one) => one.network),
  ];
  return (key === 'join' ? SHARED : PRIVATE)
    .filter((text) => !taken.some((network) => overlaps(network, parseNetwork(text)!)))
    .slice(pods, pods + OFFERED)
    .map((value) => ({ value, title: `${value} (overlaps nothing that is known here)` }));
}

/** Addresses in the network of the hosts that nobody known here has: whether a host elsewhere has one, only people know. */
export function addressOffers(known: Known, draft: Draft): Offer[] {
  const { hosts, clusters } = known;
  if (!hosts || !clusters || at(draft, 'endpoint', 'type') === 'External') return [];
  const network = planeNetwork(known, draft as Given);
  if (!network) return [];
  const taken = new Set(
    [...hosts.flatMap(({ addresses }) => addresses), ...clusters.flatMap(({ addresses }) => addresses)].map(
      (text) => parseAddress(text.split('/')[0] ?? text)?.value,
    ),
  );
  const found: Offer[] = [];
  // From above, where DHCP rarely gives any; a gateway is as often the last as the first.
  const [base, last] = [baseOf(network), baseOf(network) + sizeOf(network) - 3n];
  for (let value = last; value > base && last - value < 1_000n && found.length < OFFERED; value -= 1n) {
    if (taken.has(value)) continue;
    const text = addressText({ family: 4, value });
    found.push({
      value: text,
      title: `${text} (in ${networkText(network)}; no host or cluster here has it: ask around)`,
    });
  }
  return found;
}

/** Where the hosts of the control plane are: those that are named, else those that serve nobody, else as answered. */
function planeNetwork({ hosts = [] }: Known, given: Given): Network | undefined {
  const named = (given.controlPlane?.hosts ?? []).flatMap(
    (answer) => resolveHost(given.cluster, answer, hosts).host ?? [],
  );
  const some = named.length > 0 ? named : hosts.filter(({ owner, pool }) => !owner && !pool);
  const texts = [...some.flatMap(({ addresses }) => addresses), ...(given.networks?.hosts ?? [])];
  return texts
    .flatMap((text) => parseNetwork(text) ?? [])
    .find((network) => network.family === 4 && sizeOf(network) > 4n && !networkText(network).startsWith('169.254.'));
}
