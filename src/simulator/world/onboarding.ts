/** Registrations and the ISOs hosts boot from. */

import { setRegistered } from '../controllers/elemental/registration.ts';
import { registrationObjects } from '../controllers/elemental/registration-objects.ts';
import { podStatus, setBegun, setBuilt, setExpired } from '../controllers/elemental/seedimage.ts';
import { outputOf, seedImageObjects } from '../controllers/elemental/seedimage-objects.ts';
import { kinds } from '../controllers/kinds.ts';
import { Random } from '../controllers/random.ts';
import type { MachineRegistration, SeedImage } from '../controllers/shapes/elemental.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { applying, type Dates, hour, minute, second } from './calendar.ts';
import type { ClusterLayout } from './layout.ts';
import { startOf } from './management/builder-story.ts';
import { imageOfVersion } from './releases.ts';
import type { Stamp } from './stamp.ts';

const partOf = { 'app.kubernetes.io/part-of': 'cluster-api-provider-baremetal' };

/** A variable of a registration's template. */
const smbios = (path: string): string => `\${${path}}`;

/** The registration a cluster's hosts come in by: named after their rack, or after their SMBIOS UUID. */
export function machineRegistration(cluster: string, naming: ClusterLayout['naming']): MachineRegistration {
  const pattern =
    naming === 'rack' ? smbios('Chassis Information/Asset Tag') : `${cluster}-${smbios('System Information/UUID')}`;
  return {
    apiVersion: kinds.MachineRegistration.apiVersion,
    kind: 'MachineRegistration',
    metadata: { name: `${cluster}-registration`, labels: partOf },
    spec: {
      machineName: pattern,
      machineInventoryLabels: {
        ...partOf,
        'pool.baremetal.alauda.io/eligible': 'true',
        'elemental.cattle.io/serial-number': smbios('System Information/Serial Number'),
        manufacturer: smbios('System Information/Manufacturer'),
        product: smbios('System Information/Product Name'),
      },
      machineInventoryAnnotations: { 'elemental.cattle.io/machine-uuid': smbios('System Information/UUID') },
      config: {
        elemental: {
          install: { reboot: true, 'eject-cd': true, snapshotter: { type: 'btrfs', maxSnaps: 4 } },
          registration: { 'emulate-tpm': false },
        },
      },
    },
  };
}

/** As a server stores it: its definition fills in what nobody has set. */
function stored(registration: MachineRegistration): MachineRegistration {
  const { spec } = registration;
  const config = spec?.config as { elemental?: Record<string, object> } | undefined;
  const elemental = config?.elemental;
  const filled = {
    ...elemental,
    registration: { auth: 'tpm', ...elemental?.['registration'] },
    reset: { reboot: true, 'reset-oem': true, 'reset-persistent': true, ...elemental?.['reset'] },
  };
  return { ...registration, spec: { ...spec, config: { ...config, elemental: filled } } };
}

/** The ISO with which hosts register at a cluster's registration. */
export function seedImage(cluster: string, version: string): SeedImage {
  return {
    apiVersion: kinds.SeedImage.apiVersion,
    kind: 'SeedImage',
    metadata: { name: `${cluster}-registration-iso`, labels: partOf },
    spec: {
      type: 'iso',
      baseImage: imageOfVersion(version).replace('base-image:', 'base-image-iso:'),
      registrationRef: {
        apiVersion: kinds.MachineRegistration.apiVersion,
        kind: 'MachineRegistration',
        name: `${cluster}-registration`,
        namespace: 'cpaas-system',
      },
      targetPlatform: 'linux/amd64',
      size: '20Gi',
      cleanupAfterMinutes: 120,
    },
  };
}

/**
 * Both with what is beside them, at rest: the registration works, though its `role` names no host yet; the image of the first
 * cluster was built again a few minutes ago and can be downloaded, the others are expired.
 */
export function onboardingAtRest(
  layout: ClusterLayout,
  dates: Dates,
  first: boolean,
  now: number,
  serverUrl: string,
  stamp: Stamp,
) {
  const random = new Random(stamp.seed, 'onboarding', layout.name);
  const registration = stamp.born(stored(machineRegistration(layout.name, layout.naming)), dates.registration);
  setRegistered(registration, serverUrl, random.suffix(54), timestamp(dates.registration + random.integer(400, 2200)));
  const again = first ? now - random.integer(6 * minute, 9 * minute) : undefined;
  const begun = again ?? dates.image;
  const built = again ? again + random.integer(125 * second, 230 * second) : dates.built;
  // Each build is a change of what is wanted, and its end another.
  const image = stamp.born(seedImage(layout.name, layout.version), dates.image, again ? 3 : 1);
  if (again) {
    image.spec = { ...image.spec, retriggerBuild: false };
    stamp.wrote(image, 'kubectl-create', again - second);
    stamp.wrote(image, 'elemental-operator', again);
  }
  const beside = registrationObjects(registration, []);
  const { config, pod, service } = seedImageObjects(image, registration, begun);
  setBegun(image, begun + random.integer(300, 900));
  setBuilt(image, serverUrl, outputOf(config, registration.metadata.name, begun), random.suffix(54), built);
  stamp.born(pod, begun);
  const started = timestamp(startOf(pod, begun));
  pod.status = podStatus('Running', timestamp(built), timestamp(begun + second), undefined, started);
  const objects: KubeObject[] = [registration, image];
  const next = applying(random, dates.registration + random.integer(150, 900));
  for (const object of Object.values(beside)) objects.push(stamp.born(object, next()));
  objects.push(stamp.born(config, begun + random.integer(100, 700)));
  if (again) objects.push(pod, stamp.born(service, begun + random.integer(20, 300)));
  else setExpired(image, timestamp(built + 2 * hour + random.integer(0, 4 * second)));
  return { registration, role: beside.role, image, pod: again ? pod : undefined, begun, built, objects };
}
