/** Secrets and ConfigMaps: k8s.io/kubernetes/pkg/apis/core/validation. */

import { type Cause, cause } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import { fieldsOf } from '../tools.ts';

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
/** So many bytes a Secret or a ConfigMap may hold. */
const MOST = 1024 * 1024;

/** Keys that could not be names of files, and more than is kept. */
export function keyCauses(object: KubeObject, fields: readonly string[]): Cause[] {
  const causes = fields.flatMap((field) =>
    Object.keys(fieldsOf(object[field])).flatMap((key) => {
      const at = `${field}[${key}]`;
      if (!KEY.test(key)) return [cause.invalid(at, key, KEY_RULE)];
      if (key === '.' || key === '..') return [cause.invalid(at, key, `must not be '${key}'`)];
      return key.startsWith('..') ? [cause.invalid(at, key, "must not start with '..'")] : [];
    }),
  );
  const secret = object.kind === 'Secret';
  const size = fields.reduce((sum, field) => sum + sizeOf(object[field], secret || field === 'binaryData'), 0);
  if (size > MOST) {
    const message = `Too long: may not be more than ${MOST} bytes`;
    causes.push({ reason: 'FieldValueTooLong', message, field: secret ? 'data' : '[]' });
  }
  return causes;
}

const sizeOf = (data: unknown, encoded: boolean): number =>
  Object.values(fieldsOf(data)).reduce(
    (sum: number, text) => sum + Buffer.byteLength(String(text), encoded ? 'base64' : 'utf8'),
    0,
  );

/** What a Secret of a type must hold. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};
const DOCKER = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];
const BASIC = 'kubernetes.io/basic-auth';
const ACCOUNT = 'kubernetes.io/service-account.name';

/** What is wrong with a Secret. */
export function secretCauses(object: KubeObject): Cause[] {
  const type = String(object['type'] ?? 'Opaque');
  const data = fieldsOf(object['data']);
  const wanted = WANTED[type] ?? [];
  const causes = [
    ...keyCauses(object, ['data']),
    ...wanted.filter((key) => !Object.hasOwn(data, key)).map((key) => cause.required(`data[${key}]`)),
  ];
  if (DOCKER.includes(type) && data[wanted[0] ?? ''] !== undefined) {
    const fault = jsonFault(Buffer.from(String(data[wanted[0]!]), 'base64').toString());
    if (fault !== undefined) causes.push(cause.invalid(`data[${wanted[0]}]`, '<secret contents redacted>', fault));
  }
  if (type === BASIC && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    // The server names the place like this.
    causes.push(cause.required('data[%s][username]'), cause.required('data[%s][password]'));
  }
  if (type === 'kubernetes.io/service-account-token' && !object.metadata.annotations?.[ACCOUNT]) {
    causes.push(cause.required(`metadata.annotations[${ACCOUNT}]`));
  }
  return causes;
}

/** As Go's encoding/json says it. */
function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const first = text.trimStart()[0];
    if (first === undefined) return 'unexpected end of JSON input';
    return /[[{"\d-]/.test(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
}
