import { type Cause, cause } from '../errors.ts';
import type { Resource } from '../resources.ts';
import type { Subresource } from '../target.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { typeName } from './words.ts';

const LARGEST = 2_147_483_647;

/** encoding/json's words for what a value is, as unstructured accessors print them. */
const GO_TYPES: Readonly<Record<string, string>> = {
  number: 'float64',
  boolean: 'bool',
  object: 'map[string]interface {}',
  array: '[]interface {}',
};

/**
 * What an object breaks of the rules that a scale subresource brings, whichever way it is written: replicas wanted and
 * reported are whole numbers, 0 and above. A write of the status is judged by what it reports, a change of the object
 * by what it wants, a new object by both: k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go. What
 * is compiled into the server has its own words: k8s.io/kubernetes/pkg/apis/apps/validation.
 */
export function badReplicas(
  { scale, custom }: Resource,
  { spec, status }: KubeObject,
  written: 'CREATE' | 'UPDATE',
  subresource: Subresource | undefined,
): Cause[] {
  if (!scale) return [];
  const judge = custom ? judgeCustom : judgeCompiled;
  const ofStatus = written === 'CREATE' || subresource === 'status';
  return [
    ...(subresource === 'status' ? [] : judge('.spec.replicas', spec)),
    ...(ofStatus ? judge('.status.replicas', status) : []),
  ];
}

function judgeCustom(field: string, part: unknown): Cause[] {
  const replicas = isRecord(part) ? part['replicas'] : undefined;
  if (replicas === undefined) return [];
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    const type = typeName(replicas);
    const found = `${field} accessor error: ${String(replicas)} is of the type ${GO_TYPES[type] ?? type}`;
    return [cause.invalid(field, 0, `${found}, expected int64`)];
  }
  if (replicas < 0) return [cause.invalid(field, replicas, 'should be a non-negative integer')];
  if (replicas > LARGEST) return [cause.invalid(field, replicas, `should be less than or equal to ${LARGEST}`)];
  return [];
}

function judgeCompiled(field: string, part: unknown): Cause[] {
  const replicas = isRecord(part) ? part['replicas'] : undefined;
  if (typeof replicas !== 'number' || replicas >= 0) return [];
  return [cause.invalid(field.slice(1), replicas, 'must be greater than or equal to 0')];
}
