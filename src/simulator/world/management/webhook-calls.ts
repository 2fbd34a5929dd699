/**
 * The API server reaches a webhook at its Service: where no Pod is ready behind it, whatever the webhook would be asked is
 * refused, as its failurePolicy is Fail. Words: k8s.io/apiserver/pkg/admission/plugin/webhook and Go's net.
 */

import type { Webhook } from '../../api/core.ts';
import { ApiError } from '../../api/errors.ts';
import type { Resource } from '../../api/resources.ts';
import { ownerOf, pathOf } from './definitions.ts';
import { hostsOf } from './managers.ts';

export interface Callers {
  /** The kinds that are served. */
  resources: readonly Resource[];
  /** Whether the webhooks of an owner answer. */
  answers(owner: string): boolean;
  /** The address of a Service of the platform's namespace; undefined where there is none of that name. */
  addressOf(service: string): string | undefined;
}

/** The hooks, each refusing what it would be asked while its owner does not answer. */
export const called = (hooks: readonly Webhook[], callers: Callers): Webhook[] =>
  hooks.map((hook) => {
    const owner = ownerOf(hook.group);
    const { mutate, validate } = hook;
    if (owner === undefined) return hook;
    const reach = (type: 'Mutating' | 'Validating') => {
      if (!callers.answers(owner)) throw unreached(hook, owner, type, callers);
    };
    return {
      ...hook,
      ...(mutate && {
        mutate: (review) => {
          reach('Mutating');
          return mutate(review);
        },
      }),
      ...(validate && {
        validate: (review) => {
          reach('Validating');
          return validate(review);
        },
      }),
    };
  });

function unreached(
  { name, group, resources: [first = ''] }: Webhook,
  owner: string,
  type: 'Mutating' | 'Validating',
  { resources, addressOf }: Callers,
): ApiError {
  const version = resources.find((one) => one.group === group)?.version ?? 'v1beta1';
  const url = `https://${hostsOf(owner)[0]}:443${pathOf(type, group, version, first, resources)}?timeout=10s`;
  const service = `${owner}-webhook-service`;
  const address = addressOf(service);
  const why =
    address === undefined
      ? `service ${JSON.stringify(service)} not found`
      : `dial tcp ${address}:443: connect: connection refused`;
  const told = `failed calling webhook ${JSON.stringify(name)}: failed to call webhook: Post ${JSON.stringify(url)}: ${why}`;
  const details = { causes: [{ message: told }] };
  return new ApiError(500, 'InternalError', `Internal error occurred: ${told}`, { details });
}

/** Whether a failure is that a webhook was not reached. */
export const isUnreached = (message: string): boolean => message.includes('failed calling webhook');
