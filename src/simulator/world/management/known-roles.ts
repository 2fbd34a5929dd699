/**
 * The roles that Kubernetes itself keeps up, as a server makes them: one line a role, with its rules as
 * `verbs group/resources#names` or `verbs /path`; `+` stands for `system:controller:`, and a number in front says since which
 * minor version. A longer line goes on two spaces in. Source: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
 */

const known = `
system:aggregate-to-admin = create authorization.k8s.io/localsubjectaccessreviews; create,delete,deletecollection,
  get,list,patch,update,watch rbac.authorization.k8s.io/rolebindings,roles
system:aggregate-to-edit = READ core/pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy;
  impersonate core/serviceaccounts; WRITE core/pods,pods/attach,pods/exec,pods/portforward,pods/proxy;
  create core/pods/eviction; WRITE core/configmaps,events,persistentvolumeclaims,replicationcontrollers,
  replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy; create core/serviceaccounts/token;
  WRITE apps/daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,
  statefulsets,statefulsets/scale; WRITE autoscaling/horizontalpodautoscalers; WRITE batch/cronjobs,jobs;
  WRITE extensions/daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,
  replicasets,replicasets/scale,replicationcontrollers/scale; WRITE policy/poddisruptionbudgets;
  WRITE networking.k8s.io/ingresses,networkpolicies; create,delete,deletecollection,get,list,patch,update,
  watch coordination.k8s.io/leases; 34:WRITE resource.k8s.io/resourceclaims,resourceclaimtemplates
system:aggregate-to-view = READ core/configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,
  pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status;
  READ core/bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,
  resourcequotas,resourcequotas/status; READ core/namespaces; READ discovery.k8s.io/endpointslices;
  READ apps/controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,
  replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status;
  READ autoscaling/horizontalpodautoscalers,horizontalpodautoscalers/status; READ batch/cronjobs,cronjobs/status,
  jobs,jobs/status; READ extensions/daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,
  ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,
  replicationcontrollers/scale; READ policy/poddisruptionbudgets,poddisruptionbudgets/status;
  READ networking.k8s.io/ingresses,ingresses/status,networkpolicies; 34:READ resource.k8s.io/resourceclaims,
  resourceclaims/status,resourceclaimtemplates
system:auth-delegator = create authentication.k8s.io/tokenreviews; create authorization.k8s.io/subjectaccessreviews
system:basic-user = create authorization.k8s.io/selfsubjectaccessreviews,selfsubjectrulesreviews;
  create authentication.k8s.io/selfsubjectreviews
system:certificates.k8s.io:certificatesigningrequests:nodeclient = create certificates.k8s.io/certificatesigningrequests/nodeclient
system:certificates.k8s.io:certificatesigningrequests:selfnodeclient = create certificates.k8s.io/certificatesigningrequests/selfnodeclient
system:certificates.k8s.io:kube-apiserver-client-approver = approve certificates.k8s.io/signers#kubernetes.io/kube-apiserver-client
system:certificates.k8s.io:kube-apiserver-client-kubelet-approver = approve certificates.k8s.io/signers#kubernetes.io/kube-apiserver-client-kubelet
system:certificates.k8s.io:kubelet-serving-approver = approve certificates.k8s.io/signers#kubernetes.io/kubelet-serving
system:certificates.k8s.io:legacy-unknown-approver = approve certificates.k8s.io/signers#kubernetes.io/legacy-unknown
+attachdetach-controller = list,watch core/persistentvolumeclaims,persistentvolumes; READ core/nodes; patch,
  update core/nodes/status; list,watch core/pods; EVENTS; create,delete,get,list,
  watch storage.k8s.io/volumeattachments; READ storage.k8s.io/csidrivers; READ storage.k8s.io/csinodes
+certificate-controller = delete,get,list,watch certificates.k8s.io/certificatesigningrequests;
  update certificates.k8s.io/certificatesigningrequests/approval,certificatesigningrequests/status;
  approve certificates.k8s.io/signers#kubernetes.io/kube-apiserver-client-kubelet;
  sign certificates.k8s.io/signers#kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,
  kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown; create authorization.k8s.io/subjectaccessreviews;
  EVENTS
+clusterrole-aggregation-controller = escalate,get,list,patch,update,watch rbac.authorization.k8s.io/clusterroles
+cronjob-controller = get,list,update,watch batch/cronjobs; create,delete,get,list,patch,update,watch batch/jobs;
  update batch/cronjobs/status; update batch/cronjobs/finalizers; delete,list core/pods; EVENTS
+daemon-set-controller = READ apps,extensions/daemonsets; update apps,extensions/daemonsets/status;
  update apps,extensions/daemonsets/finalizers; list,watch core/nodes; create,delete,list,patch,watch core/pods;
  create core/pods/binding; create,delete,get,list,patch,update,watch apps/controllerrevisions; EVENTS
+deployment-controller = get,list,update,watch apps,extensions/deployments;
  update apps,extensions/deployments/status; update apps,extensions/deployments/finalizers; create,delete,get,
  list,patch,update,watch apps,extensions/replicasets; get,list,update,watch core/pods; EVENTS
+disruption-controller = READ apps,extensions/deployments; READ apps,extensions/replicasets;
  READ core/replicationcontrollers; READ policy/poddisruptionbudgets; READ apps/statefulsets;
  update policy/poddisruptionbudgets/status; patch,update core/pods/status; get */*/scale; EVENTS
+endpoint-controller = READ core/pods,services; create,delete,get,list,update core/endpoints;
  create core/endpoints/restricted; EVENTS
+endpointslice-controller = READ core/nodes,pods,services; update core/services/finalizers; create,delete,get,list,
  update discovery.k8s.io/endpointslices; EVENTS
+endpointslicemirroring-controller = READ core/endpoints,services; update core/services/finalizers;
  update core/endpoints/finalizers; create,delete,get,list,update discovery.k8s.io/endpointslices; EVENTS
+ephemeral-volume-controller = READ core/pods; update core/pods/finalizers; create,get,list,
  watch core/persistentvolumeclaims; EVENTS
+expand-controller = get,list,patch,update,watch core/persistentvolumes; patch,
  update core/persistentvolumeclaims/status; READ core/persistentvolumeclaims; READ storage.k8s.io/storageclasses;
  get core/endpoints,services; get core/secrets; EVENTS
+generic-garbage-collector = delete,get,list,patch,update,watch */*; EVENTS
+horizontal-pod-autoscaler = READ autoscaling/horizontalpodautoscalers;
  update autoscaling/horizontalpodautoscalers/status; get,update */*/scale; list core/pods;
  list metrics.k8s.io/pods; get,list custom.metrics.k8s.io/*; get,list external.metrics.k8s.io/*; EVENTS
+job-controller = get,list,patch,update,watch batch/jobs; update batch/jobs/status; update batch/jobs/finalizers;
  create,delete,list,patch,watch core/pods; EVENTS
+legacy-service-account-token-cleaner = get core/configmaps#kube-apiserver-legacy-service-account-token-tracking;
  delete,patch core/secrets
+namespace-controller = delete,get,list,watch core/namespaces; update core/namespaces/finalize,namespaces/status;
  delete,deletecollection,get,list */*
+node-controller = delete,get,list,patch,update core/nodes; patch,update core/nodes/status; patch,
  update core/pods/status; delete,get,list core/pods; EVENTS
+persistent-volume-binder = create,delete,get,list,update,watch core/persistentvolumes;
  update core/persistentvolumes/status; get,list,update,watch core/persistentvolumeclaims;
  update core/persistentvolumeclaims/status; create,delete,get,list,watch core/pods;
  READ storage.k8s.io/storageclasses; create,delete,get,update core/endpoints; create,delete,get core/services;
  get core/secrets; get,list core/nodes; watch core/events; EVENTS
+pod-garbage-collector = delete,list,watch core/pods; get,list core/nodes; patch core/pods/status
+pv-protection-controller = get,list,update,watch core/persistentvolumes; EVENTS
+pvc-protection-controller = get,list,update,watch core/persistentvolumeclaims; READ core/pods; EVENTS
+replicaset-controller = get,list,update,watch apps,extensions/replicasets;
  update apps,extensions/replicasets/status; update apps,extensions/replicasets/finalizers; create,delete,list,
  patch,watch core/pods; EVENTS
+replication-controller = get,list,update,watch core/replicationcontrollers;
  update core/replicationcontrollers/status; update core/replicationcontrollers/finalizers; create,delete,list,
  patch,watch core/pods; EVENTS
34:+resource-claim-controller = READ core/pods; update core/pods/finalizers; create,delete,get,list,
  watch resource.k8s.io/resourceclaims; patch,update resource.k8s.io/resourceclaims,resourceclaims/status; patch,
  update core/pods/status; EVENTS
+resourcequota-controller = list,watch */*; update core/resourcequotas/status; EVENTS
+root-ca-cert-publisher = create,update core/configmaps; EVENTS
+route-controller = list,watch core/nodes; patch core/nodes/status; EVENTS
33:+selinux-warning-controller = EVENTS; READ core/persistentvolumes; READ core/persistentvolumeclaims;
  READ core/pods; READ storage.k8s.io/csidrivers
+service-account-controller = create core/serviceaccounts; EVENTS
33:+service-cidrs-controller = get,list,patch,update,watch networking.k8s.io/servicecidrs; patch,
  update networking.k8s.io/servicecidrs/finalizers; patch,update networking.k8s.io/servicecidrs/status;
  READ networking.k8s.io/ipaddresses; EVENTS
+service-controller = READ core/services; patch,update core/services/status; list,watch core/nodes; EVENTS
+statefulset-controller = list,watch core/pods; READ apps/statefulsets; update apps/statefulsets/status;
  update apps/statefulsets/finalizers; create,delete,get,patch,update core/pods; create,delete,get,list,patch,
  update,watch apps/controllerrevisions; create,get core/persistentvolumeclaims; EVENTS; delete,
  update core/persistentvolumeclaims
+ttl-after-finished-controller = delete,get,list,watch batch/jobs; EVENTS
+ttl-controller = list,patch,update,watch core/nodes; EVENTS
+validatingadmissionpolicy-status-controller = READ admissionregistration.k8s.io/validatingadmissionpolicies; get,
  patch,update admissionregistration.k8s.io/validatingadmissionpolicies/status; EVENTS
34:+volumeattributesclass-protection-controller = READ core/persistentvolumeclaims; READ core/persistentvolumes;
  get,list,update,watch storage.k8s.io/volumeattributesclasses; EVENTS
system:discovery = get /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
system:heapster = READ core/events,namespaces,nodes,pods; READ extensions/deployments
system:kube-aggregator = READ core/endpoints,services
system:kube-controller-manager = EVENTS; create coordination.k8s.io/leases; get,
  update coordination.k8s.io/leases#kube-controller-manager; create core/secrets,serviceaccounts;
  delete core/secrets; get core/configmaps,namespaces,secrets,serviceaccounts; update core/secrets,serviceaccounts;
  create authentication.k8s.io/tokenreviews; create authorization.k8s.io/subjectaccessreviews; list,watch */*;
  create core/serviceaccounts/token
system:kube-dns = list,watch core/endpoints,services
system:kube-scheduler = EVENTS; create coordination.k8s.io/leases; get,
  update coordination.k8s.io/leases#kube-scheduler; READ core/nodes; delete,get,list,watch core/pods;
  create core/bindings,pods/binding; patch,update core/pods/status; READ core/replicationcontrollers,services;
  READ apps,extensions/replicasets; READ apps/statefulsets; READ policy/poddisruptionbudgets;
  READ core/persistentvolumeclaims,persistentvolumes; create authentication.k8s.io/tokenreviews;
  create authorization.k8s.io/subjectaccessreviews; READ storage.k8s.io/csinodes; READ core/namespaces;
  READ storage.k8s.io/csidrivers; READ storage.k8s.io/csistoragecapacities
system:kubelet-api-admin = READ core/nodes; proxy core/nodes; * core/nodes/log,nodes/metrics,nodes/proxy,nodes/stats
system:monitoring = get /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
system:node = create authentication.k8s.io/tokenreviews; create authorization.k8s.io/localsubjectaccessreviews,
  subjectaccessreviews; READ core/services; create,get,list,watch core/nodes; patch,update core/nodes/status; patch,
  update core/nodes; create,patch,update core/events; READ core/pods; create,delete core/pods; patch,
  update core/pods/status; create core/pods/eviction; READ core/configmaps,secrets;
  get core/persistentvolumeclaims,persistentvolumes; get core/endpoints; create,get,list,
  watch certificates.k8s.io/certificatesigningrequests; create,delete,get,patch,update coordination.k8s.io/leases;
  get storage.k8s.io/volumeattachments; create core/serviceaccounts/token; get,patch,
  update core/persistentvolumeclaims/status; READ storage.k8s.io/csidrivers; create,delete,get,patch,
  update storage.k8s.io/csinodes; READ node.k8s.io/runtimeclasses; 34:get resource.k8s.io/resourceclaims;
  34:deletecollection resource.k8s.io/resourceslices
system:node-bootstrapper = create,get,list,watch certificates.k8s.io/certificatesigningrequests
system:node-problem-detector = get core/nodes; patch core/nodes/status; EVENTS
system:node-proxier = list,watch core/endpoints,services; READ core/nodes; EVENTS; list,
  watch discovery.k8s.io/endpointslices; 33:list,watch networking.k8s.io/servicecidrs
system:persistent-volume-provisioner = create,delete,get,list,watch core/persistentvolumes; get,list,update,
  watch core/persistentvolumeclaims; READ storage.k8s.io/storageclasses; watch core/events; EVENTS
system:public-info-viewer = get /healthz,/livez,/readyz,/version,/version/
system:service-account-issuer-discovery = get /.well-known/openid-configuration,/openid/v1/jwks
system:volume-scheduler = get,list,patch,update,watch core/persistentvolumes; READ storage.k8s.io/storageclasses; get,
  list,patch,update,watch core/persistentvolumeclaims
`;

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

