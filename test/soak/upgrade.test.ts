/** A cluster of twelve brought over three minors by the stages' own operations, in both versions of Cluster API. */
import { afterEach, expect, it } from 'vitest';
import type { Ask } from '../../src/guides/contract.ts';
import { upgrade } from '../../src/guides/upgrade/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { knownOf, live } from '../guides/support/lived.ts';
import { type Lab, openLab } from '../simulator/harness.ts';

let lab: Lab;
afterEach(() => lab.stop());

async function askFor(to: string): Promise<Ask> {
  const open: Ask = { guide: 'upgrade', targets: [], values: { to } };
  const { fleet } = await knownOf(lab, upgrade, { ask: open, notes: [], operations: new Map() }, 'prod');
  const { uid, name } = fleet.clusters.list[0]!;
  const ask: Ask = { ...open, targets: [{ kind: 'cluster', uid, name }] };
  return upgrade.settle(await knownOf(lab, upgrade, { ask, notes: [], operations: new Map() }, 'prod'), ask);
}

it.each(['v1beta1', 'v1beta2'] as const)(
  'three hops, Cluster API %s: every machine three times, no file lost',
  async (clusterApi) => {
    const shape = { planes: 3, workers: 9, version: 'v1.32.11-2' };
    lab = await openLab({ hosts: 16, shape, seed: 11, clusterApi });
    const ask = await askFor('v1.35.6-acp.1');
    expect(ask.values['rows']).toBe('v4.2.4,v4.3.2,v4.4.0');
    const hosts: number[] = [];
    const open: string[] = [];
    const { course, written, session } = await live(lab, upgrade, ask, 'prod', 60, ({ estimate, stages, line }) => {
      hosts.push(estimate.hosts);
      // While workers of a hop are left, its line is the one that counts: nobody may read that there is a way back.
      const at = stages.find(({ state }) => state !== 'done')?.id;
      if (at?.includes('/workers/') && !(line?.crossed && line.stage.split('/')[0] === at.split('/')[0])) open.push(at);
    });
    expect(open).toEqual([]);
    expect(hosts[0]).toBe(36);
    // It only ever shrinks: a machine that comes up is one less.
    expect(hosts.every((left, at) => at === 0 || left <= hosts[at - 1]!)).toBe(true);
    const groups = ask.values['order']!.split(',').length;
    expect(written).toHaveLength(3 * (2 + groups));
    expect(course.outcome).toBe('done');
    const { fleet } = await knownOf(lab, upgrade, session, 'prod');
    expect([...new Set(fleet.machines.list.map(({ version }) => version))]).toEqual(['v1.35.6-acp.1']);
    const plane = lab.runtime.informer(kinds.KubeadmControlPlane).list()[0]!;
    const files = plane.spec?.kubeadmConfigSpec?.files ?? [];
    expect(files).toHaveLength(1);
    expect(JSON.parse(files[0]!.content!)).toMatchObject({
      protectKernelDefaults: true,
      imagePullCredentialsVerificationPolicy: 'NeverVerify',
    });
    const templates = fleet.groups.list
      .filter(({ controlPlane }) => !controlPlane)
      .map(({ bootstrapTemplate }) => bootstrapTemplate);
    expect(templates.every((name) => name?.endsWith('-v1-35'))).toBe(true);
    expect(lab.errors).toEqual([]);
  },
);
