/** `deployment/prod-workers`, as it is typed, and the object it means. */
import { UsageError } from '../cli.ts';
import { API_KIND, KINDS, type Kind } from '../domain/kinds.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';

/** What kubectl calls them in short: the short names of their CRDs, and Kubernetes' own. */
const SHORT: Partial<Record<Kind, readonly string[]>> = {
  pool: ['mip'],
  baremetalMachine: ['bmm'],
  machine: ['ma'],
  machineSet: ['ms'],
  deployment: ['md'],
  controlPlane: ['kcp'],
  cluster: ['cl'],
  baremetalCluster: ['bmc'],
  baremetalMachineTemplate: ['bmmt'],
  healthCheck: ['mhc', 'mhcs'],
  catalog: ['cm'],
  event: ['ev'],
};

/** Kind and name as typed; the kind as metaldeck, the API or kubectl calls it. Throws UsageError. */
export function parseTarget(text: string): { kind: Kind; name: string } {
  const at = text.indexOf('/');
  const [word, name] = [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  if (at < 1 || name === '' || name.includes('/')) {
    throw new UsageError(`a target is KIND/NAME, not "${text}"; nothing was done.`);
  }
  const kind = KINDS.find((one) => {
    const { resource, group } = KINDS_TABLE[one];
    const names = [
      one,
      API_KIND[one],
      resource,
      `${resource}.${group}`,
      resource.replace(/s$/, ''),
      ...(SHORT[one] ?? []),
    ];
    return names.some((each) => each.toLowerCase() === word);
  });
  if (!kind) {
    const known = KINDS.map((one) => [one, ...(SHORT[one]?.slice(0, 1) ?? [])].join(' or ')).join(', ');
    throw new UsageError(`there is no kind "${word}"; there are ${known}; nothing was done.`);
  }
  return { kind, name };
}

/** What is called a group on the screens. */
const GROUPS: readonly Kind[] = ['deployment', 'controlPlane'];

/**
 * What a target of an operation may mean: KIND/NAME, `group/NAME`, or the name alone of what the operation takes. `on`: the kinds that
 * it takes. At least one. Throws UsageError.
 */
export function candidatesOf(text: string, on: readonly Kind[]): readonly { kind: Kind; name: string }[] {
  const name = text.replace(/^group\//i, '');
  const isGroup = name !== text;
  if (name === '' || name.includes('/')) return [parseTarget(text)];
  const kinds = isGroup ? GROUPS.filter((kind) => on.includes(kind)) : on;
  // What it does not take at all it refuses by itself, in its own words.
  return (kinds.length > 0 ? kinds : GROUPS).map((kind) => ({ kind, name }));
}

export { refByName as resolveTarget } from '../domain/fleet/by-name.ts';
