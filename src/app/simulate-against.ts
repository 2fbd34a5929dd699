/** `metaldeck simulate --against`: simulated controllers and hosts on a real API server. */

import type { Options } from '../cli.ts';
import { isThisHost, openConnection } from '../kube/connection/open.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { discover } from '../kube/reflector/discovery.ts';
import { KubeError, type Transport } from '../kube/types.ts';
import { Occupied } from '../simulator/remote/lease.ts';
import { RealHosts, startRemote } from '../simulator/remote/start.ts';
import { SimulationProblem } from './kubeconfig-file.ts';
import { askedFor } from './session.ts';
import { once, type Running } from './simulate-serving.ts';

/** What the simulation cannot do without: provider, operator, Cluster API. */
const needed = [
  ['elemental.cattle.io', 'machineinventories'],
  ['infrastructure.cluster.x-k8s.io', 'machineinventorypools'],
  ['cluster.x-k8s.io', 'machines'],
] as const;

/** Starts the simulation. Throws SimulationProblem or ConnectionProblem, in one sentence. */
export async function against(options: Options, version: string): Promise<Running> {
  const { simulate } = options;
  const connection = await openConnection({
    ...askedFor(options, version),
    kubeconfig: simulate.against,
    // What its controllers write is theirs: under our own name an apply of ours would meet itself.
    program: 'metaldeck-simulator',
  });
  const { transport, namespace, host } = connection;
  const place = `${namespace}@${host}`;
  if (simulate.amongRealHosts !== undefined && simulate.amongRealHosts !== place) {
    throw new SimulationProblem(
      `--among-real-hosts names ${simulate.amongRealHosts}, and this is ${place}; nothing was started.`,
    );
  }
  let giveUp: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  failed.catch(() => {});
  try {
    const clusterApi = simulate.clusterApi ?? (await servedVersion(transport, host));
    const remote = await startRemote({
      transport,
      namespace,
      clusterApi,
      controllers: simulate.controllers,
      hosts: options.hosts,
      shape: options.cluster,
      pools: simulate.pools,
      seed: options.seed,
      speed: options.speed,
      waiting: options.waiting,
      scenario: options.scenario,
      local: isThisHost(new URL(`https://${host}`)),
      amongRealHosts: simulate.amongRealHosts !== undefined,
      onError: once((text) => process.stderr.write(`metaldeck simulate: ${text}\n`)),
      onStranger: (name) => giveUp(strange(`MachineInventory ${name} has come`, place, 'the simulation has ended')),
      onLost: (holder) => giveUp(occupied(holder, place, 'this one has ended')),
    });
    if (remote.unasked !== undefined) {
      const why = `the server asks no admission webhooks of the simulation: ${remote.unasked}`;
      process.stderr.write(`metaldeck simulate: ${why}; what Cluster API's would refuse is taken.\n`);
    }
    const how = remote.resumed ? 'Going on with' : 'Playing';
    return {
      line: `${how} ${remote.record.hosts} hosts in ${place} (Cluster API ${clusterApi}; controllers ${simulate.controllers.join(',')}); workload clusters answer here, behind their kubeconfig Secrets; stop it with Ctrl-C`,
      failed,
      async stop() {
        await remote.stop();
        transport.close();
      },
    };
  } catch (error) {
    transport.close();
    throw explain(error, host, place);
  }
}

async function servedVersion(transport: Transport, host: string): Promise<'v1beta1' | 'v1beta2'> {
  let version = '';
  for (const [group, resource] of needed) {
    const found = await discover(transport, group, resource, ['v1beta2', 'v1beta1']);
    if (found === 'absent') {
      throw new SimulationProblem(
        `${host} does not serve ${resource}.${group}; nothing was started; install the definitions of the provider, of elemental and of Cluster API first.`,
      );
    }
    version = found.version;
  }
  return version === 'v1beta2' ? 'v1beta2' : 'v1beta1';
}

function strange(what: string, place: string, outcome: string): SimulationProblem {
  return new SimulationProblem(
    `${what} that no simulation has made; ${outcome}, because simulated agents would answer for real hosts; use another namespace, or say --among-real-hosts ${place}.`,
  );
}

function occupied(holder: string, place: string, outcome: string): SimulationProblem {
  return new SimulationProblem(
    `Another simulation plays in ${place} (${holder.replace(/_.*/, '')}); ${outcome}: two would answer for the same hosts.`,
  );
}

function explain(error: unknown, host: string, place: string): unknown {
  if (error instanceof RealHosts) {
    const some = error.hosts.slice(0, 3).join(', ');
    const number = error.hosts.length;
    return strange(
      `There are ${number} hosts in ${place} (${some}${number > 3 ? ', …' : ''})`,
      place,
      'nothing was started',
    );
  }
  if (error instanceof Occupied) return occupied(error.holder, place, 'nothing was started');
  if (error instanceof RangeError) return new SimulationProblem(`${error.message}; nothing was started.`);
  if (error instanceof KubeError) return new SimulationProblem(describeFailure(error, `Simulating on ${host}`));
  return error;
}
