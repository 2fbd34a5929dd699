/** What the command line of `metaldeck simulate` means, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../src/cli.ts';

const parse = (...words: string[]) =>
  parseArguments(['simulate', ...words], import.meta, { name: 'metaldeck', version: '0', description: '' });

describe('metaldeck simulate', () => {
  it('serves over TLS on any port, with a rack that waits, unless told', () => {
    const { command, hosts, simulate } = parse();
    expect(command).toBe('simulate');
    expect(hosts).toBe(42);
    expect(simulate).toMatchObject({ tls: true, still: false, waiting: 6, port: undefined, against: undefined });
    expect(simulate.controllers).toEqual(['elemental', 'hosts', 'provider', 'capi']);
  });

  it('takes what it is told', () => {
    const words =
      '--no-tls --still --port 8443 --pools 9 --waiting 0 --clusterapi v1beta2 --against k --controllers hosts,provider';
    const { simulate } = parse(...words.split(' '), '--write-kubeconfig', 'file', '--among-real-hosts', 'a@b');
    expect(simulate).toEqual({
      tls: false,
      still: true,
      port: 8443,
      pools: 9,
      waiting: 0,
      clusterApi: 'v1beta2',
      against: 'k',
      controllers: ['hosts', 'provider'],
      writeKubeconfig: 'file',
      amongRealHosts: 'a@b',
    });
  });

  it.each([
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
