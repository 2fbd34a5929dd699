/** Which of the server's flows a request is of: told with every answer, as k8s.io/apiserver/pkg/server/filters does. */

import type { Core } from './core.ts';
import { pathParts, verbOf } from './target.ts';
import { type ApiRequest, isRecord, type KubeObject, type User } from './types.ts';
import { accountNamed, groupsOf } from './users.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';

/** What rules are asked about: k8s.io/apiserver/pkg/util/flowcontrol/rule.go. */
interface Asked {
  user: User;
  verb: string;
  /** Where it is about a resource, with its subresource. */
  resource?: { group: string; name: string; namespace?: string };
  path: string;
}

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const among = (value: unknown, name: string): boolean => names(value).some((one) => one === '*' || one === name);
const nameIn = (value: unknown): string => (isRecord(value) ? String(value['name'] ?? '') : '');

function isSubject(subject: Record<string, unknown>, user: User): boolean {
  switch (subject['kind']) {
    case 'User':
      return among([nameIn(subject['user'])], user.name);
    case 'Group': {
      const group = nameIn(subject['group']);
      return group === '*' || groupsOf(user).includes(group);
    }
    default: {
      const { serviceAccount } = subject;
      const account = accountNamed(user.name);
      if (account === undefined || !isRecord(serviceAccount)) return false;
      return among([nameIn(serviceAccount)], account.name) && serviceAccount['namespace'] === account.namespace;
    }
  }
}

function isOfResource(rule: Record<string, unknown>, { verb, resource }: Asked): boolean {
  if (resource === undefined || !among(rule['verbs'], verb) || !among(rule['apiGroups'], resource.group)) return false;
  if (!among(rule['resources'], resource.name)) return false;
  return resource.namespace === undefined
    ? rule['clusterScope'] === true
    : among(rule['namespaces'], resource.namespace);
}

function isOfPath(rule: Record<string, unknown>, { verb, path, resource }: Asked): boolean {
  if (resource !== undefined || !among(rule['verbs'], verb)) return false;
  return names(rule['nonResourceURLs']).some((url) => {
    const tree = url.endsWith('/*');
    return url === '*' || url === path || (tree && path.startsWith(url.slice(0, -1)));
  });
}

const matches = ({ spec }: KubeObject, asked: Asked): boolean =>
  records(spec?.['rules']).some(
    (rule) =>
      records(rule['subjects']).some((subject) => isSubject(subject, asked.user)) &&
      (records(rule['resourceRules']).some((one) => isOfResource(one, asked)) ||
        records(rule['nonResourceRules']).some((one) => isOfPath(one, asked))),
  );

function askedOf({ method, path, query }: ApiRequest, user: User): Asked {
  const parts = pathParts(path);
  if (parts === undefined) return { user, verb: method.toLowerCase(), path };
  const { group, plural, subresource, namespace } = parts;
  const name = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { user, verb: verbOf(method, query, parts) ?? '', path, resource: { group, name, namespace } };
}

const precedence = ({ spec }: KubeObject): number => Number(spec?.['matchingPrecedence'] ?? 1000);

/**
 * The headers that tell it: of the first schema, by precedence and name, that the request falls under. None for
 * somebody who is not known, and where the server keeps no schemas.
 */
export function flowHeaders({ resources, store }: Core, request: ApiRequest): Record<string, string> {
  const user = request.actAs ?? request.user;
  if (request.user === undefined || user === undefined) return {};
  const kind = (plural: string) => resources.find((one) => one.plural === plural && one.group === GROUP);
  const [schemas, levels] = [kind('flowschemas'), kind('prioritylevelconfigurations')];
  if (schemas === undefined || levels === undefined) return {};
  const asked = askedOf(request, user);
  // They come by name, and stay so where precedence is the same.
  const kept = [...store.scan(schemas)].map(({ object }) => object).sort((a, b) => precedence(a) - precedence(b));
  const schema = kept.find((one) => matches(one, asked));
  const priority = schema && store.get(levels, nameIn(schema.spec?.['priorityLevelConfiguration']))?.object;
  if (schema === undefined || priority === undefined) return {};
  return {
    'x-kubernetes-pf-flowschema-uid': schema.metadata.uid ?? '',
    'x-kubernetes-pf-prioritylevel-uid': priority.metadata.uid ?? '',
  };
}
