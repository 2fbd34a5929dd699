import { describe, expect, it } from 'vitest';
import { mergeKubeconfigs } from '../../../src/kube/connection/merge.ts';
import { ConnectionProblem } from '../../../src/kube/connection/problem.ts';

const cluster = (name: string, server: string) => ({ name, cluster: { server } });
const file = (path: string, content: object | string) => ({
  path,
  text: typeof content === 'string' ? content : JSON.stringify(content),
});

describe('several kubeconfig files', () => {
  it.each([
    ['the first that sets it', ['a', 'b'], 'a'],
    ['a later one, where the first has none', [undefined, 'b'], 'b'],
    ['a later one, where the first is empty', ['', 'b', 'c'], 'b'],
    ['none', [undefined, undefined], undefined],
  ])('take the current context from %s', (_, contexts, expected) => {
    const files = contexts.map((context, index) => file(`/f${index}`, { 'current-context': context }));
    expect(mergeKubeconfigs(files).currentContext).toBe(expected);
  });

  it('take all of an entry from the first file that names it', () => {
    const merged = mergeKubeconfigs([
      file('/a/config', { clusters: [cluster('x', 'https://first')], users: [{ name: 'u', user: { token: 't' } }] }),
      file('/b/config', {
        clusters: [cluster('x', 'https://second'), cluster('y', 'https://third')],
        users: [{ name: 'u', user: { username: 'n' } }],
      }),
    ]);
    expect(merged.clusters.get('x')).toMatchObject({
      value: { server: 'https://first' },
      file: '/a/config',
      ambiguous: false,
    });
    expect(merged.clusters.get('y')).toMatchObject({ value: { server: 'https://third' }, file: '/b/config' });
    expect(merged.users.get('u')?.value).toEqual({ token: 't' });
  });

  it('mark what one file names twice', () => {
    const merged = mergeKubeconfigs([file('/a', { clusters: [cluster('x', 'https://1'), cluster('x', 'https://2')] })]);
    expect(merged.clusters.get('x')?.ambiguous).toBe(true);
  });
});

describe('hostile files', () => {
  it.each([
    ['empty', ''],
    ['null', 'null'],
    ['lists of the wrong kind', 'clusters: 3\ncontexts: {a: b}\nusers: [1, null, {name: 7}, {name: x, user: 5}]'],
  ])('that are %s give nothing, and do not throw', (_, text) => {
    const merged = mergeKubeconfigs([file('/a', text)]);
    expect([...merged.clusters.keys(), ...merged.contexts.keys()]).toEqual([]);
    expect(merged.users.get('x')?.value ?? {}).toEqual({});
  });

  it('that are not YAML name the line, not what it holds', () => {
    const text = 'users:\n- name: u\n  user:\n    token: sesame\n   password: [sesame\n';
    expect(() => mergeKubeconfigs([file('/etc/kc', text)])).toThrow(ConnectionProblem);
    expect(() => mergeKubeconfigs([file('/etc/kc', text)])).toThrow(/\/etc\/kc is not valid YAML at line \d/);
    expect(() => mergeKubeconfigs([file('/etc/kc', text)])).not.toThrow(/sesame/);
  });

  it.each(['just text', '[1, 2]'])('that are no kubeconfig are refused: %s', (text) => {
    expect(() => mergeKubeconfigs([file('/etc/kc', text)])).toThrow('The file /etc/kc is not a kubeconfig');
  });

  it('with aliases that multiply are refused', () => {
    const rows = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de'].map((pair) => [pair[0], pair[1]])) {
      rows.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
    }
    expect(() => mergeKubeconfigs([file('/etc/kc', rows.join('\n'))])).toThrow(ConnectionProblem);
  });
});
