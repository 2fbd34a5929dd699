/** The webhooks of KubeadmControlPlanes. Source: Cluster API 1.10, webhooks of the kubeadm control plane provider. */

import type { Webhook } from '../api/core.ts';
import type { Cause } from '../api/errors.ts';
import { defaultBootstrap, defaultControlPlane } from '../controllers/capi/defaults.ts';
import { managesEtcd } from '../controllers/capi/kcp-components.ts';
import { equal } from '../controllers/json.ts';
import { type ClusterApiVersion, kinds } from '../controllers/kinds.ts';
import type { KubeadmControlPlane } from '../controllers/shapes/capi.ts';
import { wireOf } from '../controllers/versions/wire.ts';
import type { Rules, Say } from './hook.ts';
import { forbiddenChanges } from './mutable-paths.ts';
import { sameNamespace, templateMetadata } from './references.ts';
import { coreDnsOf, isKubernetesVersion, migrationProblem, partsOf } from './versions.ts';

type Spec = NonNullable<KubeadmControlPlane['spec']>;

const skipCoreDns = 'controlplane.cluster.x-k8s.io/skip-coredns';

/** `newestCoreDns` is asked at each change: the last CoreDNS the webhook knows, where it does not know all of them. */
export const controlPlaneRules = (newestCoreDns: () => string | undefined): Rules<KubeadmControlPlane> => ({
  kind: kinds.KubeadmControlPlane,
  name: 'kubeadmcontrolplane.controlplane.cluster.x-k8s.io',
  defaults(draft, _old, clusterApi) {
    defaultControlPlane(draft, draft.metadata.namespace ?? '');
    if (clusterApi === 'v1beta1') defaultBootstrap(draft.spec!.kubeadmConfigSpec!);
  },
  check(object, old, say) {
    if (old && object.metadata.deletionTimestamp && equal(object.spec, old.spec)) return [];
    const causes = [...(old ? forbiddenChanges(old, object, say) : []), ...specProblems(object, say)];
    if (old) causes.push(...versionProblems(object, old, say), ...coreDnsProblems(object, old, say, newestCoreDns()));
    return causes;
  },
});

function specProblems(plane: KubeadmControlPlane, say: Say): Cause[] {
  const spec: Spec = plane.spec ?? {};
  const causes: Cause[] = [];
  const { replicas, version = '' } = spec;
  if (replicas === undefined) causes.push(say.required('spec.replicas', 'is required'));
  else if (replicas <= 0) causes.push(say.forbidden('spec.replicas', 'cannot be less than or equal to 0'));
  else if (replicas % 2 === 0 && managesEtcd(plane)) {
    causes.push(say.forbidden('spec.replicas', 'cannot be an even number when etcd is stacked'));
  }
  const reference = spec.machineTemplate?.infrastructureRef;
  causes.push(...sameNamespace(plane, reference, 'spec.machineTemplate.infrastructureRef', say));
  causes.push(...templateMetadata(spec.machineTemplate?.metadata, 'spec.machineTemplate.metadata'));
  if (!isKubernetesVersion(version)) {
    causes.push(say.invalid('spec.version', version, 'must be a valid semantic version'));
  }
  const days = spec.rolloutBefore?.certificatesExpiryDays;
  if (days !== undefined && days < 7) {
    causes.push(say.invalid('spec.rolloutBefore.certificatesExpiryDays', days, 'must be greater than or equal to 7'));
  }
  return [...causes, ...strategyProblems(spec, say)];
}

function strategyProblems({ rolloutStrategy: strategy, replicas }: Spec, say: Say): Cause[] {
  const at = 'spec.rolloutStrategy';
  if (!strategy) return [];
  if (strategy.type !== 'RollingUpdate') {
    return [say.required(`${at}.type`, 'only RollingUpdateStrategyType is supported')];
  }
  const surge = String(strategy.rollingUpdate?.maxSurge ?? 1);
  const causes: Cause[] = [];
  if (surge === '0' && replicas !== undefined && replicas < 3) {
    const why = 'when KubeadmControlPlane is configured to scale-in, replica count needs to be at least 3';
    causes.push(say.required(`${at}.rollingUpdate`, why));
  }
  if (surge !== '0' && surge !== '1') {
    causes.push(say.required(`${at}.rollingUpdate.maxSurge`, 'value must be 1 or 0'));
  }
  return causes;
}

/** One minor version up at most; down is not looked at. */
function versionProblems(plane: KubeadmControlPlane, old: KubeadmControlPlane, say: Say): Cause[] {
  const from = partsOf(old.spec?.version);
  const to = partsOf(plane.spec?.version);
  if (!from || !to) return [];
  const far = to[0] > from[0] || (to[0] === from[0] && to[1] >= from[1] + 2);
  const why = `cannot update Kubernetes version from ${old.spec?.version ?? ''} to ${plane.spec?.version ?? ''}`;
  return far ? [say.forbidden('spec.version', why)] : [];
}

const dnsTag = (plane: KubeadmControlPlane): string => {
  const dns = plane.spec?.kubeadmConfigSpec?.clusterConfiguration?.dns as { imageTag?: unknown } | undefined;
  return typeof dns?.imageTag === 'string' ? dns.imageTag : '';
};

function coreDnsProblems(
  plane: KubeadmControlPlane,
  old: KubeadmControlPlane,
  say: Say,
  newest: string | undefined,
): Cause[] {
  if (plane.metadata.annotations?.[skipCoreDns] !== undefined) return [];
  const at = 'spec.kubeadmConfigSpec.clusterConfiguration.dns.imageTag';
  const [before, after] = [dnsTag(old), dnsTag(plane)];
  if (before === '' || after === '') return [];
  const from = coreDnsOf(before);
  const to = coreDnsOf(after);
  if (!from) return [say.invalid(at, before, `failed to parse CoreDNS current version: ${before}`)];
  if (!to) return [say.invalid(at, after, `failed to parse CoreDNS target version: ${after}`)];
  const problem = migrationProblem(from, to, newest);
  return problem ? [say.invalid(at, after, `cannot migrate CoreDNS up to '${to}' from '${from}': ${problem}`)] : [];
}

/** The webhook that looks at `kubectl scale`. */
export function controlPlaneScaleHook(clusterApi: ClusterApiVersion): Webhook {
  const wire = wireOf(clusterApi);
  return {
    name: 'validation-scale.kubeadmcontrolplane.controlplane.cluster.x-k8s.io',
    group: 'controlplane.cluster.x-k8s.io',
    resources: ['kubeadmcontrolplanes/scale'],
    operations: ['UPDATE'],
    validate({ object }) {
      const plane = object && wire.decode(kinds.KubeadmControlPlane, object);
      const replicas = plane?.spec?.replicas ?? 0;
      if (replicas === 0) return 'replicas cannot be 0';
      if (plane && replicas % 2 === 0 && managesEtcd(plane)) {
        return 'replicas cannot be an even number when using managed etcd';
      }
      return undefined;
    },
  };
}
