/**
 * Who drives a session, told in the cluster: a Lease in the namespace of what it is about. A journal is seen by one
 * account of one host; the Lease by everybody who may read it. It carries what was asked and said, so that a colleague
 * with another journal goes on with the same session. It is the only object of metaldeck's own that it ever makes.
 */
import type { KubeError, Transport } from '../kube/types.ts';
import { wordsOf } from './failure.ts';
import type { RunnerClock } from './types.ts';

/** How long a Lease is held without being renewed, and how often it is renewed, ms. */
const HELD_MS = 60_000;
export const RENEW_MS = 20_000;
/** Clocks of jump hosts may differ so far. */
const SKEW_MS = 30_000;
const CARRIES = 'metaldeck.io/session';
const OURS = { 'app.kubernetes.io/managed-by': 'metaldeck' };
const PATIENCE_MS = 10_000;
/** The server takes 256 KiB of annotations in all. */
export const CARRIES_MOST = 128 * 1024;

/** Whoever drives: `ana@jump1`, a process of it, and a word that nobody else has. */
export interface Identity {
  who: string;
  host: string;
  pid: number;
  token: string;
}

/** Where the right to drive stands. */
export type Lock =
  | { state: 'mine' }
  /** Somebody else drives. */
  | { state: 'other'; who: string; since?: number }
  /** No Lease may be written here: only the journal's claim holds, for this account on this host. */
  | { state: 'unprotected'; why: string }
  /** The server could not be asked. */
  | { state: 'unknown'; why: string };

export interface LeaseOptions {
  transport: Pick<Transport, 'json'>;
  namespace: string;
  clock: RunnerClock;
  name: string;
  identity: Identity;
  /** Whether a process of this host is known to be gone. */
  isGone(process: { host: string; pid: number }): boolean;
}

export interface Lease {
  /** Who has it, without taking it: `none` where nobody has. */
  look(): Promise<Lock | { state: 'none' }>;
  /** Takes it, where it is free, was let go, or its holder is gone; `over`: whoever has it. */
  take(carries: string, over?: boolean): Promise<Lock>;
  /** Holds it on, with what it carries now. */
  renew(carries: string): Promise<Lock>;
  /** Lets go of it; what it carries stays. */
  release(): Promise<void>;
  /** The session is over: takes the Lease away, where that may be done. */
  remove(): Promise<void>;
}

interface Raw {
  metadata: { name: string; resourceVersion?: string; uid?: string; annotations?: Record<string, string> };
  spec?: { holderIdentity?: string; renewTime?: string; acquireTime?: string; leaseTransitions?: number };
}

