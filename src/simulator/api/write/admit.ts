import type { Admission, Core, Refusal, Review, Webhook } from '../core.ts';
import { ApiError, type Cause, invalid } from '../errors.ts';
import type { KubeObject } from '../types.ts';

/** Told of what a webhook has changed that signs it: as whom, and the object before and after. */
export type Signing = (manager: string, before: KubeObject, after: KubeObject) => void;

/**
 * Asks the server's own plugins and then the mutating webhooks, one after the other: each sees what those before it left. Gives the object as it is then;
 * its identity and what the system wrote of it stay. `signing` is told of what is signed. Throws the first refusal.
 */
export function mutated(core: Core, review: Review & { object: KubeObject }, signing?: Signing): KubeObject {
  const { view } = review.resource;
  if (view?.admitted !== true) return changed(core, review, signing);
  const kept = equivalent(review) as Review & { object: KubeObject };
  const after = changed(core, kept, signing);
  return after === kept.object ? review.object : view.show(after);
}

/** A write as those see it who are asked of one version of a kind only. */
function equivalent(review: Review): Review {
  const { resource, object, old } = review;
  const { view } = resource;
  if (view?.admitted !== true) return review;
  return {
    ...{ ...review, resource: view.of },
    ...(object ? { object: view.keep(object) } : {}),
    ...(old ? { old: view.keep(old) } : {}),
  };
}

function changed(core: Core, review: Review & { object: KubeObject }, signing?: Signing): KubeObject {
  let { object } = review;
  for (const plugin of core.plugins) object = plugin.admit?.({ ...review, object }, core) ?? object;
  for (const hook of core.admission) {
    if (typeof hook === 'function' || hook.mutate === undefined || !covers(hook, review)) continue;
    const answer = hook.mutate({ ...review, object });
    const refusal = denied(hook, answer?.refusal, { ...review, object });
    if (refusal !== undefined) throw refusal;
    if (answer?.object === undefined) continue;
    const after = withIdentity(answer.object, object);
    if (hook.signs !== undefined) signing?.(hook.signs, object, after);
    object = after;
  }
  return object;
}

/** Asks everybody who may refuse. Throws the first refusal. */
export function admit(core: Core, asking: Review): void {
  const review = equivalent(asking);
  for (const hook of core.admission) {
    const refusal = typeof hook === 'function' ? asked(hook, review) : validated(hook, review);
    if (refusal !== undefined) throw refusal;
  }
  for (const plugin of core.plugins) plugin.check?.(review, core);
}

function asked(hook: Admission, review: Review): ApiError | undefined {
  const refusal = hook(review);
  return typeof refusal === 'string' ? new ApiError(403, 'Forbidden', refusal) : refusal;
}

function validated(hook: Webhook, review: Review): ApiError | undefined {
  return covers(hook, review) ? denied(hook, hook.validate?.(review), review) : undefined;
}

function covers({ group, resources, operations }: Webhook, { resource, subresource, operation }: Review): boolean {
  const written = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  return group === resource.group && operations.includes(operation) && resources.includes(written);
}

/** Worded as k8s.io/apiserver/pkg/admission/plugin/webhook/errors.ToStatusErr words the answer of a webhook. */
function denied({ name }: Webhook, refusal: Refusal | undefined, { resource, object, old }: Review) {
  if (refusal === undefined || (isCauses(refusal) && refusal.length === 0)) return undefined;
  const deniedBy = `admission webhook "${name}" denied the request`;
  if (typeof refusal === 'string') {
    return new ApiError(
      403,
      'Forbidden',
      refusal === '' ? `${deniedBy} without explanation` : `${deniedBy}: ${refusal}`,
    );
  }
  const subject = (object ?? old)?.metadata.name ?? '';
  const why = isCauses(refusal) ? invalid(resource.kind, resource.group, subject, refusal) : refusal;
  const { code, reason, message, details } = why;
  return new ApiError(Math.max(code, 400), reason, `${deniedBy}: ${message || reason || 'without explanation'}`, {
    details,
  });
}

const isCauses = (refusal: Refusal): refusal is readonly Cause[] => Array.isArray(refusal);

/** What a webhook sends back is still the same object: it cannot rename it, nor write what only the server writes. */
function withIdentity(after: KubeObject, before: KubeObject): KubeObject {
  const { labels, annotations, finalizers, ownerReferences } = after.metadata;
  const { labels: _l, annotations: _a, finalizers: _f, ownerReferences: _o, ...system } = before.metadata;
  const metadata = {
    ...system,
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
  };
  const { apiVersion, kind, metadata: _m, ...rest } = after;
  return { apiVersion: before.apiVersion || apiVersion, kind: before.kind || kind, metadata, ...rest };
}
