/**
 * In which order a server tells its groups and their versions, and prefers them: as its APIServices say. Numbers:
 * k8s.io/kubernetes/pkg/controlplane/apiserver/aggregator.go; groups that definitions bring have one number.
 */

interface GroupVersion {
  group: string;
  version: string;
}

/** The groups of Kubernetes itself, each with its number. */
const GROUPS: Readonly<Record<string, number>> = {
  '': 18_000,
  'apiregistration.k8s.io': 17_900,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const VERSIONS: Readonly<Record<string, number>> = {
  ...{ '/v1': 1, 'autoscaling/v2': 30, 'events.k8s.io/v1': 5, 'flowcontrol.apiserver.k8s.io/v1': 21 },
};
const [ordinary, ofDefinitions] = [15, { group: 1000, version: 100 }];

/** The numbers of one version of a group. The higher ones come first. */
export function priorityOf({ group, version }: GroupVersion): { group: number; version: number } {
  const known = GROUPS[group];
  if (known === undefined) return ofDefinitions;
  return { group: known, version: VERSIONS[`${group}/${version}`] ?? ordinary };
}

/** The groups, in order, each with its versions, the preferred one first. */
export function inOrder(all: Iterable<GroupVersion>): { group: string; versions: string[] }[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, version } of all) groups.set(group, (groups.get(group) ?? new Set()).add(version));
  const told = [...groups].map(([group, versions]) => ({
    group,
    versions: [...versions].sort(
      (a, b) => priorityOf({ group, version: b }).version - priorityOf({ group, version: a }).version,
    ),
  }));
  const number = (group: string) => priorityOf({ group, version: '' }).group;
  const name = ({ group, versions }: (typeof told)[number]) => `${versions[0]}.${group}`;
  return told.sort((a, b) => number(b.group) - number(a.group) || (name(a) < name(b) ? -1 : 1));
}
