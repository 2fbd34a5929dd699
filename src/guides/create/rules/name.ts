/** The cluster's name, and the names of its nodes. */
import { hostText } from '../answers.ts';
import { inventoryOf, labelProblem, MACHINE_NAME_MAX, RESERVED } from '../names.ts';
import { error, type Given, type Rule, wanted, warning } from './rule.ts';

/** `-control-plane-` and `-workers-xxxxx-` with five random characters still fit a label of 63 (Cluster API labels). */
const CLUSTER_MAX = 43;
const UUID_LENGTH = 36;

const named = (rule: (name: string, given: Given) => ReturnType<Rule['check']>): Rule['check'] => {
  return (given) => (given.cluster ? rule(given.cluster, given) : []);
};

export const nameRules: readonly Rule[] = [
  {
    id: 'name-form',
    about: 'The name is a DNS label that begins with a letter, of at most 43 characters',
    check: named((name) => {
      const problem = labelProblem(name, CLUSTER_MAX) ?? (/^[a-z]/.test(name) ? undefined : 'must begin with a letter');
      return problem === undefined ? [] : [error('cluster', `the name ${problem}`)];
    }),
  },
  {
    id: 'name-reserved',
    about: 'The name is not that of the management cluster',
    check: named((name) =>
      name === RESERVED
        ? [error('cluster', `"${RESERVED}" is the management cluster itself: its objects would collide`)]
        : [],
    ),
  },
  {
    id: 'name-room',
    about: 'Hosts register under their whole UUID',
    check: named((name, given) => {
      const room = MACHINE_NAME_MAX - UUID_LENGTH - 1;
      if (name.length <= room || !wanted(given, 'registration')) return [];
      const lost = name.length - room;
      return [
        warning('cluster', `names of hosts are cut at ${MACHINE_NAME_MAX}: ${lost} characters of each UUID are lost`),
      ];
    }),
  },
  {
    id: 'hostname-form',
    about: 'A hostname is a DNS label',
    check: (given) =>
      pools(given).flatMap(({ path, hosts }) =>
        hosts.flatMap((host) => {
          const problem = host.hostname === undefined ? undefined : labelProblem(host.hostname);
          return problem === undefined
            ? []
            : [error(path, `hostname "${host.hostname}" of ${hostText(host)} ${problem}`)];
        }),
      ),
  },
  {
    id: 'hostname-unique',
    about: 'No two nodes of a cluster have the same name',
    check(given) {
      const seen = new Set<string>();
      return pools(given).flatMap(({ path, hosts }) =>
        hosts.flatMap((host) => {
          const { uuid, inventory = uuid && given.cluster ? inventoryOf(given.cluster, uuid) : undefined } = host;
          const node = host.hostname ?? inventory;
          if (node === undefined) return [];
          if (seen.has(node)) return [error(path, `two nodes would be called ${node}`)];
          seen.add(node);
          return [];
        }),
      );
    },
  },
];

/** Both lists of hosts, with where they stand. */
export function pools(given: Given) {
  return (['controlPlane', 'workers'] as const).map((role) => ({
    role,
    path: `${role}.hosts`,
    hosts: given[role]?.hosts ?? [],
  }));
}
