/** What a registration needs for its hosts' agents to log in: an account, its token, and the right to the plans. */

import { isConflict } from '../client.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { Role, RoleBinding, Secret, ServiceAccount } from '../shapes/core.ts';
import type { MachineRegistration } from '../shapes/elemental.ts';
import { ensure, ownedBy } from './side-objects.ts';

export interface RegistrationObjects {
  account: ServiceAccount;
  token: Secret;
  role: Role;
  binding: RoleBinding;
}

const managed = { 'elemental.cattle.io/managed': 'true' };
const rbac = 'rbac.authorization.k8s.io';

/** The name of the Secret with the token of a registration's account. */
export const tokenSecret = (registration: string): string => `${registration}-token`;

/** The objects beside a registration. `hosts`: whose plan Secrets its agents may read and write. */
export function registrationObjects(registration: MachineRegistration, hosts: readonly string[]): RegistrationObjects {
  const { name, namespace } = registration.metadata;
  const meta = { name, labels: managed };
  return {
    account: ownedBy({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta }, registration),
    token: ownedBy(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: tokenSecret(name),
          labels: managed,
          annotations: { 'kubernetes.io/service-account.name': name },
        },
        // The token is the server's to give.
        type: 'kubernetes.io/service-account-token',
      },
      registration,
    ),
    role: ownedBy({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: meta, rules: planRules(hosts) }, registration),
    binding: ownedBy(
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: meta,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, ...(namespace ? { namespace } : {}) }],
      },
      registration,
    ),
  };
}

/** Rights to the plan Secrets of these hosts and no others; a rule without names would grant all. */
export function planRules(hosts: readonly string[]): Role['rules'] {
  if (hosts.length === 0) return [];
  return [
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [...hosts],
      verbs: ['get', 'watch', 'list', 'update', 'patch'],
    },
  ];
}

/** Makes what is missing. Throws KubeError where the server serves a kind and refuses an object of it. */
export async function ensureRegistrationObjects(rt: Runtime, registration: MachineRegistration): Promise<void> {
  const { account, token, role, binding } = registrationObjects(registration, []);
  await ensure(rt, kinds.ServiceAccount, account);
  await ensure(rt, kinds.Secret, token);
  await ensure(rt, kinds.Role, role);
  await ensure(rt, kinds.RoleBinding, binding);
}

/** Takes away what was made; the garbage collector has done so already where there is one. Throws KubeError. */
export async function removeRegistrationObjects(rt: Runtime, name: string): Promise<void> {
  await rt.client.remove(kinds.RoleBinding, name);
  await rt.client.remove(kinds.Role, name);
  await rt.client.remove(kinds.Secret, tokenSecret(name));
  await rt.client.remove(kinds.ServiceAccount, name);
}

/** Lets the agents of a registration read and write the plan of one more host. Throws KubeError. */
export async function grantPlan(rt: Runtime, registration: string, host: string): Promise<void> {
  for (;;) {
    const role = await rt.client.get(kinds.Role, registration);
    const names = role?.rules?.[0]?.resourceNames ?? [];
    if (!role || names.includes(host)) return;
    try {
      await rt.client.change(kinds.Role, role, (draft) => {
        draft.rules = planRules([...names, host]);
      });
      return;
    } catch (error) {
      // Another one registers at the same moment.
      if (!isConflict(error)) throw error;
    }
  }
}
