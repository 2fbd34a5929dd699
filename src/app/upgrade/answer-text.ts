/** What is to be typed next at a session that waits for somebody, ready to be copied. */
import type { Options } from '../../cli.ts';
import { quoted } from '../../domain/explain/steps.ts';
import type { Standing } from '../../driver/types.ts';
import { namesToCome } from '../../guides/next.ts';

type Reached = Pick<Options, 'kubeconfig' | 'context' | 'namespace' | 'as' | 'asGroups'>;

/** The flags that lead to the same cluster as the same user. */
function sameFlags({ kubeconfig, context, namespace, as, asGroups }: Reached): string[] {
  const given = { '--kubeconfig': kubeconfig, '--context': context, '-n': namespace, '--as': as };
  return [
    ...Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, quoted(value)])),
    ...asGroups.flatMap((group) => ['--as-group', quoted(group)]),
  ];
}

/**
 * Commands that answer what a session waits for: the words of each gate that asks for some, or the names of all writes to
 * come. Empty where nothing that is typed would help: nothing is begun, or somebody else drives it.
 */
export function answerCommands(cluster: string, options: Reached, standing: Standing): string[] {
  const { course, closed, id, lock } = standing;
  if (!course || closed || id === undefined || lock.state === 'other') return [];
  const { next } = course;
  const command = (...words: readonly string[]) => ['metaldeck', 'upgrade', ...words, ...sameFlags(options)].join(' ');
  if (next.what === 'answer') {
    const asking = next.gates.filter(({ asks }) => asks !== undefined);
    return asking.map(({ name }) => command('confirm', quoted(cluster), quoted(name), '"WORDS"'));
  }
  if (next.what !== 'send' || next.how !== 'forward') return [];
  const names = namesToCome(course).map((name) => `--confirm=${quoted(name)}`);
  return [command('resume', quoted(cluster), ...names, '--wait')];
}
