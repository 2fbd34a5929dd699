/** Which revisions of the Kube-OVN chart a cluster may be brought to, by the support matrix and the image catalog (domain §5). */
import { KUBE_OVN_VERSION } from '../domain/annotations.ts';
import type { ClusterRow } from '../domain/fleet/rows.ts';
import { compareVersions, minorOf, versionOf } from '../domain/forecast/versions.ts';
import { inOrder, type MatrixRow, PUBLISHED } from '../domain/matrix.ts';
import type { Check, Choice, World } from './contract.ts';
import { check } from './define.ts';

const rowsOf = ({ matrix = PUBLISHED }: World) => inOrder(matrix);

/** The version of its control plane, which decides what belongs to it. */
function versionIn({ fleet }: World, { name }: ClusterRow): string | undefined {
  return fleet.groups.list.find(({ controlPlane, cluster }) => controlPlane && cluster === name)?.version;
}

/**
 * The rows of a version and those that can be gone to from it: of its minor and the next, and of no earlier release. Which
 * is earlier the releases say: `v1.34.5-3` comes after `v1.34.5`, and is below it to whoever compares versions.
 */
function rowsFrom(world: World, present: string | undefined): MatrixRow[] {
  const rows = rowsOf(world);
  const own = minorOf(present);
  if (present === undefined || !own) return rows;
  const first = Math.max(
    0,
    rows.findIndex(({ kubernetes }) => kubernetes === present),
  );
  return rows.slice(first).filter(({ kubernetes }) => {
    const its = minorOf(kubernetes);
    return its?.major === own.major && (its.minor === own.minor || its.minor === own.minor + 1);
  });
}

const isOlder = (a: string, b: string) => {
  const [x, y] = [versionOf(a), versionOf(b)];
  return x !== undefined && y !== undefined && compareVersions(x, y) < 0;
};

/** Why it is not offered, as a phrase. */
function whyNot({ fleet }: World, { kubernetes, kubeOvn }: MatrixRow, asked: string | undefined): string | undefined {
  if (kubeOvn === asked) return 'asked for already';
  if (asked !== undefined && isOlder(kubeOvn, asked)) return `older than ${asked}`;
  if (fleet.catalog && !Object.hasOwn(fleet.catalog.images, kubernetes))
    return `no image of ${kubernetes} is in the catalog`;
  return undefined;
}

/** Those of the cluster's own version of Kubernetes, and of where it can go from there: the newest last. */
export function revisionChoices(world: World, row: ClusterRow): Choice[] {
  const present = versionIn(world, row);
  const asked = row.object.annotations[KUBE_OVN_VERSION];
  const found = new Map<string, Choice>();
  for (const each of rowsFrom(world, present)) {
    const disabled = whyNot(world, each, asked);
    const title = `of ${each.acp}, for Kubernetes ${each.kubernetes}${each.kubernetes === present ? ', which it runs' : ''}`;
    found.set(each.kubeOvn, { value: each.kubeOvn, title, ...(disabled === undefined ? {} : { disabled }) });
  }
  return [...found.values()];
}

/** `v4.2.33 (of v4.2.5, for Kubernetes v1.33.7-4), ...`: what can be asked for; undefined where nothing can. */
export function revisionsText(choices: readonly Choice[]): string | undefined {
  const open = choices.filter(({ disabled }) => disabled === undefined);
  return open.length === 0 ? undefined : open.map(({ value, title }) => `${value} (${title})`).join(', ');
}

/**
 * Whether a revision belongs to what the cluster runs. That of another version belongs there as the first step of the
 * upgrade to it alone; `towards`: the version that an upgrade is on the way to.
 */
export function checkOfRevision(world: World, row: ClusterRow, to: string, towards: string): Check {
  const title = 'support matrix';
  const rows = rowsOf(world).filter(({ kubeOvn }) => kubeOvn === to);
  const [first] = rows;
  if (!first) return check(title, `${to} is in no row of it: nobody has said what it belongs to`, 'warn');
  const present = versionIn(world, row);
  const versions = [...new Set(rows.map(({ kubernetes }) => kubernetes))];
  if (present === undefined)
    return check(
      title,
      `${to} belongs to Kubernetes ${versions.join(', ')}; what ${row.name} runs is not known`,
      'warn',
    );
  if (versions.includes(present)) return check(title, `${to} belongs to ${present}, which ${row.name} runs`);
  if (versions.includes(towards))
    return check(title, `${to} belongs to ${towards}: the first step of the upgrade to it`);
  const own = [
    ...new Set(rowsOf(world).flatMap(({ kubernetes, kubeOvn }) => (kubernetes === present ? [kubeOvn] : []))),
  ];
  const its = own.length === 0 ? '' : `, whose own is ${own.join(' or ')}`;
  const next = rowsFrom(world, present).some(({ kubeOvn }) => kubeOvn === to);
  const only = next ? 'right as the first step of that upgrade alone' : `no upgrade goes there from ${present}`;
  return check(
    title,
    `${to} belongs to Kubernetes ${versions.join(', ')}, and ${row.name} runs ${present}${its}: ${only}`,
    'warn',
  );
}
