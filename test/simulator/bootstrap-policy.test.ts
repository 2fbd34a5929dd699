/** What servers of a version bring with them: roles, and how they share their attention. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import { clusterBasics, clusterFlow } from '../../src/simulator/workload/basics.ts';
import { PlaneVersions } from '../../src/simulator/workload/plane-versions.ts';
import { Beginning } from '../../src/simulator/world/beginning.ts';
import { nodeNamed } from './workload/node.ts';

const born = '2026-11-01T00:00:00Z';
const beginning = new Beginning({ born: Date.parse(born) });
const later = '2026-11-20T00:00:00Z';

function plane(name: string, version: string, joined = born) {
  const node = nodeNamed(name, { controlPlane: true, joined });
  node.status = {
    ...node.status,
    nodeInfo: { ...node.status?.nodeInfo, kubeletVersion: version },
  } as typeof node.status;
  return node;
}
const of = (...nodes: ReturnType<typeof plane>[]): KubeObject[] => {
  const versions = new PlaneVersions();
  versions.look({ plane: nodes, born: Date.parse(born), now: Date.parse('2026-11-29T00:00:00Z') });
  const [version = ''] = nodes.map(({ status }) => status?.nodeInfo?.kubeletVersion ?? '').sort();
  return clusterBasics(nodes, {}, beginning, { version, since: versions.since });
};
const named = (objects: KubeObject[], kind: string, name: string) =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);
const controller = 'system:controller:';

describe('roles', () => {
  it('of controllers come with the version that has them', () => {
    const has = (version: string, name: string) => {
      const objects = of(plane('cp-1', version));
      const there = ['ClusterRole', 'ClusterRoleBinding'].map((kind) => named(objects, kind, controller + name));
      expect(there[0] === undefined).toBe(there[1] === undefined);
      return there[0] !== undefined;
    };
    const versions = ['v1.31.14-2', 'v1.32.11-2', 'v1.33.7-2', 'v1.34.5-3', 'v1.35.7'];
    const since = (name: string) => versions.find((version) => has(version, name));
    expect(since('service-cidrs-controller')).toBe('v1.33.7-2');
    expect(since('selinux-warning-controller')).toBe('v1.33.7-2');
    expect(since('resource-claim-controller')).toBe('v1.34.5-3');
    expect(since('volumeattributesclass-protection-controller')).toBe('v1.34.5-3');
    expect(since('legacy-service-account-token-cleaner')).toBe('v1.31.14-2');
  });

  it('that came with an upgrade are as old as the first server of that version', () => {
    const objects = of(plane('cp-1', 'v1.32.11-2'), plane('cp-2', 'v1.33.7-2', later));
    const age = (name: string) => named(objects, 'ClusterRole', name)?.metadata.creationTimestamp;
    expect(age(`${controller}service-cidrs-controller`)).toBe(later);
    expect(Date.parse(age(`${controller}node-controller`) ?? '')).toBe(beginning.at('roles'));
    expect(beginning.at('roles')).toBeLessThan(Date.parse(born));
  });

  it('of a cluster say what a server makes them say', () => {
    const objects = of(plane('cp-1', 'v1.33.7-2'));
    const rules = (name: string) => (named(objects, 'ClusterRole', name) as unknown as { rules: object[] }).rules;
    expect(rules('system:certificates.k8s.io:legacy-unknown-approver')).toHaveLength(1);
    expect(rules('edit')).toContainEqual({ apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] });
    expect(JSON.stringify(rules('edit'))).not.toContain('resource.k8s.io');
    expect(named(objects, 'ClusterRoleBinding', 'system:node')).not.toHaveProperty('subjects');
  });

  it('of clouds nobody has are no account of anybody', () => {
    const objects = of(plane('cp-1', 'v1.33.7-2'));
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts).toContain('service-cidrs-controller');
    expect(accounts).not.toContain('service-controller');
  });
});

describe('flow schemas', () => {
  const flows = clusterFlow(beginning);
  const spec = (name: string) => named(flows, 'FlowSchema', name)?.spec as { rules: Record<string, object[]>[] };

  it('say whose requests for what they are of', () => {
    expect(spec('probes').rules[0]).toEqual({
      subjects: expect.any(Array),
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
    });
    expect(spec('system-node-high').rules[0]!['resourceRules']).toEqual([
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
    ]);
    expect(spec('kube-system-service-accounts').rules[0]!['subjects']).toEqual([
      { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } },
    ]);
  });

  it('are kept by the server', () => {
    for (const { metadata } of flows)
      expect(metadata.annotations).toEqual({ 'apf.kubernetes.io/autoupdate-spec': 'true' });
  });
});
