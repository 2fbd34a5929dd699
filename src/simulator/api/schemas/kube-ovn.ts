/** The kinds of Kube-OVN that a cluster's network is told by. Source: kubeovn/kube-ovn, charts/kube-ovn/templates/kube-ovn-crd.yaml. */

import { kind } from './meta.ts';
import { anything, bool, choice, integer, list, object, type Schema, string } from './schema.ts';

const strings = list(string);
const conditions = list(
  object({
    type: string,
    status: string,
    reason: string,
    message: string,
    lastUpdateTime: string,
    lastTransitionTime: string,
  }),
);
const whatever = list({ type: 'object', ...anything });
const family = choice('IPv4', 'IPv6', 'Dual');

const subnet = kind(
  'A Subnet is a network of Pods or Nodes within a Vpc.',
  object({
    ...{ vpc: string, default: bool, protocol: family, cidrBlock: string, namespaces: strings, gateway: string },
    ...{ provider: string, excludeIps: strings, vips: strings, gatewayType: string, gatewayNode: string },
    ...{ natOutgoing: bool, natOutgoingPolicyRules: whatever, externalEgressGateway: string, allowSubnets: strings },
    ...{ policyRoutingPriority: integer(1, 32_765), policyRoutingTableID: integer(1, 2_147_483_647) },
    ...{ mtu: integer(68, 65_535), private: bool, vlan: string, logicalGateway: bool, disableGatewayCheck: bool },
    ...{ disableInterConnection: bool, enableDHCP: bool, dhcpV4Options: string, dhcpV6Options: string },
    ...{ enableIPv6RA: bool, ipv6RAConfigs: string, acls: whatever, u2oInterconnection: bool },
    ...{ u2oInterconnectionIP: string, enableLb: bool, enableEcmp: bool, enableMulticastSnoop: bool },
    ...{ routeTable: string, namespaceSelectors: whatever, nodeNetwork: string },
  }),
  object({
    ...{ v4availableIPs: integer(), v4usingIPs: integer(), v6availableIPs: integer(), v6usingIPs: integer() },
    ...{ v4availableIPrange: string, v4usingIPrange: string, v6availableIPrange: string, v6usingIPrange: string },
    ...{ activateGateway: string, dhcpV4OptionsUUID: string, dhcpV6OptionsUUID: string, mcastQuerierIP: string },
    ...{ mcastQuerierMAC: string, u2oInterconnectionIP: string, u2oInterconnectionMAC: string },
    ...{ u2oInterconnectionVPC: string, natOutgoingPolicyRules: whatever, conditions },
  }),
);

const ip = kind(
  'An IP is an address that a Pod or a Node has.',
  object({
    ...{ podName: string, namespace: string, subnet: string, attachSubnets: strings, nodeName: string },
    ...{ ipAddress: string, v4IpAddress: string, v6IpAddress: string, attachIps: strings, macAddress: string },
    ...{ attachMacs: strings, containerID: string, podType: string },
  }),
);

const vpc = kind(
  'A Vpc is a router with its subnets.',
  object({
    ...{ defaultSubnet: string, namespaces: strings, staticRoutes: whatever, policyRoutes: whatever },
    ...{
      vpcPeerings: whatever,
      enableExternal: bool,
      enableBfd: bool,
      extraExternalSubnets: strings,
      bfdPort: anything,
    },
  }),
  object({
    ...{ default: bool, defaultLogicalSwitch: string, router: string, standby: bool, subnets: strings },
    ...{ enableExternal: bool, enableBfd: bool, extraExternalSubnets: strings, vpcPeerings: strings, conditions },
    ...{ tcpLoadBalancer: string, tcpSessionLoadBalancer: string, udpLoadBalancer: string },
    ...{ udpSessionLoadBalancer: string, sctpLoadBalancer: string, sctpSessionLoadBalancer: string },
  }),
);

const vlan = kind(
  'A Vlan is an underlay network behind a ProviderNetwork.',
  object({ id: integer(0, 4095), 'provider!': string, vlanId: integer(), providerInterfaceName: string }),
  object({ subnets: strings, conflict: bool }),
);

const providerNetwork = kind(
  'A ProviderNetwork is the interface of each Node that leads to an underlay.',
  object({
    ...{ defaultInterface: string, excludeNodes: strings, exchangeLinkName: bool },
    customInterfaces: list(object({ interface: string, nodes: strings })),
  }),
  object({ ready: bool, readyNodes: strings, notReadyNodes: strings, vlans: strings, conditions }),
);

/** By `plural.group`. */
export const KUBE_OVN: Readonly<Record<string, Schema>> = {
  'subnets.kubeovn.io': subnet,
  'ips.kubeovn.io': ip,
  'vpcs.kubeovn.io': vpc,
  'vlans.kubeovn.io': vlan,
  'provider-networks.kubeovn.io': providerNetwork,
};
