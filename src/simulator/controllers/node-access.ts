/** The Nodes of workload clusters, and who writes to them: each program under its own name. */

import type { Transport } from '../../kube/types.ts';
import { Client } from './client.ts';
import type { EventRecorder } from './events.ts';
import { type Change, Informer } from './informer.ts';
import { type Kind, kinds } from './kinds.ts';
import type { Node } from './shapes/core.ts';
import type { KubeObject } from './shapes/meta.ts';

/** What one program does to Nodes. */
interface NodeWriter {
  client: Client;
  /** What it tells of them. */
  events: EventRecorder;
}

/** The Nodes of one workload cluster. */
export interface NodeAccess {
  informer: Informer<Node>;
  /** Whoever writes to them does so under the name of his program. */
  as(program: string): NodeWriter;
}

interface Place {
  transport: (program: string) => Transport;
  namespace: string;
  recorder: (client: Client) => EventRecorder;
}

/** The writers of the Nodes that an informer reads, each made when it is first asked for. */
function nodeWriters(informer: Informer<Node>, place: Place): NodeAccess['as'] {
  const writers = new Map<string, NodeWriter>();
  return (program) => {
    let writer = writers.get(program);
    if (!writer) {
      const transport = place.transport(program);
      const client = new Client(transport, place.namespace, <T extends KubeObject>(kind: Kind<T>) =>
        kind.plural === 'nodes' ? (informer as unknown as Informer<T>) : undefined,
      );
      // As everything that has no namespace, Nodes are told of in `default`.
      writer = { client, events: place.recorder(new Client(transport, 'default')) };
      writers.set(program, writer);
    }
    return writer;
  };
}

type Handler = (node: Node, cluster: string, change: Change) => void;

interface NodesOptions {
  /** The API of a workload cluster, for a program that writes there: whoever it is where none is named. */
  workload: (cluster: string, program?: string) => Transport;
  namespace: string;
  /** What writes the Events about Nodes of a cluster, for each of its clients. */
  recorder: (cluster: string) => (client: Client) => EventRecorder;
}

/** The Nodes of all workload clusters that somebody has asked for. */
export class WorkloadNodes {
  readonly #options: NodesOptions;
  readonly #known = new Map<string, NodeAccess>();
  readonly #handlers: Handler[] = [];

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** Those of a cluster. The first call reads them all. Throws KubeError where that fails. */
  async of(cluster: string): Promise<NodeAccess> {
    const access = this.#known.get(cluster) ?? this.#begin(cluster);
    await access.informer.start();
    return access;
  }

  /** Calls `handler` on every change of a Node of any cluster that is asked for. */
  onChange(handler: Handler): void {
    this.#handlers.push(handler);
  }

  /** Follows them no longer. */
  stop(): void {
    for (const { informer } of this.#known.values()) informer.stop();
  }

  #begin(cluster: string): NodeAccess {
    const { workload, namespace, recorder } = this.#options;
    const informer = new Informer<Node>(workload(cluster), kinds.Node, namespace);
    const transport = (program: string) => workload(cluster, program);
    const as = nodeWriters(informer, { transport, namespace, recorder: recorder(cluster) });
    informer.index('provider', (node) => (node.spec?.providerID ? [node.spec.providerID] : []));
    informer.onChange((node, change) => {
      for (const handler of this.#handlers) handler(node, cluster, change);
    });
    const access = { informer, as };
    this.#known.set(cluster, access);
    return access;
  }
}
