/** What each kubelet says of the drivers of volumes on its Node: that there are none. Source: k8s.io/kubernetes/pkg/volume/csi/nodeinfomanager. */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';
import { make } from './system.ts';

const migrated = ['aws-ebs', 'azure-disk', 'azure-file', 'cinder', 'gce-pd', 'portworx-volume', 'vsphere-volume']
  .map((name) => `kubernetes.io/${name}`)
  .join(',');

/** One for each Node of an API. */
export const csiNodes = (api: Api): KubeObject[] =>
  api.all({ apiVersion: 'v1', kind: 'Node' }).map(({ metadata: { name, uid = '', creationTimestamp } }) => {
    const made = make('storage.k8s.io/v1', 'CSINode', '', name, creationTimestamp ?? '', { spec: { drivers: null } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const annotations = { 'storage.alpha.kubernetes.io/migrated-plugins': migrated };
    return { ...made, metadata: { ...made.metadata, annotations, ownerReferences } };
  });
