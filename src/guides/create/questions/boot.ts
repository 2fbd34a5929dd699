/** How hosts register: what is installed, name resolution, and the ISO they boot. */
import { isoImageOf } from '../../../domain/base-image.ts';
import { DNS_PLACES, PLATFORMS } from '../answers.ts';
import { BOOT as ON_BOOT, plain, type Question, versionOf } from './question.ts';

export const BOOT: readonly Question[] = [
  {
    path: 'registration.installDevice',
    placeholder: '<install-device>',
    title: 'Disk to install on',
    about:
      'As /dev/sda or /dev/nvme0n1. Without one the installer chooses, and may choose the ISO itself on virtual machines.',
    kind: 'text',
    optional: true,
    parts: ON_BOOT,
    example: '/dev/nvme0n1',
  },
  {
    path: 'registration.reboot',
    title: 'Reboot after the installation',
    about: 'Without it a host stays in the live system until somebody reboots it.',
    kind: 'boolean',
    initial: true,
    parts: ON_BOOT,
  },
  {
    path: 'registration.ejectCd',
    title: 'Eject the ISO after the installation',
    about: 'Without it a host may boot the ISO again.',
    kind: 'boolean',
    initial: true,
    optional: true,
    parts: ON_BOOT,
  },
  {
    path: 'registration.emulateTpm',
    title: 'Emulate a TPM',
    about: 'false on production hardware with a real TPM; true for labs and virtual machines, and nothing else.',
    kind: 'boolean',
    initial: false,
    parts: ON_BOOT,
  },
  {
    path: 'registration.emulatedTpmSeed',
    title: 'Seed of the emulated TPM',
    about: '-1 gives every host a seed of its own. Only with emulateTpm.',
    kind: 'integer',
    optional: true,
    parts: ON_BOOT,
    example: '-1',
  },
  {
    path: 'dns.servers',
    placeholder: '<dns-server>',
    title: 'DNS servers for the first boot',
    about: 'Only where DHCP gives none; addresses.',
    kind: 'list',
    initial: [],
    parts: ON_BOOT,
    example: '10.0.0.53',
  },
  {
    path: 'dns.place',
    title: 'Where they are written',
    about: 'registration keeps the ISO generic; iso writes /etc/resolv.conf into the image.',
    kind: 'choice',
    choices: DNS_PLACES,
    initial: 'registration',
    parts: ON_BOOT,
  },
  {
    path: 'iso.baseImage',
    placeholder: '<base-image-iso>',
    title: 'Base image of the ISO',
    about: "Left out: the catalog's image of the version with -iso after its repository, on the platform registry.",
    kind: 'text',
    optional: true,
    parts: ON_BOOT,
    offers: ({ images = {} }, draft) => {
      const image = Object.hasOwn(images, versionOf(draft)) ? images[versionOf(draft)] : undefined;
      return plain(image && isoImageOf(image));
    },
    example: 'registry.example.com:11443/tkestack/baremetal-base-image-iso:v1.34.5-3',
  },
  {
    path: 'iso.platform',
    title: 'Platform of the hosts',
    about: 'linux/amd64 or linux/arm64.',
    kind: 'choice',
    choices: PLATFORMS,
    initial: 'linux/amd64',
    parts: ON_BOOT,
  },
  {
    path: 'iso.size',
    title: 'Room for building the ISO',
    about: 'A Kubernetes quantity.',
    kind: 'text',
    initial: '20Gi',
    parts: ON_BOOT,
  },
  {
    path: 'iso.cleanupAfterMinutes',
    title: 'How long the ISO can be downloaded',
    about: 'In minutes after it was built; 0: for ever.',
    kind: 'integer',
    initial: 120,
    parts: ON_BOOT,
  },
  {
    path: 'iso.statePartitionMiB',
    title: 'Size of the state partition',
    about: "In MiB. Left out: the image's own.",
    kind: 'integer',
    optional: true,
    parts: ON_BOOT,
    example: '20480',
  },
];
