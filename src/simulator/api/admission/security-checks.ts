/**
 * What the Pod Security Standards ask of a Pod, at each of their levels, and how its breach is told:
 * k8s.io/pod-security-admission/policy. A check is added here, in the order in which they are told.
 */

import { type Fields, fieldsOf, records, texts } from '../validation/tools.ts';

/** What is wrong, in a word, and with which part. */
export interface Breach {
  reason: string;
  detail: string;
}

interface Container {
  name: string;
  given: Fields;
  context: Fields;
}

type Check = (spec: Fields, pod: Fields, containers: readonly Container[]) => Breach | undefined;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
const named = (containers: readonly Container[]): string =>
  `${plural(containers.length, 'container')} ${quoted(containers.map(({ name }) => name))}`;

/** A breach by those containers of which something is true; none where there are none. */
const by = (reason: string, bad: readonly Container[], words: string): Breach | undefined =>
  bad.length === 0 ? undefined : { reason, detail: `${named(bad)} ${words}` };

const added = ({ context }: Container): string[] => texts(fieldsOf(context['capabilities'])['add']);

/** Capabilities beyond some. */
function beyond(containers: readonly Container[], allowed: ReadonlySet<string>): string | undefined {
  const bad = containers.filter((one) => added(one).some((name) => !allowed.has(name)));
  if (bad.length === 0) return undefined;
  const names = [...new Set(bad.flatMap(added).filter((name) => !allowed.has(name)))].sort();
  return `${named(bad)} must not include ${quoted(names)} in securityContext.capabilities.add`;
}

const DEFAULT = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);
const SYSCTLS = new Set([
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...['net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_local_reserved_ports'],
  ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl'],
  'net.ipv4.tcp_keepalive_probes',
]);
const VOLUMES = new Set([
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'],
]);

const capabilities: Check = (_spec, _pod, containers) => {
  const detail = beyond(containers, DEFAULT);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

const hostNamespaces: Check = (spec) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => spec[name] === true);
  return used.length === 0
    ? undefined
    : { reason: 'host namespaces', detail: used.map((name) => `${name}=true`).join(', ') };
};

