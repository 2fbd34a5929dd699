import { describe, expect, it } from 'vitest';
import { impersonationHeaders, impersonationOf } from '../../../src/kube/connection/impersonation.ts';
import { ConnectionProblem } from '../../../src/kube/connection/problem.ts';

const own = { user: 'bob', uid: '7', groups: ['ops'], extra: { scope: ['x'] } };

describe('whom to act as', () => {
  it.each([
    ['nobody', {}, undefined, undefined],
    ['who the kubeconfig says', {}, own, own],
    ['the flag, with none of the groups of the kubeconfig', { as: 'eve' }, own, { user: 'eve', groups: [], extra: {} }],
    ['the flags', { as: 'eve', asGroups: ['a', 'b'] }, undefined, { user: 'eve', groups: ['a', 'b'], extra: {} }],
    ["the kubeconfig's user in the flag's groups", { asGroups: ['a'] }, own, { ...own, groups: ['a'] }],
  ])('%s', (_, flags, kubeconfig, expected) => {
    expect(impersonationOf(flags, kubeconfig)).toEqual(expected);
  });

  it('needs a user for a group', () => {
    expect(() => impersonationOf({ asGroups: ['a'] }, undefined)).toThrow(ConnectionProblem);
  });
});

describe('the headers', () => {
  it('are none for nobody', () => {
    expect(impersonationHeaders(undefined)).toEqual({});
  });

  it('name user, uid, every group and every extra', () => {
    const who = { user: 'bob', uid: '7', groups: ['a', 'b'], extra: { 'acme.com/project': ['x', 'y'], scope: ['z'] } };
    expect(impersonationHeaders(who)).toEqual({
      'Impersonate-User': 'bob',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a', 'b'],
      'Impersonate-Extra-acme.com%2Fproject': ['x', 'y'],
      'Impersonate-Extra-scope': ['z'],
    });
  });

  it('carry UTF-8, and refuse what would end a header', () => {
    const header = impersonationHeaders({ user: 'jürgen', groups: [], extra: {} })['Impersonate-User'];
    expect(Buffer.from(header as string, 'latin1').toString('utf8')).toBe('jürgen');
    expect(() => impersonationHeaders({ user: 'a\r\nX: y', groups: [], extra: {} })).toThrow(ConnectionProblem);
  });
});
