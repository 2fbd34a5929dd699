/** Since when a cluster serves what came with a version. */
import { expect, it } from 'vitest';
import { clusterBasics } from '../../../src/simulator/workload/basics.ts';
import { PlaneVersions } from '../../../src/simulator/workload/plane-versions.ts';
import { Beginning } from '../../../src/simulator/world/beginning.ts';
import { nodeNamed } from './node.ts';

const born = Date.parse('2026-11-01T00:00:00Z');
const now = Date.parse('2026-11-29T11:00:00Z');
const node = (name: string, joined: string, version: string) => {
  const made = nodeNamed(name, { joined, controlPlane: true });
  return { ...made, status: { ...made.status, nodeInfo: { ...made.status!.nodeInfo!, kubeletVersion: version } } };
};
const look = (versions: PlaneVersions, plane: ReturnType<typeof node>[], at = now) =>
  versions.look({ plane, born, now: at });
const old = node('a', '2026-11-01T00:00:20Z', 'v1.33.7-2');

it('a cluster that began with a version has it as long as it is there', () => {
  const versions = new PlaneVersions();
  look(versions, [old]);
  expect([versions.since(33), versions.since(34)]).toEqual(['2026-11-01T00:00:00Z', undefined]);
});

it('a roll that is over tells by its first Node when the version came, and goes on telling so', () => {
  const versions = new PlaneVersions();
  const rolled = [node('b', '2026-11-20T00:00:00Z', 'v1.34.5-1'), node('c', '2026-11-20T00:10:00Z', 'v1.34.5-1')];
  look(versions, rolled);
  look(versions, rolled.slice(1), now + 1000);
  expect([versions.since(33), versions.since(34)]).toEqual(['2026-11-01T00:00:00Z', '2026-11-20T00:00:00Z']);
});

it('a version that comes while somebody looks is as old as that, and so is the group that it brings', () => {
  const versions = new PlaneVersions();
  look(versions, [old]);
  const groups = (version: string) => {
    const { since } = versions;
    const beginning = new Beginning({ born: Date.parse('2026-11-01T00:00:00Z') });
    return clusterBasics([old], {}, beginning, { version, since }).flatMap(({ kind, metadata }) =>
      kind === 'APIService' ? [[metadata.name, metadata.creationTimestamp]] : [],
    );
  };
  expect(groups('v1.33.7-2')).toContainEqual(['v1.apps', '2026-10-31T23:59:50Z']);
  expect(groups('v1.33.7-2').map(([name]) => name)).not.toContain('v1.resource.k8s.io');
  look(versions, [node('a', '2026-11-01T00:00:20Z', 'v1.34.5-1')], now + 60_000);
  expect(groups('v1.34.5-1')).toContainEqual(['v1.resource.k8s.io', '2026-11-29T11:00:00Z']);
  expect(groups('v1.34.5-1')).toContainEqual(['v1.apps', '2026-10-31T23:59:50Z']);
});
