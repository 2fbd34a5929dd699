/** How a manager of the platform begins, as controller-runtime tells it: its webhooks, its election, its controllers. */

import type { LogLine } from '../../api/pod-logs.ts';
import type { Manager } from '../../world/management/managers.ts';
import { klog } from './run.ts';

const capi = 'cluster.x-k8s.io';

/** What each works on, by its Deployment: kinds of a group, each in a controller of its name. */
const CONTROLS: Readonly<Record<string, readonly (readonly [group: string, kinds: string])[]>> = {
  'capi-controller-manager': [
    [capi, 'Cluster Machine MachineSet MachineDeployment MachinePool MachineHealthCheck'],
    [`addons.${capi}`, 'ClusterResourceSet ClusterResourceSetBinding'],
  ],
  'capi-kubeadm-bootstrap-controller-manager': [[`bootstrap.${capi}`, 'KubeadmConfig']],
  'capi-kubeadm-control-plane-controller-manager': [[`controlplane.${capi}`, 'KubeadmControlPlane']],
  'cluster-api-provider-baremetal-manager': [
    [`infrastructure.${capi}`, 'BaremetalCluster BaremetalMachine MachineInventoryPool'],
  ],
  'elemental-operator': [['elemental.cattle.io', 'MachineRegistration MachineInventory SeedImage']],
};

/** The lines, of a manager that began at `since` (Unix time in ms) in this namespace. */
export function managerBegins({ name, lease, owner }: Manager, namespace: string, since: number): LogLine[] {
  const runtime = 'logger="controller-runtime';
  const controls = (CONTROLS[name] ?? []).flatMap(([group, kinds]) =>
    kinds.split(' ').map((kind) => [group, kind] as const),
  );
  const hooks = owner
    ? controls.map(([group, kind], at) => {
        const path = `/validate-${group.replaceAll('.', '-')}-v1beta1-${kind.toLowerCase()}`;
        return klog(
          since + 20 + at,
          'server.go:183',
          `"Registering webhook" ${runtime}.webhook" path=${JSON.stringify(path)}`,
        );
      })
    : [];
  const served = owner
    ? [
        klog(since + 62, 'server.go:191', `"Starting webhook server" ${runtime}.webhook"`),
        klog(since + 64, 'certwatcher.go:211', `"Updated current TLS certificate" ${runtime}.certwatcher"`),
        klog(since + 65, 'server.go:242', `"Serving webhook server" ${runtime}.webhook" host="" port=9443`),
        klog(
          since + 66,
          'certwatcher.go:133',
          `"Starting certificate poll+watcher" ${runtime}.certwatcher" interval="10s"`,
        ),
      ]
    : [];
  const at = since + 17_000;
  const works = (group: string, kind: string) =>
    `controller=${JSON.stringify(kind.toLowerCase())} controllerGroup=${JSON.stringify(group)} controllerKind=${JSON.stringify(kind)}`;
  const begun = (place: string, words: string, ms: number, more = '') =>
    controls.map(([group, kind], index) => klog(at + ms + index, place, `"${words}" ${works(group, kind)}${more}`));
  return [
    ...hooks,
    klog(since + 50, 'main.go:1', '"starting manager" logger="setup"'),
    klog(since + 58, 'server.go:208', `"Starting metrics server" ${runtime}.metrics"`),
    klog(since + 60, 'server.go:83', '"starting server" name="health probe" addr="[::]:9440"'),
    ...served,
    klog(since + 90, 'leaderelection.go:257', `attempting to acquire leader lease ${namespace}/${lease}...`),
    klog(at, 'leaderelection.go:271', `successfully acquired lease ${namespace}/${lease}`),
    ...controls.map(([group, kind], index) => {
      const source = `source="kind source: *v1beta1.${kind}"`;
      return klog(at + 3 + index, 'controller.go:175', `"Starting EventSource" ${works(group, kind)} ${source}`);
    }),
    ...begun('controller.go:183', 'Starting Controller', 30),
    ...begun('controller.go:217', 'Starting workers', 240, ' worker count=10'),
  ];
}
