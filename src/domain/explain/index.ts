/**
 * Every explanation there is, one line each, by the kind of object its cause is in. A table is gone through from top to
 * bottom and the first line that holds is the cause: what is certain before what is likely, what lies elsewhere before
 * what only looks like trouble here, and the object's own words last.
 */
import { clusterAsItSays } from './cluster/as-it-says.ts';
import { daemonsShort } from './cluster/daemons-short.ts';
import { slowDeleting, stuckDeleting } from './cluster/deleting.ts';
import { itsGroups } from './cluster/elsewhere.ts';
import { externalEndpoint, vipUnreachable } from './cluster/endpoint.ts';
import { importIncomplete } from './cluster/import-incomplete.ts';
import { releaseFailed, releaseStuck } from './cluster/kube-ovn.ts';
import { clusterPaused } from './cluster/paused.ts';
import { quorumLost } from './cluster/quorum-lost.ts';
import type {
  AppReleaseFacts,
  ClusterFacts,
  GroupFacts,
  HostFacts,
  MachineFacts,
  PoolFacts,
  RegistrationFacts,
  SeedImageFacts,
} from './facts.ts';
import { groupAsItSays } from './group/as-it-says.ts';
import { planeUnhealthy } from './group/control-plane.ts';
import * as groupElsewhere from './group/elsewhere.ts';
import { catalogMiss, imageUnresolved, registryMissing } from './group/images.ts';
import { groupPaused } from './group/paused.ts';
import { exhaustedMidRollout, poolExhausted, poolMissing, surgeStalls } from './group/pools.ts';
import { leftBehind, planeUnstable, preflight } from './group/preflight.ts';
import { cannotCreate, templateMissing } from './group/templates.ts';
import { agentSilent } from './host/agent-silent.ts';
import { hostAsItSays } from './host/as-it-says.ts';
import { claimedTwice } from './host/claimed-twice.ts';
import { cleanSlow } from './host/clean-slow.ts';
import { itsMachine } from './host/elsewhere.ts';
import { hostFlapping } from './host/flapping.ts';
import { mountFailed } from './host/mount-failed.ts';
import { noObserver } from './host/no-observer.ts';
import { noPlanSecret } from './host/no-plan-secret.ts';
import { notReady } from './host/not-ready.ts';
import { notReadyYet } from './host/not-ready-yet.ts';
import { cleanFailed, otherPlanFailed, reprovisionFailed } from './host/plan-failed.ts';
import { storageFailed } from './host/storage-failed.ts';
import { storageInDoubt } from './host/storage-in-doubt.ts';
import { storageSlow } from './host/storage-slow.ts';
import { twoPools } from './host/two-pools.ts';
import { unavailable } from './host/unavailable.ts';
import { machineAsItSays } from './machine/as-it-says.ts';
import { bootstrapWaiting } from './machine/bootstrap-waiting.ts';
import { deletionIgnored, releaseIgnored } from './machine/deletion-ignored.ts';
import { deletionStuck } from './machine/deletion-stuck.ts';
import { drainBlocked } from './machine/drain-blocked.ts';
import * as machineElsewhere from './machine/elsewhere.ts';
import { preDrainHook, preTerminateHook } from './machine/hooks.ts';
import { hostFailed, hostFell, hostLate } from './machine/hosts.ts';
import { deleteMark, machinePaused } from './machine/marks.ts';
import { neverJoins, nodeNotReady } from './machine/never-joins.ts';
import { nodeCordoned } from './machine/node-cordoned.ts';
import { nodeFlapping } from './machine/node-flapping.ts';
import { nodeGone } from './machine/node-gone.ts';
import { nodeLost } from './machine/node-lost.ts';
import { remediationShort, remediationSpent } from './machine/remediation-held.ts';
import { volumesAttached } from './machine/volumes-attached.ts';
import { registrationNotReady } from './onboarding/registration.ts';
import { buildFailed, buildSlow, itsRegistration } from './onboarding/seed-image.ts';
import { providerFailed } from './platform/provider-release.ts';
import { poolAsItSays } from './pool/as-it-says.ts';
import { figuresDisagree } from './pool/figures.ts';
import * as members from './pool/members.ts';
import type { Table } from './types.ts';

export const HOST: Table<HostFacts> = [
  twoPools,
  claimedTwice,
  storageInDoubt, // F23
  reprovisionFailed, // F8
  cleanFailed, // F10
  otherPlanFailed,
  mountFailed, // F9
  storageFailed,
  noPlanSecret, // F4
  noObserver, // F24
  agentSilent, // F22
  cleanSlow,
  storageSlow,
  notReady, // F3
  notReadyYet,
  unavailable,
  hostFlapping,
  itsMachine,
  hostAsItSays,
];

export const MACHINE: Table<MachineFacts> = [
  deletionIgnored,
  releaseIgnored,
  machineElsewhere.ofItsGroup,
  hostFailed,
  machineElsewhere.clusterPaused,
  machineElsewhere.clusterSilent,
  machineElsewhere.importIncomplete,
  hostLate,
  machinePaused,
  preDrainHook,
  drainBlocked,
  volumesAttached,
  preTerminateHook,
  deletionStuck,
  hostFell,
  bootstrapWaiting, // F5
  nodeNotReady,
  neverJoins, // F11
  remediationSpent,
  remediationShort,
  nodeGone,
  nodeFlapping,
  nodeLost,
  deleteMark,
  nodeCordoned,
  machineElsewhere.asItsRowKnows,
  machineAsItSays,
];

export const GROUP: Table<GroupFacts> = [
  poolMissing, // F1
  surgeStalls, // F14
  exhaustedMidRollout, // F15
  poolExhausted, // F2
  catalogMiss, // F6
  registryMissing, // F7
  imageUnresolved,
  templateMissing,
  planeUnstable,
  preflight,
  cannotCreate,
  groupElsewhere.clusterPaused,
  groupElsewhere.clusterSilent,
  groupElsewhere.badMachines,
  planeUnhealthy,
  leftBehind,
  groupPaused,
  groupElsewhere.anyMachines,
  groupElsewhere.asItsRowKnows,
  groupAsItSays,
];

export const POOL: Table<PoolFacts> = [
  members.memberMissing,
  members.asItsRowKnows,
  members.unfitMember,
  figuresDisagree,
  poolAsItSays,
];

export const CLUSTER: Table<ClusterFacts> = [
  stuckDeleting, // F18
  quorumLost,
  vipUnreachable, // F12
  externalEndpoint, // F13
  releaseFailed, // F16
  importIncomplete, // F19
  clusterPaused,
  daemonsShort,
  releaseStuck, // F17
  itsGroups,
  slowDeleting,
  clusterAsItSays,
];

export const APP_RELEASE: Table<AppReleaseFacts> = [providerFailed];

export const SEED_IMAGE: Table<SeedImageFacts> = [itsRegistration, buildFailed, buildSlow];

export const REGISTRATION: Table<RegistrationFacts> = [registrationNotReady];
