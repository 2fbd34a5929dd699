/**
 * KubeadmConfigSpec: what a machine is told to do on its first boot. Its two generations differ in a few fields, and in
 * that v1beta2 wants nothing empty: every optional object has a field, every list an item.
 */
import { apiObject, argumentsOf, type Dialect, dialect, type Generation } from './kubeadm-dialect.ts';
import { nodeSettings } from './kubeadm-nodes.ts';
import {
  about,
  atom,
  bool,
  choice,
  duration,
  type Fields,
  int32,
  list,
  map,
  object,
  quantity,
  type Schema,
  string,
  text,
  withDefault,
} from './schema.ts';

const path = text(1, 512);
const image: Fields = { imageRepository: text(1, 512), imageTag: text(1, 256) };

/** corev1.EnvVar */
function environment({ items, only }: Dialect): Schema {
  const key = atom({ 'key!': string, name: string, optional: bool });
  const fileKey = { 'key!': string, optional: withDefault(bool, false), 'path!': string, 'volumeName!': string };
  const valueFrom = object({
    configMapKeyRef: key,
    fieldRef: atom({ apiVersion: string, 'fieldPath!': string }),
    ...only('v1beta2', { fileKeyRef: atom(fileKey) }),
    resourceFieldRef: atom({ containerName: string, divisor: quantity, 'resource!': string }),
    secretKeyRef: key,
  });
  return items(object({ 'name!': string, value: string, valueFrom }), 100);
}

/** kubeadm's ClusterConfiguration. */
function clusterConfiguration(words: Dialect): Schema {
  const { isNew, part, items, only } = words;
  const hostPath = { 'hostPath!': path, 'mountPath!': path, 'name!': path, pathType: string, readOnly: bool };
  const component = {
    extraArgs: argumentsOf(words),
    extraEnvs: environment(words),
    extraVolumes: items(object(hostPath), 100),
  };
  const names = items(text(1, 253), 100);
  const local = {
    dataDir: path,
    extraArgs: component.extraArgs,
    extraEnvs: component.extraEnvs,
    ...image,
    peerCertSANs: names,
    serverCertSANs: names,
  };
  const external = { 'caFile!': path, 'certFile!': path, 'endpoints!': items(path, 50), 'keyFile!': path };
  const networking = { dnsDomain: text(1, 253), podSubnet: text(1, 1024), serviceSubnet: text(1, 1024) };
  return part({
    apiServer: part({ certSANs: names, ...component, ...(isNew ? {} : { timeoutForControlPlane: duration }) }),
    certificatesDir: path,
    controlPlaneEndpoint: about('What certificates and nodes call the API server.', path),
    controllerManager: part(component),
    dns: about('The image of CoreDNS.', part(image)),
    etcd: about('Stacked (local) or external etcd.', part({ external: object(external), local: part(local) })),
    featureGates: map(bool),
    imageRepository: path,
    scheduler: part(component),
    ...only('v1beta1', {
      ...apiObject,
      clusterName: text(1, 63),
      kubernetesVersion: text(1, 256),
      networking: object(networking),
    }),
    ...only('v1beta2', {
      caCertificateValidityPeriodDays: int32(1, 36500),
      certificateValidityPeriodDays: int32(1, 1095),
      encryptionAlgorithm: choice('ECDSA-P256', 'ECDSA-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'),
    }),
  });
}

const contentFrom = object({ 'secret!': object({ 'key!': text(1, 256), 'name!': text(1, 253) }) });

const file = object({
  append: bool,
  content: text(1, 10240),
  contentFrom,
  encoding: choice('base64', 'gzip', 'gzip+base64'),
  owner: text(1, 256),
  'path!': path,
  permissions: text(1, 16),
});

/** Lists that v1beta2 lets be empty. */
const loose = ({ isNew }: Dialect, of: Schema): Schema => list(of, { max: 100, ...(isNew ? { atomic: true } : {}) });

function user(words: Dialect): Schema {
  const short = text(1, 256);
  return object({
    gecos: short,
    groups: short,
    homeDir: short,
    inactive: bool,
    lockPassword: bool,
    'name!': short,
    passwd: short,
    passwdFrom: contentFrom,
    primaryGroup: short,
    shell: short,
    sshAuthorizedKeys: loose(words, text(1, 2048)),
    sudo: short,
  });
}

function diskSetup(words: Dialect): Schema {
  const { isNew, part, items } = words;
  const filesystem = object({
    'device!': text(1, 256),
    extraOpts: loose(words, text(1, 256)),
    'filesystem!': text(1, 128),
    label: text(1, 512),
    overwrite: bool,
    partition: text(1, 128),
    replaceFS: text(1, 128),
  });
  const share = object({ partitionType: text(1, 36), 'percentage!': int32(1, 100) });
  const partition = object({
    'device!': text(1, 256),
    ...(isNew ? { diskLayout: items(share, 100), layout: bool } : { 'layout!': bool }),
    overwrite: bool,
    tableType: choice('mbr', 'gpt'),
  });
  return part({ filesystems: loose(words, filesystem), partitions: loose(words, partition) });
}

/** The schema of one generation. */
function kubeadmConfigSpec(generation: Generation): Schema {
  const words = dialect(generation);
  const { isNew, part, items, only } = words;
  const commands = items(text(1, 10240), 1000);
  const { initConfiguration, joinConfiguration } = nodeSettings(words);
  return part({
    bootCommands: commands,
    clusterConfiguration: about(
      'kubeadm ClusterConfiguration: settings shared by all control plane nodes.',
      clusterConfiguration(words),
    ),
    diskSetup: diskSetup(words),
    files: about('Additional files written to the machine before kubeadm runs.', items(file, 200)),
    format: choice('cloud-config', 'ignition'),
    ignition: part({ containerLinuxConfig: part({ additionalConfig: text(1, 32768), strict: bool }) }),
    initConfiguration: about('kubeadm InitConfiguration, used by the first control plane node.', initConfiguration),
    joinConfiguration: about('kubeadm JoinConfiguration, used by every node that joins.', joinConfiguration),
    mounts: items(list(text(1, 512), isNew ? { min: 1, max: 100 } : {}), 100),
    ntp: part({ enabled: bool, servers: loose(words, path) }),
    postKubeadmCommands: about('Commands to run after kubeadm.', commands),
    preKubeadmCommands: about('Commands to run before kubeadm.', commands),
    ...only('v1beta1', { useExperimentalRetryJoin: bool }),
    users: items(user(words), 100),
    verbosity: int32(),
  });
}

export const KUBEADM_CONFIG_SPEC: Readonly<Record<Generation, Schema>> = {
  v1beta1: kubeadmConfigSpec('v1beta1'),
  v1beta2: kubeadmConfigSpec('v1beta2'),
};
