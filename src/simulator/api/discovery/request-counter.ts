/** Counts requests as a server's metrics tell them: k8s.io/apiserver/pkg/endpoints/metrics. */

import { pathParts, verbOf } from '../target.ts';
import type { ApiRequest } from '../types.ts';

type Labels = Readonly<Record<string, string>>;

const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

/** Of one server. */
export class RequestCounter {
  readonly #counts = new Map<string, { labels: Labels; count: number }>();

  /** Counts a request that was answered with this code. */
  count({ method, path, query, contentType }: ApiRequest, code: number): void {
    const parts = pathParts(path);
    const dry = query.get('dryRun') === 'All' ? 'All' : '';
    const verb = (parts && verbOf(method, query, parts)) ?? method.toLowerCase();
    const { group = '', version = '', plural = '', subresource = '', namespace, name } = parts ?? {};
    const scope =
      parts === undefined
        ? ''
        : name !== undefined || verb === 'create'
          ? 'resource'
          : namespace
            ? 'namespace'
            : 'cluster';
    const apply = verb === 'patch' && contentType.startsWith('application/apply-patch');
    const told = apply ? 'APPLY' : (VERBS[verb] ?? verb.toUpperCase());
    const key = `${told} ${group} ${version} ${plural} ${subresource} ${scope} ${code} ${dry}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else {
      const labels = {
        ...{ code: String(code), component: 'apiserver', dry_run: dry, group, resource: plural, scope, subresource },
        ...{ verb: told, version },
      };
      this.#counts.set(key, { labels, count: 1 });
    }
  }

  /** What was counted, by its labels. */
  get samples(): (readonly [Labels, number])[] {
    return [...this.#counts.values()].map(({ labels, count }) => [labels, count] as const);
  }
}
