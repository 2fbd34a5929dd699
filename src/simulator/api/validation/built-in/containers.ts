/** Containers of a Pod: k8s.io/kubernetes/pkg/apis/core/validation. */

import { type Cause, cause } from '../../errors.ts';
import { shown } from '../go/values.ts';
import {
  duplicateCause,
  type Fields,
  fieldsOf,
  labelName,
  nonNegative,
  notFoundCause,
  oneOf,
  portNameFaults,
  portNumber,
  portOrName,
  type Rules,
  records,
} from '../tools.ts';
import { requirementCauses } from './resources.ts';

const PULLS = ['Always', 'IfNotPresent', 'Never'];
const ENDS = ['File', 'FallbackToLogsOnError'];
export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const DOWNWARD = [
  ...[
    'metadata.annotations',
    'metadata.labels',
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    'spec.nodeName',
  ],
  ...['spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
];
/** Printable ASCII without `=`. */
const ENVIRONMENT = /^[ -<>-~]+$/;
const ENVIRONMENT_RULE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** What is wrong with the containers of a Pod. `volumes`: the names that can be mounted. */
export function containerCauses(
  field: string,
  containers: unknown,
  volumes: ReadonlySet<string>,
  rules: Rules,
): Cause[] {
  const all = records(containers);
  if (all.length === 0) return [cause.required(field)];
  const names = new Set<string>();
  return [
    ...all.flatMap((one, index) => {
      const at = `${field}[${index}]`;
      const name = String(one['name'] ?? '');
      const found = commonCauses(at, one, volumes, rules);
      const twice = names.has(name) ? [duplicateCause(`${at}.name`, name)] : [];
      names.add(name);
      return [...found, ...twice, ...probes(at, one)];
    }),
    ...hostPorts(field, all),
  ];
}

/** The same for those that run first. `others`: the names that the containers have. */
export function initCauses(
  field: string,
  containers: unknown,
  volumes: ReadonlySet<string>,
  others: readonly string[],
  rules: Rules,
): Cause[] {
  const names = new Set(others);
  return records(containers).flatMap((one, index) => {
    const at = `${field}[${index}]`;
    const name = String(one['name'] ?? '');
    const found = commonCauses(at, one, volumes, rules);
    if (names.has(name)) found.push(duplicateCause(`${at}.name`, name));
    names.add(name);
    if (one['restartPolicy'] === 'Always') return [...found, ...probes(at, one)];
    for (const what of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (one[what])
        found.push(cause.forbidden(`${at}.${what}`, 'may not be set for init containers without restartPolicy=Always'));
    }
    return found;
  });
}

function commonCauses(at: string, one: Fields, volumes: ReadonlySet<string>, rules: Rules): Cause[] {
  const name = String(one['name'] ?? '');
  const image = String(one['image'] ?? '');
  return [
    ...(name === '' ? [cause.required(`${at}.name`)] : labelName(`${at}.name`, name)),
    ...(image === '' ? [cause.required(`${at}.image`)] : []),
    ...(image === image.trim()
      ? []
      : [cause.invalid(`${at}.image`, image, 'must not have leading or trailing whitespace')]),
    ...oneOf(`${at}.terminationMessagePolicy`, one['terminationMessagePolicy'], ENDS, false),
    ...portCauses(`${at}.ports`, one['ports']),
    ...records(one['env']).flatMap((each, index) => variable(`${at}.env[${index}]`, each)),
    ...records(one['envFrom']).flatMap((each, index) => environment(`${at}.envFrom[${index}]`, each)),
    ...mountCauses(`${at}.volumeMounts`, one['volumeMounts'], volumes),
    ...oneOf(`${at}.imagePullPolicy`, one['imagePullPolicy'], PULLS, false),
    ...requirementCauses(`${at}.resources`, one['resources']),
    ...securityCauses(`${at}.securityContext`, one['securityContext'], rules),
  ];
}

function portCauses(field: string, ports: unknown): Cause[] {
  const names = new Set<string>();
  return records(ports).flatMap(({ name, containerPort, hostPort, protocol }, index) => {
    const at = `${field}[${index}]`;
    const found: Cause[] = [];
    const called = String(name ?? '');
    if (called !== '') {
      const faults = portNameFaults(called);
      found.push(...faults.map((why) => cause.invalid(`${at}.name`, called, why)));
      if (faults.length === 0 && names.has(called)) found.push(duplicateCause(`${at}.name`, called));
      names.add(called);
    }
    found.push(
      ...(containerPort ? portNumber(`${at}.containerPort`, containerPort) : [cause.required(`${at}.containerPort`)]),
    );
    if (hostPort) found.push(...portNumber(`${at}.hostPort`, hostPort));
    return [...found, ...oneOf(`${at}.protocol`, protocol ?? 'TCP', PROTOCOLS)];
  });
}

/** Two ports of a Node cannot be the same, whoever of the containers asks for them. */
function hostPorts(field: string, containers: readonly Fields[]): Cause[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports }, index) =>
    records(ports).flatMap(({ hostPort, protocol = 'TCP', hostIP = '' }, at) => {
      if (!hostPort) return [];
      const port = `${String(protocol)}/${String(hostIP)}/${String(hostPort)}`;
      const twice = seen.has(port);
      seen.add(port);
      return twice ? [duplicateCause(`${field}[${index}].ports[${at}].hostPort`, port)] : [];
    }),
  );
}

