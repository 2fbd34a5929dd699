import type { Resource } from '../resources.ts';
import { V1BETA1 } from '../schemas/capi-v1beta1.ts';
import { V1BETA2 } from '../schemas/capi-v1beta2.ts';
import { CORE_SCHEMAS } from '../schemas/core.ts';
import { ELEMENTAL } from '../schemas/elemental.ts';
import { KUBE_OVN } from '../schemas/kube-ovn.ts';
import { PROVIDER } from '../schemas/provider.ts';
import type { Schema } from '../schemas/schema.ts';
import { published } from '../schemas/shapes.ts';
import { furtherPlurals } from './further-kinds.ts';
import { ordinaryPlurals } from './ordinary-kinds.ts';

const OWN: Readonly<Record<string, Schema>> = { ...CORE_SCHEMAS, ...PROVIDER, ...ELEMENTAL, ...KUBE_OVN };
const CLUSTER_API: Readonly<Record<string, Readonly<Record<string, Schema>>>> = { v1beta1: V1BETA1, v1beta2: V1BETA2 };

const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
/** Kinds that nobody but the simulator writes, or that nobody here works on: they pass as they are. */
const OPEN = new Set([
  ...['nodes', 'daemonsets', 'leases', 'appreleases', 'replicasets', 'poddisruptionbudgets'],
  ...ordinaryPlurals,
  ...furtherPlurals,
  ...['customresourcedefinitions', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
]);

type Named = Pick<Resource, 'plural' | 'version' | 'schema'> & { group?: string };

/** The schema of a served kind. Throws where there is none: every served kind has one. */
export function schemaOf({ plural, version, group = '', schema: defined }: Named): Schema {
  if (defined !== undefined) return defined;
  const own = OWN[`${plural}.${group}`] ?? OWN[plural];
  const open = OPEN.has(plural) || (group === 'kubeovn.io' && !KUBE_OVN[`${plural}.${group}`]);
  const schema = open ? anything : (own ?? CLUSTER_API[version]?.[plural]);
  if (schema === undefined) throw new Error(`no schema of ${plural} ${version}`);
  return schema;
}

const wholes = new Map<string, Schema>();

/**
 * The schema of a served kind with all the fields that its type has: by it lists are merged and fields are owned, and it is
 * published. What nobody is held to by `schemaOf` is in it too. Throws where there is no schema.
 */
export function wholeSchemaOf(resource: Pick<Resource, 'custom' | 'view'> & Named): Schema {
  if (resource.custom) return schemaOf(resource);
  const { plural, version, group, view } = resource;
  const key = `${plural}.${group}/${version}`;
  const known = wholes.get(key);
  if (known !== undefined) return known;
  const made = published(view === undefined ? plural : `${plural}.${version}`, schemaOf(resource));
  wholes.set(key, made);
  return made;
}
