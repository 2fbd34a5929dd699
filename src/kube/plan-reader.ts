/**
 * Reads the data of single plan Secrets: those whose plan is in flight, failed, or on screen. Each is reduced to
 * checksums, counts and names at once and the rest dropped, so that no join token stays in memory.
 */
import type { PlanDetail } from '../domain/objects.ts';
import { planDetailOf } from '../domain/output/last-words.ts';
import { pathOf } from './kinds.ts';
import { KubeError, type Transport } from './types.ts';

/** A plan worth reading, at the revision its metadata is known to have. */
export interface WantedPlan {
  uid: string;
  name: string;
  resourceVersion: string;
}

export interface PlanReaderOptions {
  transport: Transport;
  namespace: string;
  onDetail(uid: string, detail: PlanDetail | undefined): void;
  /** Why a Secret may not be read, when one was refused; `undefined` once one was read. */
  onRefused?(why: string | undefined): void;
  now?(): number;
  /** Requests under way at once. */
  parallel?: number;
}

const REFUSED_MS = 60_000;
const FAILED_MS = 5_000;

export interface PlanReader {
  /** Says which plans are wanted now; those read at their present revision are not read again. */
  want(plans: readonly WantedPlan[]): void;
  stop(): void;
}

/** A reader that keeps at most `parallel` (4) requests under way and never reads one revision twice. */
export function createPlanReader(options: PlanReaderOptions): PlanReader {
  const { transport, namespace, onDetail } = options;
  const now = options.now ?? Date.now;
  const parallel = options.parallel ?? 4;
  const read = new Map<string, string>();
  const notBefore = new Map<string, number>();
  const abort = new AbortController();
  let wanted = new Map<string, WantedPlan>();
  const under = new Set<string>();

  const next = (): WantedPlan | undefined => {
    for (const plan of wanted.values()) {
      if (under.has(plan.uid) || read.get(plan.uid) === plan.resourceVersion) continue;
      if ((notBefore.get(plan.uid) ?? 0) > now()) continue;
      return plan;
    }
    return undefined;
  };

  const readOne = async (plan: WantedPlan): Promise<void> => {
    try {
      const secret = await transport.json({
        path: `/api/v1/namespaces/${namespace}/secrets/${encodeURIComponent(plan.name)}`,
        signal: abort.signal,
      });
      const uid = (secret as { metadata?: { uid?: string } }).metadata?.uid;
      // A Secret deleted and made again under the same name is another plan: its own turn comes with its metadata.
      if (uid === plan.uid && !abort.signal.aborted) onDetail(plan.uid, planDetailOf(secret));
      read.set(plan.uid, plan.resourceVersion);
      notBefore.delete(plan.uid);
      options.onRefused?.(undefined);
    } catch (error) {
      const refused = error instanceof KubeError && (error.code === 403 || error.code === 401);
      const gone = error instanceof KubeError && error.code === 404;
      notBefore.set(plan.uid, now() + (refused ? REFUSED_MS : FAILED_MS));
      if (refused) options.onRefused?.(error.message);
      if (refused || gone) onDetail(plan.uid, undefined);
    }
  };

  const pump = (): void => {
    while (!abort.signal.aborted && under.size < parallel) {
      const plan = next();
      if (!plan) return;
      under.add(plan.uid);
      void readOne(plan).finally(() => {
        under.delete(plan.uid);
        pump();
      });
    }
  };

  return {
    want(plans) {
      wanted = new Map(plans.map((plan) => [plan.uid, plan]));
      for (const uid of read.keys()) {
        if (wanted.has(uid)) continue;
        // What is no longer wanted is forgotten: its checksums would grow old unseen.
        read.delete(uid);
        onDetail(uid, undefined);
      }
      for (const uid of notBefore.keys()) if (!wanted.has(uid)) notBefore.delete(uid);
      pump();
    },
    stop() {
      abort.abort();
    },
  };
}

/** The API server stores 1.5 MB at most; more is no Secret that one wants to hold. */
const SECRET_CAP = 8 * 1024 * 1024;

/**
 * Reads one plan Secret with its data, once, for the screen or command that asks for it: nothing is kept. Throws
 * KubeError, also where the answer is larger than any Secret.
 */
export async function readPlanSecret(
  transport: Transport,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const stream = await transport.stream({ path: pathOf('plan', 'v1', namespace, name), signal });
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream.body) {
      size += chunk.length;
      if (size > SECRET_CAP) throw new KubeError(0, 'Malformed', `Secret ${name} is larger than any Secret can be`);
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new KubeError(0, 'Malformed', `Secret ${name} did not arrive as JSON`);
    throw error;
  } finally {
    stream.close();
  }
}
