/** `metaldeck simulate`: a datacenter in the foreground, for kubectl, controllers and dashboards, until it is stopped. */

import type { Options } from '../cli.ts';
import { startDatacenter } from '../simulator/datacenter.ts';
import { checkOurs, SimulationProblem, writeKubeconfig } from './kubeconfig-file.ts';
import { endOf, once, type Running } from './simulate-serving.ts';

/** Serves until SIGINT, SIGTERM or SIGHUP; gives the exit code. Throws SimulationProblem, ConnectionProblem. */
export async function simulate(options: Options, version: string): Promise<number> {
  // A signal that comes while it starts counts too.
  const stopped = untilSignal();
  if (options.simulate.against === undefined) return serve(() => embedded(options), stopped);
  const { against } = await import('./simulate-against.ts');
  const started = () =>
    against(options, version).catch((error: unknown) => {
      throw error instanceof RangeError ? explain(error, undefined) : error;
    });
  return serve(started, stopped);
}

async function serve(start: () => Promise<Running>, stopped: Promise<void>): Promise<number> {
  const running = await start();
  // Nobody may be reading, or no longer.
  process.stdout.on('error', () => {});
  process.stdout.write(`${running.line}\n`);
  // Controllers' timers alone do not keep a process alive.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    await Promise.race([stopped, ...(running.failed ? [running.failed] : [])]);
  } finally {
    clearInterval(alive);
    // Whoever asked it to end finds it ended.
    if (!(await endOf(running))) process.exit(1);
  }
  return 0;
}

async function embedded(options: Options): Promise<Running> {
  const { hosts, cluster: shape, waiting, still, seed, speed, scenario } = options;
  const { port, pools, clusterApi, tls, writeKubeconfig: wanted } = options.simulate;
  if (wanted !== undefined) checkOurs(wanted);
  const datacenter = await startDatacenter({
    hosts,
    shape,
    seed,
    speed,
    port,
    pools,
    waiting,
    clusterApi,
    tls,
    scenario,
    traffic: still ? false : undefined,
    onError: once((text) => process.stderr.write(`metaldeck simulate: ${text}\n`)),
  }).catch((error: unknown) => {
    throw explain(error, port);
  });
  try {
    const file = writeKubeconfig(datacenter.kubeconfig, wanted);
    const { clusters, unpooled } = datacenter.layout;
    const served = clusters.flatMap(({ plane, workers, reserves }) => [plane, ...workers, ...reserves]);
    const count = served.reduce((sum, pool) => sum + pool.hosts.length, unpooled.length);
    return {
      line: `Serving ${count} hosts in ${clusters.length} clusters at ${datacenter.url}; use it with: export KUBECONFIG=${file.path}; ${rackOf(waiting)}stop it with Ctrl-C`,
      async stop() {
        file.discard();
        await datacenter.stop();
      },
    };
  } catch (error) {
    await datacenter.stop();
    throw error;
  }
}

/** What waits unregistered, whatever else is quiet: it boots what somebody builds. */
const rackOf = (waiting: number): string =>
  waiting === 0
    ? ''
    : `${waiting} ${waiting === 1 ? 'machine waits' : 'machines wait'} in a rack and boot the next ISO that is built (--waiting); `;

function explain(error: unknown, port: number | undefined): unknown {
  if (error instanceof RangeError) return new SimulationProblem(`${error.message}; nothing was started.`);
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EACCES' ? 'may not be used' : 'is in use';
  return new SimulationProblem(`Port ${port ?? ''} ${why}; nothing was started; name another with --port.`);
}

/** Resolves at the first signal that asks to end; a second one ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(1));
      });
    }
  });
}
