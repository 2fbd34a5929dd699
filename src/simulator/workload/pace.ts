/** How much is written in a cluster that nobody sees. */

/** Whatever writes all the time, in ms between two writes: who leads by a Lease, a Node, a server and its endpoints. */
const paces = { leader: 2000, node: 10_000, server: 5000, others: 1600 };

/** How many writes there are in a ms in a cluster of so many Nodes: some are busier than others, by the `seed`, hexadecimal digits. */
export function paceOf(nodes: number, seed: string): number {
  const more = 0.85 + (Number.parseInt(seed.slice(0, 4), 16) / 65_536 || 0) * 0.6;
  return (2 / paces.leader + nodes / paces.node + 3 / paces.server + 1 / paces.others) * more;
}
