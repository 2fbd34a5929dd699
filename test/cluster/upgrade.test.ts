/** Two minors on a real API server: planned by the program, written by its operations, carried out by simulated controllers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { type Played, startPlayed } from './harness/played.ts';

const { clusterApi } = clusterEnvironment();
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

let played: Played;
let { api, home, lived } = {} as Played;

const list = async (path: string) => (await api.json<{ items: Thing[] }>({ path })).items;

async function planned(to: string): Promise<Plan> {
  const { code, out, err } = await home.run('upgrade', 'plan', 'prod', '--to', to, '-o', 'json');
  expect(err).toBe('');
  const plan = JSON.parse(out) as Plan;
  expect(plan.exitCode).toBe(code);
  return plan;
}

beforeAll(async () => {
  played = await startPlayed({ hosts: 12, seed: 'upgrade' });
  ({ api, home, lived } = played);
});
afterAll(() => played?.stop());

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
