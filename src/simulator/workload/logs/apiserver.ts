/** kube-apiserver: how it begins, what it finds as it is asked, and the requests that took long. Source: k8s.io/apiserver. */

import type { LogLine } from '../../api/pod-logs.ts';
import {
  all,
  chance,
  klog,
  memberOf,
  minorOf,
  paced,
  planeNodes,
  type Run,
  records,
  slowMoments,
  structured,
  type Teller,
  timeOf,
} from './run.ts';

/** What counts for quotas, in the order in which a cluster that comes up first writes it. */
const counted = [
  ...[
    'leases.coordination.k8s.io',
    'serviceaccounts',
    'namespaces',
    'endpoints',
    'deployments.apps',
    'daemonsets.apps',
  ],
  ...['replicasets.apps', 'controllerrevisions.apps', 'endpointslices.discovery.k8s.io', 'jobs.batch'],
];

const pki = '/etc/kubernetes/pki';

/** The log of an API server. */
export const apiserver: Teller = (run) => {
  const { question, since } = run;
  const host = String(question.pod.status?.['hostIP'] ?? '');
  const said = (after: number, place: string, message: string, level = 'I') =>
    klog(since + after, place, message, { level });
  const starts = (after: number, name: string) =>
    structured(since + after, 'dynamic_cafile_content.go:161', 'Starting controller', { name });
  const begun = [
    said(0, 'options.go:249', `external host was not specified, using ${host}`),
    said(3, 'server.go:147', `Version: ${run.version}`),
    said(4, 'server.go:149', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
    said(610, 'shared_informer.go:350', '"Waiting for caches to sync" controller="node_authorizer"'),
    said(
      640,
      'plugins.go:157',
      `Loaded 12 mutating admission controller(s) successfully in the following order: ${mutating}.`,
    ),
    said(
      641,
      'plugins.go:160',
      `Loaded 13 validating admission controller(s) successfully in the following order: ${validating}.`,
    ),
    said(702, 'instance.go:233', 'Using reconciler: lease'),
    said(
      2420,
      'genericapiserver.go:577',
      'Skipping API apiregistration.k8s.io/v1beta1 because it has no resources.',
      'W',
    ),
    starts(2980, `client-ca-bundle::${pki}/ca.crt`),
    starts(2980, `request-header::${pki}/front-proxy-ca.crt`),
    structured(since + 2981, 'dynamic_serving_content.go:135', 'Starting controller', {
      name: `serving-cert::${pki}/apiserver.crt::${pki}/apiserver.key`,
    }),
    said(2982, 'secure_serving.go:211', 'Serving securely on [::]:6443'),
    said(2983, 'tlsconfig.go:243', '"Starting DynamicServingCertificateController"'),
    said(2990, 'apf_controller.go:377', 'Starting API Priority and Fairness config controller'),
    said(2991, 'apiservice_controller.go:100', 'Starting APIServiceRegistrationController'),
    said(2992, 'customresource_discovery_controller.go:294', 'Starting DiscoveryController'),
    said(2993, 'crdregistration_controller.go:114', 'Starting crd-autoregister controller'),
    said(2995, 'establishing_controller.go:81', 'Starting EstablishingController'),
    said(3061, 'cache.go:39', 'Caches are synced for APIServiceRegistrationController controller'),
    said(3070, 'shared_informer.go:357', '"Caches are synced" controller="crd-autoregister"'),
    said(3090, 'apf_controller.go:382', 'Running API Priority and Fairness config worker'),
    said(3091, 'apf_controller.go:385', 'Running API Priority and Fairness periodic rebalancing process'),
    said(3110, 'shared_informer.go:357', '"Caches are synced" controller="node_authorizer"'),
    said(3960, 'storage_scheduling.go:111', 'all system priority classes are created successfully or already exist.'),
    said(5210, 'lease.go:265', `Resetting endpoints for master service "kubernetes" to [${addresses(run)}]`, 'W'),
    ...definitions(run).map(([group, version], at) =>
      said(5400 + at * 9, 'handler.go:288', `Adding GroupVersion ${group} ${version} to ResourceManager`),
    ),
    ...counted.map((name, at) =>
      said(5216 + at * 1900, 'controller.go:667', `quota admission added evaluator for: ${name}`),
    ),
  ];
  return [...begun, ...ranges(run), ...services(run), ...traces(run)];
};

const mutating =
  'NamespaceLifecycle,LimitRanger,ServiceAccount,NodeRestriction,TaintNodesByCondition,Priority,DefaultTolerationSeconds,DefaultStorageClass,StorageObjectInUseProtection,RuntimeClass,DefaultIngressClass,MutatingAdmissionWebhook';
const validating =
  'LimitRanger,ServiceAccount,PodSecurity,Priority,PersistentVolumeClaimResize,RuntimeClass,CertificateApproval,CertificateSigning,ClusterTrustBundleAttest,CertificateSubjectRestriction,ValidatingAdmissionPolicy,ValidatingAdmissionWebhook,ResourceQuota';

const addresses = (run: Run): string =>
  planeNodes(run)
    .flatMap(({ status }) =>
      records(status?.['addresses']).flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : [])),
    )
    .join(' ');

