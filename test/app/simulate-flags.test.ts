/** What the command line of `metaldeck simulate` means, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { checkSize } from '../../src/app/datacenter-size.ts';
import { parseArguments, UsageError } from '../../src/cli.ts';

const parse = (...words: string[]) =>
  parseArguments(['simulate', ...words], import.meta, { name: 'metaldeck', version: '0', description: '' });

describe('metaldeck simulate', () => {
  it('serves over TLS on any port, with a rack that waits, unless told', () => {
    const { command, hosts, cluster, waiting, still, simulate } = parse();
    expect(command).toBe('simulate');
    expect(hosts).toBe(42);
    expect({ cluster, waiting, still }).toEqual({ cluster: undefined, waiting: 6, still: false });
    expect(simulate).toMatchObject({ tls: true, port: undefined, against: undefined });
    expect(simulate.controllers).toEqual(['elemental', 'hosts', 'provider', 'capi']);
  });

  it('takes any free port where 0 is asked for, as elsewhere', () => {
    expect(parse('--port', '0').simulate.port).toBeUndefined();
    expect(parse('--port', '8443').simulate.port).toBe(8443);
  });

  it('takes no hosts at all, and says that it does where a number cannot be', () => {
    expect(parse('--hosts', '0').hosts).toBe(0);
    expect(() => parse('--hosts', '-1')).toThrow('--hosts takes a whole number from 0 on, at most 20000, not "-1"');
    expect(() => parse('--hosts', '')).toThrow(UsageError);
  });

  it('takes what it is told', () => {
    const words =
      '--no-tls --still --port 8443 --pools 9 --waiting 0 --clusterapi v1beta2 --against k --controllers hosts,provider';
    const { simulate, still, waiting } = parse(
      ...words.split(' '),
      '--write-kubeconfig',
      'file',
      '--among-real-hosts',
      'a@b',
    );
    expect(simulate).toEqual({
      tls: false,
      port: 8443,
      pools: 9,
      clusterApi: 'v1beta2',
      against: 'k',
      controllers: ['hosts', 'provider'],
      writeKubeconfig: 'file',
      amongRealHosts: 'a@b',
    });
    expect({ still, waiting }).toEqual({ still: true, waiting: 0 });
  });

  it('serves an empty datacenter, or one cluster of a shape with as many hosts as that needs', () => {
    expect(parse('--hosts', '0').hosts).toBe(0);
    expect(parse('--cluster', '3+9@v1.31.14-2')).toMatchObject({
      hosts: undefined,
      cluster: { planes: 3, workers: 9, version: 'v1.31.14-2' },
    });
    expect(parse('--cluster', '5+2', '--hosts', '9')).toMatchObject({ hosts: 9, cluster: { planes: 5, workers: 2 } });
  });

  it.each([
    ['--cluster', '3'],
    ['--cluster', '3+9@1.31'],
    ['--cluster', '3+9+1'],
    ['--port', '70000'],
    ['--port', 'x'],
    ['--waiting', '-1'],
    ['--pools', '0.5'],
    ['--clusterapi', 'v1'],
    ['--controllers', 'capi,kubelet'],
    ['--controllers', ''],
  ])('refuses %s %s', (...words) => {
    expect(() => parse(...words)).toThrow(UsageError);
  });
});

describe('a datacenter of a size', () => {
  const size = (line: string) => () =>
    checkSize(parseArguments(line.split(' '), import.meta, { name: 'metaldeck', version: '0', description: '' }));

  it.each([
    ['demo --cluster 2+1', 'a control plane has 3, 5 or 7 machines, not 2; nothing was started.'],
    ['simulate --cluster 4+0', 'a control plane has 3, 5 or 7 machines, not 4; nothing was started.'],
    ['snapshot --demo --cluster 3+0', 'a cluster has one worker at least; nothing was started.'],
    ['demo --cluster 3+3 --hosts 1', '1 host is too few for 6 machines; nothing was started.'],
    ['demo --hosts 1', '1 host is too few for a cluster, which needs six; nothing was started.'],
    [
      'demo --cluster 3+9@v9.9.9',
      /no image of v9\.9\.9; there are v1\.31\.14-2, .*v1\.34\.5.*; nothing was started\.$/,
    ],
  ])('%s is refused in a sentence', (line, why) => {
    expect(size(line)).toThrow(UsageError);
    expect(size(line)).toThrow(why);
  });

  it.each([
    'demo --hosts 0',
    'demo --hosts 6',
    'demo --cluster 3+9@v1.31.14-2',
    'snapshot --hosts 1',
    'simulate --against k --hosts 1',
  ])('%s is not', (line) => {
    expect(size(line)).not.toThrow();
  });
});
