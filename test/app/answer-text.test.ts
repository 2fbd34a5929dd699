/** The commands that answer what an upgrade waits for. */
import { expect, it } from 'vitest';
import { answerCommands } from '../../src/app/upgrade/answer-text.ts';
import type { Standing } from '../../src/driver/types.ts';

const flags = { kubeconfig: '/my files/lab', context: 'lab', namespace: undefined, as: undefined, asGroups: ['sre'] };
const at = (course: object, more: object = {}) =>
  ({ id: 'session', lock: { state: 'mine' }, course, ...more }) as unknown as Standing;
const same = "--kubeconfig '/my files/lab' --context lab --as-group sre";

it('say the words of each gate that asks for some, on the same cluster as the same user', () => {
  const gates = [{ name: 'etcd-backup/v1.34.5-3', asks: 'where it is' }, { name: 'nodes' }];
  const next = { what: 'answer', stage: 's', gates };
  expect(answerCommands('lab', flags, at({ next, stages: [] }))).toEqual([
    `metaldeck upgrade confirm lab etcd-backup/v1.34.5-3 "WORDS" ${same}`,
  ]);
});

it('give all names up to the end where the next write is to be confirmed, and none that are behind', () => {
  const stage = (id: string, state: string, name: string, outline: object[] = [{}]) => ({
    ...{ id, state, outline, request: { targets: [{ name }] } },
  });
  const stages = [
    stage('a', 'done', 'old', []),
    stage('b', 'next', 'lab'),
    stage('c', 'todo', 'lab-control-plane'),
    stage('d', 'todo', 'lab-workers'),
    stage('e', 'todo', 'lab'),
  ];
  const course = { stages, next: { what: 'send', stage: 'b', how: 'forward' } };
  expect(answerCommands('lab', flags, at(course))).toEqual([
    `metaldeck upgrade resume lab --confirm=lab --confirm=lab-control-plane --confirm=lab-workers --wait ${same}`,
  ]);
});

it('are none where nothing that is typed helps', () => {
  expect(answerCommands('lab', flags, at({ stages: [], next: { what: 'wait', stage: 'a', for: 'b' } }))).toEqual([]);
  const next = { what: 'answer', stage: 's', gates: [{ name: 'a', asks: 'b' }] };
  for (const more of [{ closed: 'left' }, { id: undefined }, { lock: { state: 'other' } }]) {
    expect(answerCommands('lab', flags, at({ stages: [], next }, more))).toEqual([]);
  }
});
