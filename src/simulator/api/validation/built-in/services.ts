/** Services: k8s.io/kubernetes/pkg/apis/core/validation. */

import { isIPv4, isIPv6 } from 'node:net';
import { type Cause, cause } from '../../errors.ts';
import { shown } from '../go/values.ts';
import {
  duplicateCause,
  type Fields,
  labelCauses,
  labelName,
  oneOf,
  portNumber,
  portOrName,
  type Rules,
  records,
  subdomain,
  texts,
} from '../tools.ts';
import { PROTOCOLS } from './containers.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

/** What is wrong with a Service. */
export function serviceCauses(spec: Fields, rules: Rules): Cause[] {
  const type = String(spec['type'] ?? 'ClusterIP');
  const ports = records(spec['ports']);
  const headless = spec['clusterIP'] === 'None';
  const outside = spec['externalName'];
  return [
    ...(ports.length === 0 && !headless && type !== 'ExternalName' ? [cause.required('spec.ports')] : []),
    ...(type === 'ExternalName' && outside ? subdomain('spec.externalName', String(outside).replace(/\.$/, '')) : []),
    ...(type === 'ExternalName' && !outside ? [cause.required('spec.externalName')] : []),
    ...portCauses(ports),
    ...labelCauses('spec.selector', spec['selector']),
    ...oneOf('spec.sessionAffinity', spec['sessionAffinity'] ?? 'None', ['ClientIP', 'None']),
    ...oneOf('spec.type', type, TYPES),
    ...texts(spec['externalIPs']).flatMap((ip, at) => address(`spec.externalIPs[${at}]`, ip)),
    ...inner(type, ports),
    ...twice(ports, rules),
    ...own(spec, type, headless),
  ];
}

function portCauses(ports: readonly Fields[]): Cause[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, port, protocol, targetPort }, index) => {
    const at = `spec.ports[${index}]`;
    const called = String(name ?? '');
    const found: Cause[] = [];
    if (called === '' && ports.length > 1) found.push(cause.required(`${at}.name`));
    else if (called !== '') {
      found.push(...labelName(`${at}.name`, called));
      if (names.has(called)) found.push(duplicateCause(`${at}.name`, called));
      names.add(called);
    }
    found.push(...portNumber(`${at}.port`, port ?? 0), ...oneOf(`${at}.protocol`, protocol ?? 'TCP', PROTOCOLS));
    return [...found, ...portOrName(`${at}.targetPort`, targetPort ?? port ?? 0)];
  });
}

/** Inside a cluster nobody has ports of Nodes. */
const inner = (type: string, ports: readonly Fields[]): Cause[] =>
  type !== 'ClusterIP'
    ? []
    : ports.flatMap(({ nodePort }, index) =>
        nodePort
          ? [cause.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
          : [],
      );

/** Each port of each protocol once. */
function twice(ports: readonly Fields[], { minor }: Rules): Cause[] {
  const seen = new Set<string>();
  return ports.flatMap(({ port, protocol = 'TCP' }, index) => {
    const key = `${String(protocol)}/${String(port)}`;
    const again = seen.has(key);
    seen.add(key);
    return again ? [duplicateCause(`spec.ports[${index}]`, shown(minor, 'core.ServicePort', { protocol, port }))] : [];
  });
}

const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const address = (field: string, ip: string): Cause[] =>
  isIPv4(ip) || isIPv6(ip) ? [] : [cause.invalid(field, ip, IP)];

function own({ clusterIP }: Fields, type: string, headless: boolean): Cause[] {
  const ip = String(clusterIP ?? '');
  if (type === 'ExternalName') {
    return ip && !headless ? [cause.forbidden('spec.clusterIPs', "may not be set when `type` is 'ExternalName'")] : [];
  }
  if (headless) {
    const why = "may not be set to 'None' for";
    return type === 'ClusterIP' ? [] : [cause.invalid('spec.clusterIPs[0]', 'None', `${why} ${type} services`)];
  }
  return ip === '' ? [] : address('spec.clusterIPs[0]', ip);
}

/** The address of a Service never changes, unless it begins or ceases to have one. */
export function movedService(old: Fields, spec: Fields, { minor }: Rules): Cause[] {
  const [before, now] = [old['clusterIP'], spec['clusterIP']];
  const types = [old['type'], spec['type']];
  if (before === now || before === undefined || before === '' || types.includes('ExternalName')) return [];
  const told = shown(minor, '[]string', spec['clusterIPs'] ?? [now]);
  return [cause.invalid('spec.clusterIPs[0]', told, 'may not change once set')];
}
