/** The journal of an account tells of every cluster that was written to: of which is said in each line. */
import { expect, it } from 'vitest';
import { journalTable, onServer } from '../../src/app/journal-command.ts';
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

it('lists those of one server, and counts the others', () => {
  const all = [record('op-1', 'a.example', 'x'), record('op-2', 'b.example', 'x'), record('op-3', 'c.example', 'x')];
  const listed = (server: string | undefined, of = all) => {
    const { records, others } = onServer(of, server);
    return [records.map(({ id }) => id).join(' '), others];
  };
  expect(listed('b.example')).toEqual(['op-2', '2 more on 2 other servers: --all-servers lists them']);
  expect(listed('a.example', all.slice(0, 2))).toEqual(['op-1', '1 more on another server: --all-servers lists it']);
  expect(listed('d.example', all.slice(0, 1))[0]).toBe('');
  expect(listed(undefined)).toEqual(['op-1 op-2 op-3', undefined]);
  expect(listed('a.example', all.slice(0, 1))).toEqual(['op-1', undefined]);
});
