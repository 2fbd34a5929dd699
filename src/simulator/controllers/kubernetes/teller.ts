/** Writes the Events of one cluster's own programs: a recorder for each program and namespace, which counts what comes again. */

import type { Transport } from '../../../kube/types.ts';
import { Client } from '../client.ts';
import { EventRecorder } from '../events.ts';
import { Random } from '../random.ts';
import type { Node } from '../shapes/core.ts';
import type { Program, Telling } from './turn.ts';

interface TellerOptions {
  /** The API, by the program that speaks. */
  speak(by: Program): Transport;
  /** Unix time in ms. */
  now(): number;
  /** The host of a program that is elected to lead, as far as that is known. */
  host?: ((by: Program) => string | undefined) | undefined;
}

/** Tells what happens to objects, program by program. */
export class Teller {
  readonly #options: TellerOptions;
  /** Since which boot the kubelets of Nodes run: after another one a kubelet counts from one again. */
  readonly #boots = new Map<string, string>();
  readonly #recorders = new Map<string, EventRecorder>();

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** Takes note of the boots that Nodes run since. */
  look(nodes: readonly Node[]): void {
    for (const { metadata, status } of nodes) this.#boots.set(metadata.name, status?.nodeInfo?.bootID ?? '');
  }

  /** Writes an Event, or counts one that is there already. Never throws: an Event is not worth a failure. */
  async tell({ by, about, told }: Telling): Promise<void> {
    const { namespace = 'default' } = about.metadata;
    const key = `${by}/${namespace}`;
    let recorder = this.#recorders.get(key);
    if (!recorder) {
      const client = new Client(this.#options.speak(by), namespace);
      recorder = new EventRecorder(client, this.#options, new Random('events', key));
      this.#recorders.set(key, recorder);
    }
    const own = by === 'kubelet' ? this.#boots.get(told.host ?? '') : this.#options.host?.(by);
    // Who tells in the newer way says from where.
    const more = told.action !== undefined && own !== undefined ? { host: own, process: own } : { process: own ?? '' };
    await recorder.record(about, { ...more, ...told });
  }
}
