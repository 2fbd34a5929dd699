/** kube-proxy and CoreDNS. Source: k8s.io/kubernetes, cmd/kube-proxy and pkg/proxy; coredns/coredns, plugin. */

import { createHash } from 'node:crypto';
import type { LogLine } from '../../api/pod-logs.ts';
import { all, chance, informers, klog, rhythm, strides, structured, type Teller } from './run.ts';

/** The log of a kube-proxy: at its verbosity nothing more comes after its begin. */
export const proxy: Teller = (run) => {
  const { question, since, version } = run;
  const ips = [String(question.pod.status?.['hostIP'] ?? '')];
  const usual = [400, 402, 440, 441, 470, 900, 901, 910, 912, 914, 916, 1010, 1012, 1014, 1016];
  const [found, odd, mode, mine, local, told, go, ...rest] = strides(run.key, since, usual) as [
    ...[number, number, number, number, number, number, number],
    ...number[],
  ];
  const config = (step: number, line: number, name: string) =>
    structured(rest[step]!, `config.go:${line}`, `Starting ${name} config controller`);
  const synced = (step: number, controller: string) => informers(run, rest[step]!, true, `${controller} config`);
  const nodePorts =
    'nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`';
  return [
    structured(since, 'server_linux.go:63', 'Using iptables proxy'),
    structured(found, 'server.go:715', 'Successfully retrieved node IP(s)', { IPs: ips }),
    klog(
      odd,
      'server.go:256',
      `"Kube-proxy configuration may be incomplete or incorrect" err=${JSON.stringify(nodePorts)}`,
      { level: 'E' },
    ),
    structured(mode, 'server.go:265', 'kube-proxy running in dual-stack mode', { 'primary ipFamily': 'IPv4' }),
    structured(mine, 'server_linux.go:145', 'Using iptables Proxier'),
    structured(
      local,
      'proxier.go:243',
      'Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses',
      { ipFamily: 'IPv4' },
    ),
    structured(told, 'server.go:516', 'Version info', { version }),
    structured(go, 'server.go:518', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' }),
    ...[config(0, 199, 'service'), config(1, 105, 'endpoint slice'), config(2, 440, 'serviceCIDR')],
    config(3, 329, 'node'),
    ...[synced(4, 'service'), synced(5, 'endpoint slice'), synced(6, 'serviceCIDR'), synced(7, 'node')],
  ];
};

/** Resolvers beyond the cluster are silent now and then. */
const silences = 19 * 3_600_000;

/** The log of a CoreDNS. */
export const coredns: Teller = (run) => {
  const { question, since, until, version } = run;
  const drawn = chance(run.key, 'hinfo');
  const corefile = all(run, 'configmaps').find(
    ({ metadata }) => metadata.namespace === 'kube-system' && metadata.name === 'coredns',
  );
  const text = JSON.stringify(corefile?.['data'] ?? '');
  // More digits than one number here can hold.
  const number = () =>
    `${drawn.integer(1_000_000_000, 8_999_999_999)}${String(drawn.integer(0, 999_999_999)).padStart(9, '0')}`;
  const own = String(question.pod.status?.['podIP'] ?? '');
  const begun: LogLine[] = [
    { at: since, text: '.:53' },
    { at: since + 1, text: `[INFO] plugin/reload: Running configuration SHA512 = ${sha512(text)}` },
    { at: since + 2, text: `CoreDNS-${/^v?([\d.]+)/.exec(version)?.[1] ?? ''}` },
    { at: since + 2, text: 'linux/amd64, go1.24.6, 1db4568' },
    {
      at: since + 31,
      text: `[INFO] 127.0.0.1:${drawn.integer(32_768, 60_999)} - ${drawn.integer(1000, 65_000)} "HINFO IN ${number()}.${number()}. udp 57 false 512" NXDOMAIN qr,rd,ra 132 0.0${drawn.integer(10, 39)}${drawn.integer(100_000, 999_999)}s`,
    },
  ];
  // The servers that hosts register with.
  const upstream = '10.1.0.53';
  const names = ['registry.dc1.example', 'ntp.dc1.example', 'platform.dc1.example'];
  const silent = rhythm({ at: since, every: silences, of: run.key, late: 0.8 }, { until, most: 200 }).flatMap(
    ({ at, turn }) => {
      const one = chance(run.key, turn);
      const name = names[one.integer(0, names.length - 1)];
      return ['A', 'AAAA'].map((type, index) => ({
        at: at + index * 4,
        text: `[ERROR] plugin/errors: 2 ${name}. ${type}: read udp ${own}:${one.integer(32_768, 60_999)}->${upstream}:53: i/o timeout`,
      }));
    },
  );
  return [...begun, ...silent];
};

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex');
