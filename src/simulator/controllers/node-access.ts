/** Who writes to the Nodes of a workload cluster: each program under its own name. */

import type { Transport } from '../../kube/types.ts';
import { Client } from './client.ts';
import type { EventRecorder } from './events.ts';
import type { Informer } from './informer.ts';
import type { Kind } from './kinds.ts';
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
export function nodeWriters(informer: Informer<Node>, place: Place): NodeAccess['as'] {
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