export interface KnownRole {
  name: string;
  /** Since which minor version servers have it; 0 where all of them do. */
  since: number;
  rules: { since: number; rule: object }[];
}

const dated = (text: string): [since: number, rest: string] => {
  const [, since = '0', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(text) ?? [];
  return [Number(since), rest];
};

/** All of them but those that are made of others. */
export const knownRoles: readonly KnownRole[] = known
  .trim()
  .replaceAll(/([,;])\n {2}/g, '$1')
  .split('\n')
  .map((text) => {
    const [since, line] = dated(text);
    const [name = '', rules = ''] = line.split(' = ');
    return {
      name: name.replace(/^\+/, 'system:controller:'),
      since,
      rules: rules.split(/; ?/).map((one) => {
        const [from, rule] = dated(one);
        return { since: from, rule: ruleOf(rule) };
      }),
    };
  });

/** What is granted by roles that gather those of others: by the end of their labels. */
export const gathered: Readonly<Record<string, readonly string[]>> = {
  admin: ['system:aggregate-to-edit', 'system:aggregate-to-view', 'system:aggregate-to-admin'],
  edit: ['system:aggregate-to-edit', 'system:aggregate-to-view'],
  view: ['system:aggregate-to-view'],
};

/** A rule as the lines above write it: `READ core/pods`. */
export function ruleOf(text: string): object {
  if (text === 'EVENTS') return ruleOf('create,patch,update core,events.k8s.io/events');
  const [verbs = '', what = ''] = text.split(' ');
  const granted = verbs === 'READ' ? READ : verbs === 'WRITE' ? WRITE : verbs.split(',');
  if (what.startsWith('/')) return { nonResourceURLs: what.split(','), verbs: granted };
  const [, groups = '', resources = '', names] = /^([^/]*)\/([^#]*)(?:#(.*))?$/.exec(what) ?? [];
  return {
    apiGroups: groups.split(',').map((group) => (group === 'core' ? '' : group)),
    resources: resources.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
    verbs: granted,
  };
}
