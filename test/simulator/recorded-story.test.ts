/**
 * What real Cluster API controllers wrote while a story was played to them, against what the simulated ones write in the
 * same world, hearing the same story, drawing the same names.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/simulator/controllers/shapes/core.ts';
import type { Entry } from './recorded.ts';
import {
  type Chapter,
  chapters,
  conditionDifferences,
  endDifferences,
  sequenceDifferences,
} from './recorded-compare.ts';
import { type Replay, replay } from './recorded-replay.ts';

/** Where the end of a chapter may differ, and why. */
const toldOtherwise: readonly RegExp[] = [
  // The stand-in's pods were no mirror pods, so a drain evicted what it never would; the simulator's is a workload's.
  /\| \.status\..*message: Drain not completed yet \(started at TIME\):\n\* Pods? /,
  // Its API servers showed nobody their certificates.
  /\| \.(status\.certificatesExpiryDate|metadata\.annotations\.machine\.cluster\.x-k8s\.io\/certificates-expiry): undefined ->/,
];

/**
 * Conditions that sum up several objects: which moments of these they catch, and how often, depends on who is looked at
 * first. What they say at all is compared, and their ends with everything else.
 */
const summingUp =
  /MachinesReady$|^(MachineSet|MachineDeployment|KubeadmControlPlane|Cluster)\S+ old (Ready|MachineSetReady|ControlPlaneReady)$|^KubeadmControlPlane\S+ (new|old) (ControlPlaneComponentsHealthy|Resized)$|^Cluster\S+ new Scaling/;

/** What of them lasts for less than the second between two looks. */
const passing = /^(False Draining @ |Unknown )/;

/** Moments that only one side has, and why. */
const smooth = (way: string): string =>
  way
    // A drain of the stand-in's empty Nodes was over within the reconcile that began it.
    .replace('True DrainingNode > ', '')
    // For a moment v1beta2's controllers carry the reason of the other generation over.
    .replace('True Ready > True', 'True');

/** Chapters that the recorder ended before the controllers had come to rest. */
const cutShort = /^upgrade KubeadmControlPlane to v1\.34\.5$/;

describe.each(['v1beta1', 'v1beta2'] as const)('the story of %s', (version) => {
  let told: Replay;
  let real: Chapter[];
  let simulated: Chapter[];

  beforeAll(async () => {
    told = await replay(version);
    real = chapters(told.real);
    simulated = chapters(told.simulated);
  }, 60_000);

  it('is told to its end without a failure', () => {
    expect(told.errors).toEqual([]);
    expect(simulated.map(({ story }) => story)).toEqual(real.map(({ story }) => story));
    expect(real.length).toBeGreaterThan(8);
  });

  it('refuses what was refused, in the same words', () => {
    const said = (what: string) =>
      'admission webhook "validation.kubeadmcontrolplane.controlplane.cluster.x-k8s.io" denied the request: ' +
      `KubeadmControlPlane.controlplane.cluster.x-k8s.io "prod-control-plane" is invalid: ${what}`;
    const far = 'spec.version: Forbidden: cannot update Kubernetes version from v1.33.7-2 to v1.35.6-acp.1';
    const few =
      'spec.rolloutStrategy.rollingUpdate: Required value: when KubeadmControlPlane is configured to scale-in, ' +
      'replica count needs to be at least 3';
    expect([...told.refusals.values()]).toEqual(version === 'v1beta1' ? [said(far), said(few)] : []);
  });

  it('makes and deletes the same objects in the same order', () => {
    const all = (list: Chapter[]) => list.slice(1).flatMap(({ births }) => births);
    expect(all(simulated)).toEqual(all(real));
    expect(all(real).length).toBeGreaterThan(40);
  });

  it('ends every chapter with the same objects, field by field', () => {
    const lines = real.flatMap((chapter, at) =>
      version === 'v1beta2' && cutShort.test(chapter.story)
        ? []
        : endDifferences(chapter, simulated[at]!).map((line) => `${chapter.story} | ${line}`),
    );
    expect(lines.filter((line) => !toldOtherwise.some((reason) => reason.test(line)))).toEqual([]);
  });

  it('goes through the same phases, sizes and counts on the way', () => {
    expect(sequenceDifferences(real, simulated)).toEqual([]);
  });

  it('says the same in every condition of every object, one thing after the other', () => {
    const { compared, lines } = conditionDifferences(real, simulated, { loosely: summingUp, passing, smooth });
    expect(lines).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });

  it('tells the same Events of the same objects, as often and combined alike', () => {
    const real = eventsOf(told.real);
    const simulated = eventsOf(told.simulated);
    expect([...simulated.keys()].filter((line) => !swallowed.test(line)).sort()).toEqual([...real.keys()].sort());
    const apart = [...real].filter(([line, count]) => Math.abs(simulated.get(line)! - count) > slack(line));
    expect(apart.map(([line, count]) => `${line}: ${count} -> ${simulated.get(line)}`)).toEqual([]);
    expect(real.size).toBeGreaterThan(30);
  });
});

/**
 * What the real recorder no longer let through: it tells 25 times of one object, and once more every five minutes. Cluster
 * API tells of a MachineSet that it cleans up in every version, and did so in the other recording.
 */
const swallowed = /v1beta1 MachineDeployment\/prod-workers Normal SuccessfulDelete /;

/** What is told with every look is told once more or less by chance: a look is a change, seen late or with the next. */
const slack = (line: string): number =>
  / ControlPlaneUnhealthy /.test(line)
    ? 2
    : / (SuccessfulDrainNode|NodeVolumesDetached|SuccessfulSetNodeRef) /.test(line)
      ? 1
      : 0;

/** The Events told since the story began, by everything that is read of them, and how often each was. */
function eventsOf(entries: readonly Entry[]): Map<string, number> {
  const begin = entries.findIndex(({ story }) => story !== undefined);
  const last = new Map<string, Event>();
  for (const { object } of entries.slice(begin)) {
    if (object?.kind === 'Event') last.set(object.metadata.name, object as unknown as Event);
  }
  const lines = [...last.values()].map((event): [string, number] => {
    const { involvedObject: about, reason, type, source, message, reportingComponent: by } = event;
    const who = `${about.apiVersion} ${about.kind}/${about.name ?? ''}`;
    return [`${who} ${type} ${reason} ${source.component} ${by}: ${message}`, event.count ?? 1];
  });
  return new Map(lines);
}
