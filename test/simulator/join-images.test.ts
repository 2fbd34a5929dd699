/** A control plane that names images which its registry has not: kubeadm of the host that is to join ends before it does. */
import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { isInRegistry } from '../../src/simulator/workload/registry-images.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const plane = () => lab.runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
const machines = () =>
  lab.runtime
    .informer(kinds.Machine)
    .list()
    .filter(({ metadata, spec }) => {
      return spec?.clusterName === 'prod' && metadata.labels?.['cluster.x-k8s.io/control-plane'] !== undefined;
    });
const wantEtcd = (imageTag: string) =>
  lab.client.change(kinds.KubeadmControlPlane, plane(), (draft) => {
    draft.spec!.kubeadmConfigSpec!.clusterConfiguration!['etcd'] = { local: { imageTag } };
  });

it.each([
  ['a tag of etcd that nobody has pushed', 'v3.5.99', false],
  ['a tag of etcd that is there', 'v3.5.27-260305', true],
])('%s: %s', async (_what, tag, joins) => {
  lab = await openLab({ held: isInRegistry });
  const before = new Set(machines().map(({ metadata }) => metadata.name));
  await wantEtcd(tag);
  const isNew = ({ metadata }: { metadata: { name: string } }) => !before.has(metadata.name);
  await lab.until(() => machines().some(isNew), 60 * minute, 'a Machine more, or in place of another');
  await lab.run(90 * minute);
  const fresh = machines().filter(isNew);
  const joined = fresh.filter(({ status }) => status?.nodeRef !== undefined);
  if (joins) expect(joined.length).toBeGreaterThan(1);
  else {
    expect(fresh).toHaveLength(1);
    expect(joined).toEqual([]);
    const { infrastructureRef } = fresh[0]!.spec!;
    const infra = lab.runtime.informer(kinds.BaremetalMachine).get(infrastructureRef?.name);
    expect(infra?.status?.phase).toBe('Reprovisioning');
    // Who has ended is not begun again, whatever is named then.
    await wantEtcd('v3.5.27-260305');
    await lab.run(10 * minute);
    const still = machines().find(({ metadata }) => metadata.name === fresh[0]?.metadata.name);
    expect(still?.status?.nodeRef).toBeUndefined();
  }
});
