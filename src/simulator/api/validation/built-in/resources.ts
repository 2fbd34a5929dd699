/** What containers ask for, and what a namespace may use: k8s.io/kubernetes/pkg/apis/core/validation. */

import { type Cause, cause } from '../../errors.ts';
import { keyFaults } from '../../kinds/names.ts';
import { shown } from '../go/values.ts';
import { canonical, readQuantity } from '../quantities.ts';
import { type Fields, fieldsOf, type Rules, texts } from '../tools.ts';

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD = new Set([
  ...CONTAINER,
  ...['storage', 'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
  ...['requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
]);
const isHuge = (name: string): boolean => name.startsWith('hugepages-');
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
/** Of which more may be asked for than there is. */
const isShared = (name: string): boolean => isNative(name) && !isHuge(name);

/** What is wrong with the name of a resource. `container`: of what a container may ask for. */
export function resourceName(field: string, name: string, container = false): Cause[] {
  const faults = keyFaults(name).map((why) => cause.invalid(field, name, why));
  if (faults.length > 0) return faults;
  if (name.includes('/')) return [];
  return [
    ...(STANDARD.has(name) || isHuge(name) || name.startsWith('count/')
      ? []
      : [cause.invalid(field, name, 'must be a standard resource type or fully qualified')]),
    ...(!container || CONTAINER.has(name) || isHuge(name)
      ? []
      : [cause.invalid(field, name, 'must be a standard resource for containers')]),
  ];
}

/** What is wrong with an amount of a resource. */
export function amountCauses(field: string, name: string, value: unknown): Cause[] {
  const read = readQuantity(value) ?? 0n;
  const text = canonical(value);
  return [
    ...(read < 0n ? [cause.invalid(field, text, 'must be greater than or equal to 0')] : []),
    ...(name.includes('/') && !isNative(name) && read % 1_000_000_000n !== 0n
      ? [cause.invalid(field, text, 'must be an integer')]
      : []),
  ];
}

/** What is wrong with what a container asks for and is held to. */
export function requirementCauses(at: string, resources: unknown): Cause[] {
  const { limits, requests } = fieldsOf(resources);
  const [most, asked] = [fieldsOf(limits), fieldsOf(requests)];
  const each = (field: string, [name, value]: [string, unknown]) => [
    ...resourceName(`${field}[${name}]`, name, true),
    ...amountCauses(`${field}[${name}]`, name, value),
  ];
  return [
    ...sorted(most).flatMap((one) => each(`${at}.limits`, one)),
    ...sorted(asked).flatMap((one) => [...each(`${at}.requests`, one), ...against(at, one, most)]),
  ];
}

function against(at: string, [name, value]: [string, unknown], limits: Fields): Cause[] {
  const limit = limits[name];
  if (limit === undefined) {
    return isShared(name) ? [] : [cause.required(`${at}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const [asked, most] = [readQuantity(value) ?? 0n, readQuantity(limit) ?? 0n];
  const relation = !isShared(name) && asked !== most ? 'equal to' : asked > most ? 'less than or equal to' : undefined;
  if (relation === undefined) return [];
  const why = `must be ${relation} ${name} limit of ${canonical(limit)}`;
  return [cause.invalid(`${at}.requests`, canonical(value), why)];
}

const sorted = (map: Fields): [string, unknown][] => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

/** What is counted one by one. */
const COUNTED = new Set([
  ...['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
]);
const QUOTA = new Set([...STANDARD].filter((name) => name !== 'storage'));

/** What is wrong with a ResourceQuota. */
export function quotaCauses(spec: Fields, rules: Rules): Cause[] {
  return sorted(fieldsOf(spec['hard']))
    .flatMap(([name, value]) => {
      const field = `spec.hard[${name}]`;
      const known = name.includes('/') || (QUOTA.has(name) && !isHuge(name)) || isHuge(name.replace('requests.', ''));
      const whole = COUNTED.has(name) || name.startsWith('count/');
      return [
        ...resourceName(field, name),
        ...(known ? [] : [cause.invalid(field, name, 'must be a standard resource for quota')]),
        ...amountCauses(field, name, value),
        ...(whole && (readQuantity(value) ?? 0n) % 1_000_000_000n !== 0n
          ? [cause.invalid(field, shown(rules.minor, 'q', canonical(value)), 'must be an integer')]
          : []),
      ];
    })
    .concat(scopeCauses(spec, rules));
}

const SCOPES = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

/** A quota is for some of the Pods only: of those it counts what they have. */
function scopeCauses(spec: Fields, { minor }: Rules): Cause[] {
  const scopes = texts(spec['scopes']);
  if (scopes.length === 0) return [];
  const told = shown(minor, '[]core.ResourceQuotaScope', scopes);
  const names = Object.keys(fieldsOf(spec['hard']));
  const isOfPods = (name: string) => name === 'pods' || name === 'count/pods';
  const isComputed = (name: string) => /^((requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.test(name);
  const fits = (scope: string, name: string) => isOfPods(name) || (scope !== 'BestEffort' && isComputed(name));
  const wrong: Cause[] = scopes.flatMap((scope) => {
    if (!SCOPES.includes(scope)) return [cause.invalid('spec.scopes', told, 'unsupported scope')];
    const unfit = names.some((name) => !fits(scope, name));
    return unfit ? [cause.invalid('spec.scopes', told, 'unsupported scope applied to resource')] : [];
  });
  const torn = CONFLICTS.some((pair) => pair.every((scope) => scopes.includes(scope)));
  return torn ? [...wrong, cause.invalid('spec.scopes', told, 'conflicting scopes')] : wrong;
}

const LIMITED = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/** What is wrong with a LimitRange. */
export function rangeCauses(spec: Fields, rules: Rules): Cause[] {
  const limits = Array.isArray(spec['limits']) ? spec['limits'].map(fieldsOf) : [];
  const seen = new Set<string>();
  return limits.flatMap((limit, index) => {
    const at = `spec.limits[${index}]`;
    const type = String(limit['type'] ?? '');
    const found: Cause[] = [];
    if (seen.has(type))
      found.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: "${type}"`, field: `${at}.type` });
    seen.add(type);
    if (type === 'Pod') {
      for (const field of ['default', 'defaultRequest'] as const) {
        if (limit[field]) {
          const why = "may not be specified when `type` is 'Pod'";
          found.push({ ...cause.forbidden(`${at}.${field}`, why) });
        }
      }
    }
    const parts = Object.fromEntries(LIMITED.map((field) => [field, fieldsOf(limit[field])])) as Record<string, Fields>;
    const names = [...new Set(LIMITED.flatMap((field) => Object.keys(parts[field]!)))].sort();
    if (
      type === 'PersistentVolumeClaim' &&
      parts['min']!['storage'] === undefined &&
      parts['max']!['storage'] === undefined
    ) {
      found.push(
        cause.required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'),
      );
    }
    return [...found, ...names.flatMap((name) => ordered(at, name, parts, rules))];
  });
}

/** Of two bounds of a resource the first may not be above the second. */
const ORDER = [
  ['min', 'max', 'min', 'min value', 'max value'],
  ['min', 'defaultRequest', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'max', 'defaultRequest', 'default request value', 'max value'],
  ['defaultRequest', 'default', 'defaultRequest', 'default request value', 'default limit value'],
  ['min', 'default', 'default', 'min value', 'default value'],
  ['default', 'max', 'default', 'default value', 'max value'],
] as const;

function ordered(at: string, name: string, parts: Record<string, Fields>, rules: Rules): Cause[] {
  return ORDER.flatMap(([low, high, field, lowWords, highWords]) => {
    const [below, above] = [parts[low]?.[name], parts[high]?.[name]];
    if (below === undefined || above === undefined) return [];
    if ((readQuantity(below) ?? 0n) <= (readQuantity(above) ?? 0n)) return [];
    const why = `${lowWords} ${canonical(below)} is greater than ${highWords} ${canonical(above)}`;
    // Of what is given where nothing is said, the server shows the bound that it breaks.
    const told = field === 'default' ? (low === 'default' ? above : below) : field === high ? above : below;
    return [cause.invalid(`${at}.${field}[${name}]`, shown(rules.minor, 'q', canonical(told)), why)];
  });
}
