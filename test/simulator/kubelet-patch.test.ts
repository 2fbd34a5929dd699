/** A kubelet comes up only with the configuration that its version wants and knows. */
import { afterEach, expect, it } from 'vitest';
import { refusedConfiguration } from '../../src/simulator/controllers/hosts/kubelet-patch.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { encode, planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { userDataPath } from '../../src/simulator/controllers/provider/plans.ts';
import { type Lab, minute, openLab } from './harness.ts';

const path = '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json';
const set = '{"imagePullCredentialsVerificationPolicy":"NeverVerify"}';
const files = (content: string, encoding = '') =>
  `#cloud-config\nwrite_files:\n-   path: ${path}\n${encoding}    content: |\n      ${content}\n`;

it.each([
  ['v1.35.6-acp.1', files(set), undefined],
  ['v1.35.6-acp.1', files(encode(set), '    encoding: "base64"\n'), undefined],
  ['v1.35.6-acp.1', files('{}'), 'NeverVerify'],
  ['v1.35.6-acp.1', files(set.replace('NeverVerify', 'AlwaysVerify')), 'NeverVerify'],
  ['v1.35.6-acp.1', '#cloud-config\n', 'NeverVerify'],
  ['v1.35.6-acp.1', files(''), undefined],
  ['v1.34.5-3', files(set), 'does not know'],
  ['v1.34.5-3', files('{}'), undefined],
  ['v1.34.5-3', '#cloud-config\n', undefined],
  ['', '#cloud-config\n', undefined],
])('%s with %j: %s', (version, userData, why) => {
  const plan = { files: [{ path: userDataPath, content: encode(userData), permissions: '0600' }] };
  const said = refusedConfiguration(plan, version);
  if (why === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(why);
});

let lab: Lab;
afterEach(() => lab?.stop());

it('keeps a host of 1.35 without the field from joining, though its plan is applied', async () => {
  lab = await openLab({ hosts: 12, shape: { planes: 3, workers: 3, version: 'v1.35.6-acp.1' } });
  const infras = () => lab.runtime.informer(kinds.BaremetalMachine).list();
  const grow = async () => {
    const group = lab.runtime.informer(kinds.MachineDeployment).list()[0]!;
    await lab.client.change(kinds.MachineDeployment, group, (draft) => {
      draft.spec!.replicas! += 1;
    });
  };
  const before = infras().length;
  await grow();
  const allRun = () => infras().length === before + 1 && infras().every(({ status }) => status?.phase === 'Running');
  await lab.until(allRun, 40 * minute, 'a worker with the field');
  const template = lab.runtime.informer(kinds.KubeadmConfigTemplate).list()[0]!;
  await lab.client.change(kinds.KubeadmConfigTemplate, template, (draft) => {
    draft.spec!.template!.spec!.files![0]!.content = '{}';
  });
  await grow();
  await lab.run(60 * minute);
  const stuck = infras().find(({ status }) => status?.phase !== 'Running');
  expect(stuck?.status?.phase).toBe('Reprovisioning');
  const secret = planSecrets(lab.runtime).get(stuck?.status?.machineInventoryRef?.name)!;
  expect(text(secret, 'applied-checksum')).toBe(stuck?.status?.lastAppliedPlanChecksum);
  expect(lab.errors).toEqual([]);
});
