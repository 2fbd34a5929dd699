/** /configz: the configuration of a kubelet with its defaults, as k8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1 sets them. */

import { parse } from 'yaml';
import type { Core } from '../core.ts';
import { keyOf } from '../store.ts';
import { isRecord, type KubeObject } from '../types.ts';

const DEFAULTS: Record<string, unknown> = {
  enableServer: true,
  podLogsDir: '/var/log/pods',
  syncFrequency: '1m0s',
  fileCheckFrequency: '20s',
  httpCheckFrequency: '20s',
  address: '0.0.0.0',
  port: 10_250,
  tlsCertFile: '/var/lib/kubelet/pki/kubelet.crt',
  tlsPrivateKeyFile: '/var/lib/kubelet/pki/kubelet.key',
  authentication: { x509: {}, webhook: { enabled: true, cacheTTL: '2m0s' }, anonymous: { enabled: false } },
  authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
  ...{ registryPullQPS: 5, registryBurst: 10, eventRecordQPS: 50, eventBurst: 100, enableDebuggingHandlers: true },
  ...{ healthzPort: 10_248, healthzBindAddress: '127.0.0.1', oomScoreAdj: -999 },
  streamingConnectionIdleTimeout: '4h0m0s',
  ...{ nodeStatusUpdateFrequency: '10s', nodeStatusReportFrequency: '5m0s', nodeLeaseDurationSeconds: 40 },
  ...{ imageMinimumGCAge: '2m0s', imageMaximumGCAge: '0s' },
  ...{ imageGCHighThresholdPercent: 85, imageGCLowThresholdPercent: 80, volumeStatsAggPeriod: '1m0s' },
  ...{ cgroupsPerQOS: true, cgroupDriver: 'cgroupfs', cpuManagerPolicy: 'none', cpuManagerReconcilePeriod: '10s' },
  ...{ memoryManagerPolicy: 'None', topologyManagerPolicy: 'none', topologyManagerScope: 'container' },
  ...{ runtimeRequestTimeout: '2m0s', hairpinMode: 'promiscuous-bridge', maxPods: 110, podPidsLimit: -1 },
  ...{ resolvConf: '/etc/resolv.conf', cpuCFSQuota: true, cpuCFSQuotaPeriod: '100ms', nodeStatusMaxImages: 50 },
  ...{ maxOpenFiles: 1_000_000, contentType: 'application/vnd.kubernetes.protobuf', kubeAPIQPS: 50, kubeAPIBurst: 100 },
  serializeImagePulls: true,
  evictionHard: {
    ...{ 'imagefs.available': '15%', 'imagefs.inodesFree': '5%', 'memory.available': '100Mi' },
    ...{ 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' },
  },
  ...{ evictionPressureTransitionPeriod: '5m0s', enableControllerAttachDetach: true, makeIPTablesUtilChains: true },
  ...{ iptablesMasqueradeBit: 14, iptablesDropBit: 15, failSwapOn: true, memorySwap: {} },
  ...{ containerLogMaxSize: '10Mi', containerLogMaxFiles: 5, containerLogMaxWorkers: 1 },
  ...{ containerLogMonitorInterval: '10s', configMapAndSecretChangeDetectionStrategy: 'Watch' },
  ...{ enforceNodeAllocatable: ['pods'], volumePluginDir: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/' },
  logging: {
    ...{ format: 'text', flushFrequency: '5s', verbosity: 0 },
    options: { text: { infoBufferSize: '0' }, json: { infoBufferSize: '0' } },
  },
  ...{ enableSystemLogHandler: true, enableSystemLogQuery: false },
  ...{ shutdownGracePeriod: '0s', shutdownGracePeriodCriticalPods: '0s', crashLoopBackOff: {} },
  ...{
    enableProfilingHandler: true,
    enableDebugFlagsHandler: true,
    seccompDefault: false,
    memoryThrottlingFactor: 0.9,
  },
  ...{ registerNode: true, localStorageCapacityIsolation: true },
  containerRuntimeEndpoint: 'unix:///var/run/containerd/containerd.sock',
};

/** What counts as not said. */
const isNothing = (value: unknown): boolean => value === '0s' || value === '' || value === 0 || value === null;

/** `over` on top of `base`, as a server sets its defaults: what is empty in it is not said. */
function merged(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    if (isRecord(value) && isRecord(before)) result[key] = merged(before, value);
    else if (!isNothing(value) || before === undefined) result[key] = value;
  }
  return result;
}

/** A configured duration as Go writes it: `5m` is `5m0s`. */
function written(value: unknown): unknown {
  const [, hours, minutes, seconds] =
    (typeof value === 'string' && /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value)) || [];
  const all = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  if (all === 0) return value;
  const [h, m] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return `${h ? `${h}h` : ''}${h || m ? `${m}m` : ''}${all % 60}s`;
}

/** What the kubelet of a Node runs with: what its cluster tells all of them, and its own patch. */
export function configuration(core: Core, node: KubeObject): object {
  const maps = core.resources.find(({ plural, group }) => plural === 'configmaps' && group === '')!;
  const stored = core.store.get(maps, keyOf('kube-system', 'kubelet-config'))?.object;
  const data = isRecord(stored?.['data']) ? stored['data'] : {};
  const shared: unknown = parse(String(data['kubelet'] ?? ''));
  const all = merged(merged(DEFAULTS, isRecord(shared) ? shared : {}), core.kubeletPatch?.(node.metadata.name) ?? {});
  const { apiVersion: _version, kind: _kind, ...kubeletconfig } = all;
  const taints = node.spec?.['providerID'] === undefined ? {} : { providerID: node.spec['providerID'] };
  const told = Object.fromEntries(
    Object.entries({ ...kubeletconfig, ...taints }).map(([key, one]) => [key, written(one)]),
  );
  return { kubeletconfig: told };
}
