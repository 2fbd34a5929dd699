/**
 * The fields of a KubeadmConfigTemplate that an API server keeps, as the CRDs of Cluster API v1.10 (v1beta1) and v1.11
 * (v1beta2) have them. A field that is not among them would be dropped without a word, so it is refused here.
 */

import { rec } from '../domain/read.ts';

/** What a place may hold: a value of this type, or named fields, or a list of either. `any`: not looked into. */
export type Shape = 'any' | 'text' | 'flag' | 'number' | { fields: Readonly<Record<string, Shape>> } | { each: Shape };

const any = (names: string): Record<string, Shape> => Object.fromEntries(names.split(' ').map((name) => [name, 'any']));
const fields = (names: string, more: Record<string, Shape> = {}): Shape => ({ fields: { ...any(names), ...more } });
const texts: Shape = { each: 'text' };

const component = fields('extraArgs extraEnvs extraVolumes');
const registration = fields(
  'criSocket ignorePreflightErrors imagePullPolicy imagePullSerial kubeletExtraArgs name taints',
);
const patches = fields('', { directory: 'text' });
const secret = fields('', { secret: fields('', { name: 'text', key: 'text' }) });

const file: Shape = {
  fields: {
    path: 'text',
    owner: 'text',
    permissions: 'text',
    encoding: 'text',
    append: 'flag',
    content: 'text',
    contentFrom: secret,
  },
};
const user: Shape = {
  fields: {
    ...Object.fromEntries(
      'name gecos groups homeDir passwd primaryGroup shell sudo'.split(' ').map((name) => [name, 'text']),
    ),
    inactive: 'flag',
    lockPassword: 'flag',
    passwdFrom: secret,
    sshAuthorizedKeys: texts,
  },
};

function spec(old: boolean): Shape {
  const type = old ? 'apiVersion kind' : 'timeouts';
  return {
    fields: {
      bootCommands: { each: 'any' },
      preKubeadmCommands: texts,
      postKubeadmCommands: texts,
      files: { each: file },
      users: { each: user },
      mounts: { each: texts },
      format: 'text',
      verbosity: 'number',
      ...(old ? { useExperimentalRetryJoin: 'flag' } : {}),
      ntp: fields('', { enabled: 'flag', servers: texts }),
      ignition: fields('containerLinuxConfig'),
      diskSetup: fields('', {
        filesystems: { each: fields('device extraOpts filesystem label overwrite partition replaceFS') },
        partitions: { each: fields(`device layout overwrite tableType${old ? '' : ' diskLayout'}`) },
      }),
      clusterConfiguration: fields(
        old
          ? 'apiVersion kind certificatesDir clusterName controlPlaneEndpoint dns etcd featureGates imageRepository kubernetesVersion networking'
          : 'caCertificateValidityPeriodDays certificateValidityPeriodDays certificatesDir controlPlaneEndpoint dns encryptionAlgorithm etcd featureGates imageRepository',
        {
          apiServer: fields(`certSANs extraArgs extraEnvs extraVolumes${old ? ' timeoutForControlPlane' : ''}`),
          controllerManager: component,
          scheduler: component,
        },
      ),
      initConfiguration: fields(`${type} bootstrapTokens localAPIEndpoint skipPhases`, {
        nodeRegistration: registration,
        patches,
      }),
      joinConfiguration: fields(`${type} caCertPath controlPlane skipPhases`, {
        nodeRegistration: registration,
        patches,
        discovery: fields(`bootstrapToken file tlsBootstrapToken${old ? ' timeout' : ''}`),
      }),
    },
  };
}

const SHAPES: Readonly<Record<string, Shape>> = { v1beta1: spec(true), v1beta2: spec(false) };

const TYPES = { text: 'string', flag: 'boolean', number: 'number' } as const;

/** What in a value is not of a shape, as `path: why`; undefined where all of it is. */
export function misfit(value: unknown, shape: Shape, path: string): string | undefined {
  if (shape === 'any') return undefined;
  if (typeof shape === 'string') {
    return typeof value === TYPES[shape] ? undefined : `${path} must be a ${TYPES[shape]}`;
  }
  if ('each' in shape) {
    if (!Array.isArray(value)) return `${path} must be a list`;
    for (const [at, item] of value.entries()) {
      const problem = misfit(item, shape.each, `${path}[${at}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} must be an object`;
  for (const [key, item] of Object.entries(rec(value))) {
    const own = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (own === undefined) return `${path}.${key.slice(0, 60)} is not a field`;
    const problem = misfit(item, own, `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What in `spec.template.spec` the API of a version would not keep. */
export function kubeadmMisfit(value: unknown, version: string): string | undefined {
  const shape = SHAPES[version];
  return shape ? misfit(value, shape, 'spec.template.spec') : `in which version the template is served is not known`;
}
