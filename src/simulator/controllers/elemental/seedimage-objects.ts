/**
 * The Pod that builds and serves an ISO, the Service before it and the ConfigMap with its settings. Source:
 * rancher/elemental-operator, controllers/seedimage_controller.go.
 */

import type { ConfigMap, Pod, Service } from '../shapes/core.ts';
import type { MachineRegistration, SeedImage } from '../shapes/elemental.ts';
import { timestamp } from '../time.ts';
import { ownedBy } from './side-objects.ts';

/** The annotation of the Pod that names what the ISO is made from. */
export const baseImageAnnotation = 'elemental.cattle.io/base-image';

export const builder = 'registry.dc1.example/tkestack/seedimage-builder:sim';

const outputKey = 'output-name';

/** What the ISO is called, as its ConfigMap tells; as of Unix time `at` (ms) where it does not. */
export const outputOf = (config: ConfigMap | undefined, registration: string, at: number): string =>
  config?.data?.[outputKey] ?? `${registration}-${timestamp(at)}.iso`;

/** The containers that make it ready, one after the other: their names. */
export const builders = ['baseiso', 'build'] as const;

/** The objects beside an image, all of its name, for an ISO that calls `registration` and is begun at Unix time `at` (ms). */
export function seedImageObjects(image: SeedImage, registration: MachineRegistration, at: number) {
  const { name } = image.metadata;
  const { baseImage = '', targetPlatform = '', size = '6Gi', cleanupAfterMinutes = 60 } = image.spec ?? {};
  const labels = { 'app.kubernetes.io/name': name };
  const config: ConfigMap = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: settings(image, registration, at),
    },
    image,
  );
  const from = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { configMapKeyRef: { name, key } },
  });
  const env = [
    from('ELEMENTAL_DEVICE', 'device'),
    from('ELEMENTAL_REGISTRATION_URL', 'registration-url'),
    from('ELEMENTAL_BASE_IMAGE', 'base-image'),
    from('ELEMENTAL_OUTPUT_NAME', outputKey),
  ];
  const iso = { name: 'iso-storage', mountPath: '/iso' };
  const own = { image: builder, imagePullPolicy: 'IfNotPresent', command: ['/bin/bash', '-c'] };
  // Folders in the builder's container, and words, are the operator's own.
  const fetch = `mkdir /work && elemental pull-image --platform=${targetPlatform} ${baseImage} /work && cp /work/elemental-iso/*.iso /iso/base.iso`;
  const pack =
    'xorriso -indev /iso/base.iso -outdev /iso/$(ELEMENTAL_OUTPUT_NAME) ' +
    '-map /overlay/reg/livecd-cloud-config.yaml /livecd-cloud-config.yaml ' +
    '-map /overlay/iso-config/cloud-config.yaml /iso-config/cloud-config.yaml -boot_image any replay && rm -rf /iso/base.iso';
  const [fetches, packs] = builders;
  const pod: Pod = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels, annotations: { [baseImageAnnotation]: baseImage } },
      spec: {
        restartPolicy: 'Never',
        initContainers: [
          {
            ...{ name: fetches, ...own, args: [fetch], volumeMounts: [iso] },
            resources: { requests: { 'ephemeral-storage': String(size) } },
          },
          {
            name: packs,
            ...own,
            args: [pack],
            env,
            volumeMounts: [iso, { name: 'config-map', mountPath: '/overlay' }],
          },
        ],
        containers: [
          {
            ...{ name: 'serve', image: builder, imagePullPolicy: 'IfNotPresent', workingDir: '/srv' },
            args: ['-d', '$(ELEMENTAL_OUTPUT_NAME)', '-t', String(cleanupAfterMinutes * 60)],
            env: env.slice(-1),
            ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
            volumeMounts: [{ name: 'iso-storage', mountPath: '/srv' }],
          },
        ],
        volumes: [
          { name: 'iso-storage', emptyDir: { sizeLimit: String(size) } },
          {
            name: 'config-map',
            configMap: {
              ...{ name, defaultMode: 420 },
              items: [
                { key: 'registration', path: 'reg/livecd-cloud-config.yaml' },
                { key: 'cloud-config', path: 'iso-config/cloud-config.yaml' },
                { key: 'reset-config', path: 'reg/reset-config.yaml' },
              ],
            },
          },
        ],
      },
    },
    image,
  );
  const service: Service = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
    },
    image,
  );
  return { config, pod, service };
}

/** What the containers read. */
function settings(image: SeedImage, registration: MachineRegistration, at: number): Record<string, string> {
  const url = registration.status?.registrationURL ?? '';
  const called = `elemental:\n  registration:\n    url: ${url}\n`;
  const install = (registration.spec?.config as { elemental?: { install?: { device?: string } } } | undefined)
    ?.elemental?.install;
  return {
    'base-image': image.spec?.baseImage ?? '',
    'cloud-config': `#cloud-config\n${JSON.stringify(image.spec?.['cloud-config'] ?? {})}\n`,
    device: install?.device ?? '',
    [outputKey]: outputOf(undefined, registration.metadata.name, at),
    registration: called,
    'registration-url': url,
    'reset-config': [
      'name: Write registration config',
      'stages:',
      '  initramfs:',
      '  - if: \'[ -f "/run/cos/recovery_mode" ] || [ -f "/run/elemental/recovery_mode" ]\'',
      '    name: Save registration config',
      '    directories:',
      '    - path: /oem/registration',
      '      permissions: 448',
      '    files:',
      '    - path: /oem/registration/config.yaml',
      '      permissions: 438',
      '      encoding: b64',
      `      content: ${Buffer.from(called).toString('base64')}`,
      '',
    ].join('\n'),
  };
}
