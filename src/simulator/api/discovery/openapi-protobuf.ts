import type { Published } from './openapi-parts.ts';
import type { DocumentV2, OperationV2, ParameterV2, PathV2 } from './openapi-v2.ts';
import { double, embedded, type Field, flag, message, text, texts, whole } from './protobuf.ts';

/** The media type as clients ask for it. With its @ it is none by the book: answers are labelled with a dot instead. */
export const OPENAPI_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
export const OPENAPI_PROTOBUF_LABEL = OPENAPI_PROTOBUF.replace('@', '.');

/**
 * An OpenAPI v2 document as protobuf, the only form in which kubectl before 1.27 takes it. Messages and field numbers are those
 * of openapi.v2 in google/gnostic.
 */
export function encodeDocument({ swagger, info, paths, definitions }: DocumentV2): Buffer {
  return message(
    text(1, swagger),
    embedded(2, message(text(1, info.title), text(2, info.version))),
    embedded(8, message(named(2, paths, pathItem))),
    embedded(9, message(named(1, definitions, schema))),
  );
}

/** Entries of a map, as messages of a name and a value. */
function named<T>(field: number, values: Readonly<Record<string, T>>, encode: (value: T) => Buffer): Field[] {
  return Object.entries(values).map(([name, value]) =>
    embedded(field, message(text(1, name), embedded(2, encode(value)))),
  );
}

/** A value of any kind: as YAML, of which JSON is a part. */
const any = (value: unknown): Buffer => message(text(2, JSON.stringify(value)));

/** What begins with `x-`. */
const extensions = (field: number, value: object): Field[] =>
  named(field, Object.fromEntries(Object.entries(value).filter(([key]) => key.startsWith('x-'))), any);

function schema(value: Published): Buffer {
  const { items, properties, additionalProperties } = value;
  return message(
    text(1, value.$ref),
    text(2, value.format),
    text(4, value.description),
    value.default === undefined ? undefined : embedded(5, any(value.default)),
    double(7, value.maximum),
    double(9, value.minimum),
    whole(11, value.maxLength),
    whole(12, value.minLength),
    text(13, value.pattern),
    whole(14, value.maxItems),
    whole(15, value.minItems),
    whole(18, value.minProperties),
    texts(19, value.required),
    (value.enum ?? []).map((allowed) => embedded(20, any(allowed))),
    additionalProperties && embedded(21, message(embedded(1, schema(additionalProperties)))),
    value.type && embedded(22, message(text(1, value.type))),
    items && embedded(23, message(embedded(1, schema(items)))),
    properties && embedded(25, message(named(1, properties, schema))),
    extensions(31, value),
  );
}

const METHODS = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
] as const;

function pathItem(path: PathV2): Buffer {
  return message(
    METHODS.map(([method, field]) => {
      const one = path[method];
      return one && embedded(field, operation(one));
    }),
    path.parameters.map((one) => embedded(9, parameter(one))),
  );
}

function operation(one: OperationV2): Buffer {
  const responses = named(1, one.responses, ({ description, schema: answer }) =>
    message(embedded(1, message(text(1, description), embedded(2, message(embedded(1, schema(answer))))))),
  );
  return message(
    text(3, one.description),
    text(5, one.operationId),
    texts(6, one.produces),
    texts(7, one.consumes),
    one.parameters.map((each) => embedded(8, parameter(each))),
    embedded(9, message(responses)),
    extensions(13, one),
  );
}

/** A ParametersItem that holds a Parameter. */
function parameter({ name, in: place, required, type, uniqueItems, schema: body }: ParameterV2): Buffer {
  if (body !== undefined) {
    const inBody = message(text(2, name), text(3, place), flag(4, required), embedded(5, schema(body)));
    return message(embedded(1, message(embedded(1, inBody))));
  }
  const isQuery = place === 'query';
  const inRequest = message(
    flag(1, required),
    text(2, place),
    text(4, name),
    text(isQuery ? 6 : 5, type),
    flag(isQuery ? 20 : 19, uniqueItems),
  );
  return message(embedded(1, message(embedded(2, message(embedded(isQuery ? 3 : 4, inRequest))))));
}
