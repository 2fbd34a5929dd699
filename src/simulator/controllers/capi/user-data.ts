/** The cloud-init user data of a Machine, in the layout of kubeadm's bootstrap provider. */

import type { BootstrapFile, Cluster, KubeadmConfig, Machine } from '../shapes/capi.ts';
import { isControlPlane } from './common.ts';
import { kubeadmDocuments } from './kubeadm-documents.ts';
import { yamlLines } from './plain-yaml.ts';

/** What says that a Machine is up, and what makes the directory for that. */
const SENTINEL = 'echo success > /run/cluster-api/bootstrap-success.complete';
const PLACEHOLDER = [
  '-   path: /run/cluster-api/placeholder',
  '    owner: root:root',
  "    permissions: '0640'",
  '    content: "This placeholder file is used to create the /run/cluster-api sub directory in a way that is compatible with both Linux and Windows (mkdir -p /run/cluster-api does not work with Windows)"',
];

/**
 * Text of type cloud-config: files, kubeadm's configuration last among them, then commands, then users. `certificates`: what
 * a control plane's Machine brings before all others.
 */
export function userData(
  config: KubeadmConfig,
  machine: Machine,
  cluster: Cluster,
  certificates: readonly BootstrapFile[] = [],
): string {
  const spec = config.spec ?? {};
  const joins = spec.joinConfiguration !== undefined;
  const documents = kubeadmDocuments(spec, machine, cluster);
  const path = joins ? '/run/kubeadm/kubeadm-join-config.yaml' : '/run/kubeadm/kubeadm.yaml';
  // A control plane's Machine that joins begins its one document without more ado.
  const marked = !(joins && isControlPlane(machine));
  const content = documents.flatMap((lines) => [...(marked ? ['---'] : []), ...lines, '']).join('\n');
  const files: BootstrapFile[] = [
    ...certificates,
    ...(spec.files ?? []),
    { path, owner: 'root:root', permissions: '0640', content },
  ];
  const lines = ['## template: jinja', '#cloud-config', '', 'write_files:'];
  for (const file of files) {
    lines.push(
      `-   path: ${file.path}`,
      ...(file.encoding ? [`    encoding: "${file.encoding}"`] : []),
      `    owner: ${file.owner ?? 'root:root'}`,
      `    permissions: '${file.permissions ?? '0644'}'`,
      '    content: |',
    );
    for (const line of (file.content ?? '').split('\n')) lines.push(`      ${line}`);
  }
  lines.push(...PLACEHOLDER, 'runcmd:');
  for (const command of spec.preKubeadmCommands ?? []) lines.push(`  - ${JSON.stringify(command)}`);
  const command = `kubeadm ${joins ? 'join' : 'init'} --config ${path}  && ${SENTINEL}`;
  lines.push(joins ? `  - ${command}` : `  - '${command}'`);
  for (const after of spec.postKubeadmCommands ?? []) lines.push(`  - ${JSON.stringify(after)}`);
  if (spec.users?.length) lines.push('users:', ...yamlLines(spec.users, '  '));
  return `${lines.join('\n')}\n`;
}
