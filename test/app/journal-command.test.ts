/** The journal of an account tells of every cluster that was written to: of which is said in each line. */
import { expect, it } from 'vitest';
import { journalTable } from '../../src/app/journal-command.ts';
import type { OperationRecord } from '../../src/journal/replay.ts';

const record = (id: string, server: string, namespace: string) =>
  ({
    id,
    status: 'done',
    began: { user: { os: 'ana' }, server, namespace, plan: { title: `Pause ${id}` } },
  }) as unknown as OperationRecord;

it('names the server of each operation', () => {
  const table = journalTable([
    record('op-1', 'a.example:6443', 'cpaas-system'),
    record('op-2', 'b.example', 'cpaas-system'),
  ]);
  expect(table.split('\n')).toEqual([
    'ID    STATUS  USER  SERVER          OPERATION',
    'op-1  done    ana   a.example:6443  Pause op-1',
    'op-2  done    ana   b.example       Pause op-2',
  ]);
});

it('names the namespace too, where there are several', () => {
  const table = journalTable([record('op-1', 'a.example', 'cpaas-system'), record('op-2', 'a.example', 'lab')]);
  expect(table.split('\n')).toEqual([
    'ID    STATUS  USER  SERVER     NAMESPACE     OPERATION',
    'op-1  done    ana   a.example  cpaas-system  Pause op-1',
    'op-2  done    ana   a.example  lab           Pause op-2',
  ]);
});
