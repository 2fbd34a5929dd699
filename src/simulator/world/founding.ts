/** How a cluster at rest was founded once: its first Node joined, the platform imported it and brought its network, and it was ready. */

import { Random } from '../controllers/random.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { deployedAfter, type Founding, spread } from './beginning.ts';

export interface Founded extends Required<Founding> {
  release: number;
  chart: number;
  /** When its control plane was called initialized: its server answers. */
  initialized: number;
  /** When the platform had imported it. */
  imported: number;
  /** When its first Node was ready. */
  ready: number;
  /** When all of the network's release was well. */
  settled: number;
}

/** What Kube-OVN's release is known by in a cluster. */
export const releaseUid = ({ metadata: { uid, name } }: KubeObject): string =>
  new Random('release', uid ?? name).uuid();

/** Unix times in ms of a Cluster whose first Node joined at `joined`. */
export function foundingOf(cluster: KubeObject, joined: number): Founded {
  const uid = releaseUid(cluster);
  const some = (what: string, from: number, to: number) => (from + spread(`${uid}/${what}`, to - from)) * 1000;
  const born = Math.floor(joined / 1000) * 1000;
  const initialized = born + some('initialized', 7, 19);
  const imported = initialized + some('imported', 9, 41);
  const release = imported + some('release', 2, 9);
  const chart = deployedAfter(uid, release);
  const ready = chart + some('ready', 31, 58);
  return { born, initialized, imported, release, chart, ready, settled: ready + some('settled', 14, 39) };
}
