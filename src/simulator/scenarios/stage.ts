/** Builds stages. */

import type { Transport } from '../../kube/types.ts';
import type { Hardware } from '../controllers/elemental/hardware.ts';
import type { Runtime } from '../controllers/runtime.ts';
import type { Layout } from '../world/layout.ts';
import type { Lift, Stage } from './scenario.ts';
import type { ServerControl } from './server-control.ts';

export interface StageOptions {
  rt: Runtime;
  /** The second operator's way to the API of the management cluster. */
  operator: Transport;
  server?: ServerControl;
  /** Which clusters there are at the moment. */
  layout: () => Layout;
  visitors?: readonly Hardware[];
  /** Groups and clusters in use: one set for all stages, and for everybody else who changes groups by himself. */
  busy: Set<string>;
}

/** A fresh stage; `what` tells its chance from that of other stages. */
export function createStage(options: StageOptions, what: string): Stage {
  const { rt, operator, server, layout, visitors = [], busy } = options;
  const lifts: Lift[] = [];
  return {
    operator: rt.clientOf(operator),
    namespace: rt.namespace,
    faults: rt.faults,
    server,
    get layout() {
      return layout();
    },
    visitors,
    clock: rt.clock,
    speed: rt.speed,
    random: rt.random('scenario', what),
    busy,
    onHeal(lift) {
      lifts.push(lift);
    },
    lifts,
    child: (name) => createStage(options, `${what}/${name}`),
  };
}
