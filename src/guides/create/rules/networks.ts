/** Networks of pods, services and Kube-OVN: valid, apart from each other, from other clusters and from the hosts. */
import { isCanonical, type Network, networkText, overlaps, parseNetwork, sizeOf } from '../cidr.ts';
import type { Known } from '../known.ts';
import { error, type Finding, type Given, type Rule, wanted, warning } from './rule.ts';

const OWN = [
  ['pods', 'pods'],
  ['services', 'services'],
  ['join', 'Kube-OVN join'],
] as const;

interface Named {
  path: string;
  what: string;
  network: Network;
}

/** The networks of the answers that can be read; pods and services may name one of each family. */
export function ownNetworks(given: Given): Named[] {
  return OWN.flatMap(([key, what]) =>
    splitPair(given.networks?.[key]).flatMap((text) => {
      const network = parseNetwork(text);
      return network ? [{ path: `networks.${key}`, what, network }] : [];
    }),
  );
}

/** One network, or two separated by a comma for both families. */
export function splitPair(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Networks that hosts are in, as answered and as they were seen. */
export function hostNetworks(given: Given, known: Known): { what: string; network: Network }[] {
  const answered = (given.networks?.hosts ?? []).flatMap((text) => {
    const network = parseNetwork(text);
    return network ? [{ what: `the hosts' network ${text}`, network }] : [];
  });
  const seen = new Map<string, { what: string; network: Network }>();
  for (const host of known.hosts ?? []) {
    for (const text of host.addresses) {
      const network = parseNetwork(text);
      // A host route says nothing of the network it is in; link-local is everywhere.
      if (!network || sizeOf(network) === 1n || /^(169\.254\.|fe[89ab])/i.test(text)) continue;
      const key = networkText(network);
      if (!seen.has(key)) seen.set(key, { what: `${key}, where ${host.name} is`, network });
    }
  }
  return [...answered, ...seen.values()];
}

export const networkRules: readonly Rule[] = [
  {
    id: 'cidr-form',
    about: 'Each network is in CIDR notation',
    check: (given) => [
      ...OWN.flatMap(([key]) => splitPair(given.networks?.[key]).flatMap((text) => formOf(`networks.${key}`, text))),
      ...(given.networks?.hosts ?? []).flatMap((text) => formOf('networks.hosts', text)),
    ],
  },
  {
    id: 'cidr-canonical',
    about: 'No bit behind the prefix is set',
    check: (given) =>
      ownNetworks(given)
        .filter(({ network }) => !isCanonical(network))
        .map(({ path, network }) =>
          error(path, `${network.text} has bits behind its prefix: ${networkText(network)} is meant`),
        ),
  },
  {
    id: 'cidr-families',
    about: 'Pods and services are of the same families, one network of each',
    check(given) {
      const families = (path: string) =>
        ownNetworks(given)
          .filter((each) => each.path === path)
          .map(({ network }) => network.family);
      const [pods, services] = [families('networks.pods'), families('networks.services')];
      if (pods.length === 0 || services.length === 0) return [];
      if (new Set(pods).size !== pods.length) return [error('networks.pods', 'two networks of the same family')];
      if (pods.join() === services.join()) return [];
      return [
        error('networks.services', `pods are IPv${pods.join(' and IPv')}, services IPv${services.join(' and IPv')}`),
      ];
    },
  },
  {
    id: 'cidr-services-size',
    about: 'The services are no more than the API server takes: 20 bits',
    check: (given) =>
      ownNetworks(given)
        .filter(({ path, network }) => path === 'networks.services' && sizeOf(network) > 1n << 20n)
        .map(({ path, network }) =>
          error(path, `${network.text} is too large: the API server takes /${network.family === 4 ? 12 : 108} at most`),
        ),
  },
  {
    id: 'cidr-join-size',
    about: 'The join network is a /16, as the document wants it',
    check: (given) =>
      ownNetworks(given)
        .filter(({ path, network }) => path === 'networks.join' && network.family === 4 && network.prefix !== 16)
        .map(({ path, network }) => warning(path, `the document wants a /16, not a /${network.prefix}`)),
  },
  {
    id: 'cidr-disjoint',
    about: 'Pods, services and join do not overlap',
    check(given) {
      const all = ownNetworks(given);
      return all.flatMap((one, place) =>
        all
          .slice(0, place)
          .filter((other) => overlaps(one.network, other.network))
          .map((other) => error(one.path, `${one.network.text} overlaps the ${other.what} ${other.network.text}`)),
      );
    },
  },
  {
    id: 'cidr-other-clusters',
    about: 'No network overlaps one of another cluster',
    from: ['clusters'],
    check: (given, { clusters = [] }) =>
      ownNetworks(given).flatMap((one) =>
        clusters
          .filter(({ name }) => name !== given.cluster)
          .flatMap(({ name, networks }) =>
            networks.flatMap(({ what, cidr }): Finding[] => {
              const network = parseNetwork(cidr);
              return network && overlaps(one.network, network)
                ? [error(one.path, `${one.network.text} overlaps the ${what} ${cidr} of ${name}`)]
                : [];
            }),
          ),
      ),
  },
  {
    id: 'cidr-hosts',
    about: 'No network overlaps one that hosts are in',
    from: ['hosts'],
    partial: true,
    check: (given, known) =>
      ownNetworks(given).flatMap((one) => {
        const hit = hostNetworks(given, known).find(({ network }) => overlaps(one.network, network));
        return hit ? [error(one.path, `${one.network.text} overlaps ${hit.what}`)] : [];
      }),
  },
  {
    id: 'cidr-given',
    about: 'A control plane needs all three networks',
    check: (given) =>
      wanted(given, 'controlPlane')
        ? OWN.filter(([key]) => splitPair(given.networks?.[key]).length === 0).map(([key, what]) =>
            error(`networks.${key}`, `the network of ${what} is missing`),
          )
        : [],
  },
];

function formOf(path: string, text: string): Finding[] {
  return parseNetwork(text) ? [] : [error(path, `"${text.slice(0, 60)}" is no network such as 10.99.0.0/16`)];
}
