/**
 * Bodies in Kubernetes' protobuf: kubectl sends them for kinds that are compiled into it (`create configmap`,
 * `auth can-i`). Field numbers are those of k8s.io/api and k8s.io/apimachinery (generated.proto), of the kinds that
 * are served here and that kubectl creates by name.
 */

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

type Scalar = 'text' | 'bytes' | 'number' | 'flag';

/** How one field is read. A message is given by its fields, so that they may hold each other. */
interface FieldType {
  name: string;
  of: Scalar | Message;
  many?: boolean;
  /** A map from texts: its entries are messages of a key and a value. */
  map?: boolean;
}

type Message = Readonly<Record<number, FieldType>>;

const text = (name: string): FieldType => ({ name, of: 'text' });
const texts = (name: string): FieldType => ({ name, of: 'text', many: true });
const flag = (name: string): FieldType => ({ name, of: 'flag' });
const number = (name: string): FieldType => ({ name, of: 'number' });
const one = (name: string, of: Message): FieldType => ({ name, of });
const many = (name: string, of: Message): FieldType => ({ name, of, many: true });
const map = (name: string, of: Scalar): FieldType => ({ name, of, map: true });

const OWNER: Message = {
  1: text('kind'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: flag('controller'),
  7: flag('blockOwnerDeletion'),
};
const META = one('metadata', {
  1: text('name'),
  2: text('generateName'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  7: number('generation'),
  11: map('labels', 'text'),
  12: map('annotations', 'text'),
  13: many('ownerReferences', OWNER),
  14: texts('finalizers'),
});
const REFERENCE: Message = {
  1: text('kind'),
  2: text('namespace'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: text('resourceVersion'),
  7: text('fieldPath'),
};
const RULE: Message = {
  1: texts('verbs'),
  2: texts('apiGroups'),
  3: texts('resources'),
  4: texts('resourceNames'),
  5: texts('nonResourceURLs'),
};

const KINDS: Readonly<Record<string, Message>> = {
  Namespace: { 1: META, 2: one('spec', { 1: texts('finalizers') }) },
  ConfigMap: { 1: META, 2: map('data', 'text'), 3: map('binaryData', 'bytes'), 4: flag('immutable') },
  Secret: { 1: META, 2: map('data', 'bytes'), 3: text('type'), 4: map('stringData', 'text'), 5: flag('immutable') },
  ServiceAccount: {
    1: META,
    2: many('secrets', REFERENCE),
    3: many('imagePullSecrets', { 1: text('name') }),
    4: flag('automountServiceAccountToken'),
  },
  Role: { 1: META, 2: many('rules', RULE) },
  RoleBinding: {
    1: META,
    2: many('subjects', { 1: text('kind'), 2: text('apiGroup'), 3: text('name'), 4: text('namespace') }),
    3: one('roleRef', { 1: text('apiGroup'), 2: text('kind'), 3: text('name') }),
  },
  SelfSubjectAccessReview: {
    1: META,
    2: one('spec', {
      1: one('resourceAttributes', {
        1: text('namespace'),
        2: text('verb'),
        3: text('group'),
        4: text('version'),
        5: text('resource'),
        6: text('subresource'),
        7: text('name'),
      }),
      2: one('nonResourceAttributes', { 1: text('path'), 2: text('verb') }),
    }),
  },
  SelfSubjectRulesReview: { 1: META, 2: one('spec', { 1: text('namespace') }) },
};

/** runtime.Unknown: what every body is wrapped in, behind four bytes that say so. */
const ENVELOPE: Message = {
  1: one('typeMeta', { 1: text('apiVersion'), 2: text('kind') }),
  2: { name: 'raw', of: 'bytes' },
};
const MAGIC = Buffer.from('k8s\0');

/** The object of a body; undefined for a kind that is not known here, and for bytes that are no such body. */
export function decodeBody(body: Buffer): Record<string, unknown> | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  try {
    const { typeMeta, raw } = read(body.subarray(MAGIC.length), ENVELOPE) as {
      typeMeta?: { apiVersion?: string; kind?: string };
      raw?: string;
    };
    const { apiVersion = '', kind = '' } = typeMeta ?? {};
    const fields = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (fields === undefined) return undefined;
    return { apiVersion, kind, ...read(Buffer.from(raw ?? '', 'base64'), fields) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads a message. Empty texts and fields that are not known are left out. Throws RangeError where it is cut short. */
function read(bytes: Buffer, fields: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = fields[tag >> 3];
    switch (tag & 7) {
      case 0: {
        const value = varint();
        if (field !== undefined) result[field.name] = field.of === 'flag' ? value !== 0 : value;
        break;
      }
      case 2: {
        const length = varint();
        if (at + length > bytes.length) throw new RangeError('cut short');
        if (field !== undefined) put(result, field, bytes.subarray(at, at + length));
        at += length;
        break;
      }
      case 1:
        at += 8;
        break;
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError('no wire type');
    }
  }
  return result;
}

function put(into: Record<string, unknown>, { name, of, many: isList, map: isMap }: FieldType, bytes: Buffer): void {
  if (isMap) {
    const { key = '', value = '' } = read(bytes, { 1: text('key'), 2: { name: 'value', of } }) as Record<
      string,
      string
    >;
    into[name] = { ...(into[name] as object | undefined), [key]: value };
    return;
  }
  const value =
    of === 'text' ? bytes.toString('utf8') : of === 'bytes' ? bytes.toString('base64') : readPart(bytes, of);
  if (isList) into[name] = [...((into[name] as unknown[] | undefined) ?? []), value];
  else if (value !== '' && value !== undefined) into[name] = value;
}

const readPart = (bytes: Buffer, of: Scalar | Message): unknown =>
  typeof of === 'string' ? undefined : read(bytes, of);
