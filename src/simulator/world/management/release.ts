/** The platform's releases in the management cluster. */

import type { KubeObject } from '../../api/types.ts';
import { type AppRelease, appReleaseKind, newRelease, setRelease } from '../../controllers/kubeovn/app-release.ts';
import { registry } from '../releases.ts';
import type { Make } from './cluster.ts';

const namespace = 'cpaas-system';

/** The chart that brings the provider, at the revision that is asked for and there. Which there are is not documented. */
export const providerChart = 'acp/chart-cluster-api-provider-baremetal';
export const providerRelease = 'cluster-api-provider-baremetal';
const providerRevision = 'v0.0.4';

/** The platform's release of the provider, settled since it was installed. */
export function platformReleases(make: Make, since: string): KubeObject[] {
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
  setRelease(release, 'Success', since);
  return [release as unknown as KubeObject];
}
