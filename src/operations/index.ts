/** All operations, in the order in which they are listed. */

import { bootstrap } from './bootstrap.ts';
import { buildImage } from './build-image.ts';
import { catalog } from './catalog.ts';
import type { Operation } from './contract.ts';
import { deleteCluster } from './delete-cluster.ts';
import { kubeOvn } from './kube-ovn.ts';
import { makeRegistration } from './make-registration.ts';
import { move } from './move.ts';
import { pause } from './pause.ts';
import { poolAdd } from './pool-add.ts';
import { poolOrder } from './pool-order.ts';
import { rebuild } from './rebuild.ts';
import { remediate } from './remediate.ts';
import { remove } from './remove.ts';
import { replace } from './replace.ts';
import { restart } from './restart.ts';
import { resume } from './resume.ts';
import { scale } from './scale.ts';
import { storageRetry } from './storage-retry.ts';
import { unmark } from './unmark.ts';
import { upgradeControlPlane } from './upgrade-control-plane.ts';
import { upgradeWorkers } from './upgrade-workers.ts';

export const operations: readonly Operation[] = [
  remove,
  scale,
  unmark,
  replace,
  move,
  bootstrap,
  poolAdd,
  poolOrder,
  catalog,
  kubeOvn,
  upgradeControlPlane,
  upgradeWorkers,
  pause,
  resume,
  restart,
  remediate,
  rebuild,
  makeRegistration,
  buildImage,
  storageRetry,
  deleteCluster,
];

/** The operation of an id. */
export function operationNamed(id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id);
}
