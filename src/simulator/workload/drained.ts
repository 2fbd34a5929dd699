/** The Pods of operators' own that are seen only when a drain waits for them. */

import type { KubeObject } from '../api/types.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { DrainedPod } from './settings.ts';
import { make } from './system.ts';

/** Longer than this, in seconds, nobody waits for a Pod to end by itself. */
const grace = 30;

/** The Pods on the Nodes there are: about to be evicted, or evicted and not gone. */
export function drainedPods(nodes: readonly Node[], pods: readonly DrainedPod[] = []): KubeObject[] {
  return pods.flatMap(({ namespace, name, node, since }) => {
    const host = nodes.find(({ metadata }) => metadata.name === node);
    const born = host?.metadata.creationTimestamp;
    if (!host || born === undefined) return [];
    const hostIP = host.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const app = name.replace(/-[^-]+$/, '');
    const one = make('v1', 'Pod', namespace, name, born, {
      spec: {
        containers: [{ name: app, image: `registry.example/sim/${app}:1` }],
        nodeName: node,
        ...placeable(host),
        terminationGracePeriodSeconds: grace,
      },
      status: {
        phase: 'Running',
        ...(hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {}),
        startTime: born,
        containerStatuses: [
          {
            name: app,
            image: `registry.example/sim/${app}:1`,
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: born } },
          },
        ],
      },
    });
    const labelled = { ...one.metadata, labels: { app } };
    if (since === undefined) return [{ ...one, metadata: labelled }];
    const ended = new Date(Date.parse(since) + grace * 1000).toISOString().replace('.000Z', 'Z');
    const metadata = { ...labelled, deletionTimestamp: ended, deletionGracePeriodSeconds: grace };
    return [{ ...one, metadata }];
  });
}

/** What lets a Pod be on a Node with lasting taints, as that of a control plane. */
function placeable({ spec }: Node): object {
  const lasting = (spec?.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
  const tolerations = lasting.map(({ key, effect }) => ({ key, operator: 'Exists', effect }));
  return tolerations.length > 0 ? { tolerations } : {};
}
