/** The cloud-init user data of a Machine, as kubeadm's bootstrap provider would render it, cut short. */

import type { Cluster, KubeadmConfig, Machine } from '../shapes/capi.ts';
import { isControlPlane } from './common.ts';

/** Text of type cloud-config. The kubeadm part is JSON, which is YAML too. */
export function userData(config: KubeadmConfig, machine: Machine, cluster: Cluster): string {
  const spec = config.spec ?? {};
  const joins = spec.joinConfiguration !== undefined;
  const role = isControlPlane(machine) ? 'control-plane' : 'worker';
  const kubeadm = joins ? spec.joinConfiguration : spec.initConfiguration;
  const files = [
    ...(spec.files ?? []),
    {
      path: joins ? '/run/kubeadm/kubeadm-join-config.yaml' : '/run/kubeadm/kubeadm.yaml',
      owner: 'root:root',
      permissions: '0640',
      content: JSON.stringify({
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: joins ? 'JoinConfiguration' : 'InitConfiguration',
        ...kubeadm,
      }),
    },
  ];
  const lines = ['## template: jinja', '#cloud-config', '', 'write_files:'];
  for (const { path, owner, permissions, content } of files) {
    lines.push(
      `-   path: ${path}`,
      `    owner: ${owner ?? 'root:root'}`,
      `    permissions: '${permissions ?? '0644'}'`,
    );
    lines.push('    content: |');
    for (const line of (content ?? '').split('\n')) lines.push(`      ${line}`);
  }
  lines.push('runcmd:');
  for (const command of spec.preKubeadmCommands ?? []) lines.push(`  - ${JSON.stringify(command)}`);
  const command = joins
    ? 'join --config /run/kubeadm/kubeadm-join-config.yaml'
    : 'init --config /run/kubeadm/kubeadm.yaml';
  lines.push(`  - 'kubeadm ${command} && echo success > /run/cluster-api/bootstrap-success.complete'`);
  for (const after of spec.postKubeadmCommands ?? []) lines.push(`  - ${JSON.stringify(after)}`);
  lines.push(`# cluster ${cluster.metadata.name}, ${role}, kubernetes ${machine.spec?.version ?? ''}`, '');
  return lines.join('\n');
}
