/** The simulated datacenter in a thread of its own, so that simulating thousands of hosts never delays a key. */
import { parentPort, workerData } from 'node:worker_threads';
import { startDatacenter } from '../simulator/datacenter.ts';

const { hosts, seed, speed } = workerData as { hosts: number; seed: string; speed: number };
const datacenter = await startDatacenter({ hosts, seed, speed });
parentPort?.postMessage({ url: datacenter.url, token: datacenter.token });
