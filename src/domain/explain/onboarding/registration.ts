import { annotationOf, fieldOf, troubledConditions } from '../evidence.ts';
import type { RegistrationFacts } from '../facts.ts';
import { refTo } from '../lookup.ts';
import { describe, kubectl } from '../steps.ts';
import type { Failure } from '../types.ts';

const SERVER = 'baremetal.cluster.io/system-agent-server-url';

/** What is likely, by the operator's reason (elemental-operator, controllers of MachineRegistration). */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  MissingTokenOrServerURL: [
    'the operator was started without its server URL',
    'the token of the registration has not been made yet',
  ],
  RbacCreationFailure: [
    'the operator may not create ServiceAccounts, Roles or Secrets',
    'objects of that name belong to somebody else',
  ],
  DuplicateToken: ['another registration has the same token: one was copied with its status'],
};

export const registrationNotReady: Failure<RegistrationFacts> = {
  id: 'registration-not-ready',
  test: ({ row }) => row.problem,
  tell({ row: { object, name, ready } }) {
    const reason = ready?.reason;
    return {
      what: `No host can register with ${name}: it is not Ready (${reason ?? 'no reason given'}).`,
      evidence: [
        ...troubledConditions(refTo(object), object.conditions),
        fieldOf(refTo(object), 'status.registrationURL', object.url === undefined ? 'not set' : 'set'),
        annotationOf(refTo(object), SERVER, object.annotations[SERVER]),
      ],
      causes: (reason !== undefined && Object.hasOwn(CAUSES, reason) ? CAUSES[reason] : undefined) ?? [
        'what the condition says',
      ],
      next: [
        describe(object),
        {
          text: 'see whether the operator runs',
          command: kubectl('', 'get', 'pods', '-A', '-l', 'app=elemental-operator'),
        },
      ],
    };
  },
};
