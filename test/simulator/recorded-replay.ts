/** Plays the story of a recording to the simulated Cluster API and keeps what it writes, version by version. */

import type { ClusterApiVersion, Kind } from '../../src/simulator/controllers/kinds.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { MachineDeployment } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Event } from '../../src/simulator/controllers/shapes/core.ts';
import { wireOf } from '../../src/simulator/controllers/versions/wire.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { type Entry, type Recorded, recording } from './recorded.ts';
import { loadRecorded, planeTaints, standIn } from './recorded-world.ts';

const told = [
  kinds.Cluster,
  kinds.KubeadmControlPlane,
  kinds.MachineDeployment,
  kinds.MachineSet,
  kinds.Machine,
  kinds.KubeadmConfig,
] as unknown as Kind[];

/** A recording and its replay, both as entries in the order in which they were seen. */
export interface Replay {
  real: Entry[];
  simulated: Entry[];
  errors: string[];
  /** What refused writes were answered with, by the line of the story. */
  refusals: Map<string, string>;
}

/** Replays a whole recording on fake time. */
export async function replay(version: ClusterApiVersion): Promise<Replay> {
  const real = recording(version);
  const simulated: Entry[] = [];
  const refusals = new Map<string, string>();
  const lab = await openLab({
    empty: true,
    clusterApi: version,
    groups: ['capi'],
    names: { suffix: recordedSuffixes(real) },
    load: (api, workload) => loadRecorded(real, api, workload),
    prepare: (runtime) => {
      standIn(runtime);
      const wire = wireOf(version);
      for (const kind of [...told, kinds.BaremetalMachine as unknown as Kind, kinds.Event as unknown as Kind]) {
        runtime.informer(kind).onChange((object, change) => {
          const type = change === 'added' ? 'ADDED' : change === 'deleted' ? 'DELETED' : 'MODIFIED';
          const raw = wire.encode(kind, object) as unknown as Recorded;
          simulated.push({ at: runtime.timestamp(), type, object: raw });
        });
      }
    },
  });
  await recallEvents(lab, real);
  // What is there at the start settles first: some of it was made in other circumstances.
  await lab.run(minute);
  for (const { story } of real) {
    if (story === undefined) continue;
    simulated.push({ at: lab.runtime.timestamp(), story });
    const refusal = await act(lab, story).catch((error: Error) => error.message);
    if (refusal !== undefined) refusals.set(story, refusal);
    // As short as the real ones could do with: the recorder forgets after ten minutes.
    await lab.run(/drain hangs/.test(story) ? 30_000 : 2 * minute);
  }
  await lab.stop();
  return { real, simulated, errors: lab.errors, refusals };
}

/**
 * The recorders of the real controllers remembered what they had told before the recording began. It shows in what is
 * counted on, and in which Event was the tenth of its kind.
 */
async function recallEvents({ runtime }: Lab, entries: readonly Entry[]): Promise<void> {
  for (const { involvedObject: of, type, reason, message, source, count = 1 } of untold(entries)) {
    const { apiVersion = '', kind = '', name = '', namespace = '', uid = '' } = of;
    const about = { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion: '1' } };
    for (let told = 0; told < count; told++) {
      await runtime.event(about, type as 'Normal', reason, message, source.component ?? '');
    }
  }
}

const countOf = ({ count = 1 }: Event): number => count;

/** What must have been told, and how often, for a recording to go on as it does. */
function untold(entries: readonly Entry[]): Event[] {
  const seen = new Map<string, Event[]>();
  const before: Event[] = [];
  for (const { object } of entries) {
    if (object?.kind !== 'Event') continue;
    const event = object as unknown as Event;
    const group = [event.involvedObject.uid, event.type, event.reason].join();
    const others = seen.get(group) ?? [];
    seen.set(group, others);
    if (others.some(({ metadata }) => metadata.name === event.metadata.name)) continue;
    others.push(event);
    if (countOf(event) > 1) before.push({ ...event, count: countOf(event) - 1 });
    if (event.reportingComponent !== '') continue;
    const later = entries.flatMap(({ object: one }) => (one?.kind === 'Event' ? [one as unknown as Event] : []));
    const known = [
      ...others,
      ...later.filter((one) => countOf(one) > 1 && one.involvedObject.uid === event.involvedObject.uid),
    ];
    const words = new Set(
      known.filter((one) => one.reason === event.reason && one.reportingComponent).map((one) => one.message),
    );
    for (let more = words.size; more < 9; more++) before.push({ ...event, message: `untold ${more}`, count: 1 });
  }
  return before;
}

