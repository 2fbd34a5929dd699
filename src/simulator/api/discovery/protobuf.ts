/** The little of the protobuf wire format that a document needs: https://protobuf.dev/programming-guides/encoding. */

const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const tag = (field: number, wire: number): number[] => varint(field * 8 + wire);

/** A field of a message: its bytes, or none where it has its default value, as proto3 has it. */
export type Field = Buffer | undefined;

/** A message of fields. */
export const message = (...fields: readonly (Field | readonly Field[])[]): Buffer =>
  Buffer.concat(fields.flat().filter((field) => field !== undefined));

/** An embedded message, also where it is empty. */
export const embedded = (field: number, body: Buffer | undefined): Field =>
  body === undefined ? undefined : Buffer.concat([Buffer.from([...tag(field, BYTES), ...varint(body.length)]), body]);

export const text = (field: number, value: string | undefined): Field =>
  value ? embedded(field, Buffer.from(value)) : undefined;

export const texts = (field: number, values: readonly string[] = []): Field[] =>
  values.map((value) => embedded(field, Buffer.from(value)));

export const flag = (field: number, value: boolean | undefined): Field =>
  value ? Buffer.from([...tag(field, VARINT), 1]) : undefined;

/** A whole number that is not negative. */
export const whole = (field: number, value: number | undefined): Field =>
  value ? Buffer.from([...tag(field, VARINT), ...varint(value)]) : undefined;

export function double(field: number, value: number | undefined): Field {
  if (!value) return undefined;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([Buffer.from(tag(field, DOUBLE)), bytes]);
}
