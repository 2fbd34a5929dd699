/** The templates that groups and control planes are made from. */

import type { Kind } from '../kinds.ts';
import { own } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { deleting } from './common.ts';

/**
 * Whoever uses a template makes the Cluster an owner of it, though not its controller: it goes with the Cluster. Source:
 * `reconcileExternalTemplateReference` of Cluster API's MachineDeployment controller, and that of KubeadmControlPlane. Throws
 * KubeError.
 */
export async function tieTemplate<T extends KubeObject>(
  rt: Runtime,
  kind: Kind<T>,
  template: T | undefined,
  cluster: Cluster,
): Promise<void> {
  if (!template || deleting(template)) return;
  const { uid } = cluster.metadata;
  if (template.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return;
  await rt.client.change(kind, template, (draft) => own(draft, cluster, false));
}
