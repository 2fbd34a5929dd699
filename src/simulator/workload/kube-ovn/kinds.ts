/** The kinds that Kube-OVN brings. Source: kubeovn/kube-ovn, charts/kube-ovn/templates/kube-ovn-crd.yaml. */

import { customColumns, type PrinterColumn } from '../../api/kinds/columns.ts';
import type { Resource } from '../../api/resources.ts';

export const ovnGroup = 'kubeovn.io';

type Known = readonly [plural: string, kind: string, shortName: string, columns: readonly PrinterColumn[]];

/** Columns as `Name path` or `Name path type`. */
const columns = (...texts: string[]): PrinterColumn[] =>
  texts.map((text) => {
    const [name = '', path = '', type = 'string'] = text.split(' ');
    return [name, type as PrinterColumn[1], `.${path}`];
  });

const external = ['Vpc spec.vpc', 'Ready status.ready boolean'];

const KINDS: readonly Known[] = [
  [
    ...(['subnets', 'Subnet', 'subnet'] as const),
    columns(
      ...['Provider spec.provider', 'Vpc spec.vpc', 'Vlan spec.vlan', 'Protocol spec.protocol', 'CIDR spec.cidrBlock'],
      ...['Private spec.private boolean', 'NAT spec.natOutgoing boolean', 'Default spec.default boolean'],
      ...[
        'GatewayType spec.gatewayType',
        'V4Used status.v4usingIPs number',
        'V4Available status.v4availableIPs number',
      ],
      ...['V6Used status.v6usingIPs number', 'V6Available status.v6availableIPs number', 'ExcludeIPs spec.excludeIps'],
      'U2OInterconnectionIP status.u2oInterconnectionIP',
    ),
  ],
  [
    ...(['ips', 'IP', 'ip'] as const),
    columns(
      ...['V4IP spec.v4IpAddress', 'V6IP spec.v6IpAddress', 'Mac spec.macAddress', 'Node spec.nodeName'],
      'Subnet spec.subnet',
    ),
  ],
  [
    ...(['vpcs', 'Vpc', 'vpc'] as const),
    columns(
      ...['EnableExternal status.enableExternal boolean', 'EnableBfd status.enableBfd boolean'],
      ...['Standby status.standby boolean', 'Subnets status.subnets'],
      ...['ExtraExternalSubnets status.extraExternalSubnets', 'Namespaces spec.namespaces'],
      'DefaultSubnet status.defaultLogicalSwitch',
    ),
  ],
  ['vlans', 'Vlan', 'vlan', columns('ID spec.id', 'Provider spec.provider', 'conflict status.conflict boolean')],
  [
    ...(['provider-networks', 'ProviderNetwork', ''] as const),
    columns('DefaultInterface spec.defaultInterface', 'Ready status.ready boolean'),
  ],
  [
    ...(['ippools', 'IPPool', 'ippool'] as const),
    columns(
      ...['Subnet spec.subnet', 'enableAddressSet spec.enableAddressSet boolean', 'IPs spec.ips'],
      ...['V4Used status.v4UsingIPs number', 'V4Available status.v4AvailableIPs number'],
    ),
  ],
  [
    ...(['vips', 'Vip', 'vip'] as const),
    columns(
      ...['Namespace spec.namespace', 'V4IP status.v4ip', 'V6IP status.v6ip', 'Mac status.mac', 'Subnet spec.subnet'],
      'Type status.type',
    ),
  ],
  ['vpc-dnses', 'VpcDns', 'vpc-dns', columns('Active status.active boolean', 'Vpc spec.vpc', 'Subnet spec.subnet')],
  [
    ...(['switch-lb-rules', 'SwitchLBRule', 'slr'] as const),
    columns(
      ...['vip spec.vip', 'port(s) status.ports', 'service status.service', 'age metadata.creationTimestamp date'],
    ),
  ],
  [
    ...(['vpc-nat-gateways', 'VpcNatGateway', 'vpc-nat-gw'] as const),
    columns('Vpc spec.vpc', 'Subnet spec.subnet', 'LanIP spec.lanIp'),
  ],
  ['iptables-eips', 'IptablesEIP', 'eip', columns('IP status.ip', 'Nat status.nat', 'Ready status.ready boolean')],
  ['iptables-fip-rules', 'IptablesFIPRule', 'fip', columns('Eip spec.eip', 'Ready status.ready boolean')],
  ['iptables-dnat-rules', 'IptablesDnatRule', 'dnat', columns('Eip spec.eip', 'Ready status.ready boolean')],
  ['iptables-snat-rules', 'IptablesSnatRule', 'snat', columns('EIP spec.eip', 'Ready status.ready boolean')],
  ['ovn-eips', 'OvnEip', 'oeip', columns('V4IP status.v4Ip', 'Type status.type', 'Ready status.ready boolean')],
  ['ovn-fips', 'OvnFip', 'ofip', columns(...external)],
  ['ovn-snat-rules', 'OvnSnatRule', 'osnat', columns(...external)],
  ['ovn-dnat-rules', 'OvnDnatRule', 'odnat', columns(...external)],
  ['security-groups', 'SecurityGroup', 'sg', []],
  [
    ...(['qos-policies', 'QoSPolicy', 'qos'] as const),
    columns('Shared spec.shared boolean', 'BindingType spec.bindingType'),
  ],
];

const singularOf = (plural: string): string =>
  plural
    .replace(/ies$/, 'y')
    .replace(/dnses$/, 'dns')
    .replace(/(?<!dn)s$/, '');

/** All of them, each of the whole cluster. */
export const ovnKinds: readonly Resource[] = KINDS.map(([plural, kind, short, told]) => ({
  ...{ group: ovnGroup, version: 'v1', plural, singular: singularOf(plural), kind },
  ...{ shortNames: short ? [short] : [], categories: [], namespaced: false, status: plural !== 'ips', scale: false },
  ...{ custom: true, generations: true, fields: [], columns: customColumns(told) },
}));
