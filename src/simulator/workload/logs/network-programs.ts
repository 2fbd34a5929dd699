/** kube-proxy and CoreDNS. Source: k8s.io/kubernetes, cmd/kube-proxy and pkg/proxy; coredns/coredns, plugin. */

import { createHash } from 'node:crypto';
import type { LogLine } from '../../api/pod-logs.ts';
import { all, chance, informers, klog, rhythm, structured, type Teller } from './run.ts';

/** The log of a kube-proxy: at its verbosity nothing more comes after its begin. */
export const proxy: Teller = (run) => {
  const { question, since, version } = run;
  const ips = [String(question.pod.status?.['hostIP'] ?? '')];
  const config = (at: number, line: number, name: string) =>
    structured(since + at, `config.go:${line}`, `Starting ${name} config controller`);
  const synced = (at: number, controller: string) => informers(run, since + at, true, `${controller} config`);
  const nodePorts =
    'nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`';
  return [
    structured(since, 'server_linux.go:63', 'Using iptables proxy'),
    structured(since + 400, 'server.go:715', 'Successfully retrieved node IP(s)', { IPs: ips }),
    klog(
      since + 402,
      'server.go:256',
      `"Kube-proxy configuration may be incomplete or incorrect" err=${JSON.stringify(nodePorts)}`,
      { level: 'E' },
    ),
    structured(since + 440, 'server.go:265', 'kube-proxy running in dual-stack mode', { 'primary ipFamily': 'IPv4' }),
    structured(since + 441, 'server_linux.go:145', 'Using iptables Proxier'),
    structured(
      since + 470,
      'proxier.go:243',
      'Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses',
      { ipFamily: 'IPv4' },
    ),
    structured(since + 900, 'server.go:516', 'Version info', { version }),
    structured(since + 901, 'server.go:518', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' }),
    ...[config(910, 199, 'service'), config(911, 105, 'endpoint slice'), config(912, 440, 'serviceCIDR')],
    config(913, 329, 'node'),
    ...[synced(1010, 'service'), synced(1011, 'endpoint slice'), synced(1012, 'serviceCIDR'), synced(1013, 'node')],
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
