/** The MachineRegistration controller: a URL and a token with which hosts register. */

import { type Saying, say } from '../conditions.ts';
import { copy } from '../json.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineRegistration } from '../shapes/elemental.ts';

/** Registers the controller. `serverUrl` is the platform's address, without a slash at its end. */
export function registrationController(rt: Runtime, serverUrl: string): void {
  const registrations = rt.informer(kinds.MachineRegistration);
  const controller = rt.controller('machineregistration', reconcile);
  registrations.onChange((registration) => controller.enqueue(registration.metadata.name));

  async function reconcile(name: string): Promise<undefined> {
    const registration = registrations.get(name);
    if (!registration || registration.metadata.deletionTimestamp) return;
    const draft = copy(registration);
    const token = registration.status?.registrationToken ?? rt.random('registration', name).suffix(54);
    setRegistered(draft, serverUrl, token, rt.timestamp());
    await rt.client.replace(kinds.MachineRegistration, registration, draft);
  }
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