const pathOf = (namespace: string, name?: string) =>
  `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;

/** `metaldeck-upgrade-prod`, as a name the server takes. */
export function leaseName(guide: string, target: string): string {
  const name = `metaldeck-${guide}-${target}`.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  return name.slice(0, 250).replace(/[^a-z0-9]+$/, '');
}

function textOf({ who, host, pid, token }: Identity): string {
  return `${who}@${host}/${pid}/${token}`;
}

/** Who a holder is, for sentences, and its process. */
function holderOf(text: string): { who: string; host: string; pid: number } {
  const [, who = text, host = '', pid = ''] = /^(.*)@([^@/]*)\/(\d+)\/[0-9a-f]+$/s.exec(text) ?? [];
  return { who: host === '' ? who : `${who} on ${host}`, host, pid: Number(pid) };
}

/** Whether somebody holds a Lease who is not known to be gone. */
function isHeld(
  { holderIdentity = '', renewTime }: NonNullable<Raw['spec']>,
  now: number,
  isGone: LeaseOptions['isGone'],
): boolean {
  if (holderIdentity === '') return false;
  const { host, pid } = holderOf(holderIdentity);
  if (isGone({ host, pid })) return false;
  const renewed = Date.parse(renewTime ?? '');
  return Number.isFinite(renewed) && now - renewed <= HELD_MS + SKEW_MS;
}

export function createLease(options: LeaseOptions): Lease {
  const { transport, namespace, clock, name, identity, isGone } = options;
  const me = textOf(identity);
  const micro = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');

  const read = async (): Promise<Raw | null> => {
    try {
      return await transport.json<Raw>({ path: pathOf(namespace, name), idleMs: PATIENCE_MS });
    } catch (error) {
      if (isCode(error, 404) && (error as KubeError).reason === 'NotFound') return null;
      throw error;
    }
  };

  const put = async (seen: Raw | null, carries: string): Promise<void> => {
    const now = clock.now();
    const before = seen?.spec ?? {};
    const mine = before.holderIdentity === me;
    const spec = {
      holderIdentity: me,
      leaseDurationSeconds: HELD_MS / 1_000,
      acquireTime: mine && before.acquireTime ? before.acquireTime : micro(now),
      renewTime: micro(now),
      leaseTransitions: (before.leaseTransitions ?? 0) + (seen && !mine ? 1 : 0),
    };
    const metadata = {
      name,
      namespace,
      labels: OURS,
      annotations: { ...seen?.metadata.annotations, [CARRIES]: carries },
      ...(seen ? { resourceVersion: seen.metadata.resourceVersion, uid: seen.metadata.uid } : {}),
    };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const query = { fieldManager: 'metaldeck' };
    if (seen) await transport.json({ method: 'PUT', path: pathOf(namespace, name), query, body, idleMs: PATIENCE_MS });
    else await transport.json({ method: 'POST', path: pathOf(namespace), query, body, idleMs: PATIENCE_MS });
  };

  const isFree = ({ spec = {} }: Raw): boolean => spec.holderIdentity === me || !isHeld(spec, clock.now(), isGone);

  const other = ({ spec = {} }: Raw): Lock => {
    const since = Date.parse(spec.acquireTime ?? '');
    const { who } = holderOf(spec.holderIdentity ?? '');
    return { state: 'other', who, ...(Number.isFinite(since) ? { since } : {}) };
  };

  /** Tries twice: another may write between the read and the write, and then it is looked at again. */
  const attempt = async (carries: string, free: (seen: Raw) => boolean): Promise<Lock> => {
    for (let left = 2; ; left -= 1) {
      try {
        const seen = await read();
        if (seen && !free(seen)) return other(seen);
        await put(seen, carries);
        return { state: 'mine' };
      } catch (error) {
        if (left > 0 && isCode(error, 409)) continue;
        return failed(error);
      }
    }
  };

  function failed(error: unknown): Lock {
    const { code, message } = wordsOf(error);
    if (code === 403 || code === 404 || code === 405) {
      return { state: 'unprotected', why: `no Lease may be written in ${namespace} (${message})` };
    }
    return { state: 'unknown', why: message };
  }

  return {
    async look() {
      try {
        const seen = await read();
        if (!seen) return { state: 'none' };
        if (seen.spec?.holderIdentity === me) return { state: 'mine' };
        return isFree(seen) ? { state: 'none' } : other(seen);
      } catch (error) {
        return failed(error);
      }
    },
    take: (carries, over = false) => attempt(carries, (seen) => over || isFree(seen)),
    renew: (carries) => attempt(carries, ({ spec }) => spec?.holderIdentity === me),
    async release() {
      try {
        const seen = await read();
        if (seen?.spec?.holderIdentity !== me) return;
        const body = { ...seen, spec: { ...seen.spec, holderIdentity: '' } };
        await transport.json({ method: 'PUT', path: pathOf(namespace, name), body, idleMs: PATIENCE_MS });
      } catch {
        // It runs out by itself.
      }
    },
    async remove() {
      try {
        const seen = await read();
        if (seen?.spec?.holderIdentity !== me) return;
        const { uid, resourceVersion } = seen.metadata;
        const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
        await transport.json({ method: 'DELETE', path: pathOf(namespace, name), body, idleMs: PATIENCE_MS });
      } catch {
        await this.release();
      }
    },
  };
}

function isCode(error: unknown, code: number): boolean {
  return wordsOf(error).code === code;
}

/** What the Leases of a namespace carry; empty where they may not be read. Content from elsewhere: nothing is certain of it. */
export async function carriedIn(
  transport: Pick<Transport, 'json'>,
  namespace: string,
  { now, isGone }: { now: number; isGone: LeaseOptions['isGone'] },
): Promise<{ carries: unknown; holder?: string }[]> {
  try {
    const labelSelector = Object.entries(OURS)
      .map((pair) => pair.join('='))
      .join(',');
    const { items } = await transport.json<{ items?: Raw[] }>({
      path: pathOf(namespace),
      query: { labelSelector },
      idleMs: PATIENCE_MS,
    });
    return (items ?? []).flatMap(({ metadata, spec }) => {
      const text = metadata.annotations?.[CARRIES];
      if (text === undefined) return [];
      const holder = spec && isHeld(spec, now, isGone) ? spec.holderIdentity : undefined;
      try {
        return [{ carries: JSON.parse(text) as unknown, ...(holder ? { holder: holderOf(holder).who } : {}) }];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
