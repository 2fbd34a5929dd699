/** Lines of a controller of controller-runtime about an object, with what it says of itself in each. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { ClusterApiVersion } from '../../../controllers/kinds.ts';
import { all, chance, type Run, structured } from '../run.ts';
import type { Recorded } from '../told-events.ts';

/** In whose words Cluster API's managers speak: those of the version that is served. */
export const clusterApiOf = (run: Run): ClusterApiVersion =>
  all(run, 'clusters')[0]?.apiVersion.endsWith('v1beta2') ? 'v1beta2' : 'v1beta1';

/** What is reconciled: by which controller, and what it belongs to. */
export interface Reconciled {
  controller: string;
  group: string;
  kind: string;
  namespace: string;
  name: string;
  /** Cluster and owners, `Kind` to name, in the order in which they are told. */
  of?: Record<string, string | undefined>;
}

/** A line of a reconcile; `turn` says which one it is, for lines of one turn carry one identity. */
export function says(
  about: Reconciled,
  at: number,
  place: string,
  message: string,
  { turn = String(at), ...rest }: { turn?: string | undefined; [name: string]: unknown } = {},
): LogLine {
  const { controller, group, kind, namespace, name, of = {} } = about;
  const in_ = (one: string | undefined) => one && `${namespace}/${one}`;
  return structured(at, place, message, {
    ...{ controller, controllerGroup: group, controllerKind: kind, [kind]: `${namespace}/${name}`, namespace, name },
    reconcileID: chance('reconcile', controller, name, turn).uuid(),
    ...Object.fromEntries(Object.entries(of).map(([owner, one]) => [owner, in_(one)])),
    ...rest,
  });
}

/** An Event as the recorder of controller-runtime logs it. */
export function recorderLine({ at, about, type, reason, message }: Recorded): LogLine {
  const { kind, namespace, name, uid, apiVersion, resourceVersion } = about;
  const object = { kind, namespace, name, uid, apiVersion, resourceVersion };
  return structured(at, 'recorder.go:104', message, { logger: 'events', type, object, reason });
}
