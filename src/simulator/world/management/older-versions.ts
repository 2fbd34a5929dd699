/**
 * Cluster API from 1.11 on keeps its kinds in v1beta2 and serves what was before it too, deprecated: turned there and back by its
 * conversion webhooks. What the older shape has no place for lies in an annotation meanwhile: sigs.k8s.io/cluster-api/util/conversion.
 */

import { furtherKinds } from '../../api/kinds/further-kinds.ts';
import { apiVersionOf, type Resource, servedResources } from '../../api/resources.ts';
import { isRecord, type KubeObject } from '../../api/types.ts';
import { type Kind, kinds } from '../../controllers/kinds.ts';
import { inVersion } from '../../controllers/versions/references.ts';
import { v1beta2 } from '../../controllers/versions/v1beta2.ts';

const DATA = 'cluster.x-k8s.io/conversion-data';

type Fields = Record<string, unknown>;

/** The older versions of those of `current` that Cluster API has had in another one; nothing is kept under them. */
export function olderVersions(current: readonly Resource[]): Resource[] {
  const older = [...servedResources('v1beta1'), ...furtherKinds('v1beta1')].filter(({ custom }) => custom);
  return older.flatMap((resource) => {
    const of = current.find(({ group, plural }) => group === resource.group && plural === resource.plural);
    if (of === undefined || of.version === resource.version) return [];
    const { kind } = resource;
    const deprecated = `${apiVersionOf(resource)} ${kind} is deprecated; use ${apiVersionOf(of)} ${kind}`;
    return [{ ...resource, deprecated, view: { of, admitted: true, ...conversion(resource, of) } }];
  });
}

function conversion(
  older: Resource,
  of: Resource,
): { show(o: KubeObject): KubeObject; keep(o: KubeObject): KubeObject } {
  const apiVersion = apiVersionOf(older);
  const known = Object.values(kinds).find((one) => one.kind === older.kind && one.apiVersion === apiVersion) as
    | Kind
    | undefined;
  if (known === undefined) {
    return {
      show: (object) => ({ ...object, apiVersion }),
      keep: (object) => ({ ...object, apiVersion: apiVersionOf(of) }),
    };
  }
  const encoded = (object: KubeObject): KubeObject => v1beta2.encode(known, object as never) as unknown as KubeObject;
  const decoded = (object: object): KubeObject => v1beta2.decode(known, object) as unknown as KubeObject;
  return {
    show: (object) => {
      const { metadata, spec, status } = object;
      const shown = decoded(object);
      const data = JSON.stringify({ ...(spec ? { spec } : {}), ...(status ? { status } : {}) });
      return {
        ...shown,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [DATA]: data } },
        ...(shown.spec ? { spec: pointed(shown.spec, metadata.namespace) as Fields } : {}),
        ...(shown.status ? { status: { ...FLAGS[older.kind], ...shown.status } } : {}),
      };
    },
    keep: (object) => {
      const { [DATA]: data, ...annotations } = object.metadata.annotations ?? {};
      const { annotations: _all, ...rest } = object.metadata;
      const metadata = Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
      const kept = { ...encoded(object), metadata };
      const before = parsed(data);
      if (before === undefined) return kept;
      const again = encoded(decoded({ ...before, apiVersion: apiVersionOf(of), kind: of.kind, metadata }));
      const { spec, status } = kept;
      return {
        ...kept,
        ...(spec ? { spec: restored(spec, before['spec'], again.spec) as Fields } : {}),
        ...(status ? { status: restored(status, before['status'], again.status) as Fields } : {}),
      };
    },
  };
}

/** What the older shape says also where it is not so. */
const FLAGS: Readonly<Record<string, Fields>> = {
  Cluster: { infrastructureReady: false, controlPlaneReady: false },
  KubeadmControlPlane: { initialized: false, ready: false },
  Machine: { bootstrapReady: false, infrastructureReady: false },
};

const REFERENCES = new Set(['configRef', 'infrastructureRef', 'controlPlaneRef', 'remediationTemplate']);

/** References as conversion writes them: with the namespace, and of Cluster API's own groups in the version that is kept. */
function pointed(value: unknown, namespace: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => pointed(one, namespace));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!REFERENCES.has(key) || !isRecord(inner)) return [key, pointed(inner, namespace)];
      const apiVersion = inVersion(inner['apiVersion'], 'v1beta2');
      return [key, { ...inner, apiVersion, ...(namespace ? { namespace } : {}) }];
    }),
  );
}

function parsed(text: string | undefined): Fields | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // Somebody has written it by hand.
    return undefined;
  }
}

/** `now` with what was there `before` and is lost on the way, which `again` has been: no writer can have taken it away. */
function restored(now: unknown, before: unknown, again: unknown): unknown {
  if (!isRecord(now) || !isRecord(before)) return now;
  const result: Fields = { ...now };
  const survived = isRecord(again) ? again : {};
  for (const [key, value] of Object.entries(before)) {
    if (result[key] !== undefined) result[key] = restored(result[key], value, survived[key]);
    else if (survived[key] === undefined) result[key] = value;
  }
  return result;
}
