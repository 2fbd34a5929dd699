/** The commonest operation in a datacenter at which nobody has looked, and then everything is read once, for sense. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';
import { bornAt, nameOf, said, time, wholeOf, writtenAt } from '../simulator/whole.ts';

let datacenter: Datacenter;
let began = 0;
const whole = new Map<string, KubeObject[]>();
const replaced = new Map<string, KubeObject>();
const capi = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system';
const plane = 'cluster.x-k8s.io/control-plane';

const ask = async (path: string): Promise<KubeObject[]> =>
  (await datacenter.transport.json<{ items: KubeObject[] }>({ path })).items;

/** Machines of a cluster, of its control plane or of its workers. */
const machines = async (cluster: string, control: boolean) =>
  (await ask(`${capi}/machines`)).filter(
    ({ metadata: { labels = {} } }) =>
      labels['cluster.x-k8s.io/cluster-name'] === cluster && plane in labels === control,
  );

beforeAll(async () => {
  datacenter = await startDatacenter({ hosts: 42, seed: 'sense', speed: 60, traffic: false });
  began = Date.now();
  const groups = [
    ['prod', false],
    ['lab', true],
  ] as const;
  for (const [cluster, control] of groups) {
    const before = await machines(cluster, control);
    const gone = before.at(-1)!.metadata.name;
    await datacenter.transport.json({ method: 'DELETE', path: `${capi}/machines/${gone}` });
    await vi.waitFor(
      async () => {
        const now = await machines(cluster, control);
        const names = new Set(before.map(({ metadata }) => metadata.name));
        const fresh = now.filter(({ metadata }) => !names.has(metadata.name));
        expect(now.map(({ metadata }) => metadata.name)).not.toContain(gone);
        expect(now.map(({ status }) => (status as { phase: string }).phase)).toEqual(before.map(() => 'Running'));
        expect(fresh).toHaveLength(1);
        replaced.set(cluster, fresh[0]!);
      },
      { timeout: 120_000, interval: 500 },
    );
  }
  // The pace of Pods is that of the clock, whatever the speed: those of the new Nodes come up, and stay up.
  await vi.waitFor(
    async () => {
      for (const cluster of ['prod', 'lab']) {
        const pods = (await wholeOf(datacenter, cluster)).filter(({ kind }) => kind === 'Pod');
        expect(pods.filter((pod) => !isUp(pod)).map(nameOf)).toEqual([]);
        const on = pods.filter(({ spec }) => spec?.['nodeName'] === nodeOf(cluster));
        expect(on.some(({ metadata }) => metadata.namespace === 'sim-workload')).toBe(true);
      }
    },
    { timeout: 240_000, interval: 2000 },
  );
  for (const name of ['management', 'prod', 'lab']) whole.set(name, await wholeOf(datacenter, name));
}, 600_000);
afterAll(() => datacenter.stop());