/** The groups and versions that definitions serve. */
function definitions(run: Run): [group: string, version: string][] {
  const found = all(run, 'customresourcedefinitions').flatMap(({ spec }) =>
    records(spec?.['versions']).map(({ name }) => `${spec?.['group']} ${name}`),
  );
  return [...new Set(found)].sort().map((one) => one.split(' ') as [string, string]);
}

/** Since 1.33 the allocator of Services' addresses looks at its ranges every ten minutes. */
function ranges(run: Run): LogLine[] {
  if (minorOf(run) < 33) return [];
  const cidr = /--service-cluster-ip-range=(\S+)/.exec(
    records(run.question.pod.spec?.['containers'])
      .flatMap(({ command }) => (Array.isArray(command) ? command : []))
      .join('\n'),
  )?.[1];
  const range = String(cidr ?? '10.96.0.0/12').split('\n')[0];
  const every = 600_000;
  const place = `cidrallocator.go:${minorOf(run) < 34 ? 277 : 278}`;
  return paced(run, { at: run.since + 3040, every, of: '', late: 0 }, 720).map(({ at, turn }) =>
    klog(at + (turn % 700), place, `updated ClusterIP allocator for Service CIDR ${range}`),
  );
}

/** Addresses that were given to Services; each was asked of one API server. */
function services(run: Run): LogLine[] {
  const nodes = planeNodes(run);
  const own = memberOf(run);
  return all(run, 'services').flatMap(({ metadata, spec }) => {
    const at = timeOf(metadata.creationTimestamp);
    const address = spec?.['clusterIP'];
    const { namespace, name, uid = '' } = metadata;
    const asked = chance('asked', uid).integer(0, Math.max(0, nodes.length - 1));
    if (typeof address !== 'string' || address === 'None' || own < 0 || asked !== own || name === 'kubernetes')
      return [];
    const clusterIPs = { IPv4: address };
    return [
      structured(at + 40, 'alloc.go:328', 'allocated clusterIPs', { service: `${namespace}/${name}`, clusterIPs }),
    ];
  });
}

/** Requests that waited for a slow disk. */
function traces(run: Run): LogLine[] {
  const own = memberOf(run);
  const host = String(run.question.pod.status?.['hostIP'] ?? '');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return slowMoments(run).flatMap(({ at, took, member, lease }) => {
    if (member !== own) return [];
    const drawn = chance(run.key, 'trace', at);
    const id = drawn.integer(100_000_000, 2_147_483_647);
    const audit = drawn.uuid();
    const iso = new Date(at).toISOString();
    const clock = iso.slice(11, 23);
    const date = `${iso.slice(8, 10)}-${months[Number(iso.slice(5, 7)) - 1]}-${iso.slice(0, 4)} ${clock}`;
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${lease}`;
    const agent = `${lease}/${run.version} (linux/amd64) kubernetes/leader-election`;
    const request = `"Get" accept:application/vnd.kubernetes.protobuf,application/json,audit-id:${audit},client:${host},api-group:coordination.k8s.io,api-version:v1,name:${lease},subresource:,namespace:kube-system,protocol:HTTP/2.0,resource:leases,scope:resource,url:${path},user-agent:${agent},verb:GET (${date}) (total time: ${took}ms):`;
    const end = at + took;
    return [
      klog(end, 'trace.go:236', `Trace[${id}]: ${request}`),
      {
        at: end,
        text: `Trace[${id}]: ---"About to write a response" ${took - 2}ms (${new Date(end - 2).toISOString().slice(11, 23)})`,
      },
      { at: end, text: `Trace[${id}]: [${took}.${at % 997}ms] [${took}.${at % 997}ms] END` },
    ];
  });
}
