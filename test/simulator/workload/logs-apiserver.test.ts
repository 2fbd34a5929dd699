/** How an API server says that it comes up, by its version. */
import { expect, it } from 'vitest';
import type { LogQuestion } from '../../../src/simulator/api/pod-logs.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';

const now = Date.parse('2026-11-29T12:00:00Z');

/** What a server says from when it can be asked: the words behind the place, in their order. */
function said(version: string): string[] {
  const running = { startedAt: '2026-11-29T11:30:00Z' };
  const image = `r/kube-apiserver:${version}`;
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-apiserver-cp-1', namespace: 'kube-system', uid: 'u' } },
    spec: {
      nodeName: 'cp-1',
      containers: [{ name: 'kube-apiserver', command: ['kube-apiserver', '--service-cluster-ip-range=10.4.0.0/16'] }],
    },
    status: { containerStatuses: [{ name: 'kube-apiserver', image, state: { running } }], hostIP: '10.0.0.1' },
  };
  const nothing = { objects: () => [], events: () => [], revision: 1, revisionAt: () => 1, previous: false };
  const question = { pod, container: 'kube-apiserver', now, ...nothing } as unknown as LogQuestion;
  const texts = componentLogs(question).map(({ text }) => text.replace(/^.*?\] /, ''));
  return texts.slice(texts.indexOf('Serving securely on [::]:6443'));
}

it.each(['v1.31.14', 'v1.32.11', 'v1.33.7', 'v1.34.3'])(
  'starts all that a server of %s runs, and tells when it is there',
  (version) => {
    const lines = said(version);
    const order = [
      'Starting apiserver lease garbage collector',
      'Starting system namespaces controller',
      'Starting LocalAvailability controller',
      'Starting RemoteAvailability controller',
      'waiting for initial CRD sync...',
      'Starting OpenAPI AggregationController',
      'Starting NamingConditionController',
      'Starting CRDFinalizer',
      'Starting crd-autoregister controller',
      'refreshing policies',
      'Caches are synced for LocalAvailability controller',
      'initial CRD sync complete...',
      'Starting autoregister controller',
      'Caches are synced for autoregister controller',
      'all system priority classes are created successfully or already exist.',
    ];
    expect(lines.filter((line) => order.includes(line))).toEqual(order);
    expect(lines.length).toBeGreaterThan(45);
  },
);

it('has objects for networks of Services since 1.33', () => {
  const created = 'created ClusterIP allocator for Service CIDR 10.4.0.0/16';
  expect(said('v1.33.7')).toContain(created);
  expect(said('v1.33.7')).toContain('"Caches are synced" controller="kubernetes-service-cidr-controller"');
  expect(said('v1.32.11')).not.toContain(created);
  expect(said('v1.32.11').filter((line) => line.includes('cidr-controller'))).toEqual([]);
  expect(said('v1.32.11')).toContain('Caches are synced for crd-autoregister');
});
