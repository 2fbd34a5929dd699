/** The Pod that builds and serves an ISO, the Service before it and the ConfigMap with its settings. */

import type { ConfigMap, Pod, Service } from '../shapes/core.ts';
import type { SeedImage } from '../shapes/elemental.ts';
import { ownedBy } from './side-objects.ts';

/** The annotation of the Pod that names what the ISO is made from. */
export const baseImageAnnotation = 'elemental.cattle.io/base-image';

export const builder = 'registry.dc1.example/tkestack/seedimage-builder:sim';

/** The objects beside an image, all of its name. `registrationUrl`: what the ISO will call. */
export function seedImageObjects(image: SeedImage, registrationUrl: string) {
  const { name } = image.metadata;
  const labels = { 'app.kubernetes.io/name': name };
  const baseImage = image.spec?.baseImage ?? '';
  const config: ConfigMap = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels },
      data: {
        'livecd-cloud-config.yaml': `#cloud-config\n${JSON.stringify(image.spec?.['cloud-config'] ?? {})}\n`,
        'reg.yaml': `elemental:\n  registration:\n    url: ${registrationUrl}\n`,
      },
    },
    image,
  );
  const pod: Pod = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels, annotations: { [baseImageAnnotation]: baseImage } },
      spec: {
        restartPolicy: 'Never',
        initContainers: [
          {
            name: 'build',
            image: builder,
            args: ['--base', baseImage, '--platform', image.spec?.targetPlatform ?? ''],
          },
        ],
        containers: [{ name: 'serve', image: builder, args: ['serve', '/iso'], ports: [{ containerPort: 80 }] }],
        volumes: [
          { name: 'iso-storage', emptyDir: { sizeLimit: String(image.spec?.size ?? '6Gi') } },
          { name: 'config', configMap: { name } },
        ],
      },
    },
    image,
  );
  const service: Service = ownedBy(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 80 }] },
    },
    image,
  );
  return { config, pod, service };
}
