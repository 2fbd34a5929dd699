/** Members of etcd by the Nodes that they run on. */

import type { KubeObject } from '../api/types.ts';
import { isMirror } from '../controllers/mirror.ts';
import type { EtcdPast } from './etcd-past.ts';
import { containers } from './summary.ts';

/** When members of etcd were removed, Unix time in ms, by the names of their Nodes. */
export const partings = (past: EtcdPast | undefined): Map<string, number> =>
  new Map((past?.members ?? []).flatMap(({ name, removed }) => (removed === undefined ? [] : [[name, removed]])));

/** The tag of the image that the etcd of each Node runs, by its name, as its Pod tells. */
export const etcdImages = (objects: readonly KubeObject[]): Map<string, string> =>
  new Map(
    objects.flatMap((object) => {
      if (object.kind !== 'Pod' || !object.metadata.name.startsWith('etcd-') || !isMirror(object)) return [];
      const [container] = containers(object.spec);
      return [[String(object.spec?.['nodeName']), /:([^:/]+)$/.exec(container?.image ?? '')?.[1] ?? '']];
    }),
  );
