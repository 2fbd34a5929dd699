/** The words that the verbs of an upgrade take, judged before any cluster is asked. */
import { expect, it } from 'vitest';
import { sessionCommand } from '../../src/app/upgrade/session-command.ts';
import { parseArguments, UsageError } from '../../src/cli.ts';

const pkg = { name: 'metaldeck', version: '0', description: '' };
/** What comes of it where no cluster can be reached. */
const failure = (...words: string[]) =>
  sessionCommand(parseArguments(['upgrade', ...words, '--kubeconfig', '/nowhere/at/all'], import.meta, pkg), '0').then(
    () => 'nothing',
    (error: unknown) => (error instanceof UsageError ? error.message : 'not reached'),
  );

it.each([
  [['leave', 'lab', 'the hosts are wanted elsewhere'], 'not reached'],
  [['leave', 'lab', 'in', 'words', 'of', 'their', 'own'], 'not reached'],
  [['leave', 'lab'], 'not reached'],
  [['confirm', 'lab', 'etcd-backup/v1.34.5', 'rack', '3'], 'not reached'],
  [['hold', 'lab', 'stage'], 'not reached'],
  [['hold', 'lab', 'stage', 'now'], 'upgrade hold takes no "stage now"; nothing was done.'],
  [['status', 'lab', 'now'], 'upgrade status takes no "now"; nothing was done.'],
  [['leave'], 'upgrade leave wants the name of a Cluster; nothing was done.'],
])('upgrade %j: %s', async (words, said) => {
  expect(await failure(...words)).toBe(said);
});
