/** What Kube-OVN's chart gives its programs: commands, probes, volumes. Source: the templates of kubeovn/kube-ovn, charts/kube-ovn. */

import type { Manifest } from '../kubeadm-manifests.ts';

type Fields = Record<string, unknown>;

/** What differs from cluster to cluster. */
export interface OvnValues {
  image: string;
  /** The networks of Pods, Services and Nodes, as CIDRs, and the gateway of the first. */
  pods: string;
  services: string;
  join: string;
  gateway: string;
  /** The addresses of the control plane's Nodes. */
  plane: readonly string[];
}

/** Of a path of the Node: where it is mounted, and whether for reading only. */
type Mount = readonly [name: string, host: string, inside: string, more?: Fields];

const log = '/var/log';
const MOUNTS: Readonly<Record<string, Mount>> = {
  modules: ['host-modules', '/lib/modules', '/lib/modules', { readOnly: true }],
  runOvs: ['host-run-ovs', '/run/openvswitch', '/var/run/openvswitch'],
  runOvn: ['host-run-ovn', '/run/ovn', '/var/run/ovn'],
  sys: ['host-sys', '/sys', '/sys', { readOnly: true }],
  ovs: ['host-config-openvswitch', '/etc/origin/openvswitch', '/etc/openvswitch'],
  ovn: ['host-config-ovn', '/etc/origin/ovn', '/etc/ovn'],
  logOvs: ['host-log-ovs', `${log}/openvswitch`, `${log}/openvswitch`],
  logOvn: ['host-log-ovn', `${log}/ovn`, `${log}/ovn`],
  logged: ['kube-ovn-log', `${log}/kube-ovn`, `${log}/kube-ovn`],
  time: ['localtime', '/etc/localtime', '/etc/localtime', { readOnly: true }],
  spaces: ['host-ns', '/var/run/netns', '/var/run/netns', { mountPropagation: 'HostToContainer' }],
  runtime: ['cruntime', '/var/run/containerd', '/var/run/containerd', { readOnly: true }],
  shared: ['shared-dir', '/var/lib/kubelet/pods', '/var/lib/kubelet/pods'],
  bus: ['host-dbus', '/var/run/dbus', '/host/var/run/dbus', { mountPropagation: 'HostToContainer' }],
  configuration: ['cni-conf', '/etc/cni/net.d', '/etc/cni/net.d'],
  binaries: ['cni-bin', '/opt/cni/bin', '/opt/cni/bin'],
};

const mounted = (keys: readonly string[]): Fields[] =>
  keys.map((key) => {
    const [name, , mountPath, more] = MOUNTS[key]!;
    return { mountPath, name, ...more };
  });
const volumes = (keys: readonly string[]): Fields[] =>
  keys.map((key) => ({ hostPath: { path: MOUNTS[key]![1], type: '' }, name: MOUNTS[key]![0] }));

const tls = {
  mount: { mountPath: '/var/run/tls', name: 'kube-ovn-tls' },
  volume: { name: 'kube-ovn-tls', secret: { defaultMode: 420, optional: true, secretName: 'kube-ovn-tls' } },
};

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } });
const value = (name: string, text: string) => ({ name, value: text });
const ssl = value('ENABLE_SSL', 'false');
const self = [field('POD_NAME', 'metadata.name'), field('POD_NAMESPACE', 'metadata.namespace')];
const address = field('POD_IP', 'status.podIP');
const node = (name: string) => field(name, 'spec.nodeName');
const local = value('ENABLE_BIND_LOCAL_IP', 'true');

const often = { failureThreshold: 3, successThreshold: 1, timeoutSeconds: 1 };
const asked = (path: string, port: number, more: Fields = {}) => ({
  ...{ httpGet: { path, port, scheme: 'HTTP' }, ...often, timeoutSeconds: 5, periodSeconds: 7, ...more },
});
const checked = (script: string, more: Fields) => ({
  ...{ exec: { command: ['bash', `/kube-ovn/${script}.sh`] }, ...often, timeoutSeconds: 45, ...more },
});

const logging = (program: string) => [
  ...['--logtostderr=false', '--alsologtostderr=true', `--log_file=/var/log/kube-ovn/${program}.log`],
  ...['--log_file_max_size=200', '--enable-metrics=true'],
];
const resources = (cpu: string, memory: string, most: { cpu: string; memory: string }) => ({
  ...{ limits: most, requests: { cpu, memory } },
});

const everywhere = [
  { effect: 'NoSchedule', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
];
const patiently = everywhere.filter(({ effect }) => effect !== 'NoExecute');

/** No two of them on one Node. */
const apart = (app: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
});

/** What makes the directory of the logs everybody's. */
const preparing = (image: string) => ({
  ...{ name: 'hostpath-init', image, command: ['sh', '-c', 'chown -R nobody: /var/log/kube-ovn'] },
  securityContext: {
    ...{ allowPrivilegeEscalation: true, capabilities: { drop: ['ALL'] }, privileged: true, runAsUser: 0 },
  },
  volumeMounts: mounted(['logged']),
});