/** The random ends of names in the order in which the real controllers drew them. */
function recordedSuffixes(entries: readonly Entry[]): () => string {
  const drawn = entries.flatMap(({ type, object }) => {
    const own = object?.kind === 'MachineSet' || object?.kind === 'Machine';
    return type === 'ADDED' && own ? [object.metadata.name.slice(-5)] : [];
  });
  return () => drawn.shift() ?? 'extra';
}

/** Does what a line of the story says. Throws what the API refuses it with. */
async function act(lab: Lab, story: string): Promise<undefined> {
  const { client, runtime } = lab;
  const workers = (edit: (spec: NonNullable<MachineDeployment['spec']>) => void) =>
    client.change(kinds.MachineDeployment, runtime.informer(kinds.MachineDeployment).get('prod-workers')!, (draft) =>
      edit(draft.spec!),
    );
  const plane = (edit: (spec: { version?: string; replicas?: number }) => void) =>
    client.change(
      kinds.KubeadmControlPlane,
      runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!,
      (draft) => edit(draft.spec!),
    );
  const pause = (paused: boolean) =>
    client.change(kinds.Cluster, runtime.informer(kinds.Cluster).get('prod')!, (draft) => {
      draft.spec!.paused = paused || undefined;
    });
  const word = (expression: RegExp): string => expression.exec(story)?.[1] ?? '';
  const scale = /scale prod-workers .*(\d) to (\d)/.exec(story);

  if (/^annotate/.test(story)) {
    const machine = runtime.informer(kinds.Machine).get(word(/^annotate (\S+)/))!;
    await client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/delete-machine': 'true' };
    });
  }
  if (/^pause/.test(story)) await pause(true);
  if (scale) {
    await workers((spec) => {
      spec.replicas = Number(scale[2]);
    });
  }
  if (/^pause/.test(story)) {
    await lab.run(20_000);
    await pause(false);
  }
  if (/^try .* v1.35/.test(story)) {
    await plane((spec) => {
      spec.version = 'v1.35.6-acp.1';
    });
  }
  if (/^try .* replicas 2/.test(story)) {
    await plane((spec) => {
      spec.replicas = 2;
    });
  }
  if (/^upgrade Kubeadm/.test(story)) {
    await plane((spec) => {
      spec.version = word(/to (v\S+)/);
    });
  }
  if (/^scale back to 3/.test(story)) {
    await workers((spec) => {
      spec.replicas = 3;
    });
    await lab.run(100);
    await workers((spec) => {
      spec.template!.spec!.version = word(/to (v\S+)/);
    });
  }
  if (/^swap/.test(story)) {
    await workers((spec) => {
      spec.template!.spec!.infrastructureRef!.name = word(/template (\S+)/);
    });
  }
  if (/^scale prod-workers 2 to 3/.test(story)) await taintNodes(lab);
  const victim = word(/^delete (?:control-plane )?machine (\S+)/);
  if (/drain hangs/.test(story)) lab.faults.hangDrain(victim, true);
  if (/^pods terminate/.test(story)) lab.faults.hangDrain('prod-control-plane-6c9l7', false);
  if (victim) await client.remove(kinds.Machine, victim);
  return undefined;
}

/** Someone noticed then that the stand-in's control-plane Nodes lacked the taint kubeadm gives. */
async function taintNodes({ runtime }: Lab): Promise<void> {
  const nodes = await runtime.nodes('prod');
  const { client } = nodes.as('kubeadm');
  for (const node of nodes.informer.list().filter(({ metadata }) => /control-plane/.test(metadata.name))) {
    await client.change(kinds.Node, node, (draft) => {
      draft.spec = { ...draft.spec, taints: planeTaints };
    });
  }
}
