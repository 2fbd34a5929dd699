/** What the controllers may do: roles and bindings as kubebuilder's projects name them. Source of the rules: what each reads and writes. */

import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';
import { ruleOf } from './known-roles.ts';

const rbac = 'rbac.authorization.k8s.io';
const namespace = 'cpaas-system';
const ALL = 'create,delete,get,list,patch,update,watch';
const capi = 'cluster.x-k8s.io';
/** Whoever asks other clusters about their users, as the server before the metrics does. */
const reviews = ['create authentication.k8s.io/tokenreviews', 'create authorization.k8s.io/subjectaccessreviews'];
const clusters = `READ ${capi}/clusters,clusters/status,machines,machines/status,machinesets,machinedeployments`;

/** By Deployment: how the names of its roles begin, and its rules as known-roles.ts writes them. */
const ROLES: Readonly<Record<string, { prefix: string; rules: readonly string[] }>> = {
  'capi-controller-manager': {
    prefix: 'capi',
    rules: [
      'READ core/namespaces,secrets,configmaps',
      'EVENTS',
      `get,list,patch,update,watch apiextensions.k8s.io/customresourcedefinitions,customresourcedefinitions/status`,
      `${ALL} ${capi}/clusters,clusters/finalizers,clusters/status,machines,machines/finalizers,machines/status,machinesets,machinesets/finalizers,machinesets/status,machinedeployments,machinedeployments/finalizers,machinedeployments/status,machinehealthchecks,machinehealthchecks/finalizers,machinehealthchecks/status,machinedrainrules`,
      `${ALL} bootstrap.${capi},controlplane.${capi},infrastructure.${capi},addons.${capi},runtime.${capi}/*`,
      ...reviews,
    ],
  },
  'capi-kubeadm-bootstrap-controller-manager': {
    prefix: 'capi-kubeadm-bootstrap',
    rules: [
      `${ALL} core/configmaps,secrets`,
      'EVENTS',
      `${ALL} bootstrap.${capi}/kubeadmconfigs,kubeadmconfigs/finalizers,kubeadmconfigs/status`,
      clusters,
      'READ apiextensions.k8s.io/customresourcedefinitions',
      ...reviews,
    ],
  },
  'capi-kubeadm-control-plane-controller-manager': {
    prefix: 'capi-kubeadm-control-plane',
    rules: [
      'create,get,list,patch,update,watch core/secrets',
      'EVENTS',
      `${ALL} controlplane.${capi},bootstrap.${capi},infrastructure.${capi}/*`,
      `READ ${capi}/clusters,clusters/status`,
      `${ALL} ${capi}/machines,machines/status`,
      'READ apiextensions.k8s.io/customresourcedefinitions',
      ...reviews,
    ],
  },
  'cluster-api-provider-baremetal-manager': {
    prefix: 'cluster-api-provider-baremetal',
    rules: [
      `${ALL} infrastructure.${capi}/*`,
      clusters,
      'get,list,patch,update,watch elemental.cattle.io/machineinventories,machineinventories/status',
      'update elemental.cattle.io/machineinventories/storageinitialize',
      'get,list,patch,update,watch core/secrets',
      'READ core/configmaps',
      'EVENTS',
      'create authorization.k8s.io/subjectaccessreviews',
    ],
  },
  'elemental-operator': {
    prefix: 'elemental-operator',
    rules: [
      `${ALL} elemental.cattle.io/*`,
      `${ALL} core/secrets,serviceaccounts,configmaps,pods,services`,
      'get core/pods/log',
      `${ALL} rbac.authorization.k8s.io/roles,rolebindings`,
      'EVENTS',
    ],
  },
};

/** The role of a controller's account in the whole cluster, the one by which it elects its leader, and their bindings. */
export function controllerRoles(make: Make, name: string, account: string): KubeObject[] {
  const found = ROLES[name];
  if (!found) return [];
  const { prefix, rules } = found;
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const ref = (kind: string, role: string) => ({ roleRef: { apiGroup: rbac, kind, name: role }, subjects });
  const leading = ['get,list,watch,create,update,patch,delete core,coordination.k8s.io/configmaps,leases', 'EVENTS'];
  const [role, leader] = [`${prefix}-manager-role`, `${prefix}-leader-election-role`];
  return [
    make(`${rbac}/v1`, 'ClusterRole', role, '', { rules: rules.map(ruleOf) }),
    make(`${rbac}/v1`, 'ClusterRoleBinding', `${prefix}-manager-rolebinding`, '', ref('ClusterRole', role)),
    make(`${rbac}/v1`, 'Role', leader, namespace, { rules: leading.map(ruleOf) }),
    make(`${rbac}/v1`, 'RoleBinding', `${prefix}-leader-election-rolebinding`, namespace, ref('Role', leader)),
  ];
}
