import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';
import { flowControl } from '../../src/simulator/world/management/flow-control.ts';

type Make = Parameters<typeof flowControl>[0];

describe('the flow that a request is of', () => {
  const api = createApi({ resources: workloadResources, authorize: 'rbac' });
  const make = ((apiVersion: string, kind: string, name: string, namespace: string, rest: object) => ({
    ...{ apiVersion, kind, metadata: { name, namespace, uid: `${kind} ${name}` } },
    ...rest,
  })) as Make;
  api.load(flowControl(make));

  async function flowOf(method: string, path: string, name: string, groups: string[] = []) {
    const { pathname, searchParams: query } = new URL(path, 'http://server');
    const request = { method, path: pathname, query, accept: '*/*', contentType: '', body: '', user: { name, groups } };
    const { status, headers } = await api.handle(request);
    const uid = (of: string) => headers[`x-kubernetes-pf-${of}-uid`]?.split(' ')[1];
    return `${status} ${uid('flowschema')} ${uid('prioritylevel')}`;
  }
  const account = (name: string, namespace: string) =>
    [
      `system:serviceaccount:${namespace}:${name}`,
      ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ] as const;

  it('is that of the first schema that it falls under, refused or not', async () => {
    const nodes = '/api/v1/nodes';
    expect(await flowOf('GET', nodes, 'admin', ['system:masters'])).toBe('200 exempt exempt');
    expect(await flowOf('GET', nodes, 'somebody')).toBe('403 global-default global-default');
    expect(await flowOf('GET', '/readyz', 'somebody')).toMatch(/ probes exempt$/);
    const kubelet = ['system:node:a', ['system:nodes']] as const;
    expect(await flowOf('GET', `${nodes}/a`, kubelet[0], [...kubelet[1]])).toMatch(/ system-node-high node-high$/);
    expect(await flowOf('GET', '/api/v1/pods', kubelet[0], [...kubelet[1]])).toMatch(/ system-nodes system$/);
    const [proxy, groups] = account('kube-proxy', 'kube-system');
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/a';
    expect(await flowOf('GET', leases, proxy, [...groups])).toMatch(/ system-leader-election leader-election$/);
    expect(await flowOf('GET', '/api/v1/services', proxy, [...groups])).toMatch(
      / kube-system-service-accounts workload-high$/,
    );
    const [other, others] = account('a', 'default');
    expect(await flowOf('GET', leases, other, [...others])).toMatch(/ service-accounts workload-low$/);
    expect(await flowOf('GET', '/api/v1/pods', 'system:kube-scheduler')).toMatch(/ kube-scheduler workload-high$/);
  });

  it('is told to nobody who is not known', async () => {
    const query = new URLSearchParams();
    const { headers } = await api.handle({
      ...{ method: 'GET', path: '/api/v1/nodes', query, accept: '*/*', contentType: '', body: '', user: undefined },
    });
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBeUndefined();
  });
});
