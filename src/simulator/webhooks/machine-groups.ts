/** The webhooks of Machines, MachineSets and MachineDeployments. Source: Cluster API 1.10, internal/webhooks. */

import type { Cause } from '../api/errors.ts';
import { selectorText } from '../api/read/selectors.ts';
import { defaultDeployment } from '../controllers/capi/defaults.ts';
import { kinds } from '../controllers/kinds.ts';
import { labels } from '../controllers/owners.ts';
import type { Machine, MachineDeployment, MachineSet, MachineSpec } from '../controllers/shapes/capi.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import type { Rules, Say } from './hook.ts';
import { isCountOrShare, matches, sameCluster, sameNamespace, templateMetadata } from './references.ts';
import { defaultReplicas } from './replicas.ts';
import { isKubernetesVersion, withV } from './versions.ts';

const clusterLabel = (draft: KubeObject, cluster: string | undefined): void => {
  draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: cluster ?? '' };
};

function defaultMachineSpec(spec: MachineSpec | undefined, namespace: string | undefined): void {
  if (!spec) return;
  const version = withV(spec.version);
  if (version !== undefined) spec.version = version;
  if (namespace === undefined) return;
  if (spec.bootstrap?.configRef) spec.bootstrap.configRef.namespace ??= namespace;
  if (spec.infrastructureRef) spec.infrastructureRef.namespace ??= namespace;
}

function versionProblem(version: string | undefined, field: string, say: Say): Cause[] {
  if (version === undefined || isKubernetesVersion(version)) return [];
  return [say.invalid(field, version, 'must be a valid semantic version')];
}

export const machineRules: Rules<Machine> = {
  kind: kinds.Machine,
  name: 'machine.cluster.x-k8s.io',
  defaults(draft) {
    clusterLabel(draft, draft.spec?.clusterName);
    defaultMachineSpec(draft.spec, draft.metadata.namespace);
    if (draft.spec) draft.spec.nodeDeletionTimeout ??= '10s';
  },
  check(machine, old, say) {
    const spec = machine.spec ?? {};
    const causes: Cause[] = [];
    const { configRef, dataSecretName } = spec.bootstrap ?? {};
    if (!configRef && dataSecretName === undefined) {
      const why = 'expected either spec.bootstrap.dataSecretName or spec.bootstrap.configRef to be populated';
      causes.push(say.required('spec.bootstrap.data', why));
    }
    causes.push(...sameNamespace(machine, configRef, 'spec.bootstrap.configRef', say));
    causes.push(...sameNamespace(machine, spec.infrastructureRef, 'spec.infrastructureRef', say));
    if (old) causes.push(...sameCluster(spec.clusterName, old.spec?.clusterName, 'spec.clusterName', say));
    return [...causes, ...versionProblem(spec.version, 'spec.version', say)];
  },
};

export const machineSetRules: Rules<MachineSet> = {
  kind: kinds.MachineSet,
  name: 'machineset.cluster.x-k8s.io',
  defaults(draft, old) {
    draft.spec ??= {};
    const spec = draft.spec;
    clusterLabel(draft, spec.clusterName);
    spec.replicas ??= defaultReplicas(draft, old?.spec?.replicas);
    spec.deletePolicy ??= 'Random';
    spec.template ??= {};
    const { template } = spec;
    const selector = spec.selector as { matchLabels?: object; matchExpressions?: unknown[] } | undefined;
    if (Object.keys(selector?.matchLabels ?? {}).length === 0 && !selector?.matchExpressions?.length) {
      const own = { [labels.set]: draft.metadata.name };
      spec.selector = { ...spec.selector, matchLabels: own };
      template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...own } };
    }
    defaultMachineSpec(template.spec, draft.metadata.namespace);
  },
  check(set, old, say) {
    const spec = set.spec ?? {};
    const template = spec.template?.metadata?.labels ?? {};
    const causes: Cause[] = [];
    if (!matches(spec.selector, template)) {
      const why = `must match spec.selector ${JSON.stringify(selectorText(spec.selector ?? {}))}`;
      causes.push(say.invalid('spec.template.metadata.labels', template, why));
    }
    if (old) causes.push(...sameCluster(spec.clusterName, old.spec?.clusterName, 'spec.clusterName', say));
    return [
      ...causes,
      ...versionProblem(spec.template?.spec?.version, 'spec.template.spec.version', say),
      ...templateMetadata(spec.template?.metadata, 'spec.template.metadata'),
    ];
  },
};

export const machineDeploymentRules: Rules<MachineDeployment> = {
  kind: kinds.MachineDeployment,
  name: 'machinedeployment.cluster.x-k8s.io',
  defaults(draft, old) {
    draft.spec ??= {};
    draft.spec.replicas ??= defaultReplicas(draft, old?.spec?.replicas);
    defaultDeployment(draft, draft.metadata.namespace ?? '');
  },
  check(deployment, old, say) {
    const spec = deployment.spec ?? {};
    const causes: Cause[] = [];
    if (!matches(spec.selector, spec.template?.metadata?.labels)) {
      const why = `must match spec.selector ${JSON.stringify(selectorText(spec.selector ?? {}))}`;
      causes.push(say.forbidden('spec.template.metadata.labels', why));
    }
    for (const key of ['maxSurge', 'maxUnavailable'] as const) {
      const value = spec.strategy?.rollingUpdate?.[key];
      if (value === undefined || isCountOrShare(value)) continue;
      const why = `must be either an int or a percentage: invalid value for IntOrString: invalid type: string is not a percentage`;
      causes.push(say.invalid(`spec.strategy.rollingUpdate.${key}`, value, why));
    }
    if (old) causes.push(...sameCluster(spec.clusterName, old.spec?.clusterName, 'spec.clusterName', say));
    return [
      ...causes,
      ...versionProblem(spec.template?.spec?.version, 'spec.template.spec.version', say),
      ...templateMetadata(spec.template?.metadata, 'spec.template.metadata'),
    ];
  },
};
