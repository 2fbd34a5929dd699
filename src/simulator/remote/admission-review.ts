/** Answers a real API server's questions as a webhook. Source: k8s.io/api/admission/v1. */

import { createPatch } from 'rfc6902';
import type { Refusal, Review, Webhook } from '../api/core.ts';
import { invalid } from '../api/errors.ts';
import type { Resource } from '../api/resources.ts';
import { isRecord, type KubeObject } from '../api/types.ts';

/** What an API server asks. */
export interface AdmissionRequest {
  uid: string;
  operation: string;
  subResource?: string;
  /** Missing where the server makes the name. */
  name?: string;
  namespace?: string;
  object?: unknown;
  oldObject?: unknown;
  dryRun?: boolean;
  userInfo?: { username?: string; groups?: string[] };
}

export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: { status: 'Failure'; message: string; reason?: string; code: number; details?: unknown };
  patchType?: 'JSONPatch';
  /** Of the operations of RFC 6902, in base64. */
  patch?: string;
}

/** The answer of a hook about an object of `resource`: it lets it pass, as it is or with its defaults, or says why not. */
export function answer(hook: Webhook, resource: Resource, request: AdmissionRequest): AdmissionResponse {
  const { uid, operation, userInfo } = request;
  const review: Review = {
    operation: operation as Review['operation'],
    resource,
    ...(request.subResource ? { subresource: request.subResource as NonNullable<Review['subresource']> } : {}),
    ...(isRecord(request.object) ? { object: request.object as unknown as KubeObject } : {}),
    ...(isRecord(request.oldObject) ? { old: request.oldObject as unknown as KubeObject } : {}),
    user: { name: userInfo?.username ?? '', groups: userInfo?.groups ?? [] },
    dryRun: request.dryRun === true,
  };
  const mutation = hook.mutate?.(review);
  const refusal = mutation?.refusal ?? hook.validate?.(review);
  if (refusal !== undefined && !(isCauses(refusal) && refusal.length === 0)) {
    return { uid, allowed: false, status: statusOf(refusal, resource, request) };
  }
  const patch = mutation?.object && review.object ? createPatch(review.object, mutation.object) : [];
  if (patch.length === 0) return { uid, allowed: true };
  return { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

const isCauses = (refusal: Refusal): refusal is Extract<Refusal, readonly unknown[]> => Array.isArray(refusal);

function statusOf(refusal: Refusal, { kind, group }: Resource, { object, name }: AdmissionRequest) {
  const known = (object as KubeObject | undefined)?.metadata?.name ?? name ?? '';
  if (typeof refusal === 'string') {
    return { status: 'Failure', message: refusal, reason: 'Forbidden', code: 403 } as const;
  }
  const { message, reason, code, details } = isCauses(refusal) ? invalid(kind, group, known, refusal) : refusal;
  return { status: 'Failure', message, reason, code, details } as const;
}
