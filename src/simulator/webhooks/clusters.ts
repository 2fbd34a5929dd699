/** The webhooks of Clusters and MachineHealthChecks. Source: Cluster API 1.10, internal/webhooks. */

import { isIPv4, isIPv6 } from 'node:net';
import type { Cause } from '../api/errors.ts';
import { durationMs, goDuration } from '../controllers/capi/common.ts';
import { kinds } from '../controllers/kinds.ts';
import { labels } from '../controllers/owners.ts';
import type { Cluster, MachineHealthCheck } from '../controllers/shapes/capi.ts';
import type { Rules } from './hook.ts';
import { isCountOrShare, sameCluster, sameNamespace } from './references.ts';

const parts = ['infrastructureRef', 'controlPlaneRef'] as const;
const networks = ['pods', 'services'] as const;

export const clusterRules: Rules<Cluster> = {
  kind: kinds.Cluster,
  name: 'cluster.cluster.x-k8s.io',
  defaults(draft, _old, clusterApi) {
    // Go writes it though it is empty: v1beta1's type holds it by value.
    if (clusterApi === 'v1beta1' && draft.spec) draft.spec.controlPlaneEndpoint ??= { host: '', port: 0 };
    for (const part of parts) {
      const reference = draft.spec?.[part];
      if (reference && draft.metadata.namespace) reference.namespace ??= draft.metadata.namespace;
    }
  },
  check(cluster, old, say) {
    const spec = (cluster.spec ?? {}) as NonNullable<Cluster['spec']> & { topology?: unknown };
    const causes: Cause[] = parts.flatMap((part) =>
      old?.spec?.[part] && !spec[part]
        ? [say.forbidden(`spec.${part}`, 'cannot be removed')]
        : sameNamespace(cluster, spec[part], `spec.${part}`, say),
    );
    for (const name of networks) {
      for (const [at, block] of blocksOf(spec.clusterNetwork, name).entries()) {
        if (isCidr(block)) continue;
        const field = `spec.clusterNetwork.${name}.cidrBlocks[${at}]`;
        causes.push(say.invalid(field, block, `invalid CIDR address: ${block}`));
      }
    }
    if (spec.topology !== undefined) {
      const why = 'can be set only if the ClusterTopology feature flag is enabled';
      causes.push(say.forbidden('spec.topology', why));
    }
    return causes;
  },
};

/** Whether Go's net.ParseCIDR takes it. */
function isCidr(block: string): boolean {
  const [address = '', size = '', ...more] = block.split('/');
  if (!/^\d+$/.test(size) || more.length > 0 || address.includes('%')) return false;
  return (isIPv4(address) && Number(size) <= 32) || (isIPv6(address) && Number(size) <= 128);
}

function blocksOf(network: unknown, name: (typeof networks)[number]): string[] {
  const all = network as Record<string, { cidrBlocks?: unknown }> | undefined;
  const blocks = all?.[name]?.cidrBlocks;
  return Array.isArray(blocks) ? blocks.map(String) : [];
}

const shortestStart = 30_000;

export const healthCheckRules: Rules<MachineHealthCheck> = {
  kind: kinds.MachineHealthCheck,
  name: 'machinehealthcheck.cluster.x-k8s.io',
  defaults(draft) {
    draft.spec ??= {};
    const { spec } = draft;
    draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: spec.clusterName ?? '' };
    spec.maxUnhealthy ??= '100%';
    spec.nodeStartupTimeout = goDuration(spec.nodeStartupTimeout) ?? '10m0s';
  },
  check(check, old, say) {
    const spec = check.spec ?? {};
    const { matchLabels = {}, matchExpressions = [] } = spec.selector ?? {};
    const causes: Cause[] = [];
    if (old) causes.push(...sameCluster(spec.clusterName, old.spec?.clusterName, 'spec.clusterName', say));
    const timeout = spec.nodeStartupTimeout;
    const start = durationMs(timeout);
    if (timeout !== undefined && start !== 0 && start < shortestStart) {
      causes.push(say.invalid('spec.nodeStartupTimeout', timeout, 'must be at least 30s'));
    }
    if (spec.maxUnhealthy !== undefined && !isCountOrShare(spec.maxUnhealthy)) {
      const why =
        'must be either an int or a percentage: invalid value for IntOrString: invalid type: string is not a percentage';
      causes.push(say.invalid('spec.maxUnhealthy', spec.maxUnhealthy, why));
    }
    if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) {
      causes.push(say.required('spec.selector', 'selector must not be empty'));
    }
    return causes;
  },
};
