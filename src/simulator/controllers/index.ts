/** All controllers of the simulated datacenter, on one runtime, by who runs them in a real one. */

import { clusterController } from './capi/cluster.ts';
import { controlPlaneController } from './capi/kcp.ts';
import { kubeadmConfigController } from './capi/kubeadmconfig.ts';
import { machineController } from './capi/machine.ts';
import { machineDeploymentController } from './capi/machinedeployment.ts';
import { healthCheckController } from './capi/machinehealthcheck.ts';
import { machineSetController } from './capi/machineset.ts';
import { connectionLog } from './capi/remote-connection.ts';
import { inventoryController } from './elemental/inventory.ts';
import { registrationController } from './elemental/registration.ts';
import { seedImageController } from './elemental/seedimage.ts';
import { type HostOptions, hostController } from './hosts/controller.ts';
import { nodeLifecycle } from './hosts/node-lifecycle.ts';
import { kubeOvnController } from './kubeovn/controller.ts';
import { baremetalClusterController } from './provider/cluster.ts';
import { baremetalMachineController } from './provider/machine.ts';
import { poolController } from './provider/pool.ts';
import { storageController } from './provider/storage/controller.ts';
import type { Runtime } from './runtime.ts';

export const defaultServerUrl = 'https://platform.dc1.example';

/**
 * `capi`: Cluster API with its kubeadm providers; `provider`: the bare-metal infrastructure provider; `hosts`: the
 * machines themselves with their agents; `elemental`: the elemental operator.
 */
export type ControllerGroup = 'capi' | 'provider' | 'hosts' | 'elemental';

export const controllerGroups: readonly ControllerGroup[] = ['elemental', 'hosts', 'provider', 'capi'];

/** Who runs the controllers: by the Deployment's name in a management cluster. */
export const elementalOperator = 'elemental-operator';
const providerManager = 'cluster-api-provider-baremetal-manager';
const [capi, bootstrap, plane] = ['capi', 'capi-kubeadm-bootstrap', 'capi-kubeadm-control-plane'].map(
  (name) => `${name}-controller-manager`,
) as [string, string, string];

const register: Record<ControllerGroup, (rt: Runtime, serverUrl: string, hosts: HostOptions) => void> = {
  elemental(rt, serverUrl) {
    rt.within(elementalOperator, () => {
      registrationController(rt, serverUrl);
      seedImageController(rt, serverUrl);
      inventoryController(rt);
    });
  },
  hosts(rt, _serverUrl, options) {
    hostController(rt, options);
    nodeLifecycle(rt);
  },
  provider(rt) {
    rt.within(providerManager, () => {
      poolController(rt);
      baremetalClusterController(rt);
      baremetalMachineController(rt);
      kubeOvnController(rt);
      storageController(rt);
    });
  },
  capi(rt) {
    rt.within(capi, () => {
      clusterController(rt);
      connectionLog(rt);
    });
    rt.within(plane, () => {
      controlPlaneController(rt);
      connectionLog(rt, 'clustercache@plane');
    });
    rt.within(capi, () => {
      machineDeploymentController(rt);
      machineSetController(rt);
      machineController(rt);
    });
    rt.within(bootstrap, () => {
      kubeadmConfigController(rt);
      connectionLog(rt, 'clustercache@bootstrap');
    });
    rt.within(capi, () => healthCheckController(rt));
  },
};

/**
 * Registers controllers: those of all groups, or of the `groups` named, in whatever order they are named. `serverUrl` is
 * the platform's address in registration and download URLs.
 */
export function registerControllers(
  rt: Runtime,
  serverUrl = defaultServerUrl,
  groups: readonly ControllerGroup[] = controllerGroups,
  hosts: HostOptions = {},
): void {
  for (const group of controllerGroups) if (groups.includes(group)) register[group](rt, serverUrl, hosts);
}
