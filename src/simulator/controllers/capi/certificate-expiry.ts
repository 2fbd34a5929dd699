/**
 * When the certificates of a control-plane Machine end: read from its API server once, and kept on its KubeadmConfig.
 * Source: Cluster API 1.10, reconcileCertificateExpiries of the kubeadm control plane provider and
 * reconcileCertificateExpiry of the Machine controller.
 */

import { kinds } from '../kinds.ts';
import type { NodeAccess } from '../node-access.ts';
import { annotate } from '../owners.ts';
import { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmConfig, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import { timestamp } from '../time.ts';
import { deleting, isControlPlane } from './common.ts';

const expiry = 'machine.cluster.x-k8s.io/certificates-expiry';
/** kubeadm's certificates live for a year, and are made before the Node registers. */
const life = 365 * 86_400_000;
const before = { least: 9_000, most: 24_000 };

/** Notes on `config` when the certificates end that kubeadm made on `node`, on a host that is `speed` times faster than life. */
export function noteExpiry(config: KubeadmConfig, { metadata }: Node, seed: string, speed = 1): void {
  const made = Date.parse(metadata.creationTimestamp ?? '');
  if (!Number.isFinite(made)) return;
  const early = new Random(seed, 'certificates', metadata.uid ?? metadata.name).integer(before.least, before.most);
  annotate(config, { [expiry]: timestamp(made - early / speed + life) });
}

/** Notes it for the Machines of a control plane that have a Node, and of which it is not known yet. Throws KubeError. */
export async function noteExpiries(rt: Runtime, machines: readonly Machine[], nodes: NodeAccess): Promise<void> {
  const configs = rt.informer(kinds.KubeadmConfig);
  for (const machine of machines) {
    const config = configs.get(machine.spec?.bootstrap?.configRef?.name);
    const node = nodes.informer.get(machine.status?.nodeRef?.name);
    const known = [machine, config].some((object) => object?.metadata.annotations?.[expiry] !== undefined);
    if (!config || !node || known || deleting(machine)) continue;
    await rt.client.change(kinds.KubeadmConfig, config, (draft) => noteExpiry(draft, node, rt.seed, rt.speed));
  }
}

/** Writes into `draft`, a Machine, when its certificates end, where somebody has noted it. */
export function setExpiry(draft: Machine, config: KubeadmConfig | undefined): void {
  if (!isControlPlane(draft)) return;
  const noted = draft.metadata.annotations?.[expiry] ?? config?.metadata.annotations?.[expiry];
  const at = Date.parse(noted ?? '');
  if (Number.isFinite(at)) draft.status!.certificatesExpiryDate = timestamp(at);
  else if (noted === undefined) delete draft.status?.certificatesExpiryDate;
}

/** Whether the certificates of a Machine are known to end within `days` of `now`, a Unix time in ms. */
export function endsWithin({ status }: Machine, days: number, now: number): boolean {
  const at = Date.parse(status?.certificatesExpiryDate ?? '');
  return Number.isFinite(at) && at - now < days * 86_400_000;
}
