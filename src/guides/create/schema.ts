/** The answers file as JSON schema (draft 2020-12), for editors. Made of the questions: it cannot tell otherwise. */
import { SCHEMA } from './parse.ts';
import { QUESTIONS, type Question } from './questions/index.ts';

type Json = Record<string, unknown>;

const HOST: Json = {
  oneOf: [
    { type: 'string', description: 'INVENTORY HOSTNAME' },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        inventory: { type: 'string', description: 'Exact name of the MachineInventory.' },
        serial: { type: 'string', description: 'SMBIOS serial number.' },
        uuid: { type: 'string', description: 'SMBIOS UUID.' },
        mac: { type: 'string', description: 'Of any of its interfaces.' },
        address: { type: 'string', description: 'An address it is expected to be seen with.' },
        hostname: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
      },
      anyOf: ['inventory', 'serial', 'uuid', 'mac'].map((key) => ({ required: [key] })),
    },
  ],
};

function typeOf({ kind, choices }: Question): Json {
  switch (kind) {
    case 'text':
      return { type: 'string' };
    case 'choice':
      return { enum: choices };
    case 'integer':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: choices ? { enum: choices } : { type: 'string' } };
    case 'hosts':
      return { type: 'array', items: HOST };
  }
}

interface Section {
  /** A heading without an answer below it is fine. */
  type: ['object', 'null'];
  additionalProperties: false;
  properties: Json;
}

const section = (): Section => ({ type: ['object', 'null'], additionalProperties: false, properties: {} });

/** The schema. */
export function answersSchema(): Json {
  const properties: Json = { schema: { const: SCHEMA } };
  for (const question of QUESTIONS) {
    const { path, title, about, initial } = question;
    const [bag = '', key] = path.split('.');
    const one = {
      title,
      description: about,
      ...typeOf(question),
      ...(initial === undefined ? {} : { default: initial }),
    };
    if (key === undefined) {
      properties[bag] = one;
      continue;
    }
    const inside = (properties[bag] as Section | undefined) ?? section();
    properties[bag] = inside;
    inside.properties[key] = one;
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Answers of metaldeck create',
    type: 'object',
    additionalProperties: false,
    required: ['schema', 'cluster'],
    properties,
  };
}
