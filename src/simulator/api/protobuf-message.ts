/** Protobuf on the wire, as far as Kubernetes' messages use it: readers that give what JSON would have. */

export type Reader = (value: Buffer | bigint) => unknown;

/** One field: its JSON name, how it is read, and whether it may come again (as a list, or as entries of a map). */
export interface Field {
  name: string;
  read: Reader;
  many?: 'list' | 'map';
}
export type Message = Readonly<Record<number, Field>>;

export const text: Reader = (value) => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value));
export const base64: Reader = (value) => (Buffer.isBuffer(value) ? value.toString('base64') : '');
export const flag: Reader = (value) => value !== 0n;
export const whole: Reader = (value) => (Buffer.isBuffer(value) ? 0 : Number(BigInt.asIntN(64, value)));
export const inner =
  (message: Message): Reader =>
  (value) =>
    Buffer.isBuffer(value) ? readMessage(message, value) : undefined;

export const one = (name: string, read: Reader = text): Field => ({ name, read });
export const list = (name: string, read: Reader = text): Field => ({ name, read, many: 'list' });
export const map = (name: string, read: Reader = text): Field => ({
  name,
  read: inner({ 1: one('key'), 2: one('value', read) }),
  many: 'map',
});

/** Texts, numbers and flags that are always written, and mean nothing where they are empty or zero. */
export const someText: Reader = (value) => text(value) || undefined;
export const someNumber: Reader = (value) => whole(value) || undefined;
export const ifSet: Reader = (value) => flag(value) || undefined;

/** util/intstr.IntOrString: which of the two it is, the number, the text. */
export const intOrString: Reader = (value) => {
  const { type = 0, number = 0, text: name = '' } = (inner(INT_OR_STRING)(value) ?? {}) as Record<string, unknown>;
  return type === 1 ? name : number || undefined;
};
export const INT_OR_STRING: Message = { 1: one('type', whole), 2: one('number', whole), 3: one('text') };
export const quantity: Reader = inner({ 1: one('string') });
export const quantityText: Reader = (value) => (quantity(value) as { string?: string } | undefined)?.string ?? '0';
/** metav1.LabelSelector. */
export const labelSelector: Reader = inner({
  1: map('matchLabels'),
  2: list('matchExpressions', inner({ 1: one('key'), 2: one('operator'), 3: list('values') })),
});
/** Reads a message. Throws RangeError where it ends too early or has what no message has. */
export function readMessage(message: Message, bytes: Buffer): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has no end');
  };
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new RangeError('the message is cut short');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const value = (wire: number): Buffer | bigint => {
    if (wire === 0) return varint();
    if (wire === 1) return take(8);
    if (wire === 2) return take(Number(varint()));
    if (wire === 5) return take(4);
    throw new RangeError(`there is no wire type ${wire}`);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const found = value(tag & 7);
    const field = message[tag >>> 3];
    if (field) put(object, field, field.read(found));
  }
  return object;
}

function put(object: Record<string, unknown>, { name, many }: Field, value: unknown): void {
  if (many === 'list') object[name] = [...((object[name] as unknown[] | undefined) ?? []), value];
  else if (many === 'map') {
    const { key = '', value: of = '' } = value as { key?: string; value?: unknown };
    object[name] = { ...(object[name] as object | undefined), [key]: of };
  } else if (value !== '' || name === 'name') object[name] = value;
}
