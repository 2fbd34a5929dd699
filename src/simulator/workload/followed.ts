/** Where every Pod of a workload cluster is played from the moment that its Nodes come or go, before anybody looks. */

import { mostSpeedOfPods } from '../controllers/hosts/network-wait.ts';

/** A larger fleet would have more Pods than its process is to carry, and Nodes that come all the time. */
const mostHosts = 300;

/** Whether a fleet of so many hosts, so many times faster than life, is followed so. */
export const isFollowed = ({ hosts, speed }: { hosts: number; speed: number }): boolean =>
  hosts <= mostHosts && speed <= mostSpeedOfPods;
