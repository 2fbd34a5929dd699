/**
 * Every answer as one line of a table: where it stands in the file, what the document calls it, what is written there
 * when nobody said anything, and what the cluster offers. The file, its schema, the form and the help are made of it.
 */
import { PUBLISHED } from '../matrix.ts';
import { DNS_PLACES, type Draft, ENDPOINTS, PARTS, type Part, PLATFORMS, PROFILES } from './answers.ts';
import { isoImageOf, type Known, type KnownHost, registryOf } from './known.ts';
import { at } from './values.ts';

export interface Offer {
  value: string;
  title: string;
  /** Why it cannot be chosen. */
  disabled?: string;
}

export interface Question {
  /** Where it stands: `endpoint.vrid`. */
  path: string;
  /** The document's placeholder, where it has one. */
  placeholder?: string;
  title: string;
  /** One or two sentences for the file and the form. */
  about: string;
  kind: 'text' | 'integer' | 'boolean' | 'choice' | 'list' | 'hosts';
  choices?: readonly string[];
  /** What stands there at first; undefined: it has to be answered, or may stay empty. */
  initial?: unknown;
  /** May be left out of the file. */
  optional?: boolean;
  /** Asked only where one of these parts is wanted; absent: always. */
  parts?: readonly Part[];
  /** What the cluster knows that would fit. The first one is the best. */
  offers?(known: Known, draft: Draft): readonly Offer[];
}

const plain = (value: string | undefined): Offer[] => (value ? [{ value, title: value }] : []);

const BOOT: readonly Part[] = ['registration'];
const POOLS: readonly Part[] = ['pools'];
const PLANE: readonly Part[] = ['controlPlane'];
const NODES: readonly Part[] = ['controlPlane', 'workers'];

/** Hosts that could be taken, free ones first. */
function hostOffers({ hosts = [] }: Known, draft: Draft): Offer[] {
  const own = String(at(draft, 'cluster') ?? '');
  const offers = hosts.map((host): Offer => {
    const disabled = whyNot(host, own);
    const more = [host.serial, host.addresses[0]].filter(Boolean).join(' ');
    return { value: host.name, title: `${host.name} ${more}`.trim(), ...(disabled ? { disabled } : {}) };
  });
  return [...offers.filter(({ disabled }) => !disabled), ...offers.filter(({ disabled }) => disabled)];
}

/** Why a host cannot serve a new cluster; a pool of its own does not hinder. */
function whyNot(host: KnownHost, own: string): string | undefined {
  if (host.deleting) return 'it is being deleted';
  if (host.owner) return `${host.owner} holds it`;
  if (host.pool && host.pool !== `${own}-control-plane-pool` && host.pool !== `${own}-worker-pool`)
    return `it is in pool ${host.pool}`;
  if (!host.ready) return `it is not Ready${host.readyReason ? `: ${host.readyReason}` : ''}`;
  if (!host.planSecret) return 'it has no plan Secret';
  return host.storage ? `its storage is ${host.storage}` : undefined;
}

/** The newest published row that brings a version. */
export const releaseOf = (version: string) => PUBLISHED.findLast(({ kubernetes }) => kubernetes === version);

const versionOf = (draft: Draft) => String(at(draft, 'kubernetesVersion') ?? '');

