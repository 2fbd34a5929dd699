/**
 * One simulation at a time plays a namespace: two would write the same plans and answer for the same hosts. By a Lease, as
 * controllers elect their leader (source: client-go, tools/leaderelection).
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError, type Transport } from '../../kube/types.ts';

const name = 'metaldeck-simulation';
const seconds = 15;
const renewal = 2000;

interface Lease {
  metadata: { name: string; resourceVersion?: string };
  spec?: { holderIdentity?: string; renewTime?: string; leaseTransitions?: number };
}

/** Another simulation plays here. */
export class Occupied extends Error {
  override readonly name = 'Occupied';
  readonly holder: string;

  constructor(holder: string) {
    super(`another simulation plays here: ${holder}`);
    this.holder = holder;
  }
}

export interface LeaseOptions {
  transport: Transport;
  namespace: string;
  /** Told once another has taken over: this one was silent for too long. */
  onLost: (holder: string) => void;
}

/**
 * Takes the Lease and keeps it; gives what lets go of it. One that its holder left without a word is taken once it was not
 * renewed while we looked on, whatever the clocks say. Throws Occupied where it was renewed, and KubeError.
 */
export async function holdLease({ transport, namespace, onLost }: LeaseOptions): Promise<() => Promise<void>> {
  const identity = `${hostname()}_${randomUUID()}`;
  const folder = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${folder}/${name}`;
  const read = async (): Promise<Lease | undefined> => {
    try {
      return await transport.json<Lease>({ path });
    } catch (error) {
      if (error instanceof KubeError && error.code === 404) return undefined;
      throw error;
    }
  };
  /** Writes that `holder` has it, over what was read: whoever is first wins. */
  const write = (lease: Lease | undefined, holder: string) => {
    const now = new Date().toISOString().replace('Z', '000Z');
    const other = lease !== undefined && lease.spec?.holderIdentity !== holder && holder !== '';
    const spec = {
      ...lease?.spec,
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      renewTime: now,
      ...(lease === undefined || other ? { acquireTime: now } : {}),
      leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (other ? 1 : 0),
    };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...lease?.metadata, name }, spec };
    return lease
      ? transport.json<Lease>({ method: 'PUT', path, body })
      : transport.json<Lease>({ method: 'POST', path: folder, body });
  };

  let lease = await read();
  const holder = lease?.spec?.holderIdentity;
  if (lease && holder) {
    const { renewTime } = lease.spec ?? {};
    for (let waited = 0; waited < seconds && lease?.spec?.holderIdentity; waited++) {
      await sleep(1000);
      lease = await read();
      if (lease?.spec?.holderIdentity && lease.spec.renewTime !== renewTime) throw new Occupied(holder);
    }
  }
  try {
    lease = await write(lease, identity);
  } catch (error) {
    if (error instanceof KubeError && error.code === 409)
      throw new Occupied((await read())?.spec?.holderIdentity ?? '');
    throw error;
  }
  const timer = setInterval(async () => {
    try {
      const now = await read();
      const by = now?.spec?.holderIdentity;
      if (by && by !== identity) {
        clearInterval(timer);
        onLost(by);
      } else await write(now, identity);
    } catch {
      // A server that does not answer now is asked again: nobody else can take the Lease there either.
    }
  }, renewal);
  timer.unref();
  return async () => {
    clearInterval(timer);
    const now = await read().catch(() => undefined);
    if (now?.spec?.holderIdentity === identity) await write(now, '').catch(() => {});
  };
}
