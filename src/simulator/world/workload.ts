/**
 * The API of one workload cluster, as far as the simulated datacenter needs it: its Nodes, which can be listed, watched,
 * made, merge-patched and deleted. Anything else is not found there.
 */

import { KubeError, type KubeRequest, type KubeStream, type Transport } from '../../kube/types.ts';
import { copy } from '../controllers/json.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';

const collection = '/api/v1/nodes';

interface Watch {
  push(line: string): void;
  end(): void;
}

/** One workload cluster's Nodes behind a Transport. Failures are KubeErrors. */
export class WorkloadApi implements Transport {
  #now: () => number;
  #newUid: () => string;
  #nodes = new Map<string, Node>();
  #revision = 1;
  #past: { revision: number; line: string }[] = [];
  #watches = new Set<Watch>();

  /** `now` is Unix time in ms. */
  constructor(now: () => number, newUid: () => string) {
    this.#now = now;
    this.#newUid = newUid;
  }

  /** Puts Nodes in as they are; names in use are overwritten. For the beginning only: no watch hears of it. */
  load(nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.#revision++;
      const metadata = { ...node.metadata, resourceVersion: String(this.#revision) };
      this.#nodes.set(node.metadata.name, { ...node, metadata });
    }
  }

  async json<T>(request: KubeRequest): Promise<T> {
    // What is handed out is a copy: callers may change it.
    return copy(this.#answer(request)) as T;
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    if (request.path !== collection || !request.query?.['watch']) throw notFound(request.path);
    const since = Number(request.query['resourceVersion'] ?? this.#revision);
    const oldest = this.#past[0]?.revision ?? this.#revision + 1;
    if (since + 1 < oldest && since < this.#revision) throw new KubeError(410, 'Expired', 'too old resource version');
    const lines = this.#past.filter(({ revision }) => revision > since).map(({ line }) => line);
    let wake: () => void = () => {};
    let over = false;
    const watch: Watch = {
      push: (line) => {
        lines.push(line);
        wake();
      },
      end: () => {
        over = true;
        this.#watches.delete(watch);
        wake();
      },
    };
    this.#watches.add(watch);
    request.signal?.addEventListener('abort', watch.end, { once: true });
    async function* body(): AsyncGenerator<Uint8Array> {
      for (;;) {
        while (lines.length > 0) yield Buffer.from(lines.splice(0).join(''));
        if (over) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: body(), close: watch.end };
  }

  close(): void {
    for (const watch of [...this.#watches]) watch.end();
  }

  #answer({ method = 'GET', path, body }: KubeRequest): unknown {
    if (path === collection && method === 'GET') {
      const metadata = { resourceVersion: String(this.#revision) };
      return { kind: 'NodeList', apiVersion: 'v1', metadata, items: [...this.#nodes.values()] };
    }
    if (path === collection && method === 'POST') return this.#create(body as Node);
    const [, name, status] = /^\/api\/v1\/nodes\/([^/]+)(\/status)?$/.exec(path) ?? [];
    const node = this.#nodes.get(decodeURIComponent(name ?? ''));
    if (!node) throw notFound(path);
    if (method === 'GET') return node;
    if (method === 'PATCH') return this.#patch(node, body as Record<string, unknown>, status !== undefined);
    if (method === 'DELETE') return this.#delete(node);
    throw new KubeError(405, 'MethodNotAllowed', `${method} is not allowed`);
  }

  #create(sent: Node): Node {
    const name = sent.metadata.name;
    if (this.#nodes.has(name)) throw new KubeError(409, 'AlreadyExists', `nodes "${name}" already exists`);
    const { status: _status, ...rest } = sent;
    const metadata = { ...sent.metadata, uid: this.#newUid(), creationTimestamp: timestamp(this.#now()) };
    return this.#store('ADDED', { ...rest, metadata });
  }

  #patch(node: Node, patch: Record<string, unknown>, ofStatus: boolean): Node {
    const expected = (patch['metadata'] as { resourceVersion?: string } | undefined)?.resourceVersion;
    if (expected && expected !== node.metadata.resourceVersion) {
      throw new KubeError(409, 'Conflict', `nodes "${node.metadata.name}" has been modified`);
    }
    const merged = merge(node, patch) as Node;
    const next = ofStatus ? { ...node, status: merged.status } : { ...merged, status: node.status };
    return this.#store('MODIFIED', next);
  }

  #delete(node: Node): unknown {
    this.#nodes.delete(node.metadata.name);
    this.#revision++;
    const metadata = { ...node.metadata, resourceVersion: String(this.#revision) };
    this.#tell('DELETED', { ...node, metadata });
    return { kind: 'Status', apiVersion: 'v1', status: 'Success' };
  }

  #store(type: 'ADDED' | 'MODIFIED', node: Node): Node {
    this.#revision++;
    const stored = { ...node, metadata: { ...node.metadata, resourceVersion: String(this.#revision) } };
    this.#nodes.set(node.metadata.name, stored);
    this.#tell(type, stored);
    return stored;
  }

  #tell(type: string, object: Node): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    this.#past.push({ revision: this.#revision, line });
    if (this.#past.length > 1000) this.#past.shift();
    for (const watch of this.#watches) watch.push(line);
  }
}

function notFound(path: string): KubeError {
  return new KubeError(404, 'NotFound', `${path} not found`);
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
