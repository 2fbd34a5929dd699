/** The roles that a cluster has from its first minute, and who has them: the server's own, and those that kubeadm makes. */

import type { KubeObject } from '../../api/types.ts';
import { minorOf } from '../../controllers/kubernetes-version.ts';
import type { Make } from './cluster.ts';
import { gathered, type KnownRole, knownRoles, ruleOf } from './known-roles.ts';
import { spaceRoles } from './space-roles.ts';

const rbac = 'rbac.authorization.k8s.io';
const bootstrap = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const everything = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
/** What may be read by those too who do not say who they are. */
const open = 'system:public-info-viewer';
/** Who has a role of Kubernetes' own: a group, or a user. */
const holders: Readonly<Record<string, readonly [kind: 'Group' | 'User', name: string]>> = {
  'system:discovery': ['Group', 'system:authenticated'],
  'system:basic-user': ['Group', 'system:authenticated'],
  [open]: ['Group', 'system:authenticated'],
  'system:monitoring': ['Group', 'system:monitoring'],
  'system:service-account-issuer-discovery': ['Group', 'system:serviceaccounts'],
  'system:kube-controller-manager': ['User', 'system:kube-controller-manager'],
  'system:kube-scheduler': ['User', 'system:kube-scheduler'],
  'system:volume-scheduler': ['User', 'system:kube-scheduler'],
  'system:node-proxier': ['User', 'system:kube-proxy'],
};
const controllerRole = 'system:controller:';

/** Roles of controllers that do not run where nobody asks for them, or no cloud: nobody acts by their accounts. */
const idle = /^(route|service|selinux-warning)-controller$/;

/** The accounts by which the controllers of Kubernetes itself act. */
const accountsOf = (known: readonly KnownRole[]): string[] => [
  ...known
    .flatMap(({ name }) => (name.startsWith(controllerRole) ? [name.slice(controllerRole.length)] : []))
    .filter((name) => !idle.test(name)),
  ...['bootstrap-signer', 'token-cleaner'],
];

/** Whom a role is bound to; nobody where there is no binding. */
function subjectsOf(role: string): object[] {
  if (role.startsWith(controllerRole)) {
    return [{ kind: 'ServiceAccount', name: role.slice(controllerRole.length), namespace: 'kube-system' }];
  }
  if (role === 'system:kube-dns') return [{ kind: 'ServiceAccount', name: 'kube-dns', namespace: 'kube-system' }];
  const [kind, name] = holders[role] ?? [];
  const strangers = { apiGroup: rbac, kind: 'Group', name: 'system:unauthenticated' };
  return [...(kind ? [{ apiGroup: rbac, kind, name }] : []), ...(role === open ? [strangers] : [])];
}

/** What kubeadm grants in the whole cluster: by name, what role it is, and to whom. */
const grants: readonly (readonly [name: string, role: string, subject: string])[] = [
  ['kubeadm:cluster-admins', 'cluster-admin', 'kubeadm:cluster-admins'],
  ['kubeadm:get-nodes', 'kubeadm:get-nodes', 'system:bootstrappers:kubeadm:default-node-token'],
  ['kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', 'system:bootstrappers:kubeadm:default-node-token'],
  [
    'kubeadm:node-autoapprove-bootstrap',
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    'system:bootstrappers:kubeadm:default-node-token',
  ],
  [
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    'system:nodes',
  ],
];

function kubeadmRoles(make: Make): KubeObject[] {
  const bind = (name: string, role: string, subject: object) =>
    make(`${rbac}/v1`, 'ClusterRoleBinding', name, '', {
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [subject],
    });
  const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });
  return [
    make(`${rbac}/v1`, 'ClusterRole', 'kubeadm:get-nodes', '', { rules: [ruleOf('get core/nodes')] }),
    ...grants.map(([name, role, subject]) => bind(name, role, { apiGroup: rbac, kind: 'Group', name: subject })),
    bind('kubeadm:node-proxier', 'system:node-proxier', account('kube-proxy')),
    make(`${rbac}/v1`, 'ClusterRole', 'system:coredns', '', {
      rules: [
        ruleOf('list,watch core/endpoints,services,pods,namespaces'),
        ruleOf('list,watch discovery.k8s.io/endpointslices'),
      ],
    }),
    bind('system:coredns', 'system:coredns', account('coredns')),
  ];
}

/** Since when, as Kubernetes writes it, a cluster has servers of a minor version or a later one; undefined where it has none. */
export type ServedSince = (minor: number) => string | undefined;

/** What servers of one version bring, who were there from the first. */
export const servedFrom = (version: string, born: string): ServedSince => {
  const minor = minorOf(version) ?? 0;
  return (asked) => (asked <= minor ? born : undefined);
};

/** The roles that every server keeps up, and who has them: some of them since servers of a later version came. */
export function roles(make: Make, served: ServedSince): KubeObject[] {
  const has = ({ since: minor }: { since: number }) => minor === 0 || served(minor) !== undefined;
  const present = knownRoles.filter(has);
  const kept = (object: KubeObject, more: Record<string, string> = {}): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      labels: { ...bootstrap, ...more },
    },
  });
  const role = (name: string, rules: readonly object[], rest: object = {}): KubeObject =>
    make(`${rbac}/v1`, 'ClusterRole', name, '', { ...rest, rules });
  const binding = (name: string, subjects: readonly object[]): KubeObject =>
    kept(
      make(`${rbac}/v1`, 'ClusterRoleBinding', name, '', {
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
        ...(subjects.length > 0 ? { subjects } : {}),
      }),
    );
  const grantedBy = ({ rules }: KnownRole) => rules.filter(has).map(({ rule }) => rule);
  const rulesOf = (name: string) => present.filter((one) => one.name === name).flatMap(grantedBy);
  /** What came with a later version is as old as that. */
  const since = (minor: number, objects: KubeObject[]): KubeObject[] => {
    const creationTimestamp = served(minor);
    if (minor === 0 || creationTimestamp === undefined) return objects;
    return objects.map((object) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }));
  };
  const aggregate = 'system:aggregate-to-';
  return [
    kept(role('cluster-admin', everything)),
    binding('cluster-admin', [{ apiGroup: rbac, kind: 'Group', name: 'system:masters' }]),
    ...Object.entries(gathered).map(([name, from]) => {
      const matchLabels = { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' };
      const rest = { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
      const above = { view: 'edit', edit: 'admin' }[name];
      const to = above ? { [`rbac.authorization.k8s.io/aggregate-to-${above}`]: 'true' } : {};
      return kept(role(name, from.flatMap(rulesOf), rest), to);
    }),
    ...present.flatMap((known) => {
      const { name } = known;
      const to = name.startsWith(aggregate)
        ? { [`rbac.authorization.k8s.io/${name.slice('system:'.length)}`]: 'true' }
        : {};
      const subjects = subjectsOf(name);
      const own = [kept(role(name, grantedBy(known)), to), ...(subjects.length > 0 ? [binding(name, subjects)] : [])];
      return since(known.since, own);
    }),
    binding('system:node', []),
    ...kubeadmRoles(make),
    ...spaceRoles(make, kept),
    ...accountsOf(present).map((name) => make('v1', 'ServiceAccount', name, 'kube-system', {})),
  ];
}
