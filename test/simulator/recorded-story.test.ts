/**
 * What real Cluster API controllers wrote while a story was played to them, against what the simulated ones write in the
 * same world, hearing the same story, drawing the same names.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { type Chapter, chapters, endDifferences, sequenceDifferences } from './recorded-compare.ts';
import { type Replay, replay } from './recorded-replay.ts';

/** Where the end of a chapter may differ, and why. */
const toldOtherwise: readonly RegExp[] = [
  // The stand-in's pods were no mirror pods, so a drain evicted what it never would; the simulator's is a workload's.
  /\| \.status\..*message: Drain not completed yet \(started at TIME\):\n\* Pods? /,
];

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
  });

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

  it('goes through the same phases and sizes on the way', () => {
    expect(sequenceDifferences(real, simulated)).toEqual([]);
  });
});
