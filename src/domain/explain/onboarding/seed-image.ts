import { fieldOf, troubledConditions } from '../evidence.ts';
import type { SeedImageFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { refTo } from '../lookup.ts';
import { describe, kubectl, open, remedy } from '../steps.ts';
import type { Failure, Follow } from '../types.ts';

const registrationOf = ({ fleet, row }: SeedImageFacts) =>
  fleet.registrations.list.find(({ name }) => name === row.object.registration);

/** Media are made for a registration: where that is not ready, neither are they. */
export const itsRegistration: Follow<SeedImageFacts> = {
  follow(facts) {
    const registration = registrationOf(facts);
    return facts.row.problem && registration?.problem ? [refTo(registration.object)] : [];
  },
};

export const buildFailed: Failure<SeedImageFacts> = {
  id: 'seed-image-failed',
  test: ({ row }) => row.problem,
  tell(facts) {
    const { row } = facts;
    const { object } = row;
    const registration = registrationOf(facts);
    return {
      what: `The installation media ${row.name} cannot be had: ${row.state === 'failed' ? 'the build has failed' : 'the build cannot begin'}.`,
      evidence: [
        ...troubledConditions(refTo(object), object.conditions),
        fieldOf(refTo(object), 'spec.baseImage', object.baseImage),
        fieldOf(refTo(object), 'spec.registrationRef', object.registration),
      ],
      causes: [
        registration
          ? 'the base image cannot be pulled, or is no ISO image'
          : 'the registration it names does not exist',
        'the volume for the build is too small',
        'the Pod of the build may not run: rights, quota, no node for it',
      ],
      next: [
        {
          text: 'read what the build printed',
          command: kubectl(object.namespace, 'logs', object.name, '--all-containers'),
        },
        open(registration && refTo(registration.object), 'look at its registration'),
        describe(object),
      ],
      remedies: [remedy('rebuild', refTo(object))],
    };
  },
};

export const buildSlow: Failure<SeedImageFacts> = {
  id: 'seed-image-slow',
  test({ row, now }) {
    if (row.state !== 'building') return undefined;
    const severity = lateness(row.since, LIMITS.build, now);
    return severity && { severity, text: 'the build does not end', since: row.since };
  },
  tell: ({ row: { object, name } }) => ({
    what: `The build of the installation media ${name} goes on for long.`,
    evidence: troubledConditions(refTo(object), object.conditions),
    causes: ['the base image is pulled over a slow line', 'the Pod of the build waits for a node'],
    next: [
      { text: 'see how its Pod stands', command: kubectl(object.namespace, 'describe', 'pod', object.name) },
      describe(object),
    ],
    remedies: [remedy('rebuild', refTo(object))],
  }),
};