function variable(at: string, { name, value, valueFrom }: Fields): Cause[] {
  const called = String(name ?? '');
  const found: Cause[] = [];
  if (called === '') found.push(cause.required(`${at}.name`));
  else if (!ENVIRONMENT.test(called)) found.push(cause.invalid(`${at}.name`, called, ENVIRONMENT_RULE));
  if (valueFrom === undefined || valueFrom === null) return found;
  const from = fieldsOf(valueFrom);
  const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'].filter((key) => from[key]);
  const place = `${at}.valueFrom`;
  const path = String(fieldsOf(from['fieldRef'])['fieldPath'] ?? '');
  if (from['fieldRef']) found.push(...downward(`${place}.fieldRef.fieldPath`, path));
  for (const key of ['configMapKeyRef', 'secretKeyRef']) {
    if (!from[key]) continue;
    const { name: of, key: entry } = fieldsOf(from[key]);
    if (!of) found.push(cause.required(`${place}.${key}.name`));
    if (!entry) found.push(cause.required(`${place}.${key}.key`));
  }
  const wanted = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
  if (sources.length === 0) found.push(cause.invalid(place, '', wanted));
  if (value && sources.length > 0)
    found.push(cause.invalid(place, '', 'may not be specified when `value` is not empty'));
  if (sources.length > 1) found.push(cause.invalid(place, '', 'may not have more than one field specified at a time'));
  return found;
}

function downward(field: string, path: string): Cause[] {
  if (path === '') return [cause.required(field)];
  const plain = path.replace(/\['[^']*'\]$/, '');
  if (DOWNWARD.includes(plain)) return [];
  return [cause.invalid(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}

function environment(at: string, { prefix, configMapRef, secretRef }: Fields): Cause[] {
  const called = String(prefix ?? '');
  return [
    ...(called && !ENVIRONMENT.test(called) ? [cause.invalid(`${at}.prefix`, called, ENVIRONMENT_RULE)] : []),
    ...(configMapRef && !fieldsOf(configMapRef)['name'] ? [cause.required(`${at}.configMapRef.name`)] : []),
    ...(secretRef && !fieldsOf(secretRef)['name'] ? [cause.required(`${at}.secretRef.name`)] : []),
    ...(configMapRef || secretRef ? [] : [cause.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')]),
    ...(configMapRef && secretRef
      ? [cause.invalid(at, '', 'may not have more than one field specified at a time')]
      : []),
  ];
}

function mountCauses(field: string, mounts: unknown, volumes: ReadonlySet<string>): Cause[] {
  const paths = new Set<string>();
  return records(mounts).flatMap(({ name, mountPath, subPath }, index) => {
    const at = `${field}[${index}]`;
    const [of, path, below] = [String(name ?? ''), String(mountPath ?? ''), String(subPath ?? '')];
    const twice = paths.has(path);
    paths.add(path);
    return [
      ...(of === '' ? [cause.required(`${at}.name`)] : []),
      ...(volumes.has(of) ? [] : [notFoundCause(`${at}.name`, of)]),
      ...(path === '' ? [cause.required(`${at}.mountPath`)] : []),
      ...(twice ? [cause.invalid(`${at}.mountPath`, path, 'must be unique')] : []),
      ...(below.startsWith('/') ? [cause.invalid(`${at}.subPath`, below, 'must be a relative path')] : []),
      ...(below.split('/').includes('..') ? [cause.invalid(`${at}.subPath`, below, "must not contain '..'")] : []),
    ];
  });
}

function securityCauses(field: string, context: unknown, { minor }: Rules): Cause[] {
  const { privileged, allowPrivilegeEscalation, runAsUser, runAsGroup } = fieldsOf(context);
  const ids = Object.entries({ runAsUser, runAsGroup }).flatMap(([key, id]) =>
    typeof id === 'number' && (id < 0 || id > 2_147_483_647)
      ? [cause.invalid(`${field}.${key}`, id, 'must be between 0 and 2147483647, inclusive')]
      : [],
  );
  const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
  const torn = allowPrivilegeEscalation === false && privileged === true;
  return [...ids, ...(torn ? [cause.invalid(field, shown(minor, 'core.SecurityContext', context), why)] : [])];
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const TIMES = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function probes(at: string, one: Fields): Cause[] {
  const lifecycle = fieldsOf(one['lifecycle']);
  return [
    ...['postStart', 'preStop'].flatMap((key) =>
      lifecycle[key] ? handler(`${at}.lifecycle.${key}`, fieldsOf(lifecycle[key]), [...HANDLERS, 'sleep']) : [],
    ),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((key) => {
      if (!one[key]) return [];
      const probe = fieldsOf(one[key]);
      const field = `${at}.${key}`;
      const successes = probe['successThreshold'];
      return [
        ...handler(field, probe, HANDLERS),
        ...TIMES.flatMap((time) => nonNegative(`${field}.${time}`, probe[time])),
        ...(key === 'readinessProbe' || successes === undefined || successes === 1 || successes === 0
          ? []
          : [cause.invalid(`${field}.successThreshold`, successes, 'must be 1')]),
      ];
    }),
  ];
}

function handler(field: string, given: Fields, known: readonly string[]): Cause[] {
  const [first, ...more] = known.filter((key) => given[key]);
  if (first === undefined) return [cause.required(field, 'must specify a handler type')];
  const found = more.map((key) => cause.forbidden(`${field}.${key}`, 'may not specify more than 1 handler type'));
  const { port, scheme } = fieldsOf(given[first]);
  if (first === 'exec' && !Array.isArray(fieldsOf(given[first])['command'])) {
    found.push(cause.required(`${field}.exec.command`));
  }
  if (first === 'httpGet' || first === 'tcpSocket') found.push(...portOrName(`${field}.${first}.port`, port));
  if (first === 'grpc') found.push(...portNumber(`${field}.grpc.port`, port));
  if (first === 'httpGet') found.push(...oneOf(`${field}.httpGet.scheme`, scheme, ['HTTP', 'HTTPS'], false));
  return found;
}
