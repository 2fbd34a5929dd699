/** The annotations metaldeck uses, by name. Those not listed are not kept: some hold whole objects, some secrets. */

export const POOL = 'baremetal.alauda.io/pool';
export const ALLOCATION_STATE = 'baremetal.alauda.io/allocation-state';
export const OWNER_CLUSTER = 'baremetal.alauda.io/owner-cluster';
export const OWNER_MACHINE = 'baremetal.alauda.io/owner-machine';
export const OWNER_BAREMETAL_MACHINE = 'baremetal.alauda.io/owner-baremetalmachine';
export const PLAN_TYPE = 'baremetal.alauda.io/plan.type';
export const ELEMENTAL_PLAN_TYPE = 'elemental.cattle.io/plan.type';
export const MACHINE_UUID = 'elemental.cattle.io/machine-uuid';
/** A label, not an annotation. */
export const SERIAL_NUMBER = 'elemental.cattle.io/serial-number';
/** Of a cluster the platform has taken in: a label, and a finalizer (provider documentation, troubleshooting). */
export const IMPORTED = 'capi.cpaas.io/imported';
/** A finalizer: taken off when all that belonged to the cluster is gone (Cluster API, api/core ClusterFinalizer). */
export const CLUSTER_API = 'cluster.cluster.x-k8s.io';
export const REGISTRATION_IP = 'elemental.cattle.io/registration-ip';
export const OS_PRETTY_NAME = 'elemental.cattle.io/os.pretty-name';
export const OS_NAME = 'elemental.cattle.io/os.name';
export const OS_VERSION = 'elemental.cattle.io/os.version';
export const KUBE_OVN_VERSION = 'cpaas.io/kube-ovn-version';
export const DELETE_MACHINE = 'cluster.x-k8s.io/delete-machine';
export const PAUSED = 'cluster.x-k8s.io/paused';
export const REMEDIATE = 'cluster.x-k8s.io/remediate-machine';
export const SKIP_REMEDIATION = 'cluster.x-k8s.io/skip-remediation';
export const SKIP_PREFLIGHT = 'machineset.cluster.x-k8s.io/skip-preflight-checks';
export const CLONED_FROM = 'cluster.x-k8s.io/cloned-from-name';
export const REVISION = 'machinedeployment.clusters.x-k8s.io/revision';
export const PRE_DRAIN_HOOK = 'pre-drain.delete.hook.machine.cluster.x-k8s.io';
export const PRE_TERMINATE_HOOK = 'pre-terminate.delete.hook.machine.cluster.x-k8s.io';

const KEPT: ReadonlySet<string> = new Set([
  POOL,
  ALLOCATION_STATE,
  OWNER_CLUSTER,
  OWNER_MACHINE,
  OWNER_BAREMETAL_MACHINE,
  PLAN_TYPE,
  ELEMENTAL_PLAN_TYPE,
  MACHINE_UUID,
  'elemental.cattle.io/resettable',
  'plan.cattle.io/canceled',
  'plan.cattle.io/paused',
  'capi.cpaas.io/resource-group-version',
  'capi.cpaas.io/resource-kind',
  'cpaas.io/kube-ovn-join-cidr',
  KUBE_OVN_VERSION,
  'cpaas.io/sentry-deploy-type',
  'cpaas.io/alb-address-type',
  'cpaas.io/registry-address',
  'baremetal.cluster.io/system-agent-server-url',
  'baremetal.cluster.io/system-agent-direct',
  'baremetal.cluster.io/system-agent-endpoint-mode',
  'baremetal.cluster.io/system-agent-auth-scope',
  DELETE_MACHINE,
  PAUSED,
  REMEDIATE,
  SKIP_REMEDIATION,
  SKIP_PREFLIGHT,
  'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size',
  'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size',
  'machine.cluster.x-k8s.io/exclude-node-draining',
  'machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach',
  'controlplane.cluster.x-k8s.io/skip-kube-proxy',
  'controlplane.cluster.x-k8s.io/skip-coredns',
]);

/** Whether an annotation is kept. Deletion hooks are known by their prefix. */
export function keepsAnnotation(key: string): boolean {
  return KEPT.has(key) || key.startsWith(PRE_DRAIN_HOOK) || key.startsWith(PRE_TERMINATE_HOOK);
}
