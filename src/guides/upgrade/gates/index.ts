/** All gates of an upgrade, in the order in which they are shown: a gate is a rule in a file and a line here. */
import type { Gate } from '../../contract.ts';
import { etcdBackup, platformFirst } from './asked.ts';
import { drainLimits, healthChecks, noMarks, nothingPaused, nothingRolling, ownGroups } from './fleet.ts';
import type { Rule, View } from './gate.ts';
import { groupLimits, kubeletPatch, planeHealth, planeShape } from './groups.ts';
import { noBadHosts, spareHosts } from './hosts.ts';
import { nodesReady, versionSkew } from './nodes.ts';
import { providerSettled } from './platform.ts';
import { storageReady } from './storage.ts';
import { admission, coreDnsUpwards, etcdUpwards, inCatalog, networkFirst } from './versions.ts';

/** About the whole: looked at before every stage. */
const WHOLE: readonly Rule[] = [
  platformFirst,
  providerSettled,
  nodesReady,
  nothingPaused,
  noMarks,
  nothingRolling,
  ownGroups,
  healthChecks,
  drainLimits,
];

/** Before one stage; each says itself which it is for. */
const STAGE: readonly Rule[] = [
  inCatalog,
  etcdBackup,
  networkFirst,
  planeShape,
  planeHealth,
  versionSkew,
  coreDnsUpwards,
  etcdUpwards,
  groupLimits,
  kubeletPatch,
  noBadHosts,
  spareHosts,
  storageReady,
  admission,
];

/** The gates before a stage, or those of the whole. */
export function gatesOf(view: View): Gate[] {
  return (view.stage ? STAGE : WHOLE).flatMap((rule) => rule(view));
}
