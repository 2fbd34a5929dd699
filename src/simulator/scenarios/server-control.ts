/** Power over the embedded API server, as whoever runs the real one has it. */

import type { Api } from '../api/api.ts';

/** What can be done to an API server. Every way back may be taken more than once. */
export interface ServerControl {
  /** Stops it: connections break, new ones are refused. Gives the way back; its objects and revisions are kept. */
  stop(): () => void;
  /** Loses its history, as a compaction does: watches end, and whoever goes on where it was gets 410. */
  loseHistory(): void;
  /** Refuses requests with a quota's answer. Gives the way back. */
  exceedQuota(resource: string): () => void;
}

/** The quota that scenarios exceed. */
export const stagedQuota = 'sim-quota';

/** The control of an embedded API and whatever serves it. */
export function serverControl(api: Api): ServerControl {
  return {
    stop() {
      const back = api.faults.refuseConnections();
      api.faults.dropConnections();
      return back;
    },
    loseHistory() {
      api.faults.compact();
      api.faults.endWatches();
    },
    exceedQuota(resource) {
      const message =
        `${resource} is forbidden: exceeded quota: ${stagedQuota}, requested: count/${resource}=1, ` +
        `used: count/${resource}=0, limited: count/${resource}=0`;
      const failure = { status: 403, reason: 'Forbidden', message, times: Number.POSITIVE_INFINITY };
      return api.faults.fail(failure, { method: 'POST', resource });
    },
  };
}