const isUp = ({ status, metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.['phase'] === 'Succeeded' || said({ status } as KubeObject).some(isReady));
const isReady = ({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True';
const nodeOf = (cluster: string): string =>
  (replaced.get(cluster)!.status as { nodeRef: { name: string } }).nodeRef.name;
const all = (cluster: string): KubeObject[] => whole.get(cluster)!;
const of = (cluster: string, kind: string) => all(cluster).filter((object) => object.kind === kind);
const isMirror = ({ metadata }: KubeObject) => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

describe.each(['management', 'prod', 'lab'])('in %s', (cluster) => {
  it('each object is there once, and its owners are there, older and of that name', () => {
    const byUid = new Map(all(cluster).map((object) => [object.metadata.uid, object]));
    expect(byUid.size).toBe(all(cluster).length);
    const wrong = all(cluster).flatMap((object) =>
      (object.metadata.ownerReferences ?? []).flatMap(({ uid, kind, name }) => {
        const owner = byUid.get(uid);
        if (kind === 'SimApplication') return [];
        const fits = owner?.kind === kind && owner.metadata.name === name && bornAt(owner) <= bornAt(object) + 3000;
        return fits ? [] : [`${nameOf(object)} of ${kind} ${name}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('nothing was said before it was made, or later than it was written, or is yet to come', () => {
    const wrong = all(cluster).filter((object) => {
      const times = said(object).map((one) => time(one.lastTransitionTime));
      const written = (object.metadata.managedFields ?? []).map((entry) => time(entry.time));
      return (
        writtenAt(object) > Date.now() ||
        times.some((at) => at > writtenAt(object)) ||
        (!isMirror(object) && [...times, ...written].some((at) => at < bornAt(object)))
      );
    });
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('what was not written since has a lower revision than all that is new', () => {
    // What is taken out of a map leaves no trace in its writers: as signatures that are no longer good for anything.
    const old = all(cluster).filter(
      (object) => writtenAt(object) < began - 60_000 && object.metadata.name !== 'cluster-info',
    );
    const first = Math.min(
      ...all(cluster)
        .filter((object) => bornAt(object) > began)
        .map(({ metadata }) => Number(metadata.resourceVersion)),
    );
    const high = old.filter(({ metadata }) => Number(metadata.resourceVersion) >= first);
    expect(high.map(nameOf)).toEqual([]);
  });

  it('what is observed is what is there', () => {
    const behind = all(cluster).filter(({ status, metadata }) => {
      const { observedGeneration: seen } = (status ?? {}) as { observedGeneration?: number };
      return seen !== undefined && seen !== metadata.generation;
    });
    expect(behind.map(nameOf)).toEqual([]);
  });

  it('who counts, counts what is there', () => {
    const owned = new Map<string, number>();
    for (const { kind, metadata } of all(cluster)) {
      for (const { uid } of metadata.ownerReferences ?? [])
        if (kind === 'Pod' || kind === 'Machine') owned.set(uid, (owned.get(uid) ?? 0) + 1);
    }
    const fields = { ReplicaSet: 'replicas', MachineSet: 'replicas', DaemonSet: 'currentNumberScheduled' };
    const wrong = Object.entries(fields).flatMap(([kind, field]) =>
      of(cluster, kind).filter(
        ({ metadata, status }) => (status?.[field] ?? 0) !== (owned.get(metadata.uid ?? '') ?? 0),
      ),
    );
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('each Pod is on a Node that is there, with an address that no other has', () => {
    const nodes = new Set(of(cluster, 'Node').map(({ metadata }) => metadata.name));
    const pods = of(cluster, 'Pod');
    const lost = pods.filter(({ spec }) => !nodes.has(String(spec?.['nodeName'])));
    expect(lost.map(nameOf)).toEqual([]);
    const addresses = pods
      .filter(({ spec, status }) => spec?.['hostNetwork'] !== true && status?.['phase'] === 'Running')
      .map(({ status }) => status?.['podIP']);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('Events tell of what is there by its own name, and not before it was', () => {
    const byUid = new Map(all(cluster).map((object) => [object.metadata.uid, object]));
    const wrong = of(cluster, 'Event').filter((event) => {
      const { involvedObject, firstTimestamp, lastTimestamp } = event as unknown as {
        involvedObject: { uid?: string; kind: string; name: string };
        firstTimestamp?: string;
        lastTimestamp?: string;
      };
      const object = byUid.get(involvedObject.uid ?? '');
      if (firstTimestamp && lastTimestamp && time(firstTimestamp) > time(lastTimestamp)) return true;
      if (!object) return false;
      const { kind, metadata } = object;
      const early = firstTimestamp !== undefined && kind !== 'Node' && time(firstTimestamp) < bornAt(object);
      return kind !== involvedObject.kind || metadata.name !== involvedObject.name || (early && !isMirror(object));
    });
    expect(wrong.map(nameOf)).toEqual([]);
  });
});

describe.each(['prod', 'lab'])('the Machine that came in %s', (cluster) => {
  const named = (where: string, kind: string, name: string) => {
    const found = of(where, kind).find(({ metadata }) => metadata.name === name);
    if (!found) throw new Error(`no ${kind} ${name} in ${where}`);
    return found;
  };

  it('joined by a plan of its own, on a host that is its own alone', () => {
    const { metadata } = replaced.get(cluster)!;
    const secret = named('management', 'Secret', metadata.name) as unknown as { data: { value: string } };
    const text = Buffer.from(secret.data.value, 'base64').toString();
    expect(text).toContain('kubeadm join');
    expect(text).not.toContain('kubeadm init');
    const hosts = of('management', 'BaremetalMachine').map(
      ({ status }) => (status as { machineInventoryRef: { name: string } }).machineInventoryRef.name,
    );
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  it('has the Node that it names, ready, with what belongs on each Node', () => {
    const node = named(cluster, 'Node', nodeOf(cluster));
    expect(said(node).some(isReady)).toBe(true);
    expect(node.spec?.['providerID']).toBe(replaced.get(cluster)!.spec?.['providerID']);
    expect(node.metadata.annotations?.['cluster.x-k8s.io/machine']).toBe(replaced.get(cluster)!.metadata.name);
    const on = of(cluster, 'Pod').filter(({ spec }) => spec?.['nodeName'] === node.metadata.name);
    const sets = on.map(({ metadata }) => metadata.ownerReferences?.[0]).filter((one) => one?.kind === 'DaemonSet');
    expect(sets.map((one) => one?.name)).toEqual(
      expect.arrayContaining(['kube-proxy', 'kube-ovn-cni', 'ovs-ovn', 'kube-ovn-pinger']),
    );
    // What waited for room may be older, and has come to it since.
    const placedAt = (pod: KubeObject) =>
      time(said(pod).find(({ type }) => type === 'PodScheduled')?.lastTransitionTime ?? pod.metadata.creationTimestamp);
    expect(on.filter((pod) => placedAt(pod) < bornAt(node)).map(nameOf)).toEqual([]);
    expect(on.some(isMirror)).toBe(cluster === 'lab');
  });

  it('leaves nothing behind of a Node that is gone', () => {
    const nodes = of(cluster, 'Node').map(({ metadata }) => metadata.name);
    const leases = of(cluster, 'Lease').filter(({ metadata }) => metadata.namespace === 'kube-node-lease');
    expect(leases.map(({ metadata }) => metadata.name).sort()).toEqual([...nodes].sort());
    expect(
      of(cluster, 'CSINode')
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual([...nodes].sort());
    const joins = of(cluster, 'IP').filter(({ metadata }) => metadata.name.startsWith('node-'));
    expect(joins.map(({ metadata }) => metadata.name.slice('node-'.length)).sort()).toEqual([...nodes].sort());
  });
});
