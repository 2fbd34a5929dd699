/** Answers that are good in every respect, and what a cluster knows beside them. */
import type { Draft } from '../../../src/guides/create/answers.ts';
import type { Known, KnownHost } from '../../../src/guides/create/known.ts';
import { complete, readDraft } from '../../../src/guides/create/parse.ts';
import { withValue } from '../../../src/guides/create/values.ts';

export const KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')} operator`;

export const uuidOf = (n: number) => `4c4c4544-0042-4a10-8056-00000000000${n}`;

/** The n-th registered host, free and Ready. */
export function knownHost(n: number, more: Partial<KnownHost> = {}): KnownHost {
  return {
    name: `depot-${uuidOf(n)}`,
    serial: `SN${n}`,
    uuid: uuidOf(n),
    macs: [`b4:96:91:00:00:0${n}`],
    addresses: [`10.20.1.1${n}/24`],
    ready: true,
    planSecret: true,
    deleting: false,
    ...more,
  };
}

export const HOSTS = [1, 2, 3, 4, 5, 6].map((n) => knownHost(n));

const image = 'registry.example/tkestack/baremetal-base-image:v0.0.0-beta-1.33.7-2';

/** A datacenter with one other cluster. */
export const KNOWN: Known = {
  images: { 'v1.33.7-2': image },
  clusters: [
    {
      name: 'prod',
      networks: [
        { what: 'pods', cidr: '10.3.0.0/16' },
        { what: 'services', cidr: '10.4.0.0/16' },
        { what: 'Kube-OVN join', cidr: '100.64.0.0/16' },
      ],
      addresses: ['10.20.1.250'],
      vrid: 52,
    },
  ],
  pools: [{ name: 'prod-pool', cluster: 'prod', members: ['prod-1'] }],
  hosts: HOSTS,
  registrations: [],
};

const host = (n: number, hostname?: string) => ({ uuid: uuidOf(n), ...(hostname ? { hostname } : {}) });

export const DRAFT: Draft = {
  cluster: 'depot',
  kubernetesVersion: 'v1.33.7-2',
  registry: { address: 'registry.example' },
  registration: { installDevice: '/dev/nvme0n1', ejectCd: true },
  endpoint: { host: '10.20.1.200', vrid: 60 },
  networks: { pods: '10.99.0.0/16', services: '10.100.0.0/16', join: '100.65.0.0/16' },
  images: { dns: '1.12.4-v4.2.7', etcd: 'v3.5.25-251215', kubeOvn: 'v4.2.24' },
  ssh: { authorizedKeys: [KEY] },
  controlPlane: { hosts: [host(1, 'depot-cp-1'), host(2, 'depot-cp-2'), host(3, 'depot-cp-3')] },
  workers: { hosts: [host(4, 'depot-worker-1'), host(5), host(6)] },
};

/** The good answers with some of them otherwise; undefined takes one out. */
export function draftWith(changes: Readonly<Record<string, unknown>> = {}): Draft {
  return Object.entries(changes).reduce((draft, [path, value]) => withValue(draft, path, value), DRAFT);
}

/** The same as they are validated. */
export function given(changes: Readonly<Record<string, unknown>> = {}) {
  return readDraft(draftWith(changes)).given;
}

/** The same as they are rendered. */
export const answers = (changes: Readonly<Record<string, unknown>> = {}) => complete(given(changes));
