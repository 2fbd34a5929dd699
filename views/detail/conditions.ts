import type { Condition } from '../../src/domain/objects.ts';
import { type DetailLine, section } from './line.ts';

// Of these types "True" is the bad news.
const NEGATIVE = /^(Deleting|Paused|Remediating|RollingOut|ScalingUp|ScalingDown|Updating|Stalled)$/;

function toneOf(condition: Condition): 'ok' | 'warn' | 'bad' | 'plain' {
  if (NEGATIVE.test(condition.type)) return condition.status === 'True' ? 'warn' : 'plain';
  if (condition.status === 'True') return 'ok';
  if (condition.status === 'False') return condition.severity === 'Info' ? 'warn' : 'bad';
  return 'warn';
}

/** Objects that are not Cluster API's have one generation of conditions: a Machine shows those of its BaremetalMachine. */
const OTHERS = 'plain';

/** Conditions of every generation the object carries, each generation under its own heading. */
export function conditionLines(conditions: readonly Condition[]): DetailLine[] {
  const generations = [...new Set(conditions.map((condition) => condition.generation))];
  const several = generations.length > 1;
  return generations.flatMap((generation) =>
    section(
      several && generation !== OTHERS ? `CONDITIONS ${generation}` : 'CONDITIONS',
      conditions
        .filter((condition) => condition.generation === generation)
        .map((condition, index) => ({
          id: `${condition.type}/${index}`,
          label: condition.status,
          text: [
            condition.type,
            condition.severity,
            condition.reason && condition.reason !== condition.type ? condition.reason : undefined,
            condition.message,
          ]
            .filter((part) => part)
            .join(' '),
          tone: toneOf(condition),
          since: condition.since,
        })),
      several && generation === OTHERS ? 'of its BaremetalMachine' : '',
    ),
  );
}
