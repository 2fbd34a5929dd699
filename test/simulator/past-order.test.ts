/** The past that a datacenter begins with, as somebody reads it who compares times and revisions: nothing is older than what it is made of. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';
import { bornAt, nameOf, type Said, said, time, wholeOf, writtenAt } from './whole.ts';

let datacenter: Datacenter;
const clusters = new Map<string, KubeObject[]>();

let began = 0;

beforeAll(async () => {
  began = Date.now();
  datacenter = await startDatacenter({ hosts: 42, seed: 'order', speed: 1, traffic: false });
  for (const name of ['management', ...datacenter.layout.clusters.map((one) => one.name)])
    clusters.set(name, await wholeOf(datacenter, name));
}, 60_000);
afterAll(() => datacenter.stop());

const timeText = (at: number): string => new Date(at).toISOString();
const all = (cluster: string): KubeObject[] => clusters.get(cluster)!;
const named = (cluster: string, name: string): KubeObject => {
  const found = all(cluster).find((object) => nameOf(object).startsWith(name));
  if (!found) throw new Error(`no ${name} in ${cluster}`);
  return found;
};
const revision = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

describe.each(['management', 'prod', 'lab'])('in %s', (cluster) => {
  it('what was written later has a higher revision', () => {
    const late: string[] = [];
    let before: KubeObject | undefined;
    // What hosts have reported since the start may stand before a Lease that is told of only now: that is no past.
    const isNow = (object: KubeObject) =>
      writtenAt(object) > began - (/^(Lease|Node|Event)$/.test(object.kind) ? 60_000 : 1000);
    const past = all(cluster).filter((object) => cluster !== 'management' || !isNow(object));
    for (const object of past.sort((a, b) => revision(a) - revision(b))) {
      // Whatever is told of itself all the time finds its second taken, or takes that of others.
      const isTold = [object, before].some((one) => /^(Lease|Node|Event)$/.test(one?.kind ?? ''));
      const lenience = isTold ? 2000 : 0;
      if (before && writtenAt(object) < writtenAt(before) - lenience)
        late.push(`${nameOf(object)} after ${nameOf(before)}`);
      else if (!before || writtenAt(object) > writtenAt(before)) before = object;
    }
    expect(late).toEqual([]);
  });

  it('nothing was written or said before it was made, or said later than it was written', () => {
    const early = all(cluster).filter((object) => {
      const times = (object.metadata.managedFields ?? []).map((entry) => time(entry.time));
      return (
        times.some((at) => at < bornAt(object)) ||
        // A kubelet runs what is in its files before there is a server to be told of it.
        (!object.metadata.annotations?.['kubernetes.io/config.mirror'] &&
          said(object).some((one) => time(one.lastTransitionTime) < bornAt(object)))
      );
    });
    const unwritten = all(cluster).filter((object) =>
      said(object).some((one) => time(one.lastTransitionTime) > writtenAt(object)),
    );
    expect([early.map(nameOf), unwritten.map(nameOf)]).toEqual([[], []]);
  });

  it('owners are there, and older than what they own', () => {
    const byUid = new Map(all(cluster).map((object) => [object.metadata.uid, object]));
    const wrong = all(cluster).flatMap((object) =>
      (object.metadata.ownerReferences ?? []).flatMap(({ uid, kind, name }) => {
        const owner = byUid.get(uid);
        if (kind === 'SimApplication') return [];
        // A manifest names what belongs to a Cluster before the Cluster itself.
        const grace = kind === 'Cluster' ? 3000 : 0;
        return owner && bornAt(owner) <= bornAt(object) + grace ? [] : [`${nameOf(object)} of ${kind} ${name}`];
      }),
    );
    expect(wrong).toEqual([]);
    expect(byUid.size).toBe(all(cluster).length);
  });

  it('what is observed is what is there', () => {
    const behind = all(cluster).filter(({ status, metadata }) => {
      const observed = (status as { observedGeneration?: number } | undefined)?.observedGeneration;
      return observed !== undefined && observed !== metadata.generation;
    });
    expect(behind.map(nameOf)).toEqual([]);
  });

  it('who counts Pods wrote its status when the last of them was ready, and is available since enough of them are', () => {
    const owned = new Map<string, KubeObject[]>();
    for (const object of all(cluster)) {
      const uid = object.metadata.ownerReferences?.[0]?.uid ?? '';
      owned.set(uid, [...(owned.get(uid) ?? []), object]);
    }
    const below = ({ metadata: { uid = '' } }: KubeObject) => owned.get(uid) ?? [];
    const readyOf = (pod: KubeObject) => time(said(pod).find(({ type }) => type === 'Ready')?.lastTransitionTime);
    const wrong: string[] = [];
    for (const object of all(cluster).filter(({ kind }) => /^(Deployment|ReplicaSet|DaemonSet)$/.test(kind))) {
      const pods = object.kind === 'Deployment' ? below(object).flatMap(below) : below(object);
      const ready = pods
        .filter(({ kind }) => kind === 'Pod')
        .map(readyOf)
        .sort((a, b) => a - b);
      const entry = object.metadata.managedFields?.find(({ subresource }) => subresource === 'status');
      if (ready.length > 0 && time(entry?.time) !== ready.at(-1)) wrong.push(`${nameOf(object)} ${entry?.time}`);
      const sets = object.kind === 'Deployment' ? below(object) : [];
      for (const one of [...sets, ...pods]) {
        if (writtenAt(one) <= writtenAt(object) && revision(one) > revision(object))
          wrong.push(`${nameOf(object)} before ${nameOf(one)}`);
      }
      if (object.kind !== 'Deployment') continue;
      const { replicas, strategy } = object.spec as {
        replicas: number;
        strategy: { rollingUpdate: { maxUnavailable: number | string } };
      };
      const { maxUnavailable: most } = strategy.rollingUpdate;
      const spared = typeof most === 'number' ? most : Math.floor((Number.parseInt(most, 10) * replicas) / 100);
      const available = said(object).find(({ type }) => type === 'Available') as Said & { lastUpdateTime: string };
      const since = replicas > spared ? ready[replicas - spared - 1]! : bornAt(object);
      if (time(available.lastTransitionTime) !== since || time(available.lastUpdateTime) !== since)
        wrong.push(`${nameOf(object)} available ${available.lastTransitionTime}, not ${timeText(since)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('a Deployment was rolled out when it was made: that one of its Pods was replaced later is no rollout', () => {
    const hour = 3_600_000;
    const rolled = all(cluster).flatMap((object) => {
      if (object.kind !== 'Deployment') return [];
      const found = said(object).find(({ type }) => type === 'Progressing') as Said & { lastUpdateTime: string };
      return [[nameOf(object), (time(found.lastUpdateTime) - bornAt(object)) / hour] as const];
    });
    expect(rolled.length).toBeGreaterThan(0);
    expect(rolled.filter(([, hours]) => !(hours >= 0 && hours < 3))).toEqual([]);
  });

  it('a cluster came about as kubeadm and Kube-OVN bring one about', () => {
    const order = [
      ...[
        'Namespace /kube-public',
        'Service default/kubernetes',
        'ClusterRole /system:node',
        'ConfigMap kube-system/kube-apiserver-legacy-',
      ],
      ...['ServiceAccount kube-system/daemon-set-controller', 'ConfigMap kube-system/kubeadm-config'],
      ...['ServiceAccount kube-system/coredns', 'ControllerRevision kube-system/kube-proxy'],
      ...[
        'CustomResourceDefinition /subnets.kubeovn.io',
        'ServiceAccount kube-system/ovn',
        'ControllerRevision kube-system/kube-ovn-cni',
      ],
    ].map((name) => named(cluster, name));
    const born = order.map(bornAt);
    expect(born).toEqual([...born].sort((a, b) => a - b));
    // A definition is written once more when it is taken up.
    const revisions = order.filter(({ kind }) => !/^(Namespace|CustomResourceDefinition)$/.test(kind)).map(revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(revisions.every((one) => one < 900)).toBe(true);
    const space = named(cluster, 'Namespace /kube-system');
    expect(space.metadata.managedFields?.map(({ manager }) => manager).sort()).toEqual([
      'kube-apiserver',
      'kube-ovn-controller',
    ]);
    expect(revision(space)).toBeGreaterThan(revision(named(cluster, 'ControllerRevision kube-system/kube-ovn-cni')));
    expect(revision(space)).toBeLessThan(1200);
  });

  it('nothing runs before somebody leads, and no Node is ready before it has its network', () => {
    const sets = all(cluster).filter(({ kind }) => /^(ReplicaSet|ControllerRevision)$/.test(kind));
    const led = bornAt(named(cluster, 'Lease kube-system/kube-controller-manager'));
    expect(sets.filter((set) => bornAt(set) < led).map(nameOf)).toEqual([]);
    const ready = all(cluster)
      .filter(({ kind }) => kind === 'Node')
      .map((node) => time(said(node).find(({ type }) => type === 'Ready')?.lastTransitionTime));
    const cni = named(cluster, 'DaemonSet kube-system/kube-ovn-cni');
    expect(Math.min(...ready)).toBeGreaterThan(bornAt(cni) + 5000);
  });
});

describe('of a Cluster', () => {
  const at = (object: KubeObject, type: string) =>
    said(object)
      .filter((one) => one.type === type)
      .map((one) => time(one.lastTransitionTime));
  const of = (kind: string) =>
    all('management').filter(
      (one) => one.kind === kind && one.metadata.labels?.['cluster.x-k8s.io/cluster-name'] === 'prod',
    );

  it('each condition is as old as what it speaks of', () => {
    const cluster = named('management', 'Cluster cpaas-system/prod');
    const machines = of('Machine');
    expect(Math.max(...at(cluster, 'InfrastructureReady'))).toBeLessThanOrEqual(Math.min(...machines.map(bornAt)));
    const initialized = at(cluster, 'ControlPlaneInitialized');
    expect(initialized).toHaveLength(2);
    expect(new Set(initialized).size).toBe(1);
    expect(at(cluster, 'WorkersAvailable')[0]).toBeGreaterThan(Math.min(...of('MachineDeployment').map(bornAt)));
    const up = machines.flatMap((machine) => at(machine, 'Ready'));
    expect(writtenAt(cluster)).toBeGreaterThanOrEqual(Math.max(...up));
  });

  it('a group has been whole since the last of its Machines was ready', () => {
    const plane = named('management', 'KubeadmControlPlane cpaas-system/prod');
    const its = of('Machine').filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'KubeadmControlPlane');
    const last = Math.max(...its.flatMap((machine) => at(machine, 'Ready')));
    expect(at(plane, 'MachinesReady')).toEqual([last, last]);
    for (const set of of('MachineSet')) {
      const ready = of('Machine').filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === set.metadata.uid);
      const whole = Math.max(...ready.flatMap((machine) => at(machine, 'Ready')));
      expect(at(set, 'MachinesReady')).toEqual([whole, whole]);
    }
  });

  it('readiness travelled up: whoever counts others was written after the last of them', () => {
    const isYoung = (a: KubeObject, b: KubeObject) => Math.abs(writtenAt(a) - writtenAt(b)) <= 2000;
    const wrong: string[] = [];
    let compared = 0;
    const inOrder = (lower: KubeObject | undefined, upper: KubeObject | undefined) => {
      if (!lower || !upper || !isYoung(lower, upper)) return;
      compared += 1;
      if (revision(lower) > revision(upper)) wrong.push(`${nameOf(upper)} before ${nameOf(lower)}`);
    };
    const ownerOf = ({ metadata }: KubeObject) => {
      const uid = metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
      return all('management').find((one) => one.metadata.uid === uid);
    };
    for (const kind of ['BaremetalMachine', 'Machine', 'MachineSet']) {
      for (const object of all('management').filter((one) => one.kind === kind)) inOrder(object, ownerOf(object));
    }
    const groups = all('management').filter(({ kind }) => /^(MachineDeployment|KubeadmControlPlane)$/.test(kind));
    for (const group of groups) {
      const name = group.metadata.labels?.['cluster.x-k8s.io/cluster-name'] ?? '';
      inOrder(group, named('management', `Cluster cpaas-system/${name}`));
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(20);
  });

  it('a BaremetalMachine had its host, and its provider id, before it ran', () => {
    for (const { metadata } of all('management').filter(({ kind }) => kind === 'BaremetalMachine')) {
      const own = metadata.managedFields?.filter(({ manager }) => manager === 'manager') ?? [];
      const at = (subresource?: string) => time(own.find((entry) => entry.subresource === subresource)?.time);
      expect(at('status') - at()).toBeGreaterThan(60_000);
    }
  });

  it('its network is released some time after its first Node, and not as long in every cluster', () => {
    const waits = datacenter.layout.clusters.map(({ name }) => {
      const nodes = all(name).filter(({ kind }) => kind === 'Node');
      return bornAt(named(name, 'AppRelease cpaas-system/cni-kube-ovn')) - Math.min(...nodes.map(bornAt));
    });
    expect(Math.min(...waits)).toBeGreaterThan(5000);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });
});

it('certificates of webhooks are as old as the charts that make them', () => {
  const secrets = all('management').filter(({ metadata }) => /-webhook-service-cert$/.test(metadata.name));
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) {
    const data = (secret as unknown as { data: Record<string, string> }).data;
    const { validFrom } = new X509Certificate(Buffer.from(data['tls.crt']!, 'base64'));
    expect(Math.abs(time(validFrom) - bornAt(secret))).toBeLessThan(60_000);
  }
});

it('the Pod that built the ISO was placed, got its image, and began each container after that; whoever lists them finds this order', () => {
  interface Told extends KubeObject {
    involvedObject: { kind: string; name: string; fieldPath?: string };
    reason: string;
    firstTimestamp: string | null;
    eventTime: string | null;
  }
  const told = all('management').filter(
    (one): one is Told => one.kind === 'Event' && (one as unknown as Told).involvedObject.kind === 'Pod',
  );
  // As kubectl describe does: by the time of each, and as a server lists them where that is the same second.
  const when = (one: Told) => Math.floor(time(one.firstTimestamp ?? one.eventTime ?? '') / 1000);
  const listed = told.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).sort((a, b) => when(a) - when(b));
  expect(listed.map(({ reason, involvedObject }) => `${reason} ${involvedObject.fieldPath ?? ''}`)).toEqual([
    'Scheduled ',
    'Pulling spec.initContainers{baseiso}',
    ...['Pulled', 'Created', 'Started'].map((reason) => `${reason} spec.initContainers{baseiso}`),
    ...['Pulled', 'Created', 'Started'].map((reason) => `${reason} spec.initContainers{build}`),
    ...['Pulled', 'Created', 'Started'].map((reason) => `${reason} spec.containers{serve}`),
  ]);
  const revisions = listed.map(revision);
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  const pod = all('management').find(
    (one) => one.kind === 'Pod' && one.metadata.name === listed[0]!.involvedObject.name,
  );
  const status = pod?.status as {
    initContainerStatuses: { state: { terminated: { startedAt: string } } }[];
    containerStatuses: { state: { running: { startedAt: string } } }[];
  };
  const began = [
    ...status.initContainerStatuses.map(({ state }) => state.terminated.startedAt),
    ...status.containerStatuses.map(({ state }) => state.running.startedAt),
  ];
  const pulled = listed.filter(({ reason }) => reason === 'Pulled');
  for (const [at, startedAt] of began.entries())
    expect(time(startedAt)).toBeGreaterThanOrEqual(when(pulled[at]!) * 1000);
});
