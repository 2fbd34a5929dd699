/** Gives the objects of the management cluster what its server would give them: identity, birth and generation. */

import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';
import { bornAfter } from './births.ts';
import type { Make } from './cluster.ts';

/** Of Kubernetes' own kinds not all count what is wanted of them. */
const hasGeneration = (apiVersion: string, kind: string): boolean =>
  apiVersion !== 'v1' && kind !== 'Lease' && !/^(rbac\.authorization|apiregistration)\./.test(apiVersion);

/** Makes objects of the cluster of a seed, whose first server answered at `since`, Unix time in ms; the same ones each time. */
export const makerOf =
  (seed: string, since: number): Make =>
  (apiVersion, kind, name, namespace, rest) => ({
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid: new Random(seed, 'management', kind, namespace, name).uuid(),
      creationTimestamp: timestamp(since + bornAfter(kind, namespace, name)),
      ...(hasGeneration(apiVersion, kind) ? { generation: 1 } : {}),
    },
    ...rest,
  });
