/** The MachineRegistration controller: a URL and a token with which hosts register, and an account for their agents. */

import { KubeError } from '../../../kube/types.ts';
import { isConflict } from '../client.ts';
import { type Saying, say } from '../conditions.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineRegistration } from '../shapes/elemental.ts';
import { ensureRegistrationObjects, removeRegistrationObjects } from './registration-objects.ts';

/** Simulated ms until account and role are tried again. */
const retry = 30_000;

/** Registers the controller. `serverUrl` is the platform's address, without a slash at its end; it may be empty. */
export function registrationController(rt: Runtime, serverUrl: string): void {
  const registrations = rt.informer(kinds.MachineRegistration);
  const controller = rt.controller('machineregistration', reconcile);
  const gone = rt.controller('machineregistration-objects', async (name) => {
    if (!registrations.get(name)) await removeRegistrationObjects(rt, name);
    return undefined;
  });
  registrations.onChange((registration, change) => {
    (change === 'deleted' ? gone : controller).enqueue(registration.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const registration = registrations.get(name);
    if (!registration || registration.metadata.deletionTimestamp) return undefined;
    rt.log(registration, 'machineregistration_controller.go:100', 'Reconciling machineregistration object');
    const draft = copy(registration);
    let again: number | undefined;
    if (serverUrl === '') {
      setRefused(draft, 'MissingTokenOrServerURL', 'server-url is not set', rt.timestamp());
    } else {
      const token = registration.status?.registrationToken ?? rt.random('registration', name).suffix(54);
      try {
        await ensureRegistrationObjects(rt, registration);
        setRegistered(draft, serverUrl, token, rt.timestamp());
      } catch (error) {
        if (!(error instanceof KubeError) || isConflict(error)) throw error;
        setRefused(draft, 'RbacCreationFailure', error.message, rt.timestamp());
        again = retry;
      }
    }
    await rt.client.replace(kinds.MachineRegistration, registration, draft);
    return again;
  }
}

function setRefused(draft: MachineRegistration, reason: string, message: string, at: string): void {
  const ready: Saying = { type: 'Ready', status: 'False', reason, message };
  draft.status = { ...draft.status, conditions: say(draft.status?.conditions, [ready], at) };
}

/** Writes the status of a registration that works into `draft`. `serverUrl` has no slash at its end. */
export function setRegistered(draft: MachineRegistration, serverUrl: string, token: string, at: string): void {
  const { name, namespace } = draft.metadata;
  const ready: Saying = { type: 'Ready', status: 'True', reason: 'SuccessfullyCreated' };
  draft.status = {
    ...draft.status,
    registrationToken: token,
    registrationURL: `${serverUrl}/elemental/registration/${token}`,
    serviceAccountRef: { kind: 'ServiceAccount', name, namespace },
    conditions: say(draft.status?.conditions, [ready], at),
  };
}
