/**
 * What kubeadm writes into its manifests and add-ons: the commands, probes and volumes of what every cluster runs. After
 * k8s.io/kubernetes/cmd/kubeadm/app/phases/{controlplane,etcd,addons}.
 */

import { minorOf } from '../controllers/kubernetes-version.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { Member } from './remembered.ts';
import type { ClusterSettings } from './settings.ts';

type Fields = Record<string, unknown>;

/** What a program has beside its name, image and resources. */
export interface Manifest {
  container: Fields;
  pod: Fields;
  annotations?: Record<string, string>;
}

/** Where a program of the control plane runs. */
export interface Place {
  node: Node;
  address: string;
  /** The members of etcd that were there when the Node came, itself the last. */
  members: () => readonly Member[];
  /** The tag of etcd's image. */
  etcd: string;
  settings: ClusterSettings;
}

const pki = '/etc/kubernetes/pki';
const services = '10.96.0.0/12';

/** Flags in order, those that the control plane asks for among them. */
function command(
  program: string,
  flags: Record<string, string>,
  more: Readonly<Record<string, string>> = {},
): string[] {
  const all = Object.entries({ ...flags, ...more }).sort(([a], [b]) => (a < b ? -1 : 1));
  return [program, ...all.map(([name, value]) => `--${name}=${value}`)];
}

interface Probed {
  host: string;
  port: number;
  /** Whether the probes name the port, as those of kubeadm do since 1.34. */
  named: boolean;
  scheme: 'HTTP' | 'HTTPS';
  /** Alive, and ready: the paths that are asked. */
  live: string;
  ready: string | undefined;
}

const probePort = 'probe-port';

function probes({ host, port, named, scheme, live, ready }: Probed): Fields {
  const get = (path: string) => ({ httpGet: { host, path, port: named ? probePort : port, scheme } });
  const often = { periodSeconds: 10, successThreshold: 1, timeoutSeconds: 15 };
  return {
    // On the network of its host, where a port is the host's own.
    ...(named ? { ports: [{ containerPort: port, hostPort: port, name: probePort, protocol: 'TCP' }] } : {}),
    livenessProbe: { ...get(live), failureThreshold: 8, initialDelaySeconds: 10, ...often },
    ...(ready === undefined
      ? {}
      : { readinessProbe: { ...get(ready), failureThreshold: 3, ...often, periodSeconds: 1 } }),
    startupProbe: {
      ...get(ready === undefined ? live : '/livez'),
      failureThreshold: 24,
      initialDelaySeconds: 10,
      ...often,
    },
  };
}

/** A path of the Node, at the same path of the container. */
export type Mount = readonly [name: string, path: string, type: string, readOnly?: boolean];

function volumes(mounts: readonly Mount[]): { container: Fields; pod: Fields } {
  return {
    container: {
      volumeMounts: mounts.map(([name, mountPath, , readOnly]) => ({
        mountPath,
        name,
        ...(readOnly ? { readOnly } : {}),
      })),
    },
    pod: { volumes: mounts.map(([name, path, type]) => ({ hostPath: { path, type }, name })) },
  };
}

const certificates: readonly Mount[] = [
  ['ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate', true],
  ['etc-ca-certificates', '/etc/ca-certificates', 'DirectoryOrCreate', true],
  ['k8s-certs', pki, 'DirectoryOrCreate', true],
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates', 'DirectoryOrCreate', true],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates', 'DirectoryOrCreate', true],
];

/** The pod of a manifest: what kubeadm gives each of them. */
const pod = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };

