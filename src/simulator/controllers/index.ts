/** All controllers of the simulated datacenter, on one runtime. */

import { clusterController } from './capi/cluster.ts';
import { controlPlaneController } from './capi/kcp.ts';
import { kubeadmConfigController } from './capi/kubeadmconfig.ts';
import { machineController } from './capi/machine.ts';
import { machineDeploymentController } from './capi/machinedeployment.ts';
import { healthCheckController } from './capi/machinehealthcheck.ts';
import { machineSetController } from './capi/machineset.ts';
import { inventoryController } from './elemental/inventory.ts';
import { registrationController } from './elemental/registration.ts';
import { seedImageController } from './elemental/seedimage.ts';
import { hostController } from './hosts/agent.ts';
import { baremetalClusterController } from './provider/cluster.ts';
import { baremetalMachineController } from './provider/machine.ts';
import { poolController } from './provider/pool.ts';
import type { Runtime } from './runtime.ts';

export const defaultServerUrl = 'https://platform.dc1.example';

/** Registers every controller. `serverUrl` is the platform's address in registration and download URLs. */
export function registerControllers(rt: Runtime, serverUrl = defaultServerUrl): void {
  registrationController(rt, serverUrl);
  seedImageController(rt, serverUrl);
  inventoryController(rt);
  hostController(rt);
  poolController(rt);
  baremetalClusterController(rt);
  baremetalMachineController(rt);
  clusterController(rt);
  controlPlaneController(rt);
  machineDeploymentController(rt);
  machineSetController(rt);
  machineController(rt);
  kubeadmConfigController(rt);
  healthCheckController(rt);
}
