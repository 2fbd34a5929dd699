/** What is known of the API server of a cluster by its Nodes: of which version it is, where it is reached, and which kinds it serves. */

import type { Api } from '../api/api.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { kindsAfter } from './later-kinds.ts';
import { readyOf, rolesOf } from './summary.ts';

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** The servers of one control plane, as one. */
export class PlaneServer {
  readonly #faults: () => Pick<Api['faults'], 'hide'>;
  #version = 'v1.32.11-2';
  #address = '10.0.0.1:6443';
  /** What shows the kinds again that its version does not serve. */
  readonly #hidden = new Map<string, () => void>();

  /** `faults`: what hides kinds from those who ask. */
  constructor(faults: () => Pick<Api['faults'], 'hide'>) {
    this.#faults = faults;
  }

  /** The version of the control plane: the lowest of its Nodes, as they were seen last. */
  get version(): string {
    return this.#version;
  }

  /** Where the server that answers is reached in the network of its Nodes. */
  get address(): string {
    return this.#address;
  }

  /** Whether a kind came later than its version: it is not served. */
  lacks(plural: string): boolean {
    return this.#hidden.has(plural);
  }

  /** Learns from its Nodes which version it is. Says whether an API server answers: on a control-plane Node that is up. */
  sees(nodes: readonly Node[]): boolean {
    const plane = nodes.filter((node) => rolesOf(node).includes('control-plane'));
    const versions = plane.flatMap(({ status }) => status?.nodeInfo?.kubeletVersion ?? []);
    this.#version = versions.sort(byVersion)[0] ?? this.#version;
    const up = plane.find((node) => readyOf(node) === 'True') ?? plane[0];
    const address = up?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address) this.#address = `${address}:6443`;
    this.#serve();
    return plane.some((node) => readyOf(node) !== 'Unknown');
  }

  /** Serves the kinds that came later, where its version has them. */
  #serve(): void {
    const later = kindsAfter(this.#version);
    for (const [plural, show] of this.#hidden) if (!later.has(plural) && this.#hidden.delete(plural)) show();
    for (const plural of later) if (!this.#hidden.has(plural)) this.#hidden.set(plural, this.#faults().hide(plural));
  }
}
