/** Puts the management cluster itself into its API: what an operator finds who looks beyond the fleet. */

import type { Api } from '../../api/api.ts';
import type { Admission, Webhook } from '../../api/core.ts';
import type { KubeObject } from '../../api/types.ts';
import { Random } from '../../controllers/random.ts';
import type { Node } from '../../controllers/shapes/core.ts';
import { timestamp } from '../../controllers/time.ts';
import { systemObjects } from '../../workload/system.ts';
import { leaderLeases, type Make, managementNodes, managementPrograms, managementVersion } from './cluster.ts';
import { type Born, definitions, webhookConfigurations } from './definitions.ts';

import { platformReleases } from './release.ts';

export { managementVersion } from './cluster.ts';
export { fixedDefinitions, managementResources } from './kinds.ts';

/** How often, in ms, Nodes and leaders tell that they are there. */
const renewal = 10_000;

export interface ManagementOptions {
  api: Api;
  seed: string;
  /** Unix time in ms. */
  now: () => number;
  /** Since when, in ms, the cluster has been there. */
  since: number;
  /** The webhooks that the API asks. */
  admission: readonly (Admission | Webhook)[];
}

/** The management cluster's own objects in its API. */
export class ManagementCluster {
  readonly #options: ManagementOptions;
  readonly #make: Make;
  readonly #since: string;
  #renewed: number;

  /** Loads everything. `options.api` must serve `managementResources`. */
  constructor(options: ManagementOptions) {
    const { api, seed, since, admission } = options;
    this.#options = options;
    this.#since = timestamp(since);
    this.#renewed = options.now();
    this.#make = (apiVersion, kind, name, namespace, rest) => ({
      apiVersion,
      kind,
      metadata: {
        name,
        ...(namespace ? { namespace } : {}),
        uid: new Random(seed, 'management', kind, namespace, name).uuid(),
        creationTimestamp: this.#since,
        ...(apiVersion === 'v1' || kind === 'Lease' ? {} : { generation: 1 }),
      },
      ...rest,
    });
    const born: Born = ({ apiVersion, kind, metadata, ...rest }) =>
      this.#make(apiVersion, kind, metadata.name, '', rest);
    const told = this.#telling();
    const nodes = told.filter(({ kind }) => kind === 'Node');
    const { resources } = api;
    api.load([
      ...told,
      ...this.#system(nodes),
      ...managementPrograms(this.#make, nodes, this.#since),
      ...platformReleases(this.#make, this.#since),
      ...definitions(resources, this.#since, born),
      ...webhookConfigurations(admission, resources, born),
    ]);
  }

  /** Lets Nodes and leases be fresh: to be called before they are read, so that nothing is written while nobody looks. */
  refresh(plural: string): void {
    if (plural !== 'nodes' && plural !== 'leases') return;
    const { api, now } = this.#options;
    if (now() - this.#renewed < renewal) return;
    this.#renewed = now();
    const told = this.#telling();
    const nodes = told.filter(({ kind }) => kind === 'Node');
    api.load([...told, ...this.#system(nodes).filter(({ kind }) => kind === 'Lease')]);
  }

  /** What changes only in when it was said. */
  #telling(): KubeObject[] {
    const at = timestamp(this.#renewed);
    return [...managementNodes(this.#make, this.#since, at), ...leaderLeases(this.#make, at, this.#since)];
  }

  #system(nodes: readonly KubeObject[]): KubeObject[] {
    const renewed = timestamp(this.#renewed);
    return systemObjects({ nodes: nodes as unknown as Node[], version: managementVersion, renewed });
  }
}
