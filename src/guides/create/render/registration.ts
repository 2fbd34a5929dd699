/** Step 1 of the document: how hosts register, and the ISO they do it from. */
import { isoImageOf } from '../../../domain/base-image.ts';
import type { Raw } from '../../../operations/contract.ts';
import { ELEMENTAL, PART_OF, registrationBody } from '../../../operations/registration-body.ts';
import type { Answers } from '../answers.ts';
import type { Known } from '../known.ts';
import { NAMESPACE, namesOf } from '../names.ts';

/** The ISO's base image: as answered, or the catalog's of the version, on the registry; undefined where neither is known. */
export function baseImageOf(
  { iso, kubernetesVersion, registry }: Answers,
  { images }: Pick<Known, 'images'>,
): string | undefined {
  if (iso.baseImage !== undefined) return iso.baseImage;
  const image = images && Object.hasOwn(images, kubernetesVersion) ? images[kubernetesVersion] : undefined;
  if (!image) return undefined;
  const path = isoImageOf(image).replace(/^[^/]*\//, '');
  return `${registry.address}/${path}`;
}

/** A resolver for hosts that get none from DHCP. */
function resolver(servers: readonly string[]): Raw {
  const content = servers.map((server) => `nameserver ${server}\n`).join('');
  return { path: '/etc/resolv.conf', permissions: '0644', content };
}

/** The MachineRegistration. */
export function machineRegistration({ cluster, registration, dns }: Answers): Raw {
  return registrationBody({
    name: namesOf(cluster).registration,
    namespace: NAMESPACE,
    stem: cluster,
    ...registration,
    files: dns.servers.length > 0 && dns.place === 'registration' ? [resolver(dns.servers)] : [],
  });
}

/** The SeedImage. `baseImage`: as `baseImageOf` gives it. */
export function seedImage({ cluster, iso, dns }: Answers, baseImage: string): Raw {
  const { platform, size, cleanupAfterMinutes, statePartitionMiB } = iso;
  const files = [
    ...(dns.servers.length > 0 && dns.place === 'iso' ? [resolver(dns.servers)] : []),
    ...(statePartitionMiB === undefined ? [] : [partitions(statePartitionMiB)]),
  ];
  const { registration, seedImage: name } = namesOf(cluster);
  return {
    apiVersion: ELEMENTAL,
    kind: 'SeedImage',
    metadata: { name, namespace: NAMESPACE, labels: PART_OF },
    spec: {
      type: 'iso',
      baseImage,
      registrationRef: { apiVersion: ELEMENTAL, kind: 'MachineRegistration', name: registration, namespace: NAMESPACE },
      targetPlatform: platform,
      size,
      cleanupAfterMinutes,
      ...(files.length > 0 ? { 'cloud-config': { write_files: files } } : {}),
    },
  };
}

function partitions(size: number): Raw {
  return {
    path: '/etc/elemental/config.d/partitions.yaml',
    permissions: '0644',
    content: `install:\n  partitions:\n    state:\n      size: ${size}\n`,
  };
}
