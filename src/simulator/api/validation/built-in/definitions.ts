/** The rules of CustomResourceDefinitions: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation, and .../pkg/apiserver/schema. */

import { groupOf, namesOf, versionsOf } from '../../definitions/defined-kinds.ts';
import { type Cause, cause } from '../../errors.ts';
import { isRecord, type KubeObject } from '../../types.ts';
import { dns1035, duplicateCause, type Fields, fieldsOf, immutableCause, oneOf, subdomain, texts } from '../tools.ts';

const APPROVAL = 'api-approved.kubernetes.io';
const protectedGroup = /(^|\.)(k8s|kubernetes)\.io$/;

/** What is wrong with one. */
export function definitionCauses(object: KubeObject): Cause[] {
  const group = groupOf(object);
  const { plural } = namesOf(object);
  const given = fieldsOf(object.spec?.['names']);
  const { name, annotations = {} } = object.metadata;
  const versions = versionsOf(object);
  const stored = versions.filter(({ storage }) => storage === true);
  const names = versions.map((one) => String(one['name'] ?? ''));
  const isProtected = protectedGroup.test(group) && !annotations[APPROVAL];
  const why = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [
    ...(name === `${plural}.${group}`
      ? []
      : [cause.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...(group === '' ? [cause.required('spec.group')] : subdomain('spec.group', group)),
    ...(group !== '' && !group.includes('.')
      ? [cause.invalid('spec.group', group, 'should be a domain with at least one dot')]
      : []),
    ...oneOf('spec.scope', object.spec?.['scope'], ['Cluster', 'Namespaced']),
    ...versions.flatMap((one, at) => versionCauses(one, `spec.versions[${at}]`)),
    ...names.flatMap((one, at) => (names.indexOf(one) < at ? [duplicateCause(`spec.versions[${at}].name`, one)] : [])),
    ...(stored.length === 1
      ? []
      : [cause.invalid('spec.versions', names, 'must have exactly one version marked as storage version')]),
    ...(given['plural'] ? dns1035('spec.names.plural', plural) : [cause.required('spec.names.plural')]),
    ...(given['kind']
      ? dns1035('spec.names.kind', String(given['kind']).toLowerCase())
      : [cause.required('spec.names.kind')]),
    ...(given['singular'] ? dns1035('spec.names.singular', String(given['singular'])) : []),
    ...texts(given['shortNames']).flatMap((one, at) => dns1035(`spec.names.shortNames[${at}]`, one)),
    ...(given['kind'] && given['kind'] === given['listKind']
      ? [cause.invalid('spec.names.listKind', given['listKind'], 'kind and listKind may not be the same')]
      : []),
    ...(isProtected ? [cause.required(`metadata.annotations[${APPROVAL}]`, why)] : []),
  ];
}

/** What may not be changed of one. */
export function fixedDefinition(old: KubeObject, now: KubeObject): Cause[] {
  const [was, is] = [namesOf(old), namesOf(now)];
  const stored = texts(fieldsOf(now.status)['storedVersions']);
  const versions = versionsOf(now).map(({ name }) => String(name));
  return [
    ...(old.spec?.['scope'] === now.spec?.['scope'] ? [] : [immutableCause('spec.scope', now.spec?.['scope'])]),
    ...(was.kind === is.kind ? [] : [immutableCause('spec.names.kind', is.kind)]),
    ...(was.plural === is.plural ? [] : [immutableCause('spec.names.plural', is.plural)]),
    ...(groupOf(old) === groupOf(now) ? [] : [immutableCause('spec.group', groupOf(now))]),
    ...stored.flatMap((one, at) =>
      versions.includes(one)
        ? []
        : [
            cause.invalid(
              `status.storedVersions[${at}]`,
              one,
              'missing from spec.versions; it was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ' +
                one +
                ' and removes ' +
                one +
                ' from status.storedVersions',
            ),
          ],
    ),
  ];
}

function versionCauses(version: Fields, at: string): Cause[] {
  const schema = fieldsOf(version['schema'])['openAPIV3Schema'];
  return [
    ...dns1035(`${at}.name`, String(version['name'] ?? '')),
    ...(isRecord(schema)
      ? rootCauses(schema, `${at}.schema.openAPIV3Schema`)
      : [cause.required(`${at}.schema.openAPIV3Schema`, 'schemas are required')]),
  ];
}

function rootCauses(schema: Fields, at: string): Cause[] {
  const { type } = schema;
  return [
    ...(type === undefined || type === '' ? [cause.required(`${at}.type`, 'must not be empty at the root')] : []),
    ...(type !== undefined && type !== '' && type !== 'object'
      ? [cause.invalid(`${at}.type`, type, 'must be object at the root')]
      : []),
    ...inside(schema, at),
  ];
}

/** What is wrong further in. */
function inside({ properties, items, additionalProperties }: Fields, at: string): Cause[] {
  return [
    ...Object.entries(fieldsOf(properties)).flatMap(([key, part]) =>
      partCauses(fieldsOf(part), `${at}.properties[${key}]`, 'object fields'),
    ),
    ...(isRecord(items) ? partCauses(items, `${at}.items`, 'array items') : []),
    ...(isRecord(additionalProperties)
      ? partCauses(additionalProperties, `${at}.additionalProperties`, 'object fields')
      : []),
  ];
}

function partCauses(schema: Fields, at: string, what: string): Cause[] {
  const { type } = schema;
  const isAny =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const missing = !type && !isAny;
  const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
  return [
    ...(missing ? [cause.required(`${at}.type`, `must not be empty for specified ${what}`)] : []),
    ...(type ? oneOf(`${at}.type`, type, types) : []),
    ...(type === 'array' && !isRecord(schema['items']) ? [cause.required(`${at}.items`, 'must be specified')] : []),
    ...inside(schema, at),
  ];
}
