/**
 * Claims of storage and what they are bound to. Nothing is provisioned: there are the volumes that somebody makes. After
 * k8s.io/kubernetes/pkg/controller/volume/{persistentvolume,pvcprotection,pvprotection}.
 */

import { type LabelSelector, selects } from '../selector.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { isActive, isGoing } from './pods.ts';
import { amount } from './quantity.ts';
import type { Claim, StorageClass, Volume, WorkPod } from './shapes.ts';
import { each, earliest, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'persistentvolume-controller';
/** How often is looked again for what a claim waits for, ms. */
const again = 15_000;
/** What is asked of the classes' claims before there is a Pod for them. */
const LATE = 'WaitForFirstConsumer';
/** Volumes of such a class are made by hand. */
export const NOBODY = 'kubernetes.io/no-provisioner';

/** One turn for every claim and every volume of the picture. */
export function volumes(picture: Picture): Turn {
  const taken = new Set<string>();
  const turns = [
    each(picture, picture.volumes, (volume) => ({ writes: kept(picture, volume) })),
    each(picture, picture.claims, (claim) => bound(picture, claim, taken)),
    each(picture, picture.claims, (claim) => ({ writes: letGo(picture, claim) }), true),
    each(picture, picture.volumes, (volume) => ({ writes: freed(volume) }), true),
  ];
  return { writes: turns.flatMap(({ writes }) => writes), again: earliest(turns.map((turn) => turn.again)) };
}

/** The claims that the volumes of a Pod name. */
export const claimNames = ({ spec }: WorkPod): string[] =>
  (spec.volumes ?? []).flatMap((each) => {
    const { claimName } = (each['persistentVolumeClaim'] ?? {}) as { claimName?: string };
    return claimName ?? [];
  });

/** The class of a claim; undefined where there is none of that name. */
export const classOf = ({ classes }: Pick<Picture, 'classes'>, { spec }: Claim): StorageClass | undefined =>
  classes.find(({ metadata }) => metadata.name === spec['storageClassName']);

/** Whether a claim is looked after only once a Pod that wants it is placed. */
export const isLate = (picture: Pick<Picture, 'classes'>, claim: Claim): boolean =>
  classOf(picture, claim)?.volumeBindingMode === LATE;

const wantedBy = ({ pods }: Picture, { metadata }: Claim): WorkPod | undefined =>
  pods.find(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      (isActive(pod) || isGoing(pod)) &&
      claimNames(pod).includes(metadata.name),
  );

/** A claim finds its volume, or says what it waits for. */
function bound(picture: Picture, claim: Claim, taken: Set<string>): Turn {
  if (claim.status?.phase === 'Bound') return { writes: [] };
  const { namespace, name, uid, creationTimestamp } = claim.metadata;
  const volume = picture.volumes.find((one) => !taken.has(one.metadata.name) && fits(one, claim));
  if (volume && !(isLate(picture, claim) && !wantedBy(picture, claim))) {
    taken.add(volume.metadata.name);
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid };
    const note = 'pv.kubernetes.io/bound-by-controller';
    const annotations = (of: KubeObject, more: object = {}) => ({
      ...of.metadata,
      annotations: { ...of.metadata.annotations, [note]: 'yes', ...more },
    });
    const mine = {
      ...claim,
      metadata: annotations(claim, { 'pv.kubernetes.io/bind-completed': 'yes' }),
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    };
    if (claim.spec['volumeName'] === undefined) {
      const held = { ...volume, metadata: annotations(volume), spec: { ...volume.spec, claimRef } };
      return { writes: [update(by, held as KubeObject), update(by, mine as KubeObject)] };
    }
    const { accessModes, capacity } = volume.spec;
    return {
      writes: [update(by, { ...claim, status: { phase: 'Bound', accessModes, capacity } } as KubeObject, '/status')],
    };
  }
  const turn = Math.floor((picture.now - Date.parse(creationTimestamp ?? '')) / again);
  const until = Date.parse(creationTimestamp ?? '') + (turn + 1) * again;
  if (!picture.rises(`${uid}/unbound`, turn)) return { writes: [], again: until };
  return { writes: [event(by, claim, { ...waitsFor(picture, claim), component })], again: until };
}

interface Said {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

function waitsFor(picture: Picture, claim: Claim): Said {
  const wanted = claim.spec['storageClassName'];
  if (!wanted) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { type: 'Normal', reason: 'FailedBinding', message };
  }
  const known = classOf(picture, claim);
  if (!known)
    return {
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: `storageclass.storage.k8s.io "${wanted}" not found`,
    };
  if (isLate(picture, claim)) {
    const pod = wantedBy(picture, claim);
    if (!pod) {
      return { type: 'Normal', reason: LATE, message: 'waiting for first consumer to be created before binding' };
    }
    const message = `waiting for pod ${pod.metadata.name} to be scheduled`;
    if (known.provisioner === NOBODY) return { type: 'Normal', reason: 'WaitForPodScheduled', message };
  }
  if (known.provisioner === NOBODY) {
    return { type: 'Warning', reason: 'ProvisioningFailed', message: 'storageClass has no provisioner' };
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${known.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return { type: 'Normal', reason: 'ExternalProvisioning', message };
}

/** Whether a volume is there for a claim, and large enough. */
export function fits({ metadata, spec, status }: Volume, claim: Claim): boolean {
  const ref = spec.claimRef;
  if (ref && !(ref.name === claim.metadata.name && ref.namespace === claim.metadata.namespace)) return false;
  if (ref?.uid && ref.uid !== claim.metadata.uid) return false;
  if (status?.phase !== 'Available' && !(ref?.uid && status?.phase === 'Bound')) return false;
  const { volumeName, storageClassName, accessModes, resources, selector, volumeMode } = claim.spec as {
    volumeName?: string;
    storageClassName?: string;
    accessModes?: string[];
    resources?: { requests?: Record<string, string> };
    selector?: LabelSelector;
    volumeMode?: string;
  };
  if (volumeName && volumeName !== metadata.name) return false;
  return (
    (spec.storageClassName ?? '') === (storageClassName ?? '') &&
    (spec.volumeMode ?? 'Filesystem') === (volumeMode ?? 'Filesystem') &&
    (accessModes ?? []).every((mode) => spec.accessModes?.includes(mode)) &&
    amount(spec.capacity?.['storage']) >= amount(resources?.requests?.['storage'] ?? '0') &&
    (selector === undefined || selects(selector, metadata.labels))
  );
}

/** A volume says whether it is free, somebody's, or was somebody's. */
function kept({ claims }: Picture, volume: Volume): Write[] {
  const ref = volume.spec.claimRef;
  const isWanted = ref?.uid === undefined || claims.some(({ metadata }) => metadata.uid === ref.uid);
  const phase = ref?.uid === undefined ? 'Available' : isWanted ? 'Bound' : 'Released';
  if (volume.status?.phase === phase) return [];
  return [update(by, { ...volume, status: { ...volume.status, phase } } as KubeObject, '/status')];
}

/** A claim that was deleted goes once no Pod has it any more. */
function letGo(picture: Picture, claim: Claim): Write[] {
  return wantedBy(picture, claim) ? [] : without(claim, 'kubernetes.io/pvc-protection');
}

const freed = (volume: Volume): Write[] =>
  volume.status?.phase === 'Bound' ? [] : without(volume, 'kubernetes.io/pv-protection');

function without(object: KubeObject, finalizer: string): Write[] {
  const { finalizers = [], ...metadata } = object.metadata;
  if (!finalizers.includes(finalizer)) return [];
  const left = finalizers.filter((one) => one !== finalizer);
  return [update(by, { ...object, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata })];
}
