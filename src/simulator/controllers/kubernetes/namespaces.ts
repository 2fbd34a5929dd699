/** What every Namespace is given: an account to run as, and the authority of the API. After pkg/controller/serviceaccount and rootca. */

import type { KubeObject } from '../shapes/meta.ts';
import { create, type Picture, type Turn, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const ROOT = 'kube-root-ca.crt';

/** One turn for every Namespace of the picture. */
export function namespaces({ namespaces: all, accounts, roots }: Picture): Turn {
  const has = (list: readonly KubeObject[], namespace: string, name: string) =>
    list.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const [root] = roots;
  const writes = all
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .flatMap(({ metadata: { name: namespace } }): Write[] => {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
      const { annotations } = root?.metadata ?? {};
      const given = root && { ...root, metadata: { name: ROOT, namespace, annotations } };
      return [
        ...(has(accounts, namespace, 'default') ? [] : [create(by, account)]),
        ...(given === undefined || has(roots, namespace, ROOT) ? [] : [create(by, given)]),
      ];
    });
  return { writes };
}
