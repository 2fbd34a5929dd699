/**
 * What controllers of Kubernetes keep up among the objects of a server, at once after each write: ClusterRoles that gather others
 * (pkg/controller/clusterroleaggregation), and tokens of accounts that are gone (pkg/controller/serviceaccount).
 */

import { isDeepStrictEqual } from 'node:util';
import { type LabelSelector, selects } from '../../controllers/selector.ts';
import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import { keyOf } from '../store.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { removeObject } from '../write/removal.ts';

const TOKEN = 'kubernetes.io/service-account-token';
const OWNER = 'kubernetes.io/service-account.uid';

/** Of one server; `settle` after each write. */
export class Keepers {
  readonly #core: Core;
  readonly #roles: Resource | undefined;
  readonly #secrets: Resource | undefined;
  #gathers = false;
  #gone: KubeObject[] = [];

  constructor(core: Core) {
    const find = (plural: string) => core.resources.find((one) => one.plural === plural && one.view === undefined);
    this.#core = core;
    this.#roles = find('clusterroles');
    this.#secrets = find('secrets');
    core.store.subscribe(({ resource, before, after }) => {
      if (resource === this.#roles) this.#gathers = true;
      if (resource.plural === 'serviceaccounts' && before && !after) this.#gone.push(before.object);
    });
  }

  settle(): void {
    // What one role gathers, others may gather from it.
    for (let turn = 0; this.#gathers && turn < 5; turn++) {
      this.#gathers = false;
      this.#gather();
    }
    for (const account of this.#gone.splice(0)) this.#forget(account);
  }

  #gather(): void {
    const { store } = this.#core;
    const roles = this.#roles;
    if (!roles) return;
    const all = [...store.scan(roles)].map(({ object }) => object);
    for (const role of all) {
      const { clusterRoleSelectors: selectors } = isRecord(role['aggregationRule']) ? role['aggregationRule'] : {};
      if (!Array.isArray(selectors)) continue;
      const chosen = all.filter(
        ({ metadata }) =>
          metadata.name !== role.metadata.name &&
          selectors.some((selector: LabelSelector) => selects(selector, metadata.labels)),
      );
      const rules: unknown[] = [];
      for (const rule of chosen.flatMap((one) => (Array.isArray(one['rules']) ? one['rules'] : []))) {
        if (!rules.some((known) => isDeepStrictEqual(known, rule))) rules.push(rule);
      }
      if (!isDeepStrictEqual(role['rules'] ?? [], rules)) store.put(roles, role.metadata.name, { ...role, rules });
    }
  }

  #forget({ metadata: { uid, namespace = '' } }: KubeObject): void {
    const secrets = this.#secrets;
    if (!secrets) return;
    for (const stored of [...this.#core.store.scan(secrets, { prefix: keyOf(namespace, '') })]) {
      const { type, metadata } = stored.object;
      if (type === TOKEN && metadata.annotations?.[OWNER] === uid) removeObject(this.#core, secrets, stored);
    }
  }
}
