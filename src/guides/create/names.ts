/** The names of a cluster's objects, by the convention of the provider's document: all begin with the cluster's. */

/** Namespace in which the provider and the elemental-operator look at all. */
export const NAMESPACE = 'cpaas-system';
/** The name of the management cluster itself. */
export const RESERVED = 'global';

/** Longest machine name elemental-register makes; what is longer is cut (elemental-operator, pkg/templater). */
export const MACHINE_NAME_MAX = 58;

export interface Names {
  cluster: string;
  registration: string;
  seedImage: string;
  controlPlanePool: string;
  workerPool: string;
  controlPlaneTemplate: string;
  controlPlane: string;
  workerTemplate: string;
  workerBootstrap: string;
  workers: string;
}

/** Every object that the manifests of a cluster name. */
export function namesOf(cluster: string): Names {
  return {
    cluster,
    registration: `${cluster}-registration`,
    seedImage: `${cluster}-registration-iso`,
    controlPlanePool: `${cluster}-control-plane-pool`,
    workerPool: `${cluster}-worker-pool`,
    controlPlaneTemplate: `${cluster}-control-plane-template`,
    controlPlane: `${cluster}-control-plane`,
    workerTemplate: `${cluster}-worker-template`,
    workerBootstrap: `${cluster}-worker-bootstrap`,
    workers: `${cluster}-workers`,
  };
}

/**
 * The name a host will register with, from its UUID: the registration's template, sanitised as elemental-register does
 * (all but letters, digits and dots becomes one dash; lower case; cut at 58 characters).
 */
export function inventoryOf(cluster: string, uuid: string): string {
  return `${cluster}-${uuid}`
    .replace(/[^0-9a-zA-Z.]+/g, '-')
    .slice(0, MACHINE_NAME_MAX)
    .toLowerCase();
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why a text is no DNS label (RFC 1123), as part of a sentence; undefined where it is one. */
export function labelProblem(text: string, max = 63): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > max) return `has ${text.length} characters, ${max} at most`;
  if (text !== text.toLowerCase()) return 'has capital letters';
  if (!LABEL.test(text)) return 'must be of a-z, 0-9 and -, and begin and end with a letter or digit';
  return undefined;
}
