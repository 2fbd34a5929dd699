/** What follows a template without a rollout, down to the Nodes. */

import { afterEach, describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { GROUP, lookAt, nameOf } from './prod.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const { get, edit, mark } = lookAt(() => lab);

describe('following in place', () => {
  it('labels, annotations and timeouts of the template reach the Machines without a rollout', async () => {
    lab = await openLab();
    const before = get.machines().map(nameOf);
    await edit((spec) => {
      spec.template!.metadata = {
        labels: { ...spec.template!.metadata?.labels, zone: 'b' },
        annotations: { note: 'x' },
      };
      spec.template!.spec!.nodeDrainTimeout = '7m';
    });
    await lab.run(minute);
    expect(get.machines().map(nameOf)).toEqual(before);
    for (const { metadata, spec } of get.machines()) {
      expect(metadata).toMatchObject({ labels: { zone: 'b', 'pool.name': GROUP }, annotations: { note: 'x' } });
      expect(spec?.nodeDrainTimeout).toBe('7m0s');
    }
    const [set] = lab.runtime.informer(kinds.MachineSet).by('deployment', GROUP);
    expect(set?.metadata.labels).toMatchObject({ zone: 'b', 'cluster.x-k8s.io/deployment-name': GROUP });
  });

  it('what is taken out of the template is taken from the Machines again, and nothing that others wrote', async () => {
    lab = await openLab();
    const { metadata: labels } = get.group().spec!.template!;
    await edit((spec) => {
      spec.template!.metadata = { labels: { ...labels?.labels, zone: 'b' }, annotations: { note: 'x' } };
      Object.assign(spec.template!.spec!, { nodeDrainTimeout: '7m0s', nodeDeletionTimeout: '1m0s' });
    });
    await lab.run(minute);
    const [first] = get.machines();
    await lab.client.change(kinds.Machine, first!, (draft) => {
      draft.metadata.labels = { ...draft.metadata.labels, own: 'yes' };
    });
    await mark(first!, { mine: 'too' });
    await edit((spec) => {
      spec.template!.metadata = { labels: labels?.labels };
      delete spec.template!.spec!.nodeDrainTimeout;
      delete spec.template!.spec!.nodeDeletionTimeout;
    });
    await lab.run(minute);
    for (const { metadata, spec } of get.machines()) {
      expect(metadata.labels).not.toHaveProperty('zone');
      expect(metadata.labels).toHaveProperty('pool.name', GROUP);
      expect(metadata.annotations ?? {}).not.toHaveProperty('note');
      expect(spec).not.toHaveProperty('nodeDrainTimeout');
      expect(spec?.nodeDeletionTimeout).toBe('10s');
    }
    expect(get.machine(nameOf(first!))?.metadata).toMatchObject({
      labels: { own: 'yes' },
      annotations: { mine: 'too' },
    });
    const [set] = lab.runtime.informer(kinds.MachineSet).by('deployment', GROUP);
    expect(set?.metadata.labels).not.toHaveProperty('zone');
  });

  it('the same goes for the control plane', async () => {
    lab = await openLab();
    const set = (labels: Record<string, string> | undefined, nodeDrainTimeout: string | undefined) =>
      lab.client.change(kinds.KubeadmControlPlane, get.plane(), (draft) => {
        Object.assign(draft.spec!.machineTemplate!, { metadata: { labels }, nodeDrainTimeout });
      });
    const before = get.planes().map(nameOf);
    const was = get.plane().spec?.machineTemplate;
    await set({ ...was?.metadata?.labels, zone: 'b' }, '7m0s');
    await lab.run(minute);
    for (const { metadata, spec } of get.planes()) {
      expect(metadata.labels).toHaveProperty('zone', 'b');
      expect(spec).toHaveProperty('nodeDrainTimeout', '7m0s');
    }
    await set(was?.metadata?.labels, undefined);
    await lab.run(minute);
    for (const { metadata, spec } of get.planes()) {
      expect(metadata.labels).not.toHaveProperty('zone');
      expect(spec).not.toHaveProperty('nodeDrainTimeout');
    }
    expect(get.planes().map(nameOf)).toEqual(before);
  });

  it('a Machine that is going has the timeouts of its group, whatever somebody writes into it', async () => {
    lab = await openLab();
    const victim = nameOf(get.machines()[0]!);
    lab.faults.hangDrain(victim, true);
    await edit((spec) => {
      delete spec.template!.spec!.nodeDrainTimeout;
    });
    await lab.client.remove(kinds.Machine, victim);
    await lab.client.change(kinds.Machine, get.machine(victim)!, (draft) => {
      draft.spec!.nodeDrainTimeout = '1m0s';
    });
    await lab.run(30 * minute);
    expect(get.machine(victim)?.spec).not.toHaveProperty('nodeDrainTimeout');
    lab.faults.hangDrain(victim, false);
    await lab.until(() => get.machine(victim) === undefined, 10 * minute, 'the end');
  });

  it('a Node has those labels of its Machine that are meant for it, and who it belongs to', async () => {
    lab = await openLab();
    const labels = get.group().spec!.template!.metadata?.labels;
    const { informer } = await lab.runtime.nodes('prod');
    const node = () => informer.get(get.machines()[0]!.status!.nodeRef!.name!);
    const meant = {
      'node.cluster.x-k8s.io/rack': 'r7',
      'storage.node-restriction.kubernetes.io/tier': 'fast',
      'node-role.kubernetes.io/worker': '',
    };
    await edit((spec) => {
      spec.template!.metadata = { labels: { ...labels, ...meant, team: 'none' } };
    });
    await lab.run(2 * minute);
    expect(node()?.metadata.labels).toMatchObject(meant);
    expect(node()?.metadata.labels).not.toHaveProperty('team');
    expect(node()?.metadata.annotations).toMatchObject({
      'cluster.x-k8s.io/cluster-name': 'prod',
      'cluster.x-k8s.io/machine': nameOf(get.machines()[0]!),
      'cluster.x-k8s.io/owner-kind': 'MachineSet',
      'cluster.x-k8s.io/labels-from-machine': Object.keys(meant).sort().join(','),
    });
    await edit((spec) => {
      spec.template!.metadata = { labels };
    });
    await lab.run(2 * minute);
    for (const key of Object.keys(meant)) expect(node()?.metadata.labels).not.toHaveProperty([key]);
    expect(node()?.metadata.labels).toHaveProperty(['kubernetes.io/hostname']);
  });
});
