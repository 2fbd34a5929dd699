import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/kube/types.ts';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { loadStory, type Story, seed, step } from '../cluster/harness/replay.ts';
import type { List } from './client.ts';

/** What real controllers wrote can be written again, to any server, and leaves the same world behind. */
export function replayContract(
  name: string,
  folder: string,
  connect: () => Promise<{ transport: Transport; close?: () => Promise<void> }>,
): void {
  describe(`a recorded story: ${name}`, () => {
    let story: Story;
    let connected: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      connected = await connect();
      story = loadStory(folder);
    });
    afterAll(async () => {
      await connected?.close?.();
    });

    /** The objects of a kind as recorded, at a moment: specification and status by name. */
    function expected(kind: string, at: string): Record<string, unknown> {
      const objects = new Map<string, KubeObject>();
      for (const event of [...story.listed, ...story.events]) {
        // Told in the order of the server: what comes after the first later event has not been told either.
        if (event.type !== 'LISTED' && event.at > at) break;
        if (event.object.kind !== kind) continue;
        if (event.type === 'DELETED') objects.delete(event.object.metadata.name);
        else objects.set(event.object.metadata.name, event.object);
      }
      return Object.fromEntries(
        [...objects].map(([key, { spec, status, metadata }]) => [key, strip({ spec, status, ...facts(metadata) })]),
      );
    }

    async function found(kind: string): Promise<Record<string, unknown>> {
      const { apiVersion } = story.listed.find(({ object }) => object.kind === kind)!.object;
      const collection = `/apis/${apiVersion}/namespaces/cpaas-system/${kind.toLowerCase()}s`;
      const { items } = await connected.transport.json<List>({ path: collection });
      return Object.fromEntries(
        items.map(({ metadata, spec, status }) => [
          metadata.name,
          strip({ spec, status, ...facts(metadata as KubeObject['metadata']) }),
        ]),
      );
    }

    const KINDS = [
      'Cluster',
      'KubeadmControlPlane',
      'MachineDeployment',
      'MachineSet',
      'Machine',
      'BaremetalMachine',
      'KubeadmConfig',
    ];

    it('begins, goes on chapter by chapter, and ends as it was recorded', async () => {
      await seed(connected.transport, story);
      let told = 0;
      for (const { at } of [...story.chapters, { at: '9999' }]) {
        told += await step(connected.transport, story, at);
        for (const kind of KINDS) expect(await found(kind), `${kind} at ${at}`).toEqual(expected(kind, at));
      }
      expect(told).toBe(story.events.length);
      expect(told).toBeGreaterThan(1000);
    });

    it('keeps owners together under the uids of the new server', async () => {
      const path = `/apis/${story.listed.find(({ object }) => object.kind === 'Machine')!.object.apiVersion}`;
      const list = (plural: string) =>
        connected.transport.json<List>({ path: `${path}/namespaces/cpaas-system/${plural}` });
      const sets = await list('machinesets');
      const deployments = await list('machinedeployments');
      const uids = deployments.items.map(({ metadata }) => metadata.uid);
      for (const { metadata } of sets.items) {
        const { ownerReferences = [] } = metadata as KubeObject['metadata'];
        expect(ownerReferences.map(({ uid }) => uid)).toEqual([expect.toBeOneOf(uids)]);
      }
    });
  });
}

const facts = ({ labels, annotations, finalizers, deletionTimestamp }: KubeObject['metadata']) => ({
  labels,
  annotations,
  finalizers,
  going: Boolean(deletionTimestamp),
});

/** References name uids of one server or another; those are judged on their own. */
function strip(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === 'uid' ? undefined : part)));
}
