/** Whether a datacenter can be as large, and of the shape, that the command line wants: said before anything is started. */
import { type Options, UsageError } from '../cli.ts';
import { hostsOfShape, planLayout } from '../simulator/world/layout.ts';

/** Throws UsageError where it cannot. A real server that is simulated against has hosts of its own. */
export function checkSize({ command, demo, hosts, cluster: shape, simulate: { against, pools } }: Options): void {
  const simulated = demo || command === 'demo' || (command === 'simulate' && against === undefined);
  if (!simulated) return;
  try {
    planLayout({ hosts: hosts ?? (shape ? hostsOfShape(shape, pools) : 42), shape, pools });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${error.message}; nothing was started.`);
  }
}
