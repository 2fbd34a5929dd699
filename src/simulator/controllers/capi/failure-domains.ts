/** Which failure domain a control-plane Machine comes to or goes from. Source: Cluster API 1.10, util/failuredomains. */

import type { Cluster, Machine } from '../shapes/capi.ts';

/** The domains that take control-plane Machines, by name. */
export function planeDomains(cluster: Cluster): string[] {
  return Object.entries(cluster.status?.failureDomains ?? {})
    .filter(([, domain]) => domain?.controlPlane)
    .map(([name]) => name)
    .sort();
}

const inDomain = (machines: readonly Machine[], domain: string): Machine[] =>
  machines.filter(({ spec }) => spec?.failureDomain === domain);

/** Where the next Machine goes: the domain with the fewest; undefined where there are no domains. */
export function emptiest(cluster: Cluster, machines: readonly Machine[]): string | undefined {
  const counted = planeDomains(cluster).map((name) => ({ name, count: inDomain(machines, name).length }));
  return counted.sort((a, b) => a.count - b.count)[0]?.name;
}

/** The Machines of the fullest domain: one of them is to go. Those in a domain that is no more come first. */
export function fullest(cluster: Cluster, all: readonly Machine[], eligible: readonly Machine[]): readonly Machine[] {
  const domains = planeDomains(cluster);
  if (domains.length === 0) return eligible;
  const stray = eligible.filter(({ spec }) => !spec?.failureDomain || !domains.includes(spec.failureDomain));
  if (stray.length > 0) return stray;
  const best = domains
    .map((name) => ({ own: inDomain(eligible, name), count: inDomain(all, name).length }))
    .filter(({ own }) => own.length > 0)
    .sort((a, b) => b.count - a.count)[0];
  return best?.own ?? eligible;
}
