/** The cluster prod as it stands served: a control plane and a worker that joined in time, and its network rolled out. */
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { newRelease, releaseName, setRelease } from '../../../src/simulator/controllers/kubeovn/app-release.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

/** Since when all of it is there. */
export const begun = '2026-11-01T00:00:00Z';

/** Serves it, with Nodes cp-1 and w-1; `now`: Unix time in ms. It is closed in the end. */
export async function serveProd(now: () => number): Promise<Workloads> {
  const workloads = new Workloads({ now, faults: new Faults() });
  const charts = [{ name: 'acp/chart-cpaas-kube-ovn', targetRevision: 'v4.2.24' }];
  const release = newRelease(releaseName, { source: { charts } });
  setRelease(release, 'Success', begun);
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true }), nodeNamed('w-1'), release]);
  await workloads.serve({ tls: false });
  return workloads;
}

/** What its API answers its administrator to a request, from JSON. */
export async function ask<T>(workloads: Workloads, method: string, path: string, body?: object): Promise<T> {
  const { url, token } = workloads.access('prod') ?? {};
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return (await answer.json()) as T;
}