/** kubeadm has volumes and mounts in the order of their names. Source: k8s.io/kubernetes, cmd/kubeadm/app/util/staticpod. */
function whole(container: Fields, mounts: readonly Mount[], annotations?: Record<string, string>): Manifest {
  const held = volumes([...mounts].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { container: { ...container, ...held.container }, pod: { ...pod, ...held.pod }, annotations };
}

/** A program that the kubelet runs from a file. */
export function manifestOf(name: string, place: Place): Manifest | undefined {
  const { address, settings } = place;
  const named = (minorOf(place.node.status?.nodeInfo?.kubeletVersion) ?? 0) >= 34;
  const more = settings.extraArgs ?? {};
  const conf = (of: string) => `/etc/kubernetes/${of}.conf`;
  const file = (of: string): Mount => ['kubeconfig', conf(of), 'FileOrCreate', true];
  const local = { host: '127.0.0.1', scheme: 'HTTPS', named } as const;
  switch (name) {
    case 'kube-apiserver': {
      const probed = { ...local, host: address, port: 6443, live: '/livez', ready: '/readyz' };
      const flags = { ...apiServer(place), 'service-cluster-ip-range': settings.services ?? services };
      const container = { command: command(name, flags, more['apiServer']), ...probes(probed) };
      return whole(container, [...certificates, ...(settings.extraVolumes ?? [])], {
        'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443`,
      });
    }
    case 'kube-controller-manager': {
      const probed = { ...local, port: 10_257, live: '/healthz', ready: undefined };
      const own = conf('controller-manager');
      const flags = {
        ...{ 'allocate-node-cidrs': 'true', 'authentication-kubeconfig': own, 'authorization-kubeconfig': own },
        ...{
          'bind-address': '127.0.0.1',
          'client-ca-file': `${pki}/ca.crt`,
          'cluster-cidr': settings.pods ?? '10.3.0.0/16',
        },
        ...{ 'cluster-name': settings.name ?? 'kubernetes', 'cluster-signing-cert-file': `${pki}/ca.crt` },
        ...{ 'cluster-signing-key-file': `${pki}/ca.key`, controllers: '*,bootstrapsigner,tokencleaner' },
        ...{ kubeconfig: own, 'leader-elect': 'true', 'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt` },
        ...{ 'root-ca-file': `${pki}/ca.crt`, 'service-account-private-key-file': `${pki}/sa.key` },
        ...{ 'service-cluster-ip-range': settings.services ?? services, 'use-service-account-credentials': 'true' },
      };
      const plugins: Mount = [
        'flexvolume-dir',
        '/usr/libexec/kubernetes/kubelet-plugins/volume/exec',
        'DirectoryOrCreate',
      ];
      const container = { command: command(name, flags, more['controllerManager']), ...probes(probed) };
      return whole(container, [...certificates, plugins, file('controller-manager')]);
    }
    case 'kube-scheduler': {
      const probed = { ...local, port: 10_259, live: '/livez', ready: '/readyz' };
      const own = conf('scheduler');
      const flags = {
        ...{ 'authentication-kubeconfig': own, 'authorization-kubeconfig': own, 'bind-address': '127.0.0.1' },
        ...{ kubeconfig: own, 'leader-elect': 'true' },
      };
      return whole({ command: command(name, flags, more['scheduler']), ...probes(probed) }, [file('scheduler')]);
    }
    case 'etcd': {
      const probed = { ...local, port: 2381, scheme: 'HTTP', live: '/livez', ready: '/readyz' } as const;
      const container = { command: command(name, etcd(place)), ...probes(probed) };
      const mounts: Mount[] = [
        ['etcd-data', '/var/lib/etcd', 'DirectoryOrCreate'],
        ['etcd-certs', `${pki}/etcd`, 'DirectoryOrCreate'],
      ];
      const made = whole(container, mounts, {
        'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${address}:2379`,
      });
      // Its mounts alone are written down one after the other (cmd/kubeadm/app/phases/etcd, GetEtcdPodSpec).
      return { ...made, container: { ...made.container, ...volumes(mounts).container } };
    }
    default:
      return undefined;
  }
}

function apiServer({ address }: Place): Record<string, string> {
  return {
    ...{ 'advertise-address': address, 'allow-privileged': 'true', 'authorization-mode': 'Node,RBAC' },
    ...{ 'client-ca-file': `${pki}/ca.crt`, 'enable-admission-plugins': 'NodeRestriction' },
    ...{ 'enable-bootstrap-token-auth': 'true', 'etcd-cafile': `${pki}/etcd/ca.crt` },
    ...{ 'etcd-certfile': `${pki}/apiserver-etcd-client.crt`, 'etcd-keyfile': `${pki}/apiserver-etcd-client.key` },
    ...{ 'etcd-servers': 'https://127.0.0.1:2379' },
    'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
    'proxy-client-key-file': `${pki}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    ...{ 'secure-port': '6443', 'service-account-issuer': 'https://kubernetes.default.svc.cluster.local' },
    ...{ 'service-account-key-file': `${pki}/sa.pub`, 'service-account-signing-key-file': `${pki}/sa.key` },
    ...{ 'tls-cert-file': `${pki}/apiserver.crt`, 'tls-private-key-file': `${pki}/apiserver.key` },
  };
}

function etcd({ node, address, members: membersOf, etcd: tag }: Place): Record<string, string> {
  // The file is written once: each member knows those that were there when it came.
  const known = membersOf();
  const members = known.map((one) => `${one.name}=https://${one.address}:2380`).join(',');
  const newer = !tag.startsWith('v3.5') && !tag.startsWith('3.5');
  const certificate = `${pki}/etcd`;
  return {
    ...{ 'advertise-client-urls': `https://${address}:2379`, 'cert-file': `${certificate}/server.crt` },
    ...{ 'client-cert-auth': 'true', 'data-dir': '/var/lib/etcd' },
    ...(newer
      ? { 'feature-gates': 'InitialCorruptCheck=true', 'watch-progress-notify-interval': '5s' }
      : { 'experimental-initial-corrupt-check': 'true', 'experimental-watch-progress-notify-interval': '5s' }),
    ...{ 'initial-advertise-peer-urls': `https://${address}:2380`, 'initial-cluster': members },
    ...(known.length > 1 ? { 'initial-cluster-state': 'existing' } : {}),
    ...{
      'key-file': `${certificate}/server.key`,
      'listen-client-urls': `https://127.0.0.1:2379,https://${address}:2379`,
    },
    ...{ 'listen-metrics-urls': 'http://127.0.0.1:2381', 'listen-peer-urls': `https://${address}:2380` },
    ...{ name: node.metadata.name, 'peer-cert-file': `${certificate}/peer.crt`, 'peer-client-cert-auth': 'true' },
    ...{ 'peer-key-file': `${certificate}/peer.key`, 'peer-trusted-ca-file': `${certificate}/ca.crt` },
    ...{ 'snapshot-count': '10000', 'trusted-ca-file': `${certificate}/ca.crt` },
  };
}

/** What kubeadm's add-ons have. */
const ADDONS: Readonly<Record<string, Manifest>> = {
  'kube-proxy': {
    container: {
      command: [
        ...['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
        '--hostname-override=$(NODE_NAME)',
      ],
      env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
      securityContext: { privileged: true },
      volumeMounts: [
        { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
        { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
        { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
      ],
    },
    pod: {
      volumes: [
        { configMap: { defaultMode: 420, name: 'kube-proxy' }, name: 'kube-proxy' },
        { hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' }, name: 'xtables-lock' },
        { hostPath: { path: '/lib/modules', type: '' }, name: 'lib-modules' },
      ],
    },
  },
  coredns: {
    container: {
      args: ['-conf', '/etc/coredns/Corefile'],
      livenessProbe: {
        ...{ httpGet: { path: '/health', port: 8080, scheme: 'HTTP' }, initialDelaySeconds: 60, timeoutSeconds: 5 },
        ...{ failureThreshold: 5, periodSeconds: 10, successThreshold: 1 },
      },
      ports: [
        { containerPort: 53, name: 'dns', protocol: 'UDP' },
        { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
        { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
      ],
      readinessProbe: {
        ...{ httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' }, timeoutSeconds: 1 },
        ...{ failureThreshold: 3, periodSeconds: 10, successThreshold: 1 },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
      volumeMounts: [{ mountPath: '/etc/coredns', name: 'config-volume', readOnly: true }],
    },
    pod: {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              podAffinityTerm: {
                labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                topologyKey: 'kubernetes.io/hostname',
              },
              weight: 100,
            },
          ],
        },
      },
      dnsPolicy: 'Default',
      volumes: [
        {
          configMap: { defaultMode: 420, items: [{ key: 'Corefile', path: 'Corefile' }], name: 'coredns' },
          name: 'config-volume',
        },
      ],
    },
  },
};

/** An add-on of kubeadm's; undefined for what others bring. */
export const addonOf = (name: string): Manifest | undefined => ADDONS[name];
