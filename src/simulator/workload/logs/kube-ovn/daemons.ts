/** The servers of Kube-OVN's CNI plugin on each Node, and its monitor. Source: kubeovn/kube-ovn, pkg/daemon, pkg/ovnmonitor. */

import { digest } from '../../../controllers/digest.ts';
import { daemonSteps } from '../../kube-ovn/daemon.ts';
import { joinAddress } from '../../kube-ovn/network.ts';
import { all, chance, strides, type Teller } from '../run.ts';
import { attachedPods, banner, said } from './attached.ts';

/** The log of the server of the CNI plugin. */
export const cni: Teller = (run) => {
  const { since } = run;
  const node = all(run, 'nodes').find(({ metadata }) => metadata.name === run.node);
  const address = node && joinAddress(node);
  const drawn = chance(run.key, 'begun');
  const raw = (at: number, text: string) => ({ at, text });
  const given = all(run, 'ips').find(({ metadata }) => metadata.name === `node-${run.node}`)?.metadata
    .creationTimestamp;
  const steps = daemonSteps({ pod: run.question.pod, since }, given);
  const { switches, tables, says, reads, waits, configured, reaches, works, serves } = steps;
  const gateway = node?.metadata.annotations?.['ovn.kubernetes.io/gateway'] ?? '';
  const checks = drawn.integer(1, 3);
  const begun = [
    raw(since, `ovsdb-server is running with pid ${drawn.integer(1900, 4200)}`),
    raw(switches, `ovs-vswitchd is running with pid ${drawn.integer(4300, 5200)}`),
    raw(tables, 'iptables v1.8.10 (nf_tables)'),
    ...banner(run, says, 'cniserver.go:34'),
    said(reads, 'config.go:131', 'use in-cluster kubernetes config'),
    said(waits, 'init.go:44', `wait for node ${run.node} annotations to be ready`),
    // It is what the controller has noted on the Node.
    ...(address ? [said(configured, 'ovs_linux.go:473', `node ${run.node} ovn0 is configured on ${address}`)] : []),
    ...(address
      ? [
          said(configured + 1, 'ovs_linux.go:481', 'wait ovn0 gw ready'),
          said(
            reaches,
            'ovs.go:63',
            `network ${address} with gateway ${gateway} is ready for interface ovn0 after ${checks} checks`,
          ),
        ]
      : []),
    said(works, 'controller.go:789', 'Started workers'),
    said(serves, 'server.go:34', 'start listen on unix:///run/openvswitch/kube-ovn-daemon.sock'),
  ];
  const pods = attachedPods(run, run.node).flatMap((pod) => {
    const sandbox = digest(`sandbox/${pod.uid}`);
    const netns = `/var/run/netns/cni-${chance(pod.uid, 'netns').uuid()}`;
    const request = `{kube-ovn ${pod.name} ${pod.namespace} ${sandbox} ${netns} eth0 ovn [] {[]  [] []}     }`;
    const took = chance(pod.uid, 'cni').integer(118, 390);
    const stamp = (at: number) => new Date(at).toISOString().slice(0, 19);
    const prefix = pod.cidr.split('/')[1] ?? '16';
    const undone = chance(pod.uid, 'undone').integer(31, 118);
    const gone = Number.isNaN(pod.ends)
      ? []
      : [
          said(pod.ends, 'server.go:80', `[${stamp(pod.ends)}Z] Incoming HTTP/1.1 POST /api/v1/del request`),
          said(pod.ends, 'handler.go:448', `del port request: ${request}`),
          said(
            pod.ends + undone,
            'server.go:101',
            `[${stamp(pod.ends + undone)}Z] Outgoing response POST /api/v1/del with 204 status code in ${undone}ms`,
          ),
        ];
    return [
      said(pod.at, 'server.go:80', `[${stamp(pod.at)}Z] Incoming HTTP/1.1 POST /api/v1/add request`),
      said(pod.at, 'handler.go:83', `add port request: ${request}`),
      said(
        pod.at + chance(pod.uid, 'interface').integer(4, 22),
        'handler.go:343',
        `create container interface eth0 mac ${pod.mac}, ip ${pod.address}/${prefix}, cidr ${pod.cidr}, gw ${pod.gateway}, custom routes []`,
      ),
      said(
        pod.at + took,
        'server.go:101',
        `[${stamp(pod.at + took)}Z] Outgoing response POST /api/v1/add with 200 status code in ${took}ms`,
      ),
      ...gone,
    ];
  });
  return [...begun, ...pods];
};

/** The log of the monitor, which is asked for metrics and says little. */
export const monitor: Teller = (run) => {
  const { since } = run;
  const [reads, connects, listens] = strides(run.key, since, [40, 310, 330]) as [number, number, number];
  return [
    ...banner(run, since, 'ovn_monitor.go:33'),
    said(reads, 'config.go:70', 'use in-cluster kubernetes config'),
    said(connects, 'exporter.go:129', 'ovn-monitor exporter connect successfully'),
    said(listens, 'ovn_monitor.go:61', 'Listening on [::]:10661'),
  ];
};
