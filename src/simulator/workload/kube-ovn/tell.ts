/** What Kube-OVN says, when somebody asks: in any cluster that it runs in. */

import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { timestamp } from '../../controllers/time.ts';
import type { Beginning } from '../../world/beginning.ts';
import type { Told } from '../told.ts';
import { bound, type Network } from './network.ts';
import { makeOvn, takenSubnets, toldIps, toldSubnets } from './objects.ts';

/** Brings what is about to be read up to date; `plural` says of which kind. `now`: as for `toldIps`. */
export function tellOfNetwork(
  plural: string,
  api: Api,
  told: Told,
  network: Network,
  beginning: Beginning,
  now?: string,
): void {
  const since = timestamp(beginning.at('kept'));
  if (plural === 'subnets' || plural === 'vpcs') {
    told.tell('subnets', toldSubnets(api, network, since, makeOvn));
    api.load(takenSubnets(api));
  }
  if (plural === 'ips') told.tell('ips', toldIps(api, since, makeOvn, now));
  if (plural === 'namespaces') {
    api.load(api.namespaces().flatMap((space) => (isGoing(space) ? [] : (bound(space, network) ?? []))));
  }
}

const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
