/**
 * What the controllers of MachineSets and MachineDeployments write into their log of Machines that come and go. Source: Cluster
 * API 1.10, machineset_controller.go and machinedeployment_sync.go; some words are others since 1.11.
 */

import type { ClusterApiVersion } from '../kinds.ts';
import type { Words } from './machine-log.ts';

const place = (line: number): string => `machineset_controller.go:${line}`;

/** A MachineSet is to have as many Machines as `replicas`: so many more are made, or deleted. */
export const growsWords = (replicas: number, more: number): Words => [
  place(704),
  `MachineSet is scaling up to ${replicas} replicas by creating ${more} machines`,
];
export const shrinksWords = (replicas: number, fewer: number): Words => [
  place(825),
  `MachineSet is scaling down to ${replicas} replicas by deleting ${fewer} machines`,
];

/** One of so many was made. */
export const madeWords = (clusterApi: ClusterApiVersion, one: number, of: number): Words => [
  place(803),
  clusterApi === 'v1beta2' ? `Machine created (scale up, creating ${one} of ${of})` : `Created machine ${one} of ${of}`,
];

/** One of so many is deleted: since 1.11 that is said once it is done. */
export const deletesWords = (clusterApi: ClusterApiVersion, one: number, of: number): Words => [
  place(837),
  clusterApi === 'v1beta2'
    ? `Deleting Machine (scale down, deleting ${one} of ${of})`
    : `Deleting machine ${one} of ${of}`,
];

/** One of so many was deleted before, and is still there. */
export const goesWords = (clusterApi: ClusterApiVersion, one: number, of: number): Words => [
  place(849),
  clusterApi === 'v1beta2'
    ? `Waiting for Machine to be deleted (scale down, deleting ${one} of ${of})`
    : `Waiting for machine ${one} of ${of} to be deleted`,
];

/** A MachineDeployment makes a MachineSet. */
export const newSetWords: Words = [
  'machinedeployment_sync.go:270',
  "Creating new MachineSet, couldn't find MachineSet matching MachineDeployment spec template",
];
