/**
 * The programs whose controllers the simulator plays: what is installed of them. Those of Cluster API are as clusterctl
 * installs them, in the platform's namespace; of the others what is published. Their versions are not documented, so they
 * are named as simulated.
 */

import { registry } from '../releases.ts';

type Fields = Record<string, unknown>;

export interface Manager {
  /** The name of its Deployment. */
  name: string;
  /** Of its account. */
  account: string;
  image: string;
  container: Fields & { name: string };
  /** What its Deployment is labelled with, and what its Pods are and are chosen by. */
  labels: Record<string, string>;
  chosen: Record<string, string>;
  /** What its Pods are beside their containers. */
  pod: Fields;
  /** The Lease by which one of them is elected. */
  lease: string;
  /** What it is known as to Cluster API, and the beginning of the names of its webhooks' objects. */
  provider?: string;
  owner?: string;
}

const probe = (path: string) => ({
  httpGet: { path, port: 'healthz', scheme: 'HTTP' },
  ...{ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
});

/** A variable of the environment that tells a Pod of itself. */
const told = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.${fieldPath}` } },
});

const port = (containerPort: number, name: string) => ({ containerPort, name, protocol: 'TCP' });
const tolerated = (role: string) => ({ effect: 'NoSchedule', key: `node-role.kubernetes.io/${role}` });
const confined = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

interface ClusterApiManager {
  name: string;
  owner: string;
  provider: string;
  image: string;
  lease: string;
  args: readonly string[];
  account?: string;
}

function clusterApiManager({ name, owner, provider, image, lease, args, account }: ClusterApiManager): Manager {
  const labels = { 'cluster.x-k8s.io/provider': provider, 'control-plane': 'controller-manager' };
  return {
    ...{ name, image, lease, labels, provider, owner, chosen: labels, account: account ?? `${owner}-manager` },
    container: {
      name: 'manager',
      command: ['/manager'],
      args: ['--leader-elect', '--diagnostics-address=:8443', '--insecure-diagnostics=false', ...args],
      env: [told('POD_NAMESPACE', 'namespace'), told('POD_NAME', 'name'), told('POD_UID', 'uid')],
      ports: [port(9443, 'webhook-server'), port(9440, 'healthz'), port(8443, 'metrics')],
      livenessProbe: probe('/healthz'),
      readinessProbe: probe('/readyz'),
      securityContext: { ...confined, privileged: false, runAsGroup: 65_532, runAsUser: 65_532 },
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [{ mountPath: '/tmp/k8s-webhook-server/serving-certs', name: 'cert', readOnly: true }],
    },
    pod: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      terminationGracePeriodSeconds: 10,
      tolerations: [tolerated('master'), tolerated('control-plane')],
      volumes: [{ name: 'cert', secret: { defaultMode: 420, secretName: certificateOf(owner) } }],
    },
  };
}

/** The Secret with what the webhooks of an owner are served by. */
export const certificateOf = (owner: string): string => `${owner}-webhook-service-cert`;

const elemental = 'acp/elemental-operator:v0.0.0-sim';

/** The DNS names of the Service before the webhooks of an owner. */
export const hostsOf = (owner: string): string[] =>
  ['', '.cluster.local'].map((end) => `${owner}-webhook-service.cpaas-system.svc${end}`);

/** All of them. */
export const managers: readonly Manager[] = [
  clusterApiManager({
    name: 'cluster-api-provider-baremetal-manager',
    account: 'cluster-api-provider-baremetal-manager',
    owner: 'cluster-api-provider-baremetal',
    provider: 'infrastructure-baremetal',
    image: 'acp/cluster-api-provider-baremetal:v0.0.0-sim',
    lease: 'cluster-api-provider-baremetal-manager-leader-election',
    args: [],
  }),
  {
    name: 'elemental-operator',
    account: 'elemental-operator',
    image: elemental,
    container: {
      name: 'elemental-operator',
      args: [
        ...['operator', '--namespace', 'cpaas-system', '--operator-image', `${registry}/${elemental}`],
        ...['--seedimage-image', `${registry}/tkestack/seedimage-builder:sim`, '--seedimage-image-pullpolicy'],
        'IfNotPresent',
      ],
      env: [{ name: 'NO_PROXY', value: '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,.svc,.cluster.local' }],
      securityContext: confined,
    },
    labels: { 'app.kubernetes.io/name': 'elemental-operator', 'app.kubernetes.io/version': 'v0.0.0-sim' },
    chosen: { app: 'elemental-operator' },
    pod: { securityContext: { fsGroup: 10_010, runAsGroup: 10_010, runAsUser: 10_010 } },
    lease: 'elemental-operator-leader-election',
  },
  clusterApiManager({
    name: 'capi-controller-manager',
    owner: 'capi',
    provider: 'cluster-api',
    image: 'acp/cluster-api-controller:v0.0.0-sim',
    lease: 'controller-leader-election-capi',
    args: [
      '--use-deprecated-infra-machine-naming=false',
      '--feature-gates=MachinePool=true,ClusterResourceSet=true,ClusterTopology=false,RuntimeSDK=false,MachineSetPreflightChecks=true,MachineWaitForVolumeDetachConsiderVolumeAttachments=true,PriorityQueue=false',
    ],
  }),
  clusterApiManager({
    name: 'capi-kubeadm-bootstrap-controller-manager',
    owner: 'capi-kubeadm-bootstrap',
    provider: 'bootstrap-kubeadm',
    image: 'acp/kubeadm-bootstrap-controller:v0.0.0-sim',
    lease: 'kubeadm-bootstrap-manager-leader-election-capi',
    args: [
      '--feature-gates=MachinePool=true,KubeadmBootstrapFormatIgnition=false,PriorityQueue=false',
      '--bootstrap-token-ttl=15m',
    ],
  }),
  clusterApiManager({
    name: 'capi-kubeadm-control-plane-controller-manager',
    owner: 'capi-kubeadm-control-plane',
    provider: 'control-plane-kubeadm',
    image: 'acp/kubeadm-control-plane-controller:v0.0.0-sim',
    lease: 'kubeadm-control-plane-manager-leader-election-capi',
    args: [
      '--use-deprecated-infra-machine-naming=false',
      '--feature-gates=MachinePool=true,ClusterTopology=false,KubeadmBootstrapFormatIgnition=false,PriorityQueue=false',
    ],
  }),
];

/** Under which names those who own webhooks are known as providers to Cluster API. */
export const providerOf = (owner: string): string | undefined =>
  managers.find((manager) => manager.owner === owner)?.provider;
