/** What every status of Cluster API keeps apart in v1beta2: the first generation's conditions, counters and failures. */

import { at, every, type Json, some } from './json-fields.ts';

/** Conditions and failures of both generations in the places v1beta1 has for them; `v1beta2` holds more of the new. */
export function decodeConditions(status: Json, v1beta2: Json = {}): Json {
  const old = at(status, 'deprecated', 'v1beta1');
  return every({
    conditions: old['conditions'],
    failureReason: old['failureReason'],
    failureMessage: old['failureMessage'],
    v1beta2: some({ ...v1beta2, conditions: status['conditions'] }),
  });
}

/** The way back; `old` holds more of the first generation. */
export function encodeConditions(status: Json, old: Json = {}): Json {
  const { conditions, failureReason, failureMessage } = status;
  const deprecated = some({ ...old, conditions, failureReason, failureMessage });
  return every({
    conditions: at(status, 'v1beta2')['conditions'],
    deprecated: deprecated && { v1beta1: deprecated },
  });
}

/** The second generation's counters of replicas, which are the only ones in v1beta2. */
export function replicaCounters(of: Json): Json {
  const { readyReplicas, availableReplicas, upToDateReplicas } = of;
  return every({ readyReplicas, availableReplicas, upToDateReplicas });
}