const capable = (...add: string[]) => ({ capabilities: { add }, privileged: false, runAsUser: 65_534 });

function cni({ image, services }: OvnValues): Manifest {
  const used = ['modules', 'shared', 'runOvs', 'runOvn', 'bus', 'spaces', 'logged', 'logOvs', 'logOvn', 'time'];
  const install = {
    ...{ name: 'install-cni', image, command: ['/kube-ovn/install-cni.sh'] },
    args: [
      ...['--cni-conf-dir=/etc/cni/net.d', '--cni-conf-file=/kube-ovn/01-kube-ovn.conflist'],
      '--cni-conf-name=01-kube-ovn.conflist',
    ],
    securityContext: { privileged: true, runAsUser: 0 },
    volumeMounts: mounted(['binaries', 'configuration']),
  };
  return {
    container: {
      name: 'cni-server',
      command: ['bash', '/kube-ovn/start-cniserver.sh'],
      args: [
        ...['--enable-mirror=false', '--mirror-iface=mirror0', '--node-switch=join', '--encap-checksum=true'],
        ...[`--service-cluster-ip-range=${services}`, '--iface=', '--network-type=geneve', '--default-interface-name='],
        ...[...logging('kube-ovn-cni'), '--kubelet-dir=/var/lib/kubelet', '--ovs-vsctl-concurrency=100'],
      ],
      env: [ssl, address, node('KUBE_NODE_NAME'), ...self, field('POD_IPS', 'status.podIPs'), local],
      securityContext: {
        capabilities: { add: ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE'] },
        ...{ privileged: false, runAsUser: 0 },
      },
      resources: resources('100m', '100Mi', { cpu: '1', memory: '1Gi' }),
      readinessProbe: asked('/readyz', 10_665),
      livenessProbe: asked('/livez', 10_665, { initialDelaySeconds: 30 }),
      volumeMounts: mounted(used),
    },
    pod: {
      ...{ tolerations: everywhere, serviceAccountName: 'kube-ovn-cni', hostPID: true, initContainers: [install] },
      volumes: volumes([...used, 'binaries', 'configuration']),
    },
  };
}

function ovs({ plane }: OvnValues): Manifest {
  const used = ['spaces', 'modules', 'runOvs', 'runOvn', 'sys', 'ovs', 'ovn', 'logOvs', 'logOvn', 'time', 'runtime'];
  return {
    container: {
      name: 'openvswitch',
      command: ['/kube-ovn/start-ovs.sh'],
      env: [
        ...[ssl, address, value('HW_OFFLOAD', 'false'), value('TUNNEL_TYPE', 'geneve'), node('KUBE_NODE_NAME')],
        ...[value('OVN_DB_IPS', plane.join(',')), value('OVN_REMOTE_PROBE_INTERVAL', '10000')],
        value('OVN_REMOTE_OPENFLOW_INTERVAL', '180'),
      ],
      securityContext: { privileged: true, runAsUser: 0 },
      resources: resources('200m', '200Mi', { cpu: '2', memory: '1000Mi' }),
      readinessProbe: checked('ovs-healthcheck', { initialDelaySeconds: 10, periodSeconds: 5 }),
      livenessProbe: checked('ovs-healthcheck', { initialDelaySeconds: 60, periodSeconds: 5, failureThreshold: 5 }),
      volumeMounts: [...mounted(used), tls.mount],
    },
    pod: {
      ...{ tolerations: everywhere, serviceAccountName: 'ovn-ovs', hostPID: true },
      volumes: [...volumes(used), tls.volume],
    },
  };
}

function controller({ image, pods, services, join, gateway, plane }: OvnValues): Manifest {
  const used = ['time', 'logged', 'logOvn'];
  return {
    container: {
      args: [
        ...['/kube-ovn/start-controller.sh', '--default-ls=ovn-default', `--default-cidr=${pods}`],
        ...[`--default-gateway=${gateway}`, '--default-gateway-check=true', '--default-logical-gateway=false'],
        ...['--default-u2o-interconnection=false', '--default-exclude-ips=', '--cluster-router=ovn-cluster'],
        ...['--node-switch=join', `--node-switch-cidr=${join}`, `--service-cluster-ip-range=${services}`],
        ...['--network-type=geneve', '--default-provider-name=provider', '--default-interface-name='],
        ...['--default-exchange-link-name=false', '--default-vlan-name=ovn-vlan', '--default-vlan-id=100'],
        ...['--pod-nic-type=veth-pair', '--enable-lb=true', '--enable-np=true', '--enable-eip-snat=true'],
        ...['--enable-external-vpc=true', '--gc-interval=360', '--inspect-interval=20'],
        ...logging('kube-ovn-controller'),
      ],
      env: [
        ...[ssl, ...self, field('KUBE_NAMESPACE', 'metadata.namespace'), node('KUBE_NODE_NAME')],
        ...[value('OVN_DB_IPS', plane.join(',')), field('POD_IPS', 'status.podIPs'), local],
      ],
      securityContext: capable('NET_BIND_SERVICE', 'NET_RAW'),
      resources: resources('200m', '200Mi', { cpu: '1', memory: '1Gi' }),
      readinessProbe: asked('/readyz', 10_660, { periodSeconds: 3 }),
      livenessProbe: asked('/livez', 10_660, { initialDelaySeconds: 300, failureThreshold: 5 }),
      volumeMounts: [...mounted(used), tls.mount],
    },
    pod: {
      ...{ tolerations: patiently, serviceAccountName: 'ovn', priorityClassName: 'system-cluster-critical' },
      ...{ affinity: apart('kube-ovn-controller'), initContainers: [preparing(image)] },
      volumes: [...volumes(used), tls.volume],
    },
  };
}

function central({ plane }: OvnValues): Manifest {
  const used = ['runOvs', 'runOvn', 'ovs', 'ovn', 'logOvs', 'logOvn', 'time'];
  return {
    container: {
      command: ['/kube-ovn/start-db.sh'],
      env: [
        ...[ssl, value('NODE_IPS', plane.join(',')), address, ...self, field('POD_IPS', 'status.podIPs'), local],
        ...[value('PROBE_INTERVAL', '180000'), value('OVN_NORTHD_PROBE_INTERVAL', '5000')],
        ...[value('OVN_LEADER_PROBE_INTERVAL', '5'), value('OVN_NORTHD_N_THREADS', '1')],
        ...[value('ENABLE_COMPACT', 'false'), value('OVN_VERSION_COMPATIBILITY', '')],
      ],
      securityContext: { capabilities: { add: ['SYS_NICE'] } },
      resources: resources('300m', '200Mi', { cpu: '3', memory: '4Gi' }),
      readinessProbe: checked('ovn-healthcheck', { periodSeconds: 15 }),
      livenessProbe: checked('ovn-healthcheck', { initialDelaySeconds: 30, periodSeconds: 15, failureThreshold: 5 }),
      volumeMounts: [...mounted(used), tls.mount],
    },
    pod: {
      ...{ tolerations: everywhere, serviceAccountName: 'ovn-ovs', priorityClassName: 'system-cluster-critical' },
      ...{ affinity: apart('ovn-central'), volumes: [...volumes(used), tls.volume] },
    },
  };
}

function pinger({ image }: OvnValues): Manifest {
  const used = ['runOvs', 'runOvn', 'ovs', 'logOvs', 'logged', 'logOvn', 'time'];
  return {
    container: {
      name: 'pinger',
      command: ['/kube-ovn/kube-ovn-pinger'],
      args: ['--external-address=', '--external-dns=', ...logging('kube-ovn-pinger')],
      env: [ssl, address, field('HOST_IP', 'status.hostIP'), ...self, node('NODE_NAME')],
      securityContext: capable('NET_BIND_SERVICE', 'NET_RAW'),
      resources: resources('100m', '100Mi', { cpu: '200m', memory: '400Mi' }),
      readinessProbe: asked('/metrics', 8080, { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 1 }),
      livenessProbe: asked('/metrics', 8080, { initialDelaySeconds: 15, periodSeconds: 20, timeoutSeconds: 1 }),
      volumeMounts: [...mounted(used), tls.mount],
    },
    pod: {
      ...{ tolerations: everywhere, serviceAccountName: 'kube-ovn-app', priorityClassName: 'system-node-critical' },
      ...{ initContainers: [preparing(image)], volumes: [...volumes(used), tls.volume] },
    },
  };
}

function monitor({ image }: OvnValues): Manifest {
  const used = ['runOvn', 'ovn', 'logOvn', 'time', 'logged'];
  return {
    container: {
      command: ['/kube-ovn/start-ovn-monitor.sh'],
      args: ['--log_file=/var/log/kube-ovn/kube-ovn-monitor.log', ...logging('kube-ovn-monitor').slice(0, 2)],
      env: [ssl, node('KUBE_NODE_NAME'), ...self, address, field('POD_IPS', 'status.podIPs'), local],
      securityContext: capable('NET_BIND_SERVICE'),
      resources: resources('200m', '200Mi', { cpu: '200m', memory: '200Mi' }),
      readinessProbe: asked('/readyz', 10_661, { initialDelaySeconds: 30 }),
      livenessProbe: asked('/livez', 10_661, { initialDelaySeconds: 30 }),
      volumeMounts: [...mounted(used), tls.mount],
    },
    pod: {
      ...{ tolerations: patiently, serviceAccountName: 'kube-ovn-app', priorityClassName: 'system-cluster-critical' },
      ...{ affinity: apart('kube-ovn-monitor'), initContainers: [preparing(image)] },
      volumes: [...volumes(used), tls.volume],
    },
  };
}

const MANIFESTS: Readonly<Record<string, (values: OvnValues) => Manifest>> = {
  'kube-ovn-cni': cni,
  'ovs-ovn': ovs,
  'kube-ovn-controller': controller,
  'ovn-central': central,
  'kube-ovn-pinger': pinger,
  'kube-ovn-monitor': monitor,
};

/** One of Kube-OVN's programs; undefined for others. */
export const ovnManifest = (name: string, values: OvnValues): Manifest | undefined => MANIFESTS[name]?.(values);
