/** The parts of a kubeadm configuration that are about one node: how it inits, how it joins. */
import { apiObject, argumentsOf, type Dialect } from './kubeadm-dialect.ts';
import { taint } from './meta.ts';
import { bool, choice, duration, int32, list, map, object, type Schema, string, text, time } from './schema.ts';

const path = text(1, 512);

/** The kubeconfig by which a node discovers its cluster. */
function kubeConfig({ part, items }: Dialect): Schema {
  const exec = object({
    apiVersion: path,
    args: items(path, 100),
    'command!': text(1, 1024),
    env: items(object({ 'name!': path, 'value!': path }), 100),
    provideClusterInfo: bool,
  });
  return object({
    cluster: part({
      certificateAuthorityData: { ...text(1, 51200), format: 'byte' },
      insecureSkipTLSVerify: bool,
      proxyURL: path,
      server: path,
      tlsServerName: path,
    }),
    'user!': part({ authProvider: object({ config: map(string), 'name!': text(1, 256) }), exec }),
  });
}

/** kubeadm's InitConfiguration and JoinConfiguration. */
export function nodeSettings(words: Dialect): { initConfiguration: Schema; joinConfiguration: Schema } {
  const { isNew, part, items, only } = words;
  const nodeRegistration = part({
    criSocket: path,
    ignorePreflightErrors: items(path, 50),
    imagePullPolicy: choice('Always', 'IfNotPresent', 'Never'),
    imagePullSerial: bool,
    kubeletExtraArgs: argumentsOf(words),
    name: text(1, 253),
    taints: list(taint, { max: 100, ...(isNew ? { min: 0 } : {}) }),
  });
  const seconds = int32(0);
  const common = {
    ...only('v1beta1', apiObject),
    nodeRegistration,
    patches: part({ directory: path }),
    skipPhases: items(text(1, 256), 50),
    ...only('v1beta2', {
      timeouts: part({
        controlPlaneComponentHealthCheckSeconds: seconds,
        discoverySeconds: seconds,
        etcdAPICallSeconds: seconds,
        kubeletHealthCheckSeconds: seconds,
        kubernetesAPICallSeconds: seconds,
        tlsBootstrapSeconds: seconds,
      }),
    }),
  };
  const localAPIEndpoint = part({ advertiseAddress: text(1, 39), bindPort: int32(isNew ? 1 : undefined) });
  const bootstrapToken = object({
    description: path,
    expires: time,
    groups: items(text(1, 256), 100),
    ...(isNew ? { 'token!': text(1, 23), ttlSeconds: seconds } : { 'token!': string, ttl: duration }),
    usages: items(text(1, 256), 100),
  });
  const byToken = {
    apiServerEndpoint: path,
    caCertHashes: items(path, 100),
    token: path,
    unsafeSkipCAVerification: bool,
  };
  const discovery = part({
    bootstrapToken: part(byToken),
    file: object({ kubeConfig: kubeConfig(words), 'kubeConfigPath!': path }),
    ...only('v1beta1', { timeout: duration }),
    tlsBootstrapToken: path,
  });
  return {
    initConfiguration: part({ ...common, bootstrapTokens: items(bootstrapToken, 100), localAPIEndpoint }),
    joinConfiguration: part({
      ...common,
      caCertPath: path,
      controlPlane: object({ localAPIEndpoint }),
      discovery,
    }),
  };
}
