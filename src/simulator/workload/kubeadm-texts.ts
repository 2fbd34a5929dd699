/** What kubeadm writes into its ConfigMaps: the defaults of its release, and what a cluster says of itself. */

/** A map in YAML; values are texts as they are to stand there, or maps. */
interface Section {
  readonly [key: string]: string | Section;
}

const yaml = (section: Section, depth = 0): string =>
  Object.entries(section)
    .map(([key, value]) => {
      const start = `${' '.repeat(depth)}${key}:`;
      if (typeof value === 'string') return `${start}${value.startsWith('\n') ? '' : ' '}${value}\n`;
      return Object.keys(value).length === 0 ? `${start} {}\n` : `${start}\n${yaml(value, depth + 2)}`;
    })
    .join('');

const logging: Section = {
  flushFrequency: '0',
  options: { json: { infoBufferSize: '"0"' }, text: { infoBufferSize: '"0"' } },
  verbosity: '0',
};
const all = (value: string, ...keys: string[]): Section => Object.fromEntries(keys.map((key) => [key, value]));

/** `dns`: the address of the cluster's DNS. */
export const kubeletConfiguration = (dns: string): string =>
  yaml({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    authentication: {
      anonymous: { enabled: 'false' },
      webhook: { cacheTTL: '0s', enabled: 'true' },
      x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
    },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '0s', cacheUnauthorizedTTL: '0s' } },
    cgroupDriver: 'systemd',
    clusterDNS: `\n- ${dns}`,
    clusterDomain: 'cluster.local',
    containerRuntimeEndpoint: '""',
    cpuManagerReconcilePeriod: '0s',
    crashLoopBackOff: {},
    ...all('0s', 'evictionPressureTransitionPeriod', 'fileCheckFrequency'),
    healthzBindAddress: '127.0.0.1',
    healthzPort: '10248',
    ...all('0s', 'httpCheckFrequency', 'imageMaximumGCAge', 'imageMinimumGCAge'),
    kind: 'KubeletConfiguration',
    logging,
    memorySwap: {},
    ...all('0s', 'nodeStatusReportFrequency', 'nodeStatusUpdateFrequency'),
    rotateCertificates: 'true',
    ...all('0s', 'runtimeRequestTimeout', 'shutdownGracePeriod', 'shutdownGracePeriodCriticalPods'),
    staticPodPath: '/etc/kubernetes/manifests',
    ...all('0s', 'streamingConnectionIdleTimeout', 'syncFrequency', 'volumeStatsAggPeriod'),
  });

/** `pods`: the network of Pods, as CIDR. */
export const proxyConfiguration = (pods: string): string =>
  yaml({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    bindAddress: '0.0.0.0',
    bindAddressHardFail: 'false',
    clientConnection: {
      ...{ acceptContentTypes: '""', burst: '0', contentType: '""' },
      ...{ kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf', qps: '0' },
    },
    clusterCIDR: pods || '""',
    configSyncPeriod: '0s',
    conntrack: {
      ...{ maxPerCore: 'null', min: 'null', tcpBeLiberal: 'false' },
      ...{ tcpCloseWaitTimeout: 'null', tcpEstablishedTimeout: 'null', udpStreamTimeout: '0s', udpTimeout: '0s' },
    },
    detectLocal: all('""', 'bridgeInterface', 'interfaceNamePrefix'),
    detectLocalMode: '""',
    enableProfiling: 'false',
    healthzBindAddress: '""',
    hostnameOverride: '""',
    iptables: {
      ...{ localhostNodePorts: 'null', masqueradeAll: 'false', masqueradeBit: 'null' },
      ...all('0s', 'minSyncPeriod', 'syncPeriod'),
    },
    ipvs: {
      ...{ excludeCIDRs: 'null', minSyncPeriod: '0s', scheduler: '""', strictARP: 'false' },
      ...all('0s', 'syncPeriod', 'tcpFinTimeout', 'tcpTimeout', 'udpTimeout'),
    },
    kind: 'KubeProxyConfiguration',
    logging,
    metricsBindAddress: '""',
    mode: '""',
    nftables: {
      ...{ masqueradeAll: 'false', masqueradeBit: 'null' },
      ...all('0s', 'minSyncPeriod', 'syncPeriod'),
    },
    nodePortAddresses: 'null',
    oomScoreAdj: 'null',
    portRange: '""',
    showHiddenMetricsForVersion: '""',
    winkernel: {
      ...{ enableDSR: 'false', forwardHealthCheckVip: 'false', networkName: '""' },
      ...all('""', 'rootHnsEndpointName', 'sourceVip'),
    },
  });

/** What kubeadm keeps of a cluster that nobody else has told it about. */
export const clusterConfiguration = (
  name: string,
  of: { version: string; repository: string; endpoint: string; pods: string },
): string =>
  yaml({
    apiServer: {},
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: '87600h0m0s',
    certificateValidityPeriod: '8760h0m0s',
    certificatesDir: '/etc/kubernetes/pki',
    clusterName: name,
    controlPlaneEndpoint: of.endpoint,
    controllerManager: {},
    dns: {},
    encryptionAlgorithm: 'RSA-2048',
    etcd: { local: { dataDir: '/var/lib/etcd' } },
    imageRepository: of.repository,
    kind: 'ClusterConfiguration',
    kubernetesVersion: of.version,
    networking: { dnsDomain: 'cluster.local', podSubnet: of.pods, serviceSubnet: '10.96.0.0/12' },
    proxy: {},
    scheduler: {},
  });

/** Where whoever wants to join finds the server, and what it is certified by. */
export const joinKubeconfig = (endpoint: string, ca: string): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(ca).toString('base64')}
    server: https://${endpoint}
  name: ""
contexts: null
current-context: ""
kind: Config
preferences: {}
users: null
`;

export const proxyKubeconfig = (endpoint: string): string => `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://${endpoint}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`;

/** The plugins that kubeadm turns on. */
export const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;
