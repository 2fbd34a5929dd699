/** What tells objects of a simulation from real ones on a real server. */

import type { KubeRequest, Transport } from '../../kube/types.ts';

/** Every object a simulation creates on a real server carries it. */
export const simulatedLabel = 'metaldeck.io/simulated';

interface Labelled {
  kind?: unknown;
  metadata?: { labels?: Record<string, string> };
}

/** Whether a simulation has made this object. */
export const isSimulated = ({ metadata }: { metadata: { labels?: Record<string, string> } }): boolean =>
  metadata.labels?.[simulatedLabel] === 'true';

/** A transport that marks everything created through it, Events aside: they go by themselves. */
export function marking(transport: Transport): Transport {
  const marked = (request: KubeRequest): KubeRequest => {
    const body = request.body as Labelled | undefined;
    if (request.method !== 'POST' || !body?.metadata || body.kind === 'Event') return request;
    const labels = { ...body.metadata.labels, [simulatedLabel]: 'true' };
    return { ...request, body: { ...body, metadata: { ...body.metadata, labels } } };
  };
  return {
    json: <T>(request: KubeRequest) => transport.json<T>(marked(request)),
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}
