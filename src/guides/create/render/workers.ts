/** Step 4 of the document, and the whole of "Managing Nodes": bootstrap template and MachineDeployment. */
import type { Raw } from '../../../operations/contract.ts';
import type { Answers } from '../answers.ts';
import { NAMESPACE, namesOf } from '../names.ts';
import { CAPI, INFRA, kubernetesMinor, metadata, users } from './cluster.ts';
import { KUBELET_CIPHERS, kubeletPatch, kubeletSettings, PATCHES } from './hardened.ts';

const BOOTSTRAP = 'bootstrap.cluster.x-k8s.io/v1beta1';

/**
 * The KubeadmConfigTemplate. Neither hostname, nor provider-id, nor criSocket: the provider fills them in when it
 * writes the plan.
 */
export function bootstrapTemplate(answers: Answers): Raw {
  return {
    apiVersion: BOOTSTRAP,
    kind: 'KubeadmConfigTemplate',
    metadata: metadata(namesOf(answers.cluster).workerBootstrap),
    spec: {
      template: {
        spec: {
          users: users(answers),
          files: [kubeletPatch(kubernetesMinor(answers), kubeletSettings(true))],
          joinConfiguration: {
            patches: { directory: PATCHES },
            nodeRegistration: {
              kubeletExtraArgs: { 'tls-min-version': 'VersionTLS12', 'tls-cipher-suites': KUBELET_CIPHERS },
            },
          },
        },
      },
    },
  };
}

/** The MachineDeployment: one worker at a time, deleted before its successor is made. */
export function machineDeployment({ cluster, kubernetesVersion, workers }: Answers): Raw {
  const names = namesOf(cluster);
  const ref = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, name, namespace: NAMESPACE });
  return {
    apiVersion: CAPI,
    kind: 'MachineDeployment',
    metadata: metadata(names.workers),
    spec: {
      clusterName: cluster,
      replicas: workers.replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: {} },
      template: {
        metadata: { labels: { 'cluster.x-k8s.io/cluster-name': cluster, 'pool.name': names.workers } },
        spec: {
          clusterName: cluster,
          version: kubernetesVersion,
          nodeDrainTimeout: '5m',
          nodeVolumeDetachTimeout: '5m',
          bootstrap: { configRef: ref(BOOTSTRAP, 'KubeadmConfigTemplate', names.workerBootstrap) },
          infrastructureRef: ref(INFRA, 'BaremetalMachineTemplate', names.workerTemplate),
        },
      },
    },
  };
}