const hostPathVolumes: Check = (spec) => {
  const names = records(spec['volumes']).flatMap((one) => (one['hostPath'] ? [String(one['name'])] : []));
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural(names.length, 'volume')} ${quoted(names)}` };
};

const portsOf = ({ given }: Container): string[] =>
  records(given['ports']).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));

const hostPorts: Check = (_spec, _pod, containers) => {
  const bad = containers.filter((one) => portsOf(one).length > 0);
  const ports = [...new Set(bad.flatMap(portsOf))].sort();
  const words = `${plural(bad.length, 'uses', 'use')} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`;
  return by('hostPort', bad, words);
};

const privileged: Check = (_spec, _pod, containers) =>
  by(
    'privileged',
    containers.filter(({ context }) => context['privileged'] === true),
    'must not set securityContext.privileged=true',
  );

const procMount: Check = (_spec, _pod, containers) =>
  by(
    'procMount',
    containers.filter(({ context }) => (context['procMount'] ?? 'Default') !== 'Default'),
    'must not set securityContext.procMount to "Unmasked"',
  );

const profileOf = (context: Fields): unknown => fieldsOf(context['seccompProfile'])['type'];
const isProfile = (type: unknown): boolean => type === 'RuntimeDefault' || type === 'Localhost';

/** Profiles that somebody has named, and that are none. */
function unconfined(pod: Fields, containers: readonly Container[]): string | undefined {
  const bad = containers.filter(({ context }) => profileOf(context) !== undefined && !isProfile(profileOf(context)));
  const set = 'must not set securityContext.seccompProfile.type to "Unconfined"';
  const whole = profileOf(pod) !== undefined && !isProfile(profileOf(pod));
  if (whole && bad.length === 0) return `pod ${set}`;
  if (bad.length === 0) return undefined;
  return `${whole ? 'pod and ' : ''}${named(bad)} ${set}`;
}

const seccomp: Check = (_spec, pod, containers) => {
  const detail = unconfined(pod, containers);
  return detail === undefined ? undefined : { reason: 'seccompProfile', detail };
};

const sysctls: Check = (_spec, pod) => {
  const bad = records(pod['sysctls']).flatMap(({ name }) => (SYSCTLS.has(String(name)) ? [] : [String(name)]));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
};

const escalation: Check = (_spec, _pod, containers) =>
  by(
    'allowPrivilegeEscalation != false',
    containers.filter(({ context }) => context['allowPrivilegeEscalation'] !== false),
    'must set securityContext.allowPrivilegeEscalation=false',
  );

const dropped: Check = (_spec, _pod, containers) => {
  const keeps = containers.filter(({ context }) => !texts(fieldsOf(context['capabilities'])['drop']).includes('ALL'));
  const missing = keeps.length > 0 ? `${named(keeps)} must set securityContext.capabilities.drop=["ALL"]` : undefined;
  const details = [missing, beyond(containers, new Set(['NET_BIND_SERVICE']))].filter((one) => one !== undefined);
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const volumes: Check = (spec) => {
  const bad = records(spec['volumes']).flatMap(({ name, ...sources }) => {
    const type = Object.keys(sources).find((key) => sources[key] && !VOLUMES.has(key));
    return type === undefined ? [] : [{ name: String(name), type }];
  });
  if (bad.length === 0) return undefined;
  const types = [...new Set(bad.map(({ type }) => type))].sort();
  const words = `${plural(bad.length, 'uses', 'use')} restricted volume ${plural(types.length, 'type')} ${quoted(types)}`;
  const detail = `${plural(bad.length, 'volume')} ${quoted(bad.map(({ name }) => name))} ${words}`;
  return { reason: 'restricted volume types', detail };
};

const nonRoot: Check = (_spec, pod, containers) => {
  const reason = 'runAsNonRoot != true';
  const whole = pod['runAsNonRoot'];
  const bad = containers.filter(({ context }) => context['runAsNonRoot'] === false);
  const silent = containers.filter(({ context }) => context['runAsNonRoot'] === undefined);
  const set = 'must not set securityContext.runAsNonRoot=false';
  if (whole === false && silent.length + bad.length > 0) {
    return { reason, detail: `pod ${bad.length > 0 ? `and ${named(bad)} ` : ''}${set}` };
  }
  if (bad.length > 0) return { reason, detail: `${named(bad)} ${set}` };
  if (whole === true || silent.length === 0) return undefined;
  return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` };
};

const root: Check = (_spec, pod, containers) => {
  const bad = containers.filter(({ context }) => context['runAsUser'] === 0);
  const who = [...(pod['runAsUser'] === 0 ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])];
  return who.length === 0
    ? undefined
    : { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` };
};

const profile: Check = (_spec, pod, containers) => {
  const reason = 'seccompProfile';
  const wrong = unconfined(pod, containers);
  if (wrong !== undefined) return { reason, detail: wrong };
  const silent = containers.filter(({ context }) => profileOf(context) === undefined);
  if (isProfile(profileOf(pod)) || silent.length === 0) return undefined;
  const words = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason, detail: `pod or ${named(silent)} ${words}` };
};

/** Of the second level those are left out that the third says more strictly. */
const SHARED: readonly Check[] = [hostNamespaces, hostPorts, privileged, procMount, sysctls];
const LEVELS: Readonly<Record<string, readonly Check[]>> = {
  privileged: [],
  baseline: [capabilities, hostNamespaces, hostPathVolumes, hostPorts, privileged, procMount, seccomp, sysctls],
  restricted: [...SHARED, escalation, dropped, volumes, nonRoot, root, profile],
};

export const levels = Object.keys(LEVELS);

/** What the specification of a Pod breaks at a level. */
export function breaches(level: string, spec: Fields): Breach[] {
  const pod = fieldsOf(spec['securityContext']);
  const all = [
    ...records(spec['initContainers']),
    ...records(spec['containers']),
    ...records(spec['ephemeralContainers']),
  ];
  const containers = all.map((given) => ({
    ...{ name: String(given['name']), given, context: fieldsOf(given['securityContext']) },
  }));
  return (LEVELS[level] ?? []).flatMap((check) => check(spec, pod, containers) ?? []);
}
