import { createHash } from 'node:crypto';
import { ACCOUNT_ACTIONS } from '../account-token.ts';
import { POD_ACTIONS } from '../pod-actions.ts';
import { mediaRanges } from '../read/negotiate.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { isDebugged, isResized } from '../target.ts';
import { healthPaths } from './health.ts';
import { ISSUER_PATHS } from './issuer.ts';
import { inOrder } from './priorities.ts';
import { servedVersion } from './version.ts';

/** In the order in which the server tells them, for kinds of its own and for those that definitions bring. */
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

function verbsOf({ custom, group, plural }: Resource): string[] {
  if (group === '' && plural === 'componentstatuses') return ['get', 'list'];
  if (group === '' && plural === 'namespaces') return VERBS.filter((verb) => verb !== 'deletecollection');
  return custom ? CUSTOM_VERBS : VERBS;
}

/** Kinds that exist only to be posted: they are served, but nothing of them is stored. */
const REVIEWS = [
  { group: '', version: 'v1', kinds: ['Binding'] },
  { group: 'authentication.k8s.io', version: 'v1', kinds: ['SelfSubjectReview', 'TokenReview'] },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kinds: ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  },
] as const;

const reviewsOf = (group: string): readonly string[] => REVIEWS.find((one) => one.group === group)?.kinds ?? [];
const isOfNamespace = (kind: string): boolean => kind === 'Binding' || kind === 'LocalSubjectAccessReview';

/** Whether a path of these parts is served though nothing of the kind is kept: it can be posted, and nothing else. */
export const isPostOnly = ({ group, version, plural }: { group: string; version: string; plural: string }): boolean =>
  REVIEWS.some(
    (one) =>
      one.group === group && one.version === version && one.kinds.some((kind) => `${kind.toLowerCase()}s` === plural),
  );

/** Groups that are served though nothing of them is kept. */
export const POST_ONLY_GROUPS: readonly { group: string; version: string }[] = REVIEWS;

type Group = ReturnType<typeof inOrder>[number];

const groupsOf = (resources: readonly Resource[]): Group[] =>
  inOrder([...resources, ...REVIEWS].filter(({ group }) => group !== ''));

/** A discovery document for a path, with its content type; undefined for other paths. `resources` are those on show. */
export function discover(
  path: string,
  accept: string,
  resources: readonly Resource[],
  version: Record<string, string>,
  address = '',
): { body: unknown; contentType?: string; pretty?: boolean } | undefined {
  const steps = path.replace(/\/$/, '').split('/').slice(1);
  const [root, group, groupVersion] = steps;
  const minor = Number(version['minor'] ?? 0);
  if (path === '/') return { body: { paths: servedPaths(resources, minor) }, pretty: true };
  if (path === '/version' || path === '/version/') return { body: servedVersion(version), pretty: true };
  if (root === 'api' && steps.length === 1) {
    return (
      aggregated(accept, resources, true, minor) ?? {
        body: {
          kind: 'APIVersions',
          versions: ['v1'],
          serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
        },
      }
    );
  }
  if (root === 'api' && steps.length === 2 && group === 'v1') return { body: resourceList('', 'v1', resources, minor) };
  if (root !== 'apis') return undefined;
  const groups = groupsOf(resources);
  if (steps.length === 1) {
    return (
      aggregated(accept, resources, false, minor) ?? {
        body: { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) },
      }
    );
  }
  const known = groups.find((one) => one.group === group);
  if (known === undefined || steps.length > 3) return undefined;
  if (groupVersion === undefined) return { body: { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(known) } };
  return known.versions.includes(groupVersion)
    ? { body: resourceList(known.group, groupVersion, resources, minor) }
    : undefined;
}

/** What the root of the server lists: everything that can be asked for and is no object. */
function servedPaths(resources: readonly Resource[], minor: number): string[] {
  const groups = groupsOf(resources).flatMap(({ group, versions }) => [
    `/apis/${group}`,
    ...versions.map((version) => `/apis/${group}/${version}`),
  ]);
  const documents = ['/openapi/v2', '/openapi/v3', '/openapi/v3/', '/version', ...Object.values(ISSUER_PATHS)];
  const metrics = ['/metrics', '/metrics/slis'];
  return ['/api', '/api/v1', '/apis', '/apis/', ...groups, ...healthPaths(minor), ...metrics, ...documents].sort();
}

function groupEntry({ group, versions }: Group) {
  const told = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: told, preferredVersion: told[0] };
}

