/** Ingresses, NetworkPolicies and budgets of disruption: k8s.io/kubernetes/pkg/apis/{networking,policy}/validation. */

import { isIPv4, isIPv6 } from 'node:net';
import { type Cause, cause } from '../../errors.ts';
import { shown } from '../go/values.ts';
import {
  dns1035,
  type Fields,
  fieldsOf,
  oneOf,
  portNumber,
  portOrName,
  type Rules,
  records,
  subdomain,
  texts,
} from '../tools.ts';
import { selectorCauses } from './selectors.ts';
import { share } from './work.ts';

/** What is wrong with an Ingress. */
export function ingressCauses(spec: Fields): Cause[] {
  const rules = records(spec['rules']);
  if (rules.length === 0 && !spec['defaultBackend']) {
    return [cause.required('spec.defaultBackend', 'either `defaultBackend` or `rules` must be specified')].map(
      (one) => ({
        ...one,
        message: 'Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
        field: 'spec',
        reason: 'FieldValueInvalid',
      }),
    );
  }
  return [
    ...(spec['defaultBackend'] ? backend('spec.defaultBackend', fieldsOf(spec['defaultBackend'])) : []),
    ...rules.flatMap(({ host, http }, index) => {
      const at = `spec.rules[${index}]`;
      const paths = records(fieldsOf(http)['paths']);
      return [
        ...(host ? hostCauses(`${at}.host`, String(host)) : []),
        ...(http && paths.length === 0 ? [cause.required(`${at}.http.paths`)] : []),
        ...paths.flatMap((path, place) => pathCauses(`${at}.http.paths[${place}]`, path)),
      ];
    }),
    ...records(spec['tls']).flatMap(({ hosts }, index) =>
      texts(hosts).flatMap((host, at) => hostCauses(`spec.tls[${index}].hosts[${at}]`, host)),
    ),
  ];
}

const hostCauses = (field: string, host: string): Cause[] => [
  ...(isIPv4(host) || isIPv6(host) ? [cause.invalid(field, host, 'must be a DNS name, not an IP address')] : []),
  ...subdomain(field, host.replace(/^\*\./, '')),
];

function pathCauses(at: string, { path, pathType, backend: to }: Fields): Cause[] {
  const given = String(path ?? '');
  const type = String(pathType ?? '');
  const types = ['Exact', 'ImplementationSpecific', 'Prefix'];
  const found: Cause[] = [];
  if (type === '') found.push(cause.required(`${at}.pathType`, 'pathType must be specified'));
  else found.push(...oneOf(`${at}.pathType`, type, types));
  if (types.includes(type) && type !== 'ImplementationSpecific') {
    if (!given.startsWith('/')) found.push(cause.invalid(`${at}.path`, given, 'must be an absolute path'));
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) {
      if (given.includes(part)) found.push(cause.invalid(`${at}.path`, given, `must not contain '${part}'`));
    }
  }
  return type === '' ? found : [...found, ...backend(`${at}.backend`, fieldsOf(to))];
}

function backend(at: string, { service, resource }: Fields): Cause[] {
  if (service && resource) return [cause.invalid(at, '', 'cannot set both resource and service backends')];
  if (!service) return resource ? [] : [cause.invalid(at, '', 'resource or service backend is required')];
  const { name, port } = fieldsOf(service);
  const { name: called, number } = fieldsOf(port);
  const place = `${at}.service`;
  const found: Cause[] = name ? dns1035(`${place}.name`, String(name)) : [cause.required(`${place}.name`)];
  if (called && number) found.push(cause.invalid(at, '', 'cannot set both port name & port number'));
  else if (called) found.push(...portOrName(`${place}.port.name`, called));
  else if (number) found.push(...portNumber(`${place}.port.number`, number));
  else found.push(cause.required(at, 'port name or number is required'));
  return found;
}

const CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function isCidr(text: string): boolean {
  const [ip = '', size = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d+$/.test(size)) return false;
  return (isIPv4(ip) && Number(size) <= 32) || (isIPv6(ip) && Number(size) <= 128);
}

/** What is wrong with a NetworkPolicy. */
export function policyCauses(spec: Fields): Cause[] {
  const peers = (at: string, given: unknown) =>
    records(given).flatMap((peer, index) => peerCauses(`${at}[${index}]`, peer));
  const rules = (field: string, who: string) =>
    records(spec[field]).flatMap((rule, index) => {
      const at = `spec.${field}[${index}]`;
      return [...policyPorts(`${at}.ports`, rule['ports']), ...peers(`${at}.${who}`, rule[who])];
    });
  return [
    ...selectorCauses('spec.podSelector', spec['podSelector']),
    ...rules('ingress', 'from'),
    ...rules('egress', 'to'),
    ...texts(spec['policyTypes']).flatMap((type, at) => oneOf(`spec.policyTypes[${at}]`, type, ['Ingress', 'Egress'])),
  ];
}

const policyPorts = (field: string, ports: unknown): Cause[] =>
  records(ports).flatMap(({ port, protocol }, index) => [
    ...oneOf(`${field}[${index}].protocol`, protocol ?? 'TCP', ['TCP', 'UDP', 'SCTP']),
    ...(port === undefined ? [] : portOrName(`${field}[${index}].port`, port)),
  ]);

function peerCauses(at: string, { podSelector, namespaceSelector, ipBlock }: Fields): Cause[] {
  const sources = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined && one !== null).length;
  const found: Cause[] = [];
  if (sources === 0) found.push(cause.required(at, 'must specify a peer'));
  if (sources > 1 && ipBlock) found.push(cause.forbidden(at, 'may not specify both ipBlock and another peer'));
  if (podSelector) found.push(...selectorCauses(`${at}.podSelector`, podSelector));
  if (namespaceSelector) found.push(...selectorCauses(`${at}.namespaceSelector`, namespaceSelector));
  const { cidr } = fieldsOf(ipBlock);
  if (!ipBlock) return found;
  if (!cidr) return [...found, cause.required(`${at}.ipBlock.cidr`)];
  return isCidr(String(cidr)) ? found : [...found, cause.invalid(`${at}.ipBlock.cidr`, cidr, CIDR)];
}

/** What is wrong with a PodDisruptionBudget. */
export function budgetCauses(spec: Fields, { minor }: Rules): Cause[] {
  const { minAvailable, maxUnavailable, selector } = spec;
  const both = minAvailable !== undefined && maxUnavailable !== undefined;
  const told = () => shown(minor, 'policy.PodDisruptionBudgetSpec', spec);
  return [
    ...(both ? [cause.invalid('spec', told(), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...share('spec.minAvailable', minAvailable, minor),
    ...share('spec.maxUnavailable', maxUnavailable, minor),
    ...selectorCauses('spec.selector', selector),
  ];
}
