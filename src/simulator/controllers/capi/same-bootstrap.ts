/**
 * Whether a control plane's Machine was begun as its KubeadmControlPlane wants Machines begun. Source: Cluster API 1.10,
 * filters.go of controlplane/kubeadm/internal, and 1.12, where the configuration itself is asked for all of it.
 */

import { equal, parseJson } from '../json.ts';
import type { KubeadmConfig, KubeadmControlPlane, Machine } from '../shapes/capi.ts';

/** Annotation in which a control plane keeps the ClusterConfiguration a Machine was made with; since v1beta2 its configuration does. */
export const clusterConfigurationAnnotation = 'controlplane.cluster.x-k8s.io/kubeadm-cluster-configuration';

type Fields = Record<string, unknown>;

/** Says so too where nothing is known of how it was begun. */
export function isSameBootstrap(
  plane: KubeadmControlPlane,
  machine: Machine,
  config: KubeadmConfig | undefined,
): boolean {
  const wanted = plane.spec?.kubeadmConfigSpec;
  const text = machine.metadata.annotations?.[clusterConfigurationAnnotation];
  const noted = text === undefined ? config?.spec?.clusterConfiguration : (parseJson(text) ?? null);
  if (noted === null) return false;
  if (noted !== undefined && !isSameCluster(noted as Fields, wanted?.clusterConfiguration)) return false;
  return !config?.spec || !wanted || isSameConfig(wanted as Fields, config.spec as Fields);
}

/** What the first Machine of a cluster is told of its Cluster, where its control plane says nothing of it. */
const ofCluster = ['controlPlaneEndpoint', 'clusterName', 'kubernetesVersion', 'networking'];

/** DNS is left out: a control plane updates it in the running cluster; and so is the gate that it sets by itself. */
function isSameCluster({ dns: _own, ...noted }: Fields, wanted: Fields = {}): boolean {
  const { dns: _dns, ...asked } = wanted;
  for (const key of ofCluster) if (said(asked[key]) === undefined) delete noted[key];
  const gate = 'ControlPlaneKubeletLocalMode';
  const gates = { ...(noted['featureGates'] as Fields | undefined) };
  if ((asked['featureGates'] as Fields | undefined)?.[gate] === undefined) delete gates[gate];
  return equal(said({ ...noted, featureGates: gates }), said(asked));
}

/** What counts for no difference: what is compared by itself, and how often a join is tried. */
const aside = new Set(['clusterConfiguration', 'initConfiguration', 'joinConfiguration', 'useExperimentalRetryJoin']);

function isSameConfig(wanted: Fields, own: Fields): boolean {
  const rest = (spec: Fields) =>
    said(Object.fromEntries(Object.entries({ format: 'cloud-config', ...spec }).filter(([key]) => !aside.has(key))));
  if (!equal(rest(own), rest(wanted))) return false;
  return ['initConfiguration', 'joinConfiguration'].every((part) => {
    const [has, asks] = [own[part], wanted[part]] as [Fields | undefined, Fields | undefined];
    // It was begun in one way or the other; of what is not asked for nothing can differ.
    return !has || !asks || equal(said(reduced(has, asks)), said(reduced(asks, asks)));
  });
}

/** Of how to begin or to join, what a control plane looks at: the way to the API server is each Machine's own. */
function reduced(part: Fields, wanted: Fields): Fields {
  const { discovery: _way, apiVersion: _version, kind: _kind, ...rest } = part;
  if (!wanted['controlPlane']) delete rest['controlPlane'];
  if (said(wanted['nodeRegistration']) === undefined) delete rest['nodeRegistration'];
  return rest;
}

/** A value without what says nothing: an empty part is no part. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(said) : undefined;
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? undefined : value;
  const pairs = Object.entries(value).flatMap(([key, one]) => {
    const kept = said(one);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}
