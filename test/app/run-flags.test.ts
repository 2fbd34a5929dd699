/** What the command line of `metaldeck run` means, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { configPath, readConfig, whyReadOnly } from '../../src/app/config.ts';
import { runOperation } from '../../src/app/run.ts';
import { candidatesOf, parseTarget } from '../../src/app/target.ts';
import { parseArguments, UsageError } from '../../src/cli.ts';
import { operations } from '../../src/operations/index.ts';

const parse = (...words: string[]) =>
  parseArguments(words, import.meta, { name: 'metaldeck', version: '0', description: '' });

describe('metaldeck run', () => {
  const flags = operations.flatMap(({ id, fields }) => fields.map(({ name, flag = name }) => [id, flag] as const));
  it.each(flags)('gives %s what stands behind --%s: no flag of its own takes it away', (id, flag) => {
    const { operate } = parse('run', id, 'kind/name', `--${flag}`, 'some-value');
    expect(operate.fields).toEqual({ [flag]: 'some-value' });
    expect(operate.words).toEqual([id, 'kind/name']);
  });

  it('takes the fields of an operation out of the flags, wherever they stand', () => {
    const { command, context, namespace, operate } = parse(
      '--context',
      'run',
      '-n',
      'ns',
      'run',
      'scale',
      '--replicas',
      '-3',
      'deployment/a',
      '--confirm=a',
      '--confirm',
      'b',
      '--note=--x y',
      '--line',
      '1',
      '--line',
      '2',
      '--dry-run',
      '--toString',
      'x',
    );
    expect([command, context, namespace]).toEqual(['run', 'run', 'ns']);
    expect(operate.words).toEqual(['scale', 'deployment/a']);
    expect(Object.entries(operate.fields)).toEqual([
      ['replicas', '-3'],
      ['note', '--x y'],
      ['line', '1\n2'],
      ['toString', 'x'],
    ]);
    expect(operate).toMatchObject({ confirm: ['a', 'b'], dryRun: true, wait: false, waitMs: undefined });
  });

  it('leaves a text that is missing to the operation, where that names what there is to choose from', async () => {
    const said = (...words: string[]) =>
      runOperation(parse('run', ...words, '--kubeconfig', '/nowhere/at/all'), '0').then(
        () => 'done',
        (error: unknown) => (error instanceof UsageError ? error.message : 'asked the cluster'),
      );
    expect(await said('scale', 'deployment/a')).toContain('scale wants --replicas');
    expect(await said('kube-ovn', 'cluster/a')).toBe('asked the cluster');
  });

  it('refuses a field without a value', () => {
    expect(() => parse('run', 'scale', 'deployment/a', '--replicas')).toThrow('--replicas takes a value');
    expect(() => parse('run', 'scale', 'deployment/a', '--replicas', '--wait')).toThrow(UsageError);
  });

  it('lets no other command have words', () => {
    expect(() => parse('snapshot', 'now')).toThrow(UsageError);
    expect(parse('journal', 'show', 'x', '--timeout', '5').operate).toMatchObject({
      words: ['show', 'x'],
      waitMs: 5_000,
    });
  });

  it.each([
    ['deployment/a', 'deployment'],
    ['MachineDeployment/a', 'deployment'],
    ['machinedeployments.cluster.x-k8s.io/a', 'deployment'],
    ['kubeadmcontrolplane/a', 'controlPlane'],
    ['machineinventories/a', 'host'],
    ['host/a', 'host'],
    ['kcp/a', 'controlPlane'],
    ['md/a', 'deployment'],
    ['ms/a', 'machineSet'],
    ['ma/a', 'machine'],
    ['mip/a', 'pool'],
    ['cl/a', 'cluster'],
    ['bmc/a', 'baremetalCluster'],
    ['bmm/a', 'baremetalMachine'],
    ['bmmt/a', 'baremetalMachineTemplate'],
    ['mhc/a', 'healthCheck'],
    ['MHCS/a', 'healthCheck'],
  ])('knows the target %s', (text, kind) => {
    expect(parseTarget(text)).toEqual({ kind, name: 'a' });
  });

  it.each(['a', '/a', 'deployment/', 'deployment/a/b', 'deploymentx/a'])('refuses the target %s', (text) => {
    expect(() => parseTarget(text)).toThrow(UsageError);
  });

  it.each([
    ['deployment/a', ['deployment', 'controlPlane'], ['deployment']],
    ['machine/a', ['deployment'], ['machine']],
    ['group/a', ['deployment', 'controlPlane', 'cluster'], ['deployment', 'controlPlane']],
    ['group/a', ['deployment'], ['deployment']],
    ['a', ['machine'], ['machine']],
    ['a', ['deployment', 'cluster'], ['deployment', 'cluster']],
  ] as const)('takes %s of an operation on %j for one of %j', (text, on, kinds) => {
    expect(candidatesOf(text, on)).toEqual(kinds.map((kind) => ({ kind, name: 'a' })));
  });

  it.each(['', 'group/', 'deployment/a/b', 'deploy/a'])('takes %j of an operation for nothing', (text) => {
    expect(() => candidatesOf(text, ['deployment'])).toThrow(UsageError);
  });

  it('lists the kinds there are where it knows none of that name', () => {
    expect(() => parseTarget('deploy/a')).toThrow(
      /^there is no kind "deploy"; there are pool or mip, host, .*deployment or md, controlPlane or kcp, .*; nothing was done\.$/,
    );
  });
});

describe('the config file', () => {
  it('may be absent, and follows the XDG rules', () => {
    expect(configPath({ XDG_CONFIG_HOME: '/c' }, '/home/a')).toBe('/c/metaldeck/config.yaml');
    expect(configPath({}, '/home/a')).toBe('/home/a/.config/metaldeck/config.yaml');
    const none = readConfig('/nowhere/config.yaml');
    expect(whyReadOnly(none, 'prod', false)).toBeUndefined();
    expect(whyReadOnly(none, 'prod', true)).toContain('--read-only');
  });

  it('makes one context read-only, or all', () => {
    const some = { path: 'f', readOnly: false, contexts: { prod: { readOnly: true } } };
    expect(whyReadOnly(some, 'prod', false)).toContain('context prod');
    expect(whyReadOnly(some, 'lab', false)).toBeUndefined();
    expect(whyReadOnly(some, 'toString', false)).toBeUndefined();
    expect(whyReadOnly({ ...some, readOnly: true }, 'lab', false)).toContain('f says readOnly');
  });
});
