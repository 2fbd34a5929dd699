/**
 * Open vSwitch on each Node, whose controller claims the ports of the Pods there. Source: Kube-OVN's start-ovs.sh, and the
 * manner of OVS's own logs.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { attachedPods } from './kube-ovn/attached.ts';
import { addressOf, chance, planeNodes, type Teller, timeOf } from './run.ts';

/** What is said with its number, as OVS counts the lines of a process. */
type Said = { at: number; text: string };

/** Lines as OVS writes them: numbered in the order in which they are said. */
const numbered = (lines: readonly Said[]): LogLine[] =>
  [...lines]
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }, index) => ({
      at,
      text: `${new Date(at).toISOString()}|${String(index + 1).padStart(5, '0')}|${text}`,
    }));

const plain = (since: number, lines: readonly string[]): LogLine[] =>
  lines.map((text, at) => ({ at: since + at * 120, text }));

/** So long after its Node a member of OVN's databases answers, at most, ms. */
const settles = 60_000;

/** The log of the switch of a Node. */
export const openvswitch: Teller = (run) => {
  const { since, until } = run;
  const begun = plain(since, [
    ' * Starting ovsdb-server',
    ` * system ID not configured, please use --system-id`,
    ' * Configuring Open vSwitch system IDs',
    ' * Starting ovs-vswitchd',
    ' * Enabling remote OVSDB managers',
    ' * Starting ovn-controller',
  ]);
  // Of all that it knows it finds one that was there before.
  const planes = planeNodes(run);
  const older = planes.filter(({ metadata }) => timeOf(metadata.creationTimestamp) < since - settles);
  const sb = `tcp:[${addressOf(older[0] ?? planes[0] ?? run.question.pod)}]:6642`;
  const socket = 'unix:/var/run/openvswitch';
  const up = since + 900;
  const connected: Said[] = [
    { at: up, text: 'vlog|INFO|opened log file /var/log/ovn/ovn-controller.log' },
    { at: up + 2, text: `reconnect|INFO|${socket}/db.sock: connecting...` },
    { at: up + 3, text: `reconnect|INFO|${socket}/db.sock: connected` },
    { at: up + 8, text: 'main|INFO|OVS IDL reconnected, force recompute.' },
    { at: up + 9, text: `reconnect|INFO|${sb}: connecting...` },
    { at: up + 10, text: 'main|INFO|OVNSB IDL reconnected, force recompute.' },
    { at: up + 14, text: `reconnect|INFO|${sb}: connected` },
    { at: up + 30, text: `rconn|INFO|${socket}/br-int.mgmt: connected` },
  ];
  const pods = attachedPods(run, run.node).flatMap((pod): Said[] => {
    const port = `${pod.name}.${pod.namespace}`;
    const drawn = chance(pod.uid, 'claimed');
    const at = pod.at + drawn.integer(28, 58);
    const installed = at + drawn.integer(14, 37);
    const gone =
      Number.isNaN(pod.ends) || pod.ends + 100 > until
        ? []
        : [
            {
              at: pod.ends + drawn.integer(40, 96),
              text: `binding|INFO|Releasing lport ${port} from this chassis (sb_readonly=0)`,
            },
          ];
    return [
      { at, text: `binding|INFO|Claiming lport ${port} for this chassis.` },
      { at, text: `binding|INFO|${port}: Claiming ${pod.mac.toLowerCase()} ${pod.address}` },
      { at: installed, text: `binding|INFO|Setting lport ${port} ovn-installed in OVS` },
      { at: installed + drawn.integer(1, 7), text: `binding|INFO|Setting lport ${port} up in Southbound` },
      ...gone,
    ];
  });
  return [...begun, ...numbered([...connected, ...pods].filter(({ at }) => at >= since && at <= until))];
};
