import { falseCondition } from '../../conditions.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { groupRef, refTo } from '../lookup.ts';
import { describe, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

/** A template that its row knows not to exist, or machines that cannot be made for another reason. */
export const templateMissing: Failure<GroupFacts> = {
  id: 'template-missing',
  test: ({ row }) => (/^template .* does not exist$/.test(row.problem?.text ?? '') ? row.problem : undefined),
  tell: ({ row }, { text }) => ({
    what: `${row.name} cannot make machines: ${text}.`,
    evidence: [
      fieldOf(groupRef(row), 'infrastructure template', row.infraTemplate),
      fieldOf(groupRef(row), 'bootstrap template', row.bootstrapTemplate),
    ],
    causes: ['its name is misspelt', 'the template was deleted while it was still in use'],
    next: [describe(row.object), { text: 'make the template again, or move the group to one that is there' }],
    remedies: [row.controlPlane ? undefined : remedy('move', groupRef(row))],
  }),
};

export const cannotCreate: Failure<GroupFacts> = {
  id: 'cannot-create-machines',
  test({ row, sets }) {
    for (const { conditions } of [...sets, row.object]) {
      const created = falseCondition(conditions, 'MachinesCreated');
      if (created && created.reason !== 'PreflightCheckFailed')
        return {
          severity: 'bad',
          text: `cannot create machines: ${created.reason ?? 'no reason given'}`,
          since: created.since,
        };
    }
    return undefined;
  },
  tell: ({ row, sets }) => ({
    what: `${row.name} wants more machines, and the API does not let it make them.`,
    evidence: [...sets, row.object].map((each) =>
      conditionOf(refTo(each), falseCondition(each.conditions, 'MachinesCreated')),
    ),
    causes: ['a webhook or a quota refuses the objects', 'a template cannot be cloned'],
    next: [describe(row.object), ...sets.slice(0, 2).map((set) => describe(set))],
  }),
};
