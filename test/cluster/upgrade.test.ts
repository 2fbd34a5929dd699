/** Two minors on a real API server: planned by the program, written by its operations, carried out by simulated controllers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/kube/types.ts';
import { type Remote, startRemote } from '../../src/simulator/remote/start.ts';
import { type Home, makeHome } from '../runner/program.ts';
import { type Cluster, NAMESPACE, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
const CAPI = `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}`;
const PLANES = `/apis/controlplane.cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}/kubeadmcontrolplanes`;

interface Thing {
  metadata: { name: string };
  spec: { version?: string; kubeadmConfigSpec?: { files?: { content: string }[] } };
}

interface Plan {
  exitCode: number;
  already: boolean;
  hops: { kubernetes: string; coredns: string; etcd: string; kubeOvn: string }[];
  stages: { id: string; state: string }[];
  inTheWay: string[];
}

let cluster: Cluster;
let api: Transport;
let remote: Remote;
let home: Home;

const list = async (path: string) => (await api.json<{ items: Thing[] }>({ path })).items;

async function planned(to: string): Promise<Plan> {
  const { code, out, err } = await home.run('upgrade', 'plan', 'prod', '--to', to, '-o', 'json');
  expect(err).toBe('');
  const plan = JSON.parse(out) as Plan;
  expect(plan.exitCode).toBe(code);
  return plan;
}

async function lived(...args: string[]): Promise<void> {
  const { code, out, err } = await home.run('run', ...args, '--wait', '--timeout', '240');
  expect({ code, err, out: code === 0 ? '' : out }).toEqual({ code: 0, err: '', out: '' });
  expect(out).toContain('server dry run: accepted');
}

beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  api = cluster.transport();
  remote = await startRemote({
    transport: api,
    namespace: NAMESPACE,
    clusterApi,
    controllers: ['elemental', 'hosts', 'provider', 'capi'],
    hosts: 12,
    seed: 'upgrade',
    speed: 400,
    waiting: 0,
    amongRealHosts: false,
  });
  home = makeHome(cluster.kubeconfig());
}, 180_000);
afterAll(async () => {
  home?.remove();
  await remote?.stop();
  await cluster?.stop();
});

describe(`an upgrade on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it('goes over two minors, and is there already afterwards', async () => {
    const target = 'v1.35.6-acp.1';
    const plan = await planned(target);
    expect(plan).toMatchObject({ already: false, hops: [{ kubernetes: 'v1.34.5-3' }, { kubernetes: target }] });
    const groups = plan.stages.flatMap(({ id }) => /^v1\.34\.5-3\/workers\/(.*)$/.exec(id)?.[1] ?? []);
    for (const { kubernetes, coredns, etcd, kubeOvn } of plan.hops) {
      await lived('kube-ovn', 'cluster/prod', '--revision', kubeOvn, '--confirm=prod');
      const plane = 'prod-control-plane';
      const tags = ['--kubernetes', kubernetes, '--coredns', coredns, '--etcd', etcd];
      await lived('upgrade-control-plane', `controlplane/${plane}`, ...tags, `--confirm=${plane}`);
      for (const group of groups) {
        await lived('upgrade-workers', `deployment/${group}`, '--kubernetes', kubernetes, `--confirm=${group}`);
      }
    }
    expect(await planned(target)).toMatchObject({ already: true, exitCode: 0 });
    expect((await list(`${CAPI}/machines`)).every(({ spec }) => spec.version === target)).toBe(true);
    const files = (await list(PLANES))[0]?.spec.kubeadmConfigSpec?.files ?? [];
    expect(JSON.parse(files[0]?.content ?? '{}')).toHaveProperty('protectKernelDefaults', true);
    expect(JSON.parse(files[0]?.content ?? '{}')).toHaveProperty(
      'imagePullCredentialsVerificationPolicy',
      'NeverVerify',
    );
  }, 900_000);
});
