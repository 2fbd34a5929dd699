/** Version, images, registration, ISO and keys. */
import { isoImageOf } from '../../../domain/base-image.ts';
import { isKubernetesVersion } from '../../../domain/forecast/versions.ts';
import { parseAddress } from '../cidr.ts';

import { releaseOf } from '../questions/index.ts';
import { isWhole } from './endpoint.ts';
import { error, type Finding, type Rule, wanted, warning } from './rule.ts';
import { keyProblem } from './ssh.ts';

const REGISTRY = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*$/i;
const BRACKETED = /^\[[0-9a-f:.]+\](:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*$/i;
const IMAGE = /^[\w.[\]:-]+(\/[a-z0-9][a-z0-9._-]*)+((:[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64}|:[\w][\w.-]{0,127})$/i;
const TAG = /^[\w][\w.-]{0,127}$/;
const DISK = /^\/dev\/[\w][\w./:+-]*$/;
const QUANTITY = /^[1-9]\d*(Mi|Gi|Ti|M|G|T)$/;

export const installRules: readonly Rule[] = [
  {
    id: 'version-form',
    about: 'A Kubernetes version with its leading v',
    check({ kubernetesVersion: version }) {
      return version === undefined || isKubernetesVersion(version)
        ? []
        : [error('kubernetesVersion', `"${version.slice(0, 60)}" is not a version such as v1.33.7-2`)];
    },
  },
  {
    id: 'version-catalog',
    about: 'The image catalog knows the version',
    from: ['images'],
    check: ({ kubernetesVersion: version }, { images = {} }) =>
      version === undefined || Object.hasOwn(images, version)
        ? []
        : [
            error(
              'kubernetesVersion',
              `${version} is not in elemental-image-catalog: no host could be provisioned with it`,
            ),
          ],
  },
  {
    id: 'tags-matrix',
    about: 'Tags are those of the OS Support Matrix, which are baked into the image',
    check(given) {
      const row = releaseOf(given.kubernetesVersion ?? '');
      if (!row || !wanted(given, 'controlPlane')) return [];
      const { dns, etcd, kubeOvn } = given.images ?? {};
      const pairs = [
        ['images.dns', dns, row.coredns],
        ['images.etcd', etcd, row.etcd],
        ['images.kubeOvn', kubeOvn, row.kubeOvn],
      ] as const;
      return pairs.flatMap(([path, tag, published]) =>
        tag === undefined || tag === published
          ? []
          : [warning(path, `the matrix has ${published} for ${given.kubernetesVersion}`)],
      );
    },
  },
  {
    id: 'tags-form',
    about: 'Tags of images are tags',
    check: ({ images = {} }) =>
      (['dns', 'etcd', 'kubeOvn'] as const).flatMap((key) => {
        const tag = images[key];
        return tag === undefined || TAG.test(tag) ? [] : [error(`images.${key}`, `"${tag.slice(0, 60)}" is no tag`)];
      }),
  },
  {
    id: 'registry-form',
    about: 'The registry is host[:port], without https://',
    check({ registry }) {
      const address = registry?.address;
      if (address === undefined) return [];
      if (/^\w+:\/\//.test(address))
        return [error('registry.address', 'without http:// or https://: it becomes part of image names')];
      return REGISTRY.test(address) || BRACKETED.test(address)
        ? []
        : [error('registry.address', `"${address.slice(0, 60)}" is no registry such as registry.example:5000`)];
    },
  },
  {
    id: 'iso-image',
    about: "The ISO's base image is the catalog's image of the version, with -iso",
    check({ iso, kubernetesVersion: version = '', registry }, { images }) {
      const image = iso?.baseImage;
      if (image === undefined) return [];
      if (!IMAGE.test(image)) return [error('iso.baseImage', `"${image.slice(0, 80)}" is no image: registry/path:tag`)];
      const catalog = images && Object.hasOwn(images, version) ? images[version] : undefined;
      if (catalog === undefined) return [];
      const path = (text: string) => text.slice(text.indexOf('/') + 1);
      if (path(image) !== path(isoImageOf(catalog)))
        return [
          warning('iso.baseImage', `of ${version} it would be ${registry?.address ?? ''}/${path(isoImageOf(catalog))}`),
        ];
      return [];
    },
  },
  {
    id: 'iso-figures',
    about: 'Sizes and times of the ISO are such',
    check({ iso = {} }) {
      const found: Finding[] = [];
      if (iso.size !== undefined && !QUANTITY.test(iso.size))
        found.push(error('iso.size', `"${iso.size.slice(0, 20)}" is no size such as 20Gi`));
      if (iso.cleanupAfterMinutes !== undefined && !isWhole(iso.cleanupAfterMinutes, 0, 525_600))
        found.push(error('iso.cleanupAfterMinutes', 'minutes, 0 or more'));
      if (iso.statePartitionMiB !== undefined && !isWhole(iso.statePartitionMiB, 1_024, 1_048_576))
        found.push(error('iso.statePartitionMiB', 'MiB, at least 1024'));
      return found;
    },
  },
  {
    id: 'tpm',
    about: 'A TPM is emulated in labs only',
    check: ({ registration = {} }) => {
      const { emulateTpm, emulatedTpmSeed: seed } = registration;
      const found: Finding[] = [];
      if (emulateTpm)
        found.push(warning('registration.emulateTpm', 'an emulated TPM proves nothing about a host: for labs only'));
      if (!emulateTpm && seed !== undefined)
        found.push(error('registration.emulatedTpmSeed', 'a seed without emulateTpm: leave it out'));
      if (emulateTpm && seed !== undefined && !isWhole(seed, -1, 2 ** 31))
        found.push(error('registration.emulatedTpmSeed', 'a whole number, -1 for a seed of each host'));
      if (emulateTpm && isWhole(seed, 0, 2 ** 31))
        found.push(
          warning(
            'registration.emulatedTpmSeed',
            'with the same seed all hosts have the same identity: -1 gives each its own',
          ),
        );
      return found;
    },
  },
  {
    id: 'install-device',
    about: 'The disk to install on is named',
    check(given) {
      if (!wanted(given, 'registration') || !given.registration) return [];
      const { installDevice: disk } = given.registration;
      const path = 'registration.installDevice';
      if (disk === undefined)
        return [warning(path, 'the installer chooses the disk: on virtual machines it may choose the ISO')];
      return DISK.test(disk) && !disk.includes('..')
        ? []
        : [error(path, `"${disk.slice(0, 60)}" is no disk such as /dev/sda`)];
    },
  },
  {
    id: 'install-reboot',
    about: 'A host leaves the live system after the installation',
    check(given) {
      if (!wanted(given, 'registration') || !given.registration) return [];
      const { reboot, ejectCd } = given.registration;
      return [
        ...(reboot === false
          ? [warning('registration.reboot', 'hosts stay in the live system until somebody reboots them')]
          : []),
        ...(reboot && !ejectCd
          ? [warning('registration.ejectCd', 'a host may boot the ISO again and install once more')]
          : []),
      ];
    },
  },
  {
    id: 'dns-form',
    about: 'DNS servers are addresses',
    check: ({ dns }) =>
      (dns?.servers ?? [])
        .filter((text) => !parseAddress(text))
        .map((text) => error('dns.servers', `"${text.slice(0, 60)}" is no address`)),
  },
  {
    id: 'dns-place',
    about: 'The ISO is kept generic',
    check: ({ dns }) =>
      dns?.place === 'iso' && (dns.servers ?? []).length > 0
        ? [warning('dns.place', 'the newer document wants resolvers in the registration, not in the image')]
        : [],
  },
  {
    id: 'ssh-keys',
    about: 'At least one OpenSSH public key',
    check(given) {
      const keys = given.ssh?.authorizedKeys ?? [];
      if (keys.length === 0 && wanted(given, 'controlPlane', 'workers'))
        return [error('ssh.authorizedKeys', 'without a key nobody can look at a host that does not come up')];
      return keys.flatMap((key, place) => {
        const problem = keyProblem(key);
        return problem === undefined ? [] : [error('ssh.authorizedKeys', `key ${place + 1} ${problem}`)];
      });
    },
  },
];
