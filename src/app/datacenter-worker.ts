/** The simulated datacenter in a thread of its own, so that simulating thousands of hosts never delays a key. */
import { parentPort, workerData } from 'node:worker_threads';
import { startDatacenter } from '../simulator/datacenter.ts';
import type { Shape } from '../simulator/world/layout.ts';

interface Order {
  hosts?: number;
  shape?: Shape;
  waiting: number;
  still: boolean;
  seed: string;
  speed: number;
  scenario?: string;
}

const { still, ...order } = workerData as Order;
const miscount = !still && order.shape === undefined;
const datacenter = await startDatacenter({ ...order, traffic: still ? false : undefined, miscount });
parentPort?.postMessage({ url: datacenter.url, token: datacenter.token });
