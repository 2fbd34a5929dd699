/** The StatefulSet controller: Pods with names, one after the other. After k8s.io/kubernetes/pkg/controller/statefulset. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { claimed } from './claims.ts';
import { availableFrom, isGoing, readySince } from './pods.ts';
import { revised } from './revisions.ts';
import type { StatefulSet, WorkPod } from './shapes.ts';
import { create, each, earliest, event, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'statefulset-controller';
const HASH = 'controller-revision-hash';

/** One turn for every StatefulSet of the picture. */
export function statefulSets(picture: Picture): Turn {
  return each(picture, picture.statefulSets, (set) => one(picture, set));
}

function one(picture: Picture, set: StatefulSet): Turn {
  const { name, writes } = revised(picture, set);
  const isNamed = ({ metadata }: WorkPod) => metadata.name.replace(/-\d+$/, '') === set.metadata.name;
  const claim = claimed(set, set.spec.selector, picture.pods, isNamed);
  const pods = claim.mine.sort((a, b) => ordinalOf(a) - ordinalOf(b));
  writes.push(...claim.writes);
  writes.push(...stepped(picture, set, pods, name));
  const { status, again } = statusOf(set, pods, name, picture.now);
  if (!equal(status, set.status)) writes.push(update(by, { ...set, status } as KubeObject, '/status'));
  return { writes, again };
}

const ordinalOf = ({ metadata }: WorkPod): number => Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1);
const isReady = (pod: WorkPod): boolean => readySince(pod) !== undefined;

/** What is next: one Pod at a time unless all may go together. */
function stepped(picture: Picture, set: StatefulSet, pods: readonly WorkPod[], revision: string): Write[] {
  const { name } = set.metadata;
  const wanted = set.spec.replicas ?? 1;
  const parallel = set.spec.podManagementPolicy === 'Parallel';
  const tell = (reason: string, message: string) => event(by, set, { type: 'Normal', reason, message, component });
  const gone = (pod: WorkPod) => [
    remove(by, pod),
    tell('SuccessfulDelete', `delete Pod ${pod.metadata.name} in StatefulSet ${name} successful`),
  ];
  const writes: Write[] = [];
  for (let at = 0; at < wanted; at += 1) {
    const pod = pods.find((each) => ordinalOf(each) === at);
    if (pod?.status?.phase === 'Failed' || pod?.status?.phase === 'Succeeded') return gone(pod);
    if (!pod) {
      writes.push(...claimsOf(picture, set, at), create(by, podOf(set, at, revision)));
      writes.push(tell('SuccessfulCreate', `create Pod ${name}-${at} in StatefulSet ${name} successful`));
    }
    if (!parallel && (!pod || isGoing(pod) || !isReady(pod))) return writes;
  }
  const spare = pods.filter((pod) => ordinalOf(pod) >= wanted).reverse();
  if (spare.length > 0) {
    const next = parallel ? spare : spare.slice(0, 1);
    return [...writes, ...next.filter((pod) => !isGoing(pod)).flatMap(gone)];
  }
  if (writes.length > 0 || set.spec.updateStrategy?.type === 'OnDelete') return writes;
  const first = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (const pod of [...pods].reverse()) {
    if (ordinalOf(pod) < first) break;
    if (isGoing(pod)) break;
    if (pod.metadata.labels?.[HASH] !== revision) return gone(pod);
    if (!isReady(pod)) break;
  }
  return [];
}

function statusOf(set: StatefulSet, pods: readonly WorkPod[], revision: string, now: number) {
  const from = pods.map((pod) => availableFrom(pod, set.spec.minReadySeconds)).filter((at) => at !== undefined);
  const updated = pods.filter(({ metadata }) => metadata.labels?.[HASH] === revision).length;
  const whole = updated === pods.length && pods.length === (set.spec.replicas ?? 1) && from.length === pods.length;
  const before = set.status?.currentRevision ?? revision;
  const currentRevision = whole ? revision : before;
  const current = pods.filter(({ metadata }) => metadata.labels?.[HASH] === currentRevision).length;
  const status = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    ...(from.length > 0 ? { readyReplicas: from.length } : {}),
    ...(current > 0 ? { currentReplicas: current } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...{ currentRevision, updateRevision: revision, collisionCount: 0 },
    availableReplicas: from.filter((at) => at <= now).length,
  };
  return { status, again: earliest(from.filter((at) => at > now)) };
}

const claimName = (claim: string, set: StatefulSet, at: number): string => `${claim}-${set.metadata.name}-${at}`;

function podOf(set: StatefulSet, at: number, revision: string): WorkPod {
  const { metadata = {}, spec } = set.spec.template;
  const { name: base, namespace } = set.metadata;
  const name = `${base}-${at}`;
  const claims = (set.spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(claim.metadata.name, set, at) },
  }));
  const labels = {
    ...metadata.labels,
    ...{ 'apps.kubernetes.io/pod-index': String(at), [HASH]: revision, 'statefulset.kubernetes.io/pod-name': name },
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...metadata,
      ...{ name, generateName: `${base}-`, namespace, labels, ownerReferences: [ownerReference(set)] },
    } as WorkPod['metadata'],
    spec: {
      ...spec,
      ...{ hostname: name, subdomain: (set.spec as { serviceName?: string }).serviceName },
      ...(claims.length > 0 ? { volumes: [...(spec.volumes ?? []), ...claims] } : {}),
    },
  };
}

/** The claims of a Pod that are not there yet. No storage is made here: they wait. */
function claimsOf(picture: Picture, set: StatefulSet, at: number): Write[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).flatMap((claim) => {
    const name = claimName(claim.metadata.name, set, at);
    if (picture.claims.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace)) return [];
    const labels = set.spec.selector.matchLabels;
    const made = {
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace, labels } },
      ...{ spec: { volumeMode: 'Filesystem', ...claim.spec }, status: { phase: 'Pending' } },
    };
    const pod = `${set.metadata.name}-${at}`;
    const message = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
    return [
      { ...create(by, made as KubeObject), maker: ownerReference(set) },
      event(by, set, { type: 'Normal', reason: 'SuccessfulCreate', message, component }),
    ];
  });
}
