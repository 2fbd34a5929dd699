/** The simulated datacenter in a thread of its own, so that simulating thousands of hosts never delays a key. */
import { parentPort, workerData } from 'node:worker_threads';
import { startDatacenter } from '../simulator/datacenter.ts';

interface Order {
  hosts: number;
  seed: string;
  speed: number;
  scenario?: string;
}

const { hosts, seed, speed, scenario } = workerData as Order;
const datacenter = await startDatacenter({ hosts, seed, speed, scenario, miscount: true });
parentPort?.postMessage({ url: datacenter.url, token: datacenter.token });
