/**
 * Roles within namespaces: those that every server keeps up (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/
 * bootstrappolicy), and those that kubeadm makes for who joins.
 */

import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';
import { ruleOf } from './known-roles.ts';

const rbac = 'rbac.authorization.k8s.io';
const user = (name: string) => ({ apiGroup: rbac, kind: 'User', name });
const group = (name: string) => ({ apiGroup: rbac, kind: 'Group', name });
const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

interface SpaceRole {
  name: string;
  namespace: 'kube-system' | 'kube-public';
  /** As known-roles.ts writes them. */
  rules: readonly string[];
  subjects: readonly object[];
  /** Of kubeadm, and not kept up by the server. */
  kubeadm?: true;
  /** Where the binding is not called as the role is. */
  binding?: string;
}

const controller = 'system:controller:';
const leading = (name: string): SpaceRole => ({
  name: `system::leader-locking-${name}`,
  namespace: 'kube-system',
  rules: ['watch core/configmaps', `get,update core/configmaps#${name}`],
  subjects: [user(`system:${name}`), account(name)],
});
const joining = ['system:bootstrappers:kubeadm:default-node-token', 'system:nodes'].map(group);

const ROLES: readonly SpaceRole[] = [
  leading('kube-controller-manager'),
  leading('kube-scheduler'),
  {
    name: 'extension-apiserver-authentication-reader',
    namespace: 'kube-system',
    rules: ['READ core/configmaps#extension-apiserver-authentication'],
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
    binding: 'system::extension-apiserver-authentication-reader',
  },
  {
    name: `${controller}bootstrap-signer`,
    namespace: 'kube-system',
    rules: ['READ core/secrets'],
    subjects: [account('bootstrap-signer')],
  },
  {
    name: `${controller}cloud-provider`,
    namespace: 'kube-system',
    rules: ['create,get,list,watch core/configmaps'],
    subjects: [account('cloud-provider')],
  },
  {
    name: `${controller}token-cleaner`,
    namespace: 'kube-system',
    rules: ['delete,get,list,watch core/secrets', 'EVENTS'],
    subjects: [account('token-cleaner')],
  },
  {
    name: `${controller}bootstrap-signer`,
    namespace: 'kube-public',
    rules: ['READ core/configmaps', 'update core/configmaps#cluster-info', 'EVENTS'],
    subjects: [account('bootstrap-signer')],
  },
  {
    ...{ name: 'kubeadm:kubelet-config', namespace: 'kube-system', kubeadm: true },
    rules: ['get core/configmaps#kubelet-config'],
    subjects: [...joining].reverse(),
  },
  {
    ...{ name: 'kubeadm:nodes-kubeadm-config', namespace: 'kube-system', kubeadm: true },
    rules: ['get core/configmaps#kubeadm-config'],
    subjects: joining,
  },
  {
    ...{ name: 'kube-proxy', namespace: 'kube-system', kubeadm: true },
    rules: ['get core/configmaps#kube-proxy'],
    subjects: [group('system:bootstrappers:kubeadm:default-node-token')],
  },
  {
    ...{ name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: 'kube-public', kubeadm: true },
    rules: ['get core/configmaps#cluster-info'],
    subjects: [user('system:anonymous')],
  },
];

/** All of them, with their bindings. `kept` marks what the server keeps up. */
export function spaceRoles(make: Make, kept: (object: KubeObject) => KubeObject): KubeObject[] {
  return ROLES.flatMap(({ name, namespace, rules, subjects, kubeadm, binding = name }) => {
    const own = kubeadm ? (object: KubeObject) => object : kept;
    const roleRef = { apiGroup: rbac, kind: 'Role', name };
    return [
      own(make(`${rbac}/v1`, 'Role', name, namespace, { rules: rules.map(ruleOf) })),
      own(make(`${rbac}/v1`, 'RoleBinding', binding, namespace, { roleRef, subjects })),
    ];
  });
}
