/** What Kube-OVN's programs may do, by their accounts. Source: kubeovn/kube-ovn, charts/kube-ovn/templates/ovn-CR.yaml. */

import type { KubeObject } from '../../api/types.ts';
import { ruleOf } from '../../world/management/known-roles.ts';

const rbac = 'rbac.authorization.k8s.io';

/** By account: the role of the whole cluster, and its rules as known-roles.ts writes them. */
const ROLES: Readonly<Record<string, readonly [role: string, rules: readonly string[]]>> = {
  ovn: [
    'system:ovn',
    [
      '* kubeovn.io/*',
      'get,list,patch,update,watch core/pods,namespaces',
      'get,list,patch,update,watch core/nodes',
      'create core/pods/exec',
      'get,list,watch k8s.cni.cncf.io/network-attachment-definitions',
      'get,list,watch networking.k8s.io/networkpolicies',
      'get,list,watch apps/daemonsets',
      'create,delete,get,list,patch,update,watch core/services,services/status,endpoints',
      'create,delete,get,list,patch,update,watch apps/statefulsets,deployments,deployments/scale',
      'get,list,watch discovery.k8s.io/endpointslices',
      '* coordination.k8s.io/leases',
      'EVENTS',
    ],
  ],
  'ovn-ovs': [
    'system:ovn-ovs',
    [
      'get,list,patch,watch core/pods',
      'get,list,update,watch core/services,endpoints',
      'get,list apps/controllerrevisions',
    ],
  ],
  'kube-ovn-cni': [
    'system:kube-ovn-cni',
    [
      'get,list,patch,watch kubeovn.io/subnets,vlans,provider-networks',
      'get,list,patch,update,watch kubeovn.io/ovn-eips,ovn-eips/status,ips,vpcs',
      'get,list,patch,update,watch core/nodes,pods',
      'EVENTS',
    ],
  ],
  'kube-ovn-app': ['system:kube-ovn-app', ['get,list core/pods,nodes', 'get,list apps/daemonsets']],
};

type Make = (kind: string, name: string, body: object) => KubeObject;

/** The roles with their bindings, made by `make`. */
export const ovnRoles = (make: Make): KubeObject[] =>
  Object.entries(ROLES).flatMap(([account, [role, rules]]) => [
    make('ClusterRole', role, { rules: rules.map((rule) => ruleOf(rule)) }),
    make('ClusterRoleBinding', account, {
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }],
    }),
  ]);