function resourceList(group: string, version: string, resources: readonly Resource[], minor: number) {
  const served = resources.filter((r) => r.group === group && r.version === version);
  const entries = served.flatMap((one) => resourceEntries(one, minor));
  for (const kind of reviewsOf(group)) {
    const singularName = kind.toLowerCase();
    entries.push({ name: `${singularName}s`, singularName, namespaced: isOfNamespace(kind), kind, verbs: ['create'] });
  }
  // The server tells its own by their names, and those of definitions as they came.
  if (!served.some(({ custom }) => custom)) entries.sort(byName);
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: entries,
  };
}

const byName = ({ name: one }: { name?: unknown }, { name: other }: { name?: unknown }): number =>
  String(one) < String(other) ? -1 : 1;

/** What tells in which version a kind is kept: k8s.io/apiserver/pkg/endpoints/discovery/storageversionhash.go. */
function storageHash(resource: Resource): string {
  const { group, version, kind } = resource.view?.of ?? resource;
  const digest = createHash('sha256').update(`${group}/${version}/${kind}`).digest();
  return digest.subarray(0, 8).toString('base64');
}

function resourceEntries(resource: Resource, minor: number): Record<string, unknown>[] {
  const { group, plural, singular, namespaced, kind, shortNames, categories } = resource;
  const entries: Record<string, unknown>[] = [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: verbsOf(resource),
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
      ...(group === '' && plural === 'componentstatuses' ? {} : { storageVersionHash: storageHash(resource) }),
    },
  ];
  const add = (name: string, of: object) =>
    entries.push({ name: `${plural}/${name}`, singularName: '', namespaced, ...of, verbs: SUBRESOURCE_VERBS });
  if (resource.status) add('status', { kind });
  if (isDebugged(resource)) add('ephemeralcontainers', { kind });
  if (isResized(resource, minor)) add('resize', { kind });
  if (resource.approval) add('approval', { kind });
  if (resource.scale) add('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  for (const { name, verbs, kind: of, ...place } of actionsOf(resource)) {
    const elsewhere = place.group === '' ? {} : place;
    entries.push({ name: `${plural}/${name}`, singularName: '', namespaced, ...elsewhere, kind: of, verbs });
  }
  return entries;
}

const ACTIONS: Readonly<Record<string, typeof POD_ACTIONS | typeof ACCOUNT_ACTIONS>> = {
  pods: POD_ACTIONS,
  serviceaccounts: ACCOUNT_ACTIONS,
};
const actionsOf = ({ group, plural }: Resource) => (group === '' ? (ACTIONS[plural] ?? []) : []);

/** Aggregated discovery (v2), where the Accept header asks for it: every group in one answer. */
function aggregated(accept: string, resources: readonly Resource[], core: boolean, minor: number) {
  const range = mediaRanges(accept).find(
    ({ parameters: p }) =>
      p.get('g') === 'apidiscovery.k8s.io' && p.get('as') === 'APIGroupDiscoveryList' && p.get('v')?.startsWith('v2'),
  );
  if (range === undefined) return undefined;
  const v = range.parameters.get('v')!;
  const groups = core ? [{ group: '', versions: ['v1'] }] : groupsOf(resources);
  const items = groups.map(({ group, versions }) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: [
        ...resources
          .filter((r) => r.group === group && r.version === version)
          .map((one) => aggregatedEntry(one, minor)),
        ...reviewsOf(group).map((kind) => reviewEntry(group, version, kind)),
      ],
      freshness: 'Current',
    })),
  }));
  return {
    body: { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${v}`, metadata: {}, items },
    contentType: `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`,
  };
}

function aggregatedEntry(resource: Resource, minor: number): Record<string, unknown> {
  const { group, version, kind, plural, singular, namespaced, shortNames, categories } = resource;
  const responseKind = { group, version, kind };
  const subresources = [
    ...(isDebugged(resource) ? [{ subresource: 'ephemeralcontainers', responseKind, verbs: SUBRESOURCE_VERBS }] : []),
    ...(isResized(resource, minor) ? [{ subresource: 'resize', responseKind, verbs: SUBRESOURCE_VERBS }] : []),
    ...(resource.approval ? [{ subresource: 'approval', responseKind, verbs: SUBRESOURCE_VERBS }] : []),
    ...(resource.status ? [{ subresource: 'status', responseKind, verbs: SUBRESOURCE_VERBS }] : []),
    ...(resource.scale
      ? [
          {
            subresource: 'scale',
            responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
            verbs: SUBRESOURCE_VERBS,
          },
        ]
      : []),
    ...actionsOf(resource).map(({ name, verbs, ...action }) => ({ subresource: name, responseKind: action, verbs })),
  ];
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(resource),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

const reviewEntry = (group: string, version: string, kind: string) => ({
  resource: `${kind.toLowerCase()}s`,
  responseKind: { group, version, kind },
  scope: isOfNamespace(kind) ? 'Namespaced' : 'Cluster',
  singularResource: kind.toLowerCase(),
  verbs: ['create'],
});
