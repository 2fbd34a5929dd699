/**
 * What an API server says from when it can be asked until all that it runs beside that is up. Source: k8s.io/kubernetes 1.31 to 1.34,
 * cmd/kube-apiserver, pkg/controlplane, and the logs of such servers for the order.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { informers, klog, minorOfRun, type Run, structured } from './run.ts';

const pki = '/etc/kubernetes/pki';
const policies = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']
  .map((kind) => `*k8s.io/api/admissionregistration/v1.${kind}`)
  .join(',');
/** What looks for policies of admission, by the name of its type. */
const policySource = `*generic.policySource[${policies},k8s.io/apiserver/pkg/admission/plugin/policy/validating.Validator]`;

/** A line: so many ms after it can be asked, where in its code, and what. */
type Said = readonly [after: number, place: string, message: string];
/** That it waits for its informers, or has what it waited for. */
type Waits = readonly [after: number, done: boolean, controller: string];

/** The lines of a server that can be asked since `at`, Unix time in ms; `services`: the network of Services. */
export function comingUp(run: Run, at: number, services: string): LogLine[] {
  const minor = minorOfRun(run);
  // Since 1.33 networks of Services are objects, and each server sees to the first one.
  const ranged = minor >= 33;
  const name = (of: string) => ({ name: of });
  const said = (lines: readonly (Said | Waits)[]): LogLine[] =>
    lines.map((one) =>
      typeof one[1] === 'boolean' ? informers(run, at + one[0], one[1], one[2]) : klog(at + one[0], one[1], one[2]),
    );
  const cache = (after: number, controller: string, done = false): Said => [
    after,
    `cache.go:${done ? 39 : 32}`,
    `${done ? 'Caches are synced' : 'Waiting for caches to sync'} for ${controller} controller`,
  ];
  const trust = 'cluster_authentication_trust_controller';
  return [
    ...said([
      [5, 'gc_controller.go:78', 'Starting apiserver lease garbage collector'],
      [5, 'controller.go:119', 'Starting legacy_token_tracking_controller'],
      [5, false, 'configmaps'],
      [6, 'controller.go:80', 'Starting OpenAPI V3 AggregationController'],
      [6, 'apf_controller.go:377', 'Starting API Priority and Fairness config controller'],
      [7, 'system_namespaces_controller.go:66', 'Starting system namespaces controller'],
      [7, `${trust}.go:${minor < 32 ? 443 : minor < 33 ? 462 : 459}`, `Starting ${trust} controller`],
      [7, false, trust],
      [8, 'customresource_discovery_controller.go:294', 'Starting DiscoveryController'],
    ]),
    structured(at + 8, 'dynamic_serving_content.go:135', 'Starting controller', {
      ...name(`aggregator-proxy-cert::${pki}/front-proxy-client.crt::${pki}/front-proxy-client.key`),
    }),
    ...said([
      [8, 'local_available_controller.go:156', 'Starting LocalAvailability controller'],
      cache(8, 'LocalAvailability'),
      [8, 'remote_available_controller.go:411', 'Starting RemoteAvailability controller'],
      cache(8, 'RemoteAvailability'),
      [8, 'apiservice_controller.go:100', 'Starting APIServiceRegistrationController'],
      cache(8, 'APIServiceRegistrationController'),
      [8, 'aggregator.go:169', 'waiting for initial CRD sync...'],
      [8, 'controller.go:78', 'Starting OpenAPI AggregationController'],
      ...(ranged
        ? ([
            [22, 'default_servicecidr_controller.go:110', 'Starting kubernetes-service-cidr-controller'],
            [23, false, 'kubernetes-service-cidr-controller'],
            [23, `repairip.go:${minor < 34 ? 200 : 210}`, 'Starting ipallocator-repair-controller'],
            [23, false, 'ipallocator-repair-controller'],
          ] as const)
        : []),
    ]),
    ...[`client-ca-bundle::${pki}/ca.crt`, `request-header::${pki}/front-proxy-ca.crt`].map((of) =>
      structured(at + 24, 'dynamic_cafile_content.go:161', 'Starting controller', name(of)),
    ),
    ...said([
      [24, 'controller.go:142', 'Starting OpenAPI controller'],
      [24, 'controller.go:90', 'Starting OpenAPI V3 controller'],
      [24, 'naming_controller.go:299', 'Starting NamingConditionController'],
      [24, 'establishing_controller.go:81', 'Starting EstablishingController'],
      [24, 'nonstructuralschema_controller.go:195', 'Starting NonStructuralSchemaConditionController'],
      [24, 'apiapproval_controller.go:189', 'Starting KubernetesAPIApprovalPolicyConformantConditionController'],
      [24, 'crd_finalizer.go:269', 'Starting CRDFinalizer'],
      [25, 'crdregistration_controller.go:114', 'Starting crd-autoregister controller'],
      [25, false, 'crd-autoregister'],
      [77, true, policySource],
      [77, 'policy_source.go:240', 'refreshing policies'],
      [78, true, 'node_authorizer'],
      [106, true, 'configmaps'],
      [107, true, trust],
      [107, 'apf_controller.go:382', 'Running API Priority and Fairness config worker'],
      [107, 'apf_controller.go:385', 'Running API Priority and Fairness periodic rebalancing process'],
      cache(108, 'APIServiceRegistrationController', true),
      cache(112, 'LocalAvailability', true),
      cache(112, 'RemoteAvailability', true),
      [112, 'handler_discovery.go:451', 'Starting ResourceDiscoveryManager'],
      [124, true, 'crd-autoregister'],
      ...(ranged
        ? ([
            [125, true, 'kubernetes-service-cidr-controller'],
            [125, 'default_servicecidr_controller.go:136', 'Shutting down kubernetes-service-cidr-controller'],
            [141, true, 'ipallocator-repair-controller'],
          ] as const)
        : []),
      [147, 'aggregator.go:171', 'initial CRD sync complete...'],
      [147, 'autoregister_controller.go:144', 'Starting autoregister controller'],
      cache(147, 'autoregister'),
      cache(147, 'autoregister', true),
      ...(ranged
        ? ([
            [
              178,
              `cidrallocator.go:${minor < 34 ? 301 : 302}`,
              `created ClusterIP allocator for Service CIDR ${services}`,
            ],
          ] as const)
        : []),
    ]),
  ];
}