export const QUESTIONS: readonly Question[] = [
  {
    path: 'cluster',
    placeholder: '<cluster-name>',
    title: 'Name of the cluster',
    about: 'Begins the name of every object. Not "global". Up to 21 characters keep the whole UUID in host names.',
    kind: 'text',
  },
  {
    path: 'parts',
    title: 'What to make',
    about: 'All four make a cluster from bare hosts. "registration" alone registers hosts; "pools" alone makes pools.',
    kind: 'list',
    choices: PARTS,
    initial: [...PARTS],
  },
  {
    path: 'kubernetesVersion',
    placeholder: '<kubernetes-version>',
    title: 'Kubernetes version',
    about: 'A key of the ConfigMap elemental-image-catalog, with its leading v.',
    kind: 'text',
    parts: ['registration', 'controlPlane', 'workers'],
    offers: ({ images = {} }) =>
      [...Object.keys(images)]
        .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))
        .map((version) => ({
          value: version,
          title: releaseOf(version) ? version : `${version} (not in the OS Support Matrix)`,
        })),
  },
  {
    path: 'registry.address',
    placeholder: '<registry-address>',
    title: 'Platform registry',
    about: 'host[:port] the hosts pull from; the same as global.registry.address of the platform.',
    kind: 'text',
    parts: ['registration', 'controlPlane', 'workers'],
    offers: (known) => plain(registryOf(known)),
  },
  {
    path: 'registry.annotate',
    title: 'Name the registry on the Cluster',
    about: 'Writes cpaas.io/registry-address. Only needed where the platform has no registry Secret.',
    kind: 'boolean',
    initial: false,
    parts: PLANE,
  },
  {
    path: 'profile',
    title: 'Profile of the control plane',
    about:
      'minimal, or hardened: admission, audit, kubelet patches, cipher suites, as the document recommends for production.',
    kind: 'choice',
    choices: PROFILES,
    initial: 'hardened',
    parts: PLANE,
  },
  {
    path: 'registration.installDevice',
    placeholder: '<install-device>',
    title: 'Disk to install on',
    about:
      'As /dev/sda or /dev/nvme0n1. Without one the installer chooses, and may choose the ISO itself on virtual machines.',
    kind: 'text',
    optional: true,
    parts: BOOT,
  },
  {
    path: 'registration.reboot',
    title: 'Reboot after the installation',
    about: 'Without it a host stays in the live system until somebody reboots it.',
    kind: 'boolean',
    initial: true,
    parts: BOOT,
  },
  {
    path: 'registration.ejectCd',
    title: 'Eject the ISO after the installation',
    about: 'Without it a host may boot the ISO again.',
    kind: 'boolean',
    initial: true,
    optional: true,
    parts: BOOT,
  },
  {
    path: 'registration.emulateTpm',
    title: 'Emulate a TPM',
    about: 'false on production hardware with a real TPM; true for labs and virtual machines, and nothing else.',
    kind: 'boolean',
    initial: false,
    parts: BOOT,
  },
  {
    path: 'registration.emulatedTpmSeed',
    title: 'Seed of the emulated TPM',
    about: '-1 gives every host a seed of its own. Only with emulateTpm.',
    kind: 'integer',
    optional: true,
    parts: BOOT,
  },
  {
    path: 'dns.servers',
    placeholder: '<dns-server>',
    title: 'DNS servers for the first boot',
    about: 'Only where DHCP gives none; addresses.',
    kind: 'list',
    initial: [],
    parts: BOOT,
  },
  {
    path: 'dns.place',
    title: 'Where they are written',
    about: 'registration keeps the ISO generic; iso writes /etc/resolv.conf into the image.',
    kind: 'choice',
    choices: DNS_PLACES,
    initial: 'registration',
    parts: BOOT,
  },
  {
    path: 'iso.baseImage',
    placeholder: '<base-image-iso>',
    title: 'Base image of the ISO',
    about: "Left out: the catalog's image of the version with -iso after its repository, on the platform registry.",
    kind: 'text',
    optional: true,
    parts: BOOT,
    offers: ({ images = {} }, draft) => {
      const image = Object.hasOwn(images, versionOf(draft)) ? images[versionOf(draft)] : undefined;
      return plain(image && isoImageOf(image));
    },
  },
  {
    path: 'iso.platform',
    title: 'Platform of the hosts',
    about: 'linux/amd64 or linux/arm64.',
    kind: 'choice',
    choices: PLATFORMS,
    initial: 'linux/amd64',
    parts: BOOT,
  },
  {
    path: 'iso.size',
    title: 'Room for building the ISO',
    about: 'A Kubernetes quantity.',
    kind: 'text',
    initial: '20Gi',
    parts: BOOT,
  },
  {
    path: 'iso.cleanupAfterMinutes',
    title: 'How long the ISO can be downloaded',
    about: 'In minutes after it was built; 0: for ever.',
    kind: 'integer',
    initial: 120,
    parts: BOOT,
  },
  {
    path: 'iso.statePartitionMiB',
    title: 'Size of the state partition',
    about: "In MiB. Left out: the image's own.",
    kind: 'integer',
    optional: true,
    parts: BOOT,
  },
  {
    path: 'endpoint.type',
    title: 'Who balances the control plane',
    about:
      'Internal: a virtual address moved by keepalived on the control plane (alive). External: a balancer of yours.',
    kind: 'choice',
    choices: ENDPOINTS,
    initial: 'Internal',
    parts: PLANE,
  },
  {
    path: 'endpoint.host',
    placeholder: '<control-plane-vip>',
    title: 'Address of the control plane',
    about:
      "Internal: a free address in the Layer-2 network of the control plane's hosts. External: your balancer's address or name.",
    kind: 'text',
    parts: PLANE,
  },
  {
    path: 'endpoint.port',
    placeholder: '<control-plane-port>',
    title: 'Port of the control plane',
    about: 'Usually 6443.',
    kind: 'integer',
    initial: 6443,
    parts: PLANE,
  },
  {
    path: 'endpoint.vrid',
    placeholder: '<vrid>',
    title: 'Virtual router id',
    about:
      'Internal only: 0 to 255, unique in the Layer-2 network. Another cluster with the same one takes the address away.',
    kind: 'integer',
    optional: true,
    parts: PLANE,
    offers: ({ clusters }, draft) => {
      if (!clusters || at(draft, 'endpoint', 'type') === 'External') return [];
      const taken = new Set(clusters.map(({ vrid }) => vrid));
      // 51 is keepalived's own example, and so the likeliest to be somebody's outside of Kubernetes.
      const free = Array.from({ length: 255 }, (_, n) => n + 1).find((n) => n !== 51 && !taken.has(n));
      return plain(free === undefined ? undefined : String(free));
    },
  },
  {
    path: 'networks.pods',
    placeholder: '<pods-cidr>',
    title: 'Network of the pods',
    about: 'Overlaps neither the hosts, nor the services, nor any other cluster.',
    kind: 'text',
    parts: PLANE,
  },
  {
    path: 'networks.services',
    placeholder: '<services-cidr>',
    title: 'Network of the services',
    about: 'As above.',
    kind: 'text',
    parts: PLANE,
  },
  {
    path: 'networks.join',
    placeholder: '<kube-ovn-join-cidr>',
    title: 'Join network of Kube-OVN',
    about: 'Between the nodes; a /16 that overlaps nothing else.',
    kind: 'text',
    parts: PLANE,
  },
  {
    path: 'networks.hosts',
    title: 'Networks of the hosts',
    about: 'Checked against the networks above, beside what the hosts were seen with. May stay empty.',
    kind: 'list',
    initial: [],
    parts: PLANE,
  },
  {
    path: 'images.dns',
    placeholder: '<dns-image-tag>',
    title: 'Tag of CoreDNS',
    about: 'As the OS Support Matrix has it for the version: it is baked into the image.',
    kind: 'text',
    parts: PLANE,
    offers: (_known, draft) => plain(releaseOf(versionOf(draft))?.coredns),
  },
  {
    path: 'images.etcd',
    placeholder: '<etcd-image-tag>',
    title: 'Tag of etcd',
    about: 'As the OS Support Matrix has it for the version.',
    kind: 'text',
    parts: PLANE,
    offers: (_known, draft) => plain(releaseOf(versionOf(draft))?.etcd),
  },
  {
    path: 'images.kubeOvn',
    title: 'Version of the Kube-OVN chart',
    about: 'Written as cpaas.io/kube-ovn-version; recommended, for upgrades count on it.',
    kind: 'text',
    optional: true,
    parts: PLANE,
    offers: (_known, draft) => plain(releaseOf(versionOf(draft))?.kubeOvn),
  },
  {
    path: 'ssh.authorizedKeys',
    placeholder: '<ssh-authorized-keys>',
    title: 'SSH keys of the user boot',
    about: 'OpenSSH public keys. Without one nobody can look at a host that does not come up.',
    kind: 'list',
    parts: NODES,
  },
  {
    path: 'controlPlane.replicas',
    title: 'Nodes of the control plane',
    about: 'Odd, and at least 3.',
    kind: 'integer',
    initial: 3,
    parts: PLANE,
  },
  {
    path: 'controlPlane.hosts',
    placeholder: '<control-plane-inventory-N>',
    title: 'Hosts of the control plane',
    about:
      'In the order they serve. By inventory name, or before they register by serial, uuid or mac; each with its hostname.',
    kind: 'hosts',
    initial: [],
    parts: POOLS,
    offers: hostOffers,
  },
  {
    path: 'workers.replicas',
    title: 'Workers',
    about: 'As many hosts at least in their pool; 0 for none yet.',
    kind: 'integer',
    initial: 3,
    parts: ['workers'],
  },
  {
    path: 'workers.hosts',
    placeholder: '<worker-inventory-N>',
    title: 'Hosts of the workers',
    about: 'As those of the control plane; no host may be in both.',
    kind: 'hosts',
    initial: [],
    parts: POOLS,
    offers: hostOffers,
  },
];

/** The question of a path. */
export function questionOf(path: string): Question | undefined {
  return QUESTIONS.find((question) => question.path === path);
}

/** Whether a question is asked, given the parts that are wanted. */
export function isAsked({ parts }: Question, draft: Draft): boolean {
  const wanted = at(draft, 'parts');
  return !parts || !Array.isArray(wanted) || parts.some((part) => wanted.includes(part));
}
