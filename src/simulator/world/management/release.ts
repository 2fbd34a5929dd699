/** The platform's releases in the management cluster. */

import type { KubeObject } from '../../api/types.ts';
import { type AppRelease, appReleaseKind, newRelease, setRelease } from '../../controllers/kubeovn/app-release.ts';
import { timestamp } from '../../controllers/time.ts';
import { registry } from '../releases.ts';
import type { Make } from './cluster.ts';

const namespace = 'cpaas-system';

/** The chart that brings the provider, at the revision that is asked for and there. Which there are is not documented. */
export const providerChart = 'acp/chart-cluster-api-provider-baremetal';
export const providerRelease = 'cluster-api-provider-baremetal';
const providerRevision = 'v0.0.4';

/** How long, in ms, it takes to be there. */
const settling = 131_000;

/** The platform's release of the provider, settled since it was installed. */
export function platformReleases(make: Make): KubeObject[] {
  const { metadata, spec } = newRelease(providerRelease, {
    destination: { cluster: '', namespace: '' },
    source: {
      repoURL: registry,
      charts: [{ name: providerChart, releaseName: providerRelease, targetRevision: providerRevision }],
    },
    timeout: 120,
    values: { global: { labelBaseDomain: 'cpaas.io', namespace, registry: { address: registry } } },
  });
  const made = make(appReleaseKind.apiVersion, appReleaseKind.kind, providerRelease, namespace, { spec });
  const release = { ...made, metadata: { ...metadata, ...made.metadata } } as AppRelease;
  setRelease(release, 'Success', timestamp(Date.parse(made.metadata.creationTimestamp ?? '') + settling));
  return [release as unknown as KubeObject];
}
